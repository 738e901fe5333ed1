"""Reading torch files: TorchScript, exported programs, whole modules, and state dicts with a factory."""

import io
import pickle
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from steeled.errors import ModelError
from steeled.targets._asking import one_line
from steeled.targets._named import named

_NESTED = ("state_dict", "model_state_dict", "model", "net", "module")


def read_module(content: bytes, path: Path, format: str, factory: str | None) -> Any:
    """The module within.

    Args:
        content: whose scan was clean, or which is trusted: a whole module runs code when loaded.
        path: for messages.
        format: torch_script, torch_export, torch_zip or torch_legacy.
        factory: ``module:function`` that builds the network of a state dict.

    Raises:
        ModelError: torch cannot read it, or it holds weights only and there is no fitting factory.
    """
    stream = io.BytesIO(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # torch.jit is being retired, its files are not
            if format == "torch_script":
                return torch.jit.load(stream, map_location="cpu")  # type: ignore[no-untyped-call]  # torch has no types here
            if format == "torch_export":
                return torch.export.load(stream).module()
            payload = _payload(stream)
    except Exception as error:
        raise ModelError(
            f"{path} does not load with torch {torch.__version__}: {type(error).__name__}: {one_line(error)}"
        ) from error
    if isinstance(payload, torch.nn.Module):
        return payload
    return _with_weights(_state(payload, path), path, factory)


def _payload(stream: io.BytesIO) -> Any:
    """Tensors and plain values, or else the whole object."""
    try:
        return torch.load(stream, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        stream.seek(0)
        return torch.load(stream, map_location="cpu", weights_only=False)


def _state(payload: Any, path: Path) -> Mapping[str, Any]:
    """The state dict, also from within a checkpoint, without the prefix of a data-parallel wrapper."""
    nested = [payload[name] for name in _NESTED if isinstance(payload, Mapping) and name in payload]
    for state in (payload, *nested):
        if isinstance(state, torch.nn.Module):
            return state.state_dict()
        if isinstance(state, Mapping) and state and all(isinstance(value, torch.Tensor) for value in state.values()):
            parallel = all(str(name).startswith("module.") for name in state)
            return {str(name).removeprefix("module.") if parallel else str(name): state[name] for name in state}
    raise ModelError(f"{path} holds {type(payload).__name__}, expected a module or a state dict")


def _with_weights(state: Mapping[str, Any], path: Path, factory: str | None) -> Any:
    if factory is None:
        raise ModelError(
            f"{path} holds {len(state)} tensors of weights and no network; "
            "name the function that builds it: --factory module:function"
        )
    try:
        network = named(factory)()
    except TypeError as error:
        raise ModelError(f"factory {factory} must build the network without arguments: {one_line(error)}") from error
    if not isinstance(network, torch.nn.Module):
        raise ModelError(f"factory {factory} gave {type(network).__name__}, expected a torch.nn.Module")
    try:
        network.load_state_dict(state, strict=True)
    except RuntimeError as error:
        raise ModelError(f"the weights of {path} do not fit the network of {factory}: {one_line(error)}") from error
    return network
