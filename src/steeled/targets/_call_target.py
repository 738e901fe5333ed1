"""A function from rows to a raw answer as a Target: native boosters, ONNX sessions and users' own functions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from steeled.core.access import Access
from steeled.core.array import Array
from steeled.core.loss import Loss
from steeled.core.signature import ScoreKind, Signature
from steeled.core.target import Gradient
from steeled.errors import AccessError
from steeled.targets._answers import Answers
from steeled.targets._asking import ask, guarded
from steeled.targets._find_answers import find_answers
from steeled.targets._self_check import check, is_stochastic
from steeled.targets.opening import Opening


@dataclass(frozen=True, slots=True)
class CallTarget:
    """A model that is only asked.

    Args:
        call: from rows in codes to the raw answer.
        answers: how the raw answer is read.
        signature, digest, lineage, stochastic: as in ``Target``.
    """

    call: Callable[[Array], object]
    answers: Answers
    signature: Signature
    digest: str
    lineage: tuple[str, ...] = ()
    stochastic: bool = False

    @property
    def grants(self) -> Access:
        return Access.LABELS if self.answers.kind is ScoreKind.LABELS else Access.SCORES

    def scores(self, x: Array) -> Array:
        return ask(self.call, self.answers, x)

    def loss_gradient(self, x: Array, y: Array, loss: Loss) -> Gradient:
        raise AccessError("this model has no gradients; use attacks on scores or labels")


def call_target(
    call: Callable[[Array], object],
    native: Callable[[Array], object],
    request: Opening,
    dtype: str,
    labels: Sequence[object] | None = None,
) -> CallTarget:
    """The function as a target, its answers found out and compared with the native ones on the data.

    Args:
        call: from rows in codes to the raw answer.
        native: the same by the shortest way, without batches or copies; for a user's function the function itself.
        request: data, digest and the kind of scores that the user names.
        dtype: what the model computes in.
        labels: the model's classes in the order of its columns; None when it has only positions.

    Raises:
        ModelError: the answers fit no reading, or differ from the native ones.
    """
    sample = request.sample
    raw = guarded(call, sample.x)
    answers = find_answers(raw, sample, labels, request.score_kind, request.may_lack_classes, ask=call)
    data = request.data
    signature = Signature(data.space.shape, dtype, data.task, data.classes, answers.kind)
    target = CallTarget(call, answers, signature, request.digest)
    target = replace(target, stochastic=is_stochastic(target, sample.x))
    check(target, sample.x, answers.scores(guarded(native, sample.x), len(sample)))
    return target
