"""Training by a user's function of rows and seed, for models of any kind."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from steeled.core.dataset import Dataset
from steeled.core.digest import digest_value
from steeled.core.signature import ScoreKind
from steeled.core.target import Target
from steeled.errors import RequestError
from steeled.targets._asking import guarded
from steeled.targets._dispatch import open_object
from steeled.targets._model_digest import module_digest, unique_digest
from steeled.targets._named import named
from steeled.targets.opening import Opening


@dataclass(frozen=True, slots=True)
class FunctionRecipe:
    """Calls ``function(data, seed)`` and opens what it returns with the adapter of its framework.

    Args:
        function: takes a ``Dataset`` and an int, returns a fitted model.
        name: for reports.
        digest: of the module that holds the function.
        score_kind: what the user says the models answer; None to find out.
    """

    function: Callable[[Dataset, int], object]
    name: str
    digest: str
    score_kind: ScoreKind | None = None

    def fit(self, data: Dataset, seed: int) -> Target:
        """Train on ``data``; as reproducible as the function is.

        Raises:
            PredictionError: the function raised.
            ModelError: what it returned does not fit the data.
        """
        model = guarded(lambda rows: self.function(rows, seed), data)
        digest = digest_value([self.digest, data.digest, seed])
        request = Opening(data, digest=digest, score_kind=self.score_kind, may_lack_classes=True)
        return open_object(model, request).target

    def fit_many(self, datasets: Sequence[Dataset], seeds: Sequence[int]) -> Sequence[Target]:
        return [self.fit(data, seed) for data, seed in zip(datasets, seeds, strict=True)]


def function_recipe(source: str | Callable[..., Any], score_kind: ScoreKind | None = None) -> FunctionRecipe:
    """The recipe that ``module:function`` names, or that a function is.

    Two functions of one unchanged module file share their digest only with their own name; a function that was typed
    into a session has a digest that is never given again.

    Raises:
        RequestError: no such function, or it does not take data and seed.
    """
    function = named(source) if isinstance(source, str) else source
    name = f"{function.__module__}:{getattr(function, '__qualname__', type(function).__name__)}"
    try:
        inspect.signature(function).bind(None, 0)
    except TypeError as error:
        raise RequestError(f"recipe {name} must take two arguments, data and seed: {error}") from error
    return FunctionRecipe(function, name, _digest(function, name), score_kind)


def _digest(function: Callable[..., Any], name: str) -> str:
    if "<" in name or getattr(function, "__closure__", None):  # a lambda or closure may hold anything
        return unique_digest()
    try:
        return digest_value([name, module_digest(function.__module__)])
    except (OSError, KeyError):
        return unique_digest()
