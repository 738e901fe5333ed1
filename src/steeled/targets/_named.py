"""A user's function named as ``module:function``, loaded from the current folder or from what is installed."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from steeled.data.names import did_you_mean
from steeled.errors import RequestError
from steeled.targets._asking import one_line


def named(text: str) -> Callable[..., Any]:
    """The function that ``text`` names. Its module is imported, which runs the module's code.

    The current folder joins the import path for good, because the function may import its neighbors later.

    Args:
        text: ``package.module:function``.

    Raises:
        RequestError: not of this form, no such module, the module raises, or no such function.
    """
    thing = named_object(text)
    if not callable(thing):
        raise RequestError(f"{text} is a {type(thing).__name__}; expected a function")
    function: Callable[..., Any] = thing
    return function


def named_object(text: str) -> Any:
    """Whatever ``text`` names.

    Raises:
        RequestError: as for ``_named``.
    """
    module_name, separator, name = text.partition(":")
    if not (separator and module_name and name):
        raise RequestError(f"expected module:function, such as training:train, got {text!r}")
    folder = str(Path.cwd())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name and module_name.startswith(error.name):
            raise RequestError(f"there is no module {module_name!r} in {folder} or among the packages") from error
        raise RequestError(f"module {module_name!r} needs {error.name!r}, which is not installed") from error
    except Exception as error:
        raise RequestError(
            f"module {module_name!r} raises {type(error).__name__} on import: {one_line(error)}"
        ) from error
    if not hasattr(module, name):
        raise RequestError(f"module {module_name!r} has no {name!r}{did_you_mean(name, _public(module))}")
    return getattr(module, name)


def _public(module: Any) -> list[str]:
    return [name for name in vars(module) if not name.startswith("_")]
