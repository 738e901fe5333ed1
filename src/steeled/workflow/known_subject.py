"""Recognises a model and data that were described before, so that an unchanged audit opens nothing."""

from importlib.metadata import PackageNotFoundError, version

from steeled.core.digest import digest_file, digest_value, plain
from steeled.store.codec import encode
from steeled.workflow.request import Request

LIBRARIES = (
    "numpy",
    "pandas",
    "scikit-learn",
    "xgboost",
    "xgboost-cpu",
    "lightgbm",
    "catboost",
    "torch",
    "onnxruntime",
)


def subject_key(request: Request) -> str:
    """Digest of all that decides what opening would find; empty when it cannot be known without opening.

    Files are read once; objects in memory, and code named by the user, have to be opened.
    """
    model = request.configuration.model
    path = request.model_path
    if path is None or model.factory or model.recipe:
        return ""
    files = [path, *request.data_paths]
    if not all(file.exists() for file in files):
        return ""  # opening says what is missing
    described = [
        [digest_file(file) for file in files],
        plain(encode_section(request)),
        {name: library_version(name) for name in LIBRARIES},
    ]
    return digest_value(described)


def encode_section(request: Request) -> str:
    """The parts of the configuration that say how model and data are read."""
    c = request.configuration
    return encode([c.model, c.data, c.columns, c.relations, c.run.seed]).decode()


def library_version(name: str) -> str:
    """Installed version, or empty; imports nothing."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
