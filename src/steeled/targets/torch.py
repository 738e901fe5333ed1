"""PyTorch: modules, TorchScript, exported programs, whole-module files and state dicts."""

import copy
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from steeled.core.array import Array
from steeled.core.digest import digest_value
from steeled.core.signature import ScoreKind, Signature
from steeled.errors import ModelError, PredictionError
from steeled.targets._asking import guarded, one_line
from steeled.targets._exact_bytes import exact_bytes
from steeled.targets._find_answers import find_answers
from steeled.targets._model_digest import model_digest
from steeled.targets._self_check import check, check_gradient, is_stochastic
from steeled.targets._torch_files import read_module
from steeled.targets._torch_recipe import TorchRecipe, can_be_reset
from steeled.targets._torch_target import TorchTarget, first_tensor, raw_output, tensor_of, to_numpy, to_tensor
from steeled.targets.opened import Opened, opened
from steeled.targets.opening import Opening


def open_object(model: object, request: Opening) -> Opened:
    """A module, or an exported program. A copy is put into evaluation mode; the object itself stays as it is.

    Tables go in as the codes of their columns.

    Raises:
        ModelError: it is neither, cannot be copied, does not fit the data, or answers by the batch.
    """
    if isinstance(model, torch.export.ExportedProgram):
        model = model.module()
    if not isinstance(model, torch.nn.Module):
        raise ModelError(f"expected a torch.nn.Module, got {type(model).__name__}")
    try:
        with torch.no_grad():  # copies of compiled modules would hang on the graph
            module, template = copy.deepcopy(model), copy.deepcopy(model)
    except Exception as error:
        raise ModelError(f"the module cannot be copied: {type(error).__name__}: {one_line(error)}") from error
    request = request if request.digest else replace(request, digest=model_digest(model, _array_of))
    return _open(module, template, request)


def open_file(path: Path, format: str, request: Opening) -> Opened:
    """A torch file whose scan was clean, or which is trusted.

    Raises:
        ModelError: torch cannot read it, a factory is missing, or it does not fit the data.
    """
    module = read_module(exact_bytes(path, request.digest), path, format, request.factory)
    plain = format in ("torch_zip", "torch_legacy")
    try:
        return _open(module, copy.deepcopy(module) if plain else None, request)
    except PredictionError as error:
        if format != "torch_export":
            raise
        raise ModelError(
            f"{error}; if it was exported for a fixed number of rows, export it with a dynamic first axis"
        ) from error


def _open(module: Any, template: Any, request: Opening) -> Opened:
    notes = _to_evaluation(module)
    sample, data = request.sample, request.data
    asked = partial(raw_output, module)
    raw = guarded(asked, sample.x)
    wanted = request.score_kind or _saturated(raw)
    answers = find_answers(raw, sample, None, wanted, request.may_lack_classes, ask=asked)
    signature = Signature(data.space.shape, _dtype_name(module), data.task, data.classes, answers.kind)
    target = TorchTarget(module, answers, signature, request.digest)
    target = replace(target, stochastic=is_stochastic(target, sample.x))
    check(target, sample.x, answers.scores(guarded(partial(_natively, module), sample.x), len(sample)))
    target = replace(target, differentiable=_has_gradient(target, sample.x))
    recipe = _recipe(template, target)
    if not target.differentiable and answers.kind is not ScoreKind.LABELS:
        notes += ("its gradients are missing or disagree with finite differences, so that they are not used",)
    return opened(target, recipe, f"PyTorch {torch.__version__} {_name(module)}", notes)


def _to_evaluation(module: Any) -> tuple[str, ...]:
    """Freeze weights, batch normalization and dropout."""
    was_training = bool(module.training)
    try:
        module.eval()
    except NotImplementedError:  # exported programs are what they were exported as
        was_training = False
    for parameter in module.parameters():
        parameter.requires_grad_(False)
    return ("it came in training mode and is asked in evaluation mode",) if was_training else ()


def _saturated(raw: Array) -> ScoreKind | None:
    """A float column of only 0 and 1 is a saturated sigmoid: a module that decides gives integers."""
    column = raw.dtype.kind == "f" and raw.size == len(raw)
    return ScoreKind.PROBABILITIES if column and np.isin(raw, (0, 1)).all() else None


def _natively(module: Any, x: Array) -> Array:
    """The module called on all rows at once, with a graph."""
    with torch.enable_grad():
        return to_numpy(tensor_of(module(to_tensor(module, x))))


def _has_gradient(target: TorchTarget, x: Array) -> bool:
    """Whether autograd agrees with central differences at one row."""
    if target.answers.kind is ScoreKind.LABELS or target.stochastic:
        return target.stochastic and _runs_backward(target, x[:1])
    whole = np.isfinite(x.reshape(len(x), -1)).all(axis=1)
    if not whole.any() or not _runs_backward(target, x[whole][:1]):
        return False
    return check_gradient(target.logits, target.vjp, x[whole][:1])


def _runs_backward(target: TorchTarget, row: Array) -> bool:
    try:
        cotangent = np.ones_like(guarded(target.logits, row))
        guarded(lambda given: target.vjp(given, cotangent), row)
    except PredictionError:
        return False
    return True


def _recipe(template: Any, target: TorchTarget) -> TorchRecipe | None:
    compiled = (torch.jit.ScriptModule, torch.fx.GraphModule)
    if template is None or isinstance(template, compiled) or target.answers.kind is ScoreKind.LABELS:
        return None
    if not can_be_reset(template):
        return None
    settings = TorchRecipe(template, target, digest="")
    text = [repr(template), settings.batch, settings.rate, settings.steps, settings.epochs, torch.__version__]
    return replace(settings, digest=digest_value([model_digest(template, _shape_of), *text]))


def _array_of(thing: object) -> object:
    return to_numpy(thing) if isinstance(thing, torch.Tensor) else None


def _shape_of(thing: object) -> object:
    """In place of weights, which a recipe draws anew."""
    return np.array(thing.shape) if isinstance(thing, torch.Tensor) else None


def _dtype_name(module: Any) -> str:
    """The dtype that numpy can verify attacks in; bfloat16 rounds further inside."""
    first = first_tensor(module)
    name = str(first.dtype if first is not None else torch.float32).removeprefix("torch.")
    return name if name in ("float16", "float32", "float64") else "float32"


def _name(module: Any) -> str:
    return str(getattr(module, "original_name", type(module).__name__))
