"""XGBoost models in JSON: numbers and names, read by XGBoost's own parser."""

from typing import Any, ClassVar

from steeled.scanner.part import Part
from steeled.scanner.strict_json import parse_object

KEYS = {"learner", "version", "Config"}
LEARNER = {
    "attributes",
    "feature_names",
    "feature_types",
    "gradient_booster",
    "learner_model_param",
    "objective",
    "cats",
}


class XgboostJson:
    """An object of ``learner`` and ``version``, and nothing else."""

    refines: ClassVar[tuple[str, ...]] = ("json",)
    is_fallback: ClassVar[bool] = False

    def claims(self, part: Part) -> bool:
        return b'"learner"' in part.head(4096) + bytes(part.data[-4096:]) and is_model(parse_object(part))

    def read(self, part: Part) -> str:
        return "xgboost_json"  # whether it is one was settled by parsing all of it


def is_model(value: dict[str, Any] | None) -> bool:
    """Whether the parsed object has the shape of a model."""
    if value is None or not {"learner", "version"} <= set(value) <= KEYS:
        return False
    learner = value["learner"]
    return isinstance(learner, dict) and "gradient_booster" in learner and set(learner) <= LEARNER
