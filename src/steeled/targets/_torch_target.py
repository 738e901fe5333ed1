"""A torch module as a Target, with gradients by autograd."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch

from steeled.core.access import Access
from steeled.core.array import Array
from steeled.core.loss import Loss
from steeled.core.signature import ScoreKind, Signature
from steeled.core.target import Gradient
from steeled.errors import AccessError, PredictionError
from steeled.targets._answers import Answers
from steeled.targets._asking import ask, ask_gradient


@dataclass(frozen=True, slots=True, eq=False)
class TorchTarget:
    """A module in evaluation mode.

    Args:
        module: not the user's own object.
        answers: how its output is read.
        signature, digest, lineage, stochastic: as in ``Target``.
        differentiable: whether autograd agrees with central differences.
    """

    module: Any
    answers: Answers
    signature: Signature
    digest: str
    lineage: tuple[str, ...] = ()
    stochastic: bool = False
    differentiable: bool = False

    @property
    def grants(self) -> Access:
        if self.answers.kind is ScoreKind.LABELS:
            return Access.LABELS
        return Access.GRADIENTS if self.differentiable else Access.SCORES

    def scores(self, x: Array) -> Array:
        return ask(partial(raw_output, self.module), self.answers, x)

    def loss_gradient(self, x: Array, y: Array, loss: Loss) -> Gradient:
        if self.grants < Access.GRADIENTS:
            raise AccessError("this model's gradients are not granted; use attacks on scores or labels")
        return ask_gradient(partial(self._backward, loss), x, y)

    def logits(self, x: Array) -> Array:
        """Logits (n, k), or values (n,), in the module's dtype."""
        return self.answers.logits(raw_output(self.module, x))

    def vjp(self, x: Array, cotangent: Array) -> Array:
        """Gradient of ``sum(cotangent * logits(x))``, the shape and dtype of x."""
        rows, output = forward(self.module, x)
        return _pulled(rows, output, self.answers.pull(to_numpy(output), cotangent), x)

    def _backward(self, loss: Loss, x: Array, y: Array) -> Gradient:
        rows, output = forward(self.module, x)
        raw = to_numpy(output)
        scores = self.answers.scores(raw, len(x))
        value, cotangent = self.answers.backward(raw, y, loss)
        return Gradient(scores, np.asarray(value.value), _pulled(rows, output, cotangent, x))


def raw_output(module: Any, x: Array) -> Array:
    """The module's output for rows ``x``, without a graph.

    Raises:
        PredictionError: it gives no tensor.
    """
    with torch.no_grad():
        return to_numpy(tensor_of(module(to_tensor(module, x))))


def forward(module: Any, x: Array) -> tuple[Any, Any]:
    """Rows as a leaf of the graph, and the output."""
    with torch.enable_grad():
        rows = to_tensor(module, x).requires_grad_(True)
        return rows, tensor_of(module(rows.clone()))  # a module may change its input in place; a leaf forbids it


def to_tensor(module: Any, x: Array) -> Any:
    """A copy of the rows in the module's dtype and on its device.

    Raises:
        PredictionError: text.
    """
    if x.dtype == object:
        raise PredictionError("torch modules take numbers, the data holds text; put the tokenizer into a function")
    first = first_tensor(module)
    dtype = first.dtype if first is not None else torch.float32
    device = first.device if first is not None else "cpu"
    return torch.tensor(np.ascontiguousarray(x), dtype=dtype, device=device)


def first_tensor(module: Any) -> Any:
    """The first floating parameter or buffer, which tells dtype and device; None when there is none."""
    tensors = (*module.parameters(), *module.buffers())
    return next((tensor for tensor in tensors if tensor.is_floating_point()), None)


def tensor_of(output: Any) -> Any:
    """The tensor in an output: itself, the first of a tuple, or ``logits`` of a mapping or record.

    Raises:
        PredictionError: none of these.
    """
    if isinstance(output, torch.Tensor):
        return output
    if isinstance(output, Mapping) and "logits" in output:
        return tensor_of(output["logits"])
    if hasattr(output, "logits"):
        return tensor_of(output.logits)
    if isinstance(output, (tuple, list)) and output:
        return tensor_of(output[0])
    raise PredictionError(f"expected a tensor, the module gave {type(output).__name__}; return the logits")


def to_numpy(tensor: Any) -> Array:
    """Its values; bfloat16, which numpy lacks, as float32."""
    plain = tensor.detach().cpu()
    return np.asarray((plain.float() if plain.dtype is torch.bfloat16 else plain).numpy())


def _pulled(rows: Any, output: Any, cotangent: Array, x: Array) -> Array:
    """The gradient on the rows, where nothing depends on them: zero."""
    weights = torch.tensor(np.ascontiguousarray(cotangent), dtype=output.dtype, device=output.device)
    (gradient,) = torch.autograd.grad(output, rows, grad_outputs=weights, allow_unused=True)
    if gradient is None:
        return np.zeros(x.shape, dtype=x.dtype)
    return to_numpy(gradient).astype(x.dtype, copy=False)
