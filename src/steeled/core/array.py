"""The array types of the signatures: numpy at the rim, any array-API array inside a target."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
"""A numpy array of any dtype, or an array-API array where a docstring says so."""
Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]
Bools = NDArray[np.bool_]
