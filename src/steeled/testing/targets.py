"""What every target must keep, whatever made it: adapters, defended models, meters."""

import re

import numpy as np

from steeled.core.access import Access
from steeled.core.array import Array, Floats
from steeled.core.column import Kind
from steeled.core.dataset import Dataset
from steeled.core.feature_space import Modality
from steeled.core.loss import LossValue
from steeled.core.signature import ScoreKind, Signature
from steeled.core.target import Target

_ROWS = 16
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_ENTRIES = 8
_STEPS = {"float64": 1e-5, "float32": 3e-3}


def check_target(target: Target, data: Dataset) -> None:
    """All that can be asked of a target with some rows at hand.

    Args:
        target: any; a stochastic one is not held to give the same answer twice.
        data: at least 4 rows of its kind.

    Raises:
        AssertionError: with what was expected and what came.
    """
    data = data.take(slice(0, _ROWS))
    check_describes_itself(target, data)
    check_leaves_rows_alone(target, data)
    check_scores(target, data)
    if not target.stochastic:
        check_rows_are_answered_one_by_one(target, data)
    if target.grants >= Access.GRADIENTS:
        check_gradient(target, data)


def check_describes_itself(target: Target, data: Dataset) -> None:
    """Signature, digest, lineage and grants have their forms and fit the data."""
    signature = target.signature
    assert isinstance(signature, Signature), f"signature must be a Signature, got {type(signature).__name__}"
    assert signature.task is data.task, f"the data ask for {data.task}, the target does {signature.task}"
    assert signature.classes == data.classes, f"classes must be {data.classes}, got {signature.classes}"
    expected = () if data.space.modality is Modality.TEXT else data.x.shape[1:]
    assert signature.shape == expected, f"one input has shape {expected}, the signature says {signature.shape}"
    assert (signature.score_kind is ScoreKind.VALUES) == (not data.classes), f"score kind is {signature.score_kind}"
    assert _DIGEST.fullmatch(target.digest), f"digest must be sha256:<64 hex>, got {target.digest!r}"
    assert target.digest == target.digest, "the digest changes from one look to the next"
    assert isinstance(target.lineage, tuple), "lineage must be a tuple of names"
    assert all(isinstance(name, str) for name in target.lineage), f"lineage must hold names, got {target.lineage}"
    assert isinstance(target.grants, Access), f"grants must be an Access, got {target.grants!r}"
    assert isinstance(target.stochastic, bool), f"stochastic must be a truth value, got {target.stochastic!r}"


def check_scores(target: Target, data: Dataset) -> None:
    """One finite line of numbers for each row, also for no rows, of the kind that the signature names."""
    kind, k = target.signature.score_kind, len(data.classes)
    for rows in (data.x, data.x[:1], data.x[:0]):
        scores = target.scores(rows)
        expected = (len(rows), k) if k else (len(rows),)
        assert isinstance(scores, np.ndarray), f"scores must be a numpy array, got {type(scores).__name__}"
        assert scores.shape == expected, f"scores of {len(rows)} rows must have shape {expected}, got {scores.shape}"
        assert np.issubdtype(scores.dtype, np.floating), f"scores must be floats, got {scores.dtype}"
        assert np.isfinite(scores).all(), "scores must be finite"
        if kind in (ScoreKind.PROBABILITIES, ScoreKind.LABELS):
            assert ((scores >= -1e-6) & (scores <= 1 + 1e-6)).all(), f"{kind} must lie in [0, 1]"
            assert np.allclose(scores.sum(axis=1), 1, atol=1e-4), f"{kind} of a row must sum to 1"
        if kind is ScoreKind.LABELS:
            assert np.isin(scores, (0, 1)).all(), "labels must be one-hot"


def check_rows_are_answered_one_by_one(target: Target, data: Dataset) -> None:
    """The answer to a row depends neither on the other rows of the batch, nor on its place, nor on time."""
    whole = target.scores(data.x)
    allowed = 1e-4 * (1 + float(np.abs(whole).max()))
    order = np.random.default_rng(0).permutation(len(data))
    ways = {
        "asked again": target.scores(data.x),
        "in another order": target.scores(data.x[order])[np.argsort(order)],
        "one by one": np.concatenate([target.scores(data.x[i : i + 1]) for i in range(len(data))]),
        "in two batches": np.concatenate([target.scores(data.x[:3]), target.scores(data.x[3:])]),
    }
    for way, scores in ways.items():
        gap = float(np.abs(scores - whole).max())
        assert gap <= allowed, f"{way}, the answers differ by {gap:.3g}"


def check_leaves_rows_alone(target: Target, data: Dataset) -> None:
    """Asking does not write into the rows."""
    rows = data.x.copy()
    target.scores(rows)
    assert _same(rows, data.x), "the rows were written to"


def check_gradient(target: Target, data: Dataset) -> None:
    """One backward pass gives the same scores, finite numbers, and the slope that small steps show.

    The slope is compared along the gradient and along random directions, over the columns that are plain numbers. A
    defended target supplies a pass-through instead of its slope, so the comparison is made without lineage only.
    """
    answer = target.loss_gradient(data.x, data.y, energy)
    scores, loss, gradient = (np.asarray(part) for part in (answer.scores, answer.loss, answer.gradient))
    assert gradient.shape == data.x.shape, f"gradient must have shape {data.x.shape}, got {gradient.shape}"
    assert np.issubdtype(gradient.dtype, np.floating), f"gradient must be floats, got {gradient.dtype}"
    assert np.isfinite(gradient).all(), "gradient must be finite"
    assert loss.shape == (len(data),), f"loss must have shape {(len(data),)}, got {loss.shape}"
    empty = target.loss_gradient(data.x[:0], data.y[:0], energy)
    assert np.asarray(empty.gradient).shape == data.x[:0].shape, "the gradient of no rows must be empty"
    if target.stochastic or target.lineage:
        return
    whole = target.scores(data.x)
    gap = float(np.abs(scores - whole).max())
    assert gap <= 1e-4 * (1 + float(np.abs(whole).max())), f"scores of the backward pass differ by {gap:.3g}"
    _assert_slopes(target, data, gradient.astype(float))


def energy(logits: Array, y: Array) -> LossValue:
    """Half the squared length of the logits: smooth, of any framework's arrays, and blind to labels."""
    if logits.ndim == 1:
        return LossValue(logits * logits / 2, logits)
    return LossValue((logits * logits).sum(-1) / 2, logits)


def _assert_slopes(target: Target, data: Dataset, gradient: Floats) -> None:
    step = _step(target, data)
    ordinary = float(np.median(_total(np.abs(gradient) * 2 * step)))
    for direction in _directions(gradient, movable=step > 0):
        move = direction * step
        ahead, behind = ((data.x + sign * move).astype(data.x.dtype) for sign in (1, -1))
        terms = gradient * (ahead.astype(float) - behind.astype(float))
        shown = _losses(target, data, ahead) - _losses(target, data, behind)
        error = np.abs(shown - _total(terms)) / np.maximum(_total(np.abs(terms)), 0.05 * ordinary + 1e-12)
        # the median: a row may stand at a kink of a piecewise linear model
        middle = float(np.median(error))
        assert middle <= 0.1, f"the gradient is off by {middle:.0%} from what small steps show"


def _directions(gradient: Floats, movable: Array) -> list[Floats]:
    """Along the gradient, at random, and along single entries, each with entries up to 1."""
    rng = np.random.default_rng(0)
    largest = np.abs(gradient).reshape(len(gradient), -1).max(axis=1).reshape(-1, *[1] * (gradient.ndim - 1))
    found: list[Floats] = [gradient / np.where(largest > 0, largest, 1.0), rng.uniform(-1, 1, gradient.shape)]
    entries = np.flatnonzero(np.broadcast_to(movable, gradient.shape[1:]))
    for entry in rng.permutation(entries)[:_ENTRIES]:
        single = np.zeros(gradient.shape[1:])
        single.flat[entry] = 1.0
        found.append(np.broadcast_to(single, gradient.shape))
    return found


def _total(terms: Floats) -> Floats:
    """Sum over all axes but the first; missing cells do not count."""
    return np.asarray(np.nansum(terms.reshape(len(terms), -1), axis=1))


def _losses(target: Target, data: Dataset, x: Array) -> Floats:
    return np.asarray(target.loss_gradient(x, data.y, energy).loss).astype(float)


def _step(target: Target, data: Dataset) -> Floats:
    """A small step of each entry, sized to the target's dtype and the column's spread; 0 where codes are names."""
    small = _STEPS.get(target.signature.dtype, _STEPS["float32"])
    if data.space.modality is not Modality.TABLE:
        return np.full(data.x.shape[1:], small * max(float(np.std(data.x)), 1e-3))
    numeric = np.array([c.kind in (Kind.REAL, Kind.INTEGER) and not c.group for c in data.space.columns])
    spread = np.array([_spread(column) for column in data.x.T])
    return np.asarray(small * spread.clip(1e-3) * numeric)


def _spread(column: Floats) -> float:
    seen = column[np.isfinite(column)]
    return float(seen.std()) if len(seen) else 0.0


def _same(one: Array, other: Array) -> bool:
    if one.dtype == object:
        return bool((one == other).all())
    return np.array_equal(one, other, equal_nan=True)
