"""From a target's own kind of scores to the numbers that checks compare: probabilities and answers, in float64."""

import numpy as np

from steeled.core.array import Array, Floats
from steeled.core.labels import labels
from steeled.core.signature import ScoreKind, Signature


def probabilities(scores: Array, kind: ScoreKind) -> Floats:
    """Class probabilities, shape (n, k), float64: logits through softmax, one-hot labels as certainties.

    Float64 comes first: in float32, 1 - 1e-16 is 1.
    """
    wide = np.asarray(scores, dtype=np.float64)
    if kind is not ScoreKind.LOGITS:
        return wide
    weights = np.exp(wide - wide.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def answers(scores: Array, signature: Signature) -> Array:
    """What the model decides: class indices (n,) int64, or regression values (n,) float64."""
    return labels(scores) if signature.is_classifier else np.asarray(scores, dtype=np.float64).reshape(len(scores))


def softmax_note(kind: ScoreKind) -> str:
    """What the reader must know when the model's scores are not probabilities; empty when they are."""
    return "the model gives logits; softmax made them probabilities" if kind is ScoreKind.LOGITS else ""
