"""What an attacker maximizes, with the gradient on the logits, written once for every framework."""

from functools import partial

from array_api_compat import array_namespace
from array_api_compat import device as device_of

from steeled.core.array import Array
from steeled.core.loss import Loss, LossValue

_SMALLEST_SPREAD = 1e-12


def cross_entropy(logits: Array, y: Array) -> LossValue:
    """Minus the log-probability of the right class.

    Stable for any finite logits; the gradient vanishes only where exp(-margin) underflows, not where a
    probability rounds to 1.

    Args:
        logits: shape (n, k), k >= 2.
        y: right classes, shape (n,), integers.
    """
    xp = array_namespace(logits)
    right = _hot(y, like=logits)
    top = xp.max(logits, axis=1, keepdims=True)
    first = _hot(xp.argmax(logits, axis=1), like=logits)
    power = xp.exp(logits - top)
    rest = xp.sum(xp.where(first, xp.zeros_like(power), power), axis=1)
    value = xp.log1p(rest) - _pick(logits - top, right)
    wrong = xp.where(right, xp.zeros_like(power), power / (1 + rest)[:, None])
    # minus the sum of the others, not probability - 1: that would round to 0 once the model is sure
    return LossValue(value, wrong - xp.where(right, xp.sum(wrong, axis=1, keepdims=True), xp.zeros_like(wrong)))


def margin(logits: Array, y: Array) -> LossValue:
    """Largest other logit minus the right one: above 0 exactly where the answer is wrong.

    Args:
        logits: shape (n, k), k >= 2; log-probabilities do as well.
        y: right classes, shape (n,), integers.
    """
    right = _hot(y, like=logits)
    other = _rival(logits, right)
    return LossValue(_pick(logits, other) - _pick(logits, right), _signed(other, right, like=logits))


def dlr(logits: Array, y: Array) -> LossValue:
    """Margin divided by the distance from the largest to the third largest logit: blind to the logits' scale.

    Falls back to the margin for k <= 3, and where the three largest logits are equal.

    Args:
        logits: shape (n, k), k >= 2.
        y: right classes, shape (n,), integers.

    Source: Croce & Hein 2020, ICML, eq. 6.
    """
    if logits.shape[1] <= 3:
        return margin(logits, y)
    xp = array_namespace(logits)
    plain = margin(logits, y)
    order = xp.argsort(logits, axis=1, descending=True)
    first, third = _hot(order[:, 0], like=logits), _hot(order[:, 2], like=logits)
    spread = _pick(logits, first) - _pick(logits, third)
    usable = spread > _SMALLEST_SPREAD
    divisor = xp.where(usable, spread, xp.ones_like(spread))
    value = plain.value / divisor
    slope = xp.where(usable, value, xp.zeros_like(value))[:, None] * _signed(first, third, like=logits)
    return LossValue(value, (plain.cotangent - slope) / divisor[:, None])


def targeted_margin(wanted: int) -> Loss:
    """A loss that rises towards one class: its logit minus the largest other; above 0 where it is the answer.

    Args:
        wanted: index of the class; the labels handed to the loss do not count.
    """
    return partial(_towards, wanted=wanted)


def squared(values: Array, y: Array) -> LossValue:
    """Squared distance of a regression's answer from ``y``; pushes away from it.

    At ``values == y`` the gradient is given as +1, not 0, so that an attack which starts there can start.

    Args:
        values: answers, shape (n,).
        y: answers to leave, shape (n,), in the unit of ``values``.
    """
    xp = array_namespace(values)
    gap = values - xp.astype(xp.asarray(y, device=device_of(values)), values.dtype)
    return LossValue(gap**2, xp.where(gap == 0, xp.ones_like(gap), 2 * gap))


def _towards(logits: Array, y: Array, wanted: int) -> LossValue:
    xp = array_namespace(logits)
    goal = _hot(xp.full(logits.shape[0], wanted, device=device_of(logits)), like=logits)
    other = _rival(logits, goal)
    return LossValue(_pick(logits, goal) - _pick(logits, other), _signed(goal, other, like=logits))


def _hot(y: Array, like: Array) -> Array:
    """Mask (n, k) of one class in each row."""
    xp = array_namespace(like)
    index = xp.asarray(y, device=device_of(like))
    mask: Array = xp.arange(like.shape[1], device=device_of(like))[None, :] == index[:, None]
    return mask


def _rival(logits: Array, right: Array) -> Array:
    """Mask of the largest logit outside ``right``; ties go to the lower index."""
    xp = array_namespace(logits)
    if logits.shape[1] < 2:
        raise ValueError(f"a margin needs at least 2 logits, got {logits.shape[1]}; give a one-logit model as [0, z]")
    lowest = xp.full_like(logits, -xp.inf)
    return _hot(xp.argmax(xp.where(right, lowest, logits), axis=1), like=logits)


def _pick(logits: Array, mask: Array) -> Array:
    """The one entry of each row that the mask shows."""
    xp = array_namespace(logits)
    picked: Array = xp.sum(xp.where(mask, logits, xp.zeros_like(logits)), axis=1)
    return picked


def _signed(plus: Array, minus: Array, like: Array) -> Array:
    """+1 in one mask, -1 in the other, in the dtype of the logits."""
    xp = array_namespace(like)
    signs: Array = xp.astype(plus, like.dtype) - xp.astype(minus, like.dtype)
    return signs
