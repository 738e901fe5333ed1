"""Stress-test, harden, gate and guard machine-learning models.

>>> import steeled
>>> result = steeled.audit(model, train=train_frame, test=test_frame, label="default")
>>> result.verdict.outcome

Public names are loaded when they are first used; importing the package loads no framework.
"""

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from steeled.errors import SteeledError as SteeledError
    from steeled.targets.open import open_target as open_target
    from steeled.workflow.api import attack as attack
    from steeled.workflow.api import audit as audit

_PUBLIC = {
    "SteeledError": "steeled.errors",
    "attack": "steeled.workflow.api",
    "audit": "steeled.workflow.api",
    "open_target": "steeled.targets.open",
}

__all__ = ["SteeledError", "__version__", "attack", "audit", "open_target"]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'steeled' has no attribute {name!r}; public names are {', '.join(__all__)}")
    return getattr(importlib.import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
