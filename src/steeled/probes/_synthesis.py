"""New inputs made from few real ones: crossed rows for a thief, nonsense for a test of confidence.

All table rows keep to bounds, levels, one-hot groups and relations, unless a docstring says otherwise.
"""

from collections.abc import Callable

import numpy as np

from steeled.core.array import Array, Floats
from steeled.core.column import Column, Kind
from steeled.core.feature_space import FeatureSpace, Modality

_ROUNDS = 20
_NOISE = 0.1  # standard deviations of a pixel
_STRETCH = 10.0
_MOST_NUMBERS = 1 << 26
_BLOCK = 1 << 22
_LETTERS = np.array(list("abcdefghijklmnopqrstuvwxyz     0123456789.,!?"))


def crossed(space: FeatureSpace, x: Array, n: int, rng: np.random.Generator) -> Array:
    """Up to n inputs, each from two random rows: cell by cell for tables, mixed with a little noise for arrays.

    Args:
        x: rows to cross, shape (m, ...), m >= 1.

    Returns:
        Fewer than n rows where relations forbid most crossings; none for text.
    """
    if space.modality is Modality.TEXT:
        return x[:0]
    if space.modality is Modality.ARRAY:
        spread = _NOISE * x.std(axis=0)

        def mix(count: int) -> Array:
            share = rng.random((count, *(1 for _ in x.shape[1:])))
            mixed = spread * rng.standard_normal((count, *x.shape[1:])) + share * x[rng.integers(len(x), size=count)]
            mixed += (1 - share) * x[rng.integers(len(x), size=count)]
            return np.asarray(np.clip(mixed, space.low, space.high))

        return _arrays(mix, n, x)
    block = _blocks(space)

    def draw(count: int) -> Array:
        first, second = x[rng.integers(len(x), size=count)], x[rng.integers(len(x), size=count)]
        return np.asarray(np.where((rng.random((count, block.max() + 1)) < 0.5)[:, block], first, second))

    return _obeying(space, draw, n)


def noise(space: FeatureSpace, x: Array, n: int, rng: np.random.Generator) -> Array:
    """Up to n inputs drawn evenly from all that may be submitted: values, levels, pixels or characters."""
    if space.modality is Modality.TEXT:
        sizes = [max(len(text), 1) for text in x]
        return _texts(["".join(rng.choice(_LETTERS, size=size)) for size in rng.choice(sizes, size=n)])
    if space.modality is Modality.ARRAY:
        return _arrays(lambda count: rng.uniform(space.low, space.high, (count, *x.shape[1:])), n, x)
    low, high = _range(space, x)
    grid = np.array([column.on_grid for column in space.columns], dtype=bool)

    def draw(count: int) -> Array:
        drawn = rng.uniform(low, high + grid, (count, len(low)))
        drawn = np.where(grid, np.minimum(np.floor(drawn), high), drawn)
        for group in space.groups:
            drawn[:, group] = np.eye(len(group))[rng.integers(len(group), size=count)]
        return drawn

    return _obeying(space, draw, n)


def shuffled(space: FeatureSpace, x: Array, n: int, rng: np.random.Generator) -> Array:
    """Up to n inputs whose parts are real and whose whole is not.

    Each column of a table comes from another row; the pixels of an array, or the words of all texts, change places.
    """
    if space.modality is Modality.TEXT:
        words = [word for text in x for word in str(text).split()] or [""]
        sizes = [max(len(str(text).split()), 1) for text in x]
        return _texts([" ".join(rng.choice(words, size=size)) for size in rng.choice(sizes, size=n)])
    if space.modality is Modality.ARRAY:

        def mess(count: int) -> Array:
            flat = x[rng.integers(len(x), size=count)].reshape(count, -1)
            return rng.permuted(flat, axis=1).reshape(count, *x.shape[1:])

        return _arrays(mess, n, x)
    block = _blocks(space)

    def draw(count: int) -> Array:
        rows = rng.integers(len(x), size=(count, block.max() + 1))[:, block]
        return np.asarray(np.take_along_axis(x, rows, axis=0))

    return _obeying(space, draw, n)


def constant(space: FeatureSpace, x: Array, n: int, rng: np.random.Generator) -> Array:
    """Up to n arrays of one single value each, drawn evenly between the bounds."""

    def fill(count: int) -> Array:
        values = rng.uniform(space.low, space.high, (count, *(1 for _ in x.shape[1:])))
        return np.broadcast_to(values, (count, *x.shape[1:]))

    return _arrays(fill, n, x)


def stretched(space: FeatureSpace, x: Array, n: int, rng: np.random.Generator) -> Array:
    """n real rows of a table whose free numbers are redrawn from a range ten times as wide; outside the space.

    Free are real and integer columns without levels that are not dates; see ``free_numbers``.
    """
    rows = x[rng.integers(len(x), size=n)].copy()
    low, high = _range(space, x)
    for j in free_numbers(space):
        column, middle = space.columns[j], (low[j] + high[j]) / 2
        half = _STRETCH * max(high[j] - low[j], abs(middle) if high[j] == low[j] else 0.0, 1e-9) / 2
        drawn = rng.uniform(middle - half, middle + half, n)
        rows[:, j] = _storable(column, np.round(drawn) if column.kind is Kind.INTEGER else drawn)
    return np.asarray(rows)


def free_numbers(space: FeatureSpace) -> tuple[int, ...]:
    """Columns that hold plain numbers, which nothing but a bound keeps within their range."""
    return tuple(
        j
        for j, column in enumerate(space.columns)
        if column.kind in (Kind.REAL, Kind.INTEGER)
        and not column.levels
        and not column.group
        and not column.dtype.startswith("datetime")
    )


def _arrays(draw: Callable[[int], Array], n: int, like: Array) -> Array:
    """n drawn arrays, or as many as fit in 256 MB of float32, drawn in small parts of double precision."""
    size = max(1, int(np.prod(like.shape[1:])))
    count, step = min(n, max(1, _MOST_NUMBERS // size)), max(1, _BLOCK // size)
    made = np.empty((count, *like.shape[1:]), dtype=like.dtype)
    for start in range(0, count, step):
        made[start : start + step] = draw(min(step, count - start))
    return made


def _blocks(space: FeatureSpace) -> Array:
    """Number of the block of each column, shape (d,): members of a one-hot group share one."""
    block = np.arange(len(space.columns))
    for group in space.groups:
        block[list(group)] = group[0]
    return np.unique(block, return_inverse=True)[1]


def _range(space: FeatureSpace, x: Array) -> tuple[Floats, Floats]:
    """Bounds of each column; what was seen where a bound is infinite."""
    seen = np.where(np.isfinite(x), x, np.nan)
    empty = np.isnan(seen).all(axis=0)
    seen = np.where(empty, 0.0, seen)
    low = np.where(np.isfinite(space.lows), space.lows, np.nanmin(seen, axis=0))
    high = np.where(np.isfinite(space.highs), space.highs, np.nanmax(seen, axis=0))
    return low, np.maximum(low, high)


def _storable(column: Column, values: Floats) -> Floats:
    """Values cut to what the column's integer type can hold."""
    if not column.dtype.lower().startswith(("int", "uint")):
        return values
    limits = np.iinfo(np.dtype(column.dtype.lower()))
    return np.clip(values, float(limits.min), float(limits.max))


def _obeying(space: FeatureSpace, draw: Callable[[int], Array], n: int) -> Array:
    """Up to n drawn rows on which every relation holds; gives up after some rounds."""
    kept: list[Array] = []
    missing = n
    for _ in range(_ROUNDS):
        rows = draw(n)
        for relation in space.relations:
            rows = rows[relation.holds(rows, space.names)]
        kept.append(rows[:missing])
        missing -= len(kept[-1])
        if not missing:
            break
    return np.concatenate(kept)


def _texts(texts: list[str]) -> Array:
    return np.array(texts, dtype=object)
