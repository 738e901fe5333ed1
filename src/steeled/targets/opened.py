"""What comes of opening a model."""

from dataclasses import dataclass

from steeled.core.access import Access
from steeled.core.recipe import Recipe
from steeled.core.target import Target
from steeled.scanner.report import ScanReport


@dataclass(frozen=True, slots=True)
class Opened:
    """A model that answers, and how to train it again.

    Args:
        target: checked against the native prediction.
        recipe: None when it is not known how the model was trained.
        digest: ``sha256:...`` of the file, or of the object.
        family: such as ``scikit-learn Pipeline (LogisticRegression)``.
        description: one paragraph for a report: family, inputs, answers, and what was noticed on opening.
        scan: what the scanner said of the file; None for an object.
    """

    target: Target
    recipe: Recipe | None
    digest: str
    family: str
    description: str
    scan: ScanReport | None = None


def opened(target: Target, recipe: Recipe | None, family: str, notes: tuple[str, ...] = ()) -> Opened:
    """The record, with its description written from the target."""
    signature = target.signature
    shape = " x ".join(str(size) for size in signature.shape)
    inputs = "text" if not shape else f"{shape} columns" if len(signature.shape) == 1 else f"inputs of {shape}"
    answers = f"{signature.score_kind.value} for {len(signature.classes)} classes" if signature.classes else "a value"
    sentences = [f"{family}: takes {inputs}, computes in {signature.dtype}, answers with {answers}"]
    if target.grants >= Access.GRADIENTS:
        sentences.append("gradients are available")
    if target.stochastic:
        sentences.append("the same row may get different answers")
    return Opened(target, recipe, target.digest, family, ". ".join((*sentences, *notes)) + ".")
