"""Which adapter opens which model: the root module of a model's classes is the name of the adapter's file."""

import importlib
from types import ModuleType

from steeled.core.collection import members
from steeled.errors import MissingDependency, ModelError
from steeled.targets.opened import Opened
from steeled.targets.opening import Opening

_OTHER_NAMES = {"onnxruntime": "onnx"}


def open_object(model: object, request: Opening) -> Opened:
    """Open a live model with the adapter of its framework, or as a callable.

    Raises:
        ModelError: no adapter takes it, or the model does not fit the data.
        MissingDependency: its framework is not installed.
    """
    module = _own_adapter(model)
    if module is None and hasattr(model, "predict"):
        module = adapter("sklearn")
    if module is None and callable(model):
        module = adapter("callable")
    if module is not None:
        result: Opened = module.open_object(model, request)
        return result
    raise ModelError(
        f"cannot ask an object of type {type(model).__name__}: expected a fitted estimator, a torch module, "
        "an ONNX session or a function from rows to scores"
    )


def adapter(name: str) -> ModuleType:
    """The adapter called ``name``, imported together with its framework.

    Raises:
        ModelError: there is no such adapter.
        MissingDependency: its framework is not installed.
    """
    found = members("targets", kind="targets")
    if name not in found:
        raise ModelError(f"there is no adapter for {name} models; wrap the model in a function from rows to scores")
    try:
        return importlib.import_module(found[name].partition(":")[0])
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("steeled"):
            raise
        raise MissingDependency(
            f"{name} models need the package {error.name}: pip install 'steeled[{name}]'"
        ) from error


def _own_adapter(model: object) -> ModuleType | None:
    """The adapter named after the root module of one of the model's classes."""
    known = members("targets", kind="targets")
    for cls in type(model).__mro__:
        root = cls.__module__.split(".")[0]
        name = _OTHER_NAMES.get(root, root)
        if name in known:
            module = adapter(name)
            if hasattr(module, "open_object"):
                return module
    return None
