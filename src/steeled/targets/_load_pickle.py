"""Loading pickle and joblib files whose bytes were found clean, or are trusted."""

import io
import sys
import warnings
from pathlib import Path
from typing import Any

import joblib

from steeled.errors import MissingDependency, ModelError
from steeled.targets._asking import one_line

_EXTRAS = ("torch", "onnx", "xgboost", "lightgbm", "catboost")


def load_pickle(content: bytes, path: Path) -> tuple[Any, tuple[str, ...]]:
    """The object within, and what its loader warned of.

    This runs whatever code the bytes ask for: call it only for bytes that were scanned or are trusted. Modules of the
    current folder are found last.

    Args:
        content: of a pickle or joblib file.
        path: for messages.

    Raises:
        ModelError: it does not load here.
        MissingDependency: it needs a framework that an extra installs.
    """
    folder = str(Path.cwd())
    if folder not in sys.path:
        sys.path.append(folder)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            model = joblib.load(io.BytesIO(content))
        except ModuleNotFoundError as error:
            raise _missing(path, error) from error
        except AttributeError as error:
            raise ModelError(
                f"{path} needs a class or function that is not there: {one_line(error)}; "
                "install the version of the library that wrote the file, or run where its own code can be imported"
            ) from error
        except Exception as error:
            raise ModelError(
                f"{path} does not load: {type(error).__name__}: {one_line(error)}; is it whole, "
                "and written by the versions installed here?"
            ) from error
    said = dict.fromkeys(_first_sentence(str(warning.message)) for warning in heard)
    return model, tuple(f"on loading: {text}" for text in said)[:3]


def _missing(path: Path, error: ModuleNotFoundError) -> MissingDependency | ModelError:
    root = (error.name or "").split(".")[0]
    if root in _EXTRAS:
        return MissingDependency(f"{path} needs {root}: pip install 'steeled[{root}]'")
    return ModelError(
        f"{path} needs the module {error.name!r}, which is not installed; install it, or run where it can be imported"
    )


def _first_sentence(text: str) -> str:
    return " ".join(text.split()).split(". ")[0].rstrip(".")
