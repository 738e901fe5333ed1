"""From scores to decisions."""

import numpy as np

from steeled.core.array import Array, Ints


def labels(scores: Array) -> Ints:
    """Index of the largest score of each row; ties go to the lower index, as in the frameworks.

    Args:
        scores: shape (n, k).

    Returns:
        shape (n,), int64.
    """
    return np.asarray(np.argmax(scores, axis=1), dtype=np.int64)
