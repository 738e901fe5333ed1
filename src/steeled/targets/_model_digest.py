"""Digests of live objects: equal only when pickled state, code and library versions are equal."""

import io
import pickle
import platform
import sys
import types
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from steeled.core.digest import digest_array, digest_bytes


def model_digest(model: object, array_of: Callable[[object], object] | None = None) -> str:
    """``sha256:...`` of a model.

    The pickle of the object, with the source of every user's module that it names and the version of every library.
    Functions, and whatever cannot be pickled, get a digest that is never given again: their code may depend on all.

    Args:
        model: any object.
        array_of: turns what a framework calls a tensor into a numpy array, and anything else into None, because
            pickled tensors hold addresses.
    """
    if isinstance(model, (types.FunctionType, types.MethodType, types.BuiltinFunctionType)):
        return unique_digest()
    stream = io.BytesIO()
    pickler = _Pickler(stream, array_of)
    try:
        pickler.dump(model)
        return digest_bytes(stream.getvalue(), *(_code(name) for name in sorted(pickler.modules)))
    except Exception:  # noqa: BLE001  foreign __reduce__ may raise anything; not equal to any other is the safe answer
        return unique_digest()


def unique_digest() -> str:
    """A digest that equals no other."""
    return digest_bytes(uuid.uuid4().bytes)


def module_digest(name: str) -> str:
    """Digest of the source of a module, or of a library's version.

    Raises:
        OSError: no file holds it.
    """
    return digest_bytes(_code(name))


class _Pickler(pickle.Pickler):
    """Notes the modules of all classes and functions on its way."""

    def __init__(self, stream: io.BytesIO, array_of: Callable[[object], object] | None) -> None:
        super().__init__(stream, protocol=5)
        self.modules: set[str] = set()
        self._array_of = array_of

    def reducer_override(self, obj: object) -> Any:
        if isinstance(obj, (type, types.FunctionType)):
            self.modules.add(obj.__module__)
        return NotImplemented

    def persistent_id(self, obj: object) -> object:
        array = self._array_of(obj) if self._array_of else None
        return digest_array(array) if isinstance(array, np.ndarray) else None


def _code(name: str) -> bytes:
    """Library and version, or the bytes of the user's module.

    Raises:
        OSError: a module without a file, such as an interactive session.
    """
    module = sys.modules[name]
    root = name.partition(".")[0]
    file = getattr(module, "__file__", None)
    version = getattr(sys.modules.get(root), "__version__", None)
    if version and file and {"site-packages", "dist-packages"} & set(Path(file).parts):
        return f"{root} {version}".encode()
    if root in sys.stdlib_module_names and root != "__main__":
        return f"{root} {platform.python_version()}".encode()
    if not file:
        raise OSError(f"module {name} has no file")
    return f"{name}\n".encode() + Path(file).read_bytes()
