"""What every detector must keep: larger scores for what does not belong."""

from typing import Any

import numpy as np

from steeled.core.array import Array

_FAR = 20.0


def check_detector(detector_class: type[Any], x: Array) -> None:
    """Fit on ordinary rows, score them and gross outliers.

    Args:
        detector_class: made with its defaults.
        x: ordinary rows, floats of any shape (n, ...), n >= 50.

    Raises:
        AssertionError: with what was expected and what came.
    """
    rows = x.copy()
    detector = detector_class().fit(rows)
    assert detector is not None, "fit must return the fitted detector"
    outliers = _outliers(x)
    ordinary, strange = detector.score(rows), detector.score(outliers)
    for scores in (ordinary, strange, detector.score(x[:0])):
        assert isinstance(scores, np.ndarray), f"scores must be a numpy array, got {type(scores).__name__}"
        assert np.isfinite(scores).all(), "scores must be finite"
    assert ordinary.shape == (len(x),), f"scores of {len(x)} rows must have shape {(len(x),)}, got {ordinary.shape}"
    assert detector.score(x[:0]).shape == (0,), "no rows have no scores"
    assert np.array_equal(rows, x), "the rows were written to"
    assert np.median(strange) > np.quantile(ordinary, 0.95), (
        f"outliers score {np.median(strange):.3g}, 95 % of the ordinary rows up to {np.quantile(ordinary, 0.95):.3g}"
    )
    assert np.array_equal(detector.score(x), ordinary), "the same rows score differently the second time"
    again = detector_class().fit(x).score(outliers)
    assert np.array_equal(again, strange), "two detectors fitted on the same rows differ"


def _outliers(x: Array) -> Array:
    """Rows far outside in every entry, some on each side."""
    rng = np.random.default_rng(0)
    spread = x.std(axis=0) + 1e-3
    sign = rng.choice([-1.0, 1.0], size=(20, *x.shape[1:]))
    return np.asarray(x.mean(axis=0) + sign * _FAR * spread, dtype=x.dtype)
