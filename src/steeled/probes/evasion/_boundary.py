"""The boundary walk of HopSkipJump over arrays, all rows at once."""

import math
from typing import Any

import numpy as np

from steeled.core.array import Array, Bools, Floats
from steeled.core.case import Case
from steeled.core.threat_model import Norm
from steeled.maths.distance import distance, flat
from steeled.probes.asking import affordable, reached
from steeled.probes.starts import yielding
from steeled.probes.submission import as_submitted

_HALVINGS = 10  # of a line search: precision 2**-10 of its length
_STEP_HALVINGS = 5
_NOISE_DRAWS = 20
_LEAST_DRAWS = 8
_BLOCK = 1 << 22  # numbers
_COMPARED = 4096


def walk_arrays(case: Case, x: Array, y: Array, pool: Array, draws: int) -> Array:
    """The nearest success found for each row under L2 or Linf (under L2 geometry for other norms).

    Args:
        case: metered target; the walk ends where its budget or the clock does.
        x, y: rows and their reference.
        pool: inputs that may serve as starts.
        draws: directions of the first estimate for each row.
    """
    walk = _Walk(case, Norm.LINF if case.threat.norm is Norm.LINF else Norm.L2)
    best, started = walk.starts(x, y, pool)
    rows = np.flatnonzero(started)
    if len(rows):
        best[rows] = walk.onto_boundary(x[rows], y[rows], best[rows])
    number = 1
    while len(rows) and not case.clock.is_over:
        room = affordable(case.target) / len(rows) - _HALVINGS - _STEP_HALVINGS
        count = int(min(draws * math.sqrt(number), room)) if math.isfinite(room) else int(draws * math.sqrt(number))
        if count < _LEAST_DRAWS:
            break
        best[rows] = walk.hop(x[rows], y[rows], best[rows], count, number)
        number += 1
    return best


class _Walk:
    """Steps of the walk; every point is within the bounds and in the model's dtype when it is asked."""

    def __init__(self, case: Case, norm: Norm) -> None:
        self.case, self.norm = case, norm

    def starts(self, x: Array, y: Array, pool: Array) -> tuple[Array, Bools]:
        """The nearest pool row that serves, else noise that does; and which rows have one."""
        z, serves = x.copy(), yielding(self.case, pool, y)
        started = np.asarray(serves.any(axis=1))
        # of large arrays, some entries tell well enough which start is near
        every = math.ceil(math.prod(x.shape[1:]) / _COMPARED)
        mine, theirs = flat(x)[:, ::every], flat(pool)[:, ::every]
        for row in np.flatnonzero(started):
            those = np.flatnonzero(serves[row])
            z[row] = pool[those[np.argmin(self._far(mine[[row]], theirs[those]))]]
        for _ in range(_NOISE_DRAWS):
            lost = np.flatnonzero(~started)
            if not len(lost):
                break
            low, high = self.case.test.space.low, self.case.test.space.high
            tried = self._cast(x[lost], self.case.rng.uniform(low, high, x[lost].shape).astype(x.dtype))
            won = self._reached(tried, y[lost])
            z[lost[won]], started[lost[won]] = tried[won], True
        return z, started

    def onto_boundary(self, x: Array, y: Array, z: Array) -> Array:
        """Closest successes on the way from ``z`` to ``x``, by bisection; ``z`` serves."""
        best, low, high = z.copy(), np.zeros(len(x)), np.ones(len(x))
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            point = self._cast(x, self._between(x, z, middle))
            won = self._reached(point, y)
            best[won] = point[won]
            low, high = np.where(won, low, middle), np.where(won, middle, high)
        return best

    def hop(self, x: Array, y: Array, z: Array, count: int, number: int) -> Array:
        """Estimate the boundary's normal at ``z``, step along it, come back towards ``x``; keep what is nearer."""
        far = self._far(x, z)
        normal = self._normal(y, z, far, count)
        step = far / math.sqrt(number)
        moved, waiting = z.copy(), np.arange(len(x))
        for _ in range(_STEP_HALVINGS):
            push = _column(step[waiting], z) * normal[waiting]
            tried = self._cast(x[waiting], z[waiting] + push)
            won = self._reached(tried, y[waiting])
            moved[waiting[won]] = tried[won]
            waiting = waiting[~won]
            step[waiting] /= 2
            if not len(waiting):
                break
        back = self.onto_boundary(x, y, moved)
        nearer = self._far(x, back) < far
        return np.where(_column(nearer, z), back, z)

    def _normal(self, y: Array, z: Array, far: Floats, count: int) -> Array:
        """Direction into the attacker's side from ``count`` random looks around, (n, ...); paper's eq. 9 and 16."""
        n, d = len(z), math.prod(z.shape[1:])
        radius = far * min(0.3, max(0.02, 3 * math.sqrt(d) / 2**_HALVINGS))
        if self.norm is Norm.LINF:
            radius = radius * math.sqrt(d)
        total, drawn, answers = np.zeros((n, d)), np.zeros((n, d)), np.zeros(n)
        for part in _parts(count, n * d):
            look = _normals(self.case.rng, (part, n, d), z.dtype)
            look *= (radius / np.sqrt(np.einsum("pnd,pnd->pn", look, look)))[:, :, None].astype(look.dtype)
            origin = np.broadcast_to(z, (part, *z.shape)).reshape(-1, *z.shape[1:])
            point = self._cast(origin, origin + look.reshape(origin.shape))
            # the bounds may have cut the look: what counts is where the model was asked
            look = (flat(point) - flat(origin)).reshape(part, n, d)
            sign = np.where(self._reached(point, np.tile(y, part)), 1.0, -1.0).reshape(part, n)
            total += np.einsum("pn,pnd->nd", sign.astype(look.dtype), look)
            drawn += look.sum(axis=0)
            answers += sign.sum(axis=0)
        mean = answers / count
        one_sided = np.abs(mean) == 1
        estimate = np.where(one_sided[:, None], total, total - mean[:, None] * drawn).reshape(z.shape)
        if self.norm is Norm.LINF:
            return np.sign(estimate)
        size = np.asarray(distance(estimate, Norm.L2))
        return np.asarray(estimate / _column(np.where(size > 0, size, 1.0), z))

    def _between(self, x: Array, z: Array, share: Floats) -> Array:
        if self.norm is Norm.LINF:
            radius = _column(share * self._far(x, z), x)
            return np.asarray(x + np.clip(z - x, -radius, radius))
        return np.asarray(x + _column(share, x) * (z - x))

    def _far(self, x: Array, z: Array) -> Floats:
        return np.asarray(distance(np.asarray(z, dtype=float) - np.asarray(x, dtype=float), self.norm))

    def _cast(self, x: Array, z: Array) -> Array:
        space = self.case.test.space
        return as_submitted(self.case.target, space, x, space.project(x, z))

    def _reached(self, z: Array, y: Array) -> Bools:
        return reached(self.case.target, self.case.threat.goal, z, y)


def _normals(rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """Standard normal numbers; drawn in single precision, which is twice as fast, where the rows have no more."""
    if np.dtype(dtype) == np.float32:
        return rng.standard_normal(shape, dtype=np.float32)
    return rng.standard_normal(shape).astype(dtype if np.issubdtype(dtype, np.floating) else np.float64)


def _parts(count: int, size: int) -> list[int]:
    """``count`` looks of ``size`` numbers, in parts that fit in memory."""
    most = max(1, _BLOCK // size)
    return [min(most, count - start) for start in range(0, count, most)]


def _column(values: Array, like: Array) -> Array:
    return np.reshape(values, (-1, *[1] * (like.ndim - 1)))
