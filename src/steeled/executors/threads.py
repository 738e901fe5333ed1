"""One BLAS and OpenMP thread a process: processes share the cores, and a forked child must not wait for threads."""

import os
import sys

from threadpoolctl import threadpool_limits

_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def use_one_thread() -> None:
    """Limit this process: libraries loaded later by environment, those loaded already by their own calls."""
    os.environ.update(dict.fromkeys(_VARIABLES, "1"))
    threadpool_limits(limits=1)
    torch = sys.modules.get("torch")  # only if somebody loaded it: its own pool does not listen to threadpoolctl
    if torch is not None:
        torch.set_num_threads(1)
    lightgbm = sys.modules.get("lightgbm.basic")  # it remembers the number of the last call and asks for as many again
    limit = getattr(getattr(lightgbm, "_LIB", None), "LGBM_SetMaxThreads", None)  # since 4.2
    if limit is not None:
        limit(1)
