"""From a file or a live object to a checked target: scan, load, dispatch, recipe."""

from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

from steeled.core.collection import members
from steeled.core.dataset import Dataset
from steeled.core.signature import ScoreKind
from steeled.errors import DataError, ModelError, RequestError, UntrustedArtifact
from steeled.scanner.report import ScanReport
from steeled.scanner.scan import scan
from steeled.scanner.verdict import ScanVerdict
from steeled.targets._dispatch import adapter, open_object
from steeled.targets._exact_bytes import exact_bytes
from steeled.targets._function_recipe import function_recipe
from steeled.targets._load_pickle import load_pickle
from steeled.targets._named import named_object
from steeled.targets.opened import Opened
from steeled.targets.opening import Opening

_PICKLES = ("pickle", "joblib")
_NO_MODELS = ("unknown", "text", "csv", "parquet", "numpy_npy", "numpy_npz", "zip", "folder")
_MODELS = "pickle, joblib, ONNX, torch, or a native file of XGBoost, LightGBM or CatBoost"


def open_target(
    source: Path | str | object,
    data: Dataset | None = None,
    *,
    recipe: str | Callable[..., Any] | None = None,
    factory: str | None = None,
    trust: Collection[str] = (),
    score_kind: ScoreKind | None = None,
) -> Opened:
    """Make a model answer as a ``Target``, checked against its own prediction on the data.

    A file is scanned first, and loaded only when nothing in it can run code, or its digest is trusted.

    Args:
        source: a model file; ``module:name`` of an object; or the object itself.
        data: rows that the model is for; the check takes at most 200 of them.
        recipe: ``function(data, seed)`` that trains such a model, or its ``module:function``; None for what the
            adapter knows.
        factory: ``module:function`` that builds the network a state dict belongs to.
        trust: digests (``sha256:...``) of files that may run code.
        score_kind: what the answers are; None to find out.

    Raises:
        RequestError: no data, no such file or function.
        UntrustedArtifact: the file could run code and is not trusted.
        ModelError: it does not load, does not fit the data, or does not answer as it does itself.
    """
    if data is None:
        raise RequestError("open_target needs data: what the model takes and answers is found out on real rows")
    if not len(data):
        raise DataError("the data has no rows; the model is checked on real rows")
    request = Opening(data, factory=factory, score_kind=score_kind)
    again = function_recipe(recipe, score_kind) if recipe is not None else None
    result = _open(source, request, trust)
    if again is not None:
        result = replace(result, recipe=again)
    how = f"trained again by {again.name}" if again else "trained again as it is" if result.recipe else ""
    return replace(result, description=f"{result.description} It {f'can be {how}' if how else _NO_RECIPE}.")


_NO_RECIPE = "cannot be trained again without a recipe"


def _open(source: Path | str | object, request: Opening, trust: Collection[str]) -> Opened:
    if not isinstance(source, (str, Path)):
        return open_object(source, request)
    path = Path(source)
    if path.exists():
        return _open_file(path, request, trust)
    if isinstance(source, str) and ":" in source and not path.suffix:
        return open_object(named_object(source), request)
    raise RequestError(f"there is no model file {source}")


def _open_file(path: Path, request: Opening, trust: Collection[str]) -> Opened:
    if path.is_dir():
        raise RequestError(f"{path} is a folder; name the model file in it")
    report = scan(path)
    allowed = {digest.strip().lower().removeprefix("sha256:") for digest in trust}
    trusted = report.digest.removeprefix("sha256:") in allowed
    if not report.size or report.format in _NO_MODELS:
        what = f"of the format {report.format!r}" if report.size else "empty"
        raise ModelError(f"{path} is {what}, not a model that can be opened; expected {_MODELS}")
    if report.verdict is ScanVerdict.MALFORMED and not trusted:
        raise ModelError(f"{report.sentence}: the file is damaged or cut off; write it again")
    if not report.verdict.is_safe and not trusted:
        raise UntrustedArtifact(
            f"{report.sentence}. Loading it could run code, so it was not loaded; "
            f"if you know where it comes from, allow exactly these bytes with {report.allow}"
        )
    known = replace(request, digest=report.digest)
    result = _load(path, report, known)
    return replace(result, scan=report, digest=report.digest)


def _load(path: Path, report: ScanReport, request: Opening) -> Opened:
    kind = report.format.partition("_")[0]
    if kind in _PICKLES:
        model, notes = load_pickle(exact_bytes(path, report.digest), path)
        loaded = open_object(model, request)
        return replace(loaded, description=" ".join((loaded.description, *(f"{note}." for note in notes))))
    module = adapter(kind) if kind in members("targets", kind="targets") else None
    if module is None or not hasattr(module, "open_file"):
        raise ModelError(
            f"{path} is a {report.format} file, which no adapter opens; expected {_MODELS}, or pass the loaded object"
        )
    result: Opened = module.open_file(path, report.format, request)
    return result
