"""A plain trainer for torch modules: fresh weights, Adam with a one-cycle rate, cross-entropy or squared error."""

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from steeled.core.dataset import Dataset
from steeled.core.digest import digest_value
from steeled.core.signature import ScoreKind
from steeled.core.target import Target
from steeled.errors import DataError
from steeled.targets._answers import Answers, Form
from steeled.targets._asking import guarded
from steeled.targets._torch_target import TorchTarget, tensor_of, to_tensor

_TINY = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class TorchRecipe:
    """Trains a copy of a module from new random weights.

    Args:
        template: whose every parameter belongs to a submodule that can reset it; never changed.
        like: the opened target, whose reading of the output the new ones share.
        digest: of architecture and settings.
        batch: rows in a step.
        rate: largest learning rate.
        steps: at least this many, so that few rows are passed more often.
        epochs: at least this many, at most eight times as many.
    """

    template: Any
    like: TorchTarget
    digest: str
    batch: int = 128
    rate: float = 5e-3
    steps: int = 400
    epochs: int = 8

    def fit(self, data: Dataset, seed: int) -> Target:
        """Train on ``data``; the same data, seed and machine give the same model.

        Raises:
            DataError: fewer than two rows.
            PredictionError: the module raised.
        """
        if len(data) < 2:
            raise DataError(f"a network needs at least 2 rows to train on, got {len(data)}")
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            module = guarded(lambda rows: self._trained(rows), data)
        digest = digest_value([self.digest, data.digest, seed])
        return replace(self.like, module=module, digest=digest)

    def fit_many(self, datasets: Sequence[Dataset], seeds: Sequence[int]) -> Sequence[Target]:
        return [self.fit(data, seed) for data, seed in zip(datasets, seeds, strict=True)]

    def _trained(self, data: Dataset) -> Any:
        module = fresh(self.template)
        whole = _standardized(module, data.y) if self.like.answers.form is Form.VALUES else module
        x = to_tensor(module, data.x)
        y = torch.tensor(np.asarray(data.y), device=x.device)
        order = [indices for _ in range(self._epochs(len(x))) for indices in self._shuffled(len(x))]
        optimizer = torch.optim.Adam(module.parameters(), lr=self.rate)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, self.rate, total_steps=len(order))
        module.train()
        for rows in order:
            optimizer.zero_grad()
            loss = _loss(tensor_of(whole(x[rows])), y[rows], self.like.answers, whole)
            loss.backward()
            optimizer.step()
            schedule.step()
        return whole.eval().requires_grad_(False)

    def _epochs(self, rows: int) -> int:
        wanted = math.ceil(self.steps / max(1, rows // self.batch))
        return min(max(self.epochs, wanted), 8 * self.epochs)

    def _shuffled(self, rows: int) -> list[Any]:
        """Batches of one epoch; a last single row is left out, because batch normalization cannot take it."""
        parts = torch.split(torch.randperm(rows), self.batch)
        return [part for part in parts if len(part) > 1]


class Standardized(torch.nn.Module):
    """A regression module whose output is scaled to the values it is trained on."""

    def __init__(self, module: Any, mean: float, deviation: float) -> None:
        super().__init__()
        self.module, self.mean, self.deviation = module, mean, deviation

    def forward(self, x: Any) -> Any:
        return tensor_of(self.module(x)) * self.deviation + self.mean


def fresh(template: Any) -> Any:
    """A trainable copy with new random weights, drawn from torch's global generator."""
    module = copy.deepcopy(template).requires_grad_(True)
    for part in module.modules():
        reset = _reset_of(part)
        if reset is not None:
            reset()
    return module


def can_be_reset(module: Any) -> bool:
    """Whether there are parameters, and every one belongs to a submodule that can draw it anew.

    Otherwise a new model would start from weights that have seen the training rows.
    """
    owners = [part for part in module.modules() if any(True for _ in part.parameters(recurse=False))]
    return bool(owners) and all(_reset_of(part) for part in owners)


def _reset_of(part: Any) -> Any:
    return getattr(part, "reset_parameters", None) or getattr(part, "_reset_parameters", None)


def _standardized(module: Any, y: Any) -> Standardized:
    return Standardized(module, float(np.mean(y)), float(np.std(y)) or 1.0)


def _loss(output: Any, y: Any, answers: Answers, whole: Any) -> Any:
    flat = output.reshape(len(y), -1)
    if answers.form is Form.VALUES:
        return functional.mse_loss(flat[:, 0] / whole.deviation, y.to(flat.dtype) / whole.deviation)
    if answers.form is Form.LOGIT:
        return functional.binary_cross_entropy_with_logits(flat[:, 0], y.to(flat.dtype))
    if answers.form is Form.PROBABILITY:
        return functional.binary_cross_entropy(flat[:, 0].clamp(_TINY, 1), y.to(flat.dtype))
    if answers.kind is ScoreKind.PROBABILITIES:
        return functional.nll_loss(flat.clamp_min(_TINY).log(), y)
    return functional.cross_entropy(flat, y)
