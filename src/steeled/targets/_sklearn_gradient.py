"""Analytic gradients of scikit-learn's differentiable models, through their preprocessing on numeric columns.

Each stage maps rows forward and hands back its pullback, so that a chain is differentiated in reverse as in autograd.
What is not recognized has no gradient; what is recognized is compared with the model itself before it is trusted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler

from steeled.core.array import Array, Floats
from steeled.core.feature_space import Modality
from steeled.core.signature import ScoreKind
from steeled.targets._answers import Answers, Form
from steeled.targets._inputs import Inputs, is_own_code

Pullback = Callable[[Array], Array]


class Stage(Protocol):
    """A differentiable map on rows."""

    def forward(self, x: Array) -> tuple[Array, Pullback]:
        """Its value (n, m), and the map from a gradient (n, m) on it to one (n, d) on ``x``."""
        ...


@dataclass(frozen=True, slots=True)
class Scale:
    """``x * factor + shift`` column by column."""

    factor: Floats
    shift: Floats

    def forward(self, x: Array) -> tuple[Array, Pullback]:
        return x * self.factor + self.shift, lambda gradient: gradient * self.factor


@dataclass(frozen=True, slots=True)
class Fill:
    """Missing cells become ``value``."""

    value: Floats

    def forward(self, x: Array) -> tuple[Array, Pullback]:
        gap = np.isnan(x)
        return np.where(gap, self.value, x), lambda gradient: np.where(gap, 0.0, gradient)


@dataclass(frozen=True, slots=True)
class Linear:
    """``x @ weight.T + bias``."""

    weight: Floats
    bias: Floats

    def forward(self, x: Array) -> tuple[Array, Pullback]:
        return x @ self.weight.T + self.bias, lambda gradient: gradient @ self.weight


@dataclass(frozen=True, slots=True)
class Activation:
    """relu, tanh, logistic or identity."""

    name: str

    def forward(self, x: Array) -> tuple[Array, Pullback]:
        match self.name:
            case "relu":
                return np.maximum(x, 0.0), lambda gradient: gradient * (x > 0)
            case "tanh":
                t = np.tanh(x)
                return t, lambda gradient: gradient * (1 - t * t)
            case "logistic":
                p = 0.5 * (1 + np.tanh(x / 2))
                return p, lambda gradient: gradient * p * (1 - p)
            case _:
                return x, lambda gradient: gradient


@dataclass(frozen=True, slots=True)
class Chain:
    """One stage after the other."""

    stages: tuple[Stage, ...]

    def forward(self, x: Array) -> tuple[Array, Pullback]:
        pullbacks = []
        for stage in self.stages:
            x, pullback = stage.forward(x)
            pullbacks.append(pullback)

        def back(gradient: Array) -> Array:
            for pullback in reversed(pullbacks):
                gradient = pullback(gradient)
            return gradient

        return x, back


@dataclass(frozen=True, slots=True)
class Parallel:
    """Stages on some columns each, their results side by side."""

    parts: tuple[tuple[tuple[int, ...], Stage], ...]

    def forward(self, x: Array) -> tuple[Array, Pullback]:
        done = [stage.forward(x[:, list(columns)]) for columns, stage in self.parts]
        ends = np.cumsum([value.shape[1] for value, _ in done])[:-1]

        def back(gradient: Array) -> Array:
            total = np.zeros(x.shape)
            for (columns, _), (_, pullback), piece in zip(
                self.parts, done, np.split(gradient, ends, axis=1), strict=True
            ):
                total[:, list(columns)] += pullback(piece)
            return total

        return np.concatenate([value for value, _ in done], axis=1), back


@dataclass(frozen=True, slots=True)
class Differentiable:
    """A model's logits, or values, as a chain of stages on the codes of the data.

    Args:
        stages: from the model's columns to its raw output, before any softmax.
        answers: how the raw output is read.
        columns: of the data, in the model's order; None for all.
    """

    stages: Stage
    answers: Answers
    columns: tuple[int, ...] | None

    def forward(self, x: Array) -> tuple[Array, Pullback]:
        """Raw output (n, m), and the pullback to the shape of ``x``."""
        rows = np.asarray(x, dtype=np.float64).reshape(len(x), -1)
        raw, back = self.stages.forward(rows if self.columns is None else rows[:, list(self.columns)])

        def to_rows(gradient: Array) -> Array:
            inner = back(gradient)
            if self.columns is None:
                return inner.reshape(x.shape)
            total = np.zeros(rows.shape)
            total[:, list(self.columns)] = inner
            return total

        return raw, to_rows

    def logits(self, x: Array) -> Array:
        return self.answers.logits(self.forward(x)[0])

    def vjp(self, x: Array, cotangent: Array) -> Array:
        """Gradient of ``sum(cotangent * logits(x))``."""
        raw, back = self.forward(x)
        return back(self.answers.pull(raw, cotangent))


def differentiable(model: Any, inputs: Inputs, answers: Answers) -> Differentiable | None:
    """The model as stages; None when a part of it is not known to be differentiable, or a column is not a number.

    Args:
        model: fitted; a pipeline or a final estimator.
        answers: of the method by which the model is asked.
    """
    if inputs.space.modality is Modality.TEXT or answers.kind is ScoreKind.LABELS:
        return None
    columns = inputs.positions if inputs.space.modality is Modality.TABLE else None
    if columns is not None and not all(is_own_code(inputs.space.columns[j]) for j in columns):
        return None
    stages = _stage(model)
    if stages is None:
        return None
    return Differentiable(stages, _of_logits(model, answers), columns)


def _of_logits(model: Any, answers: Answers) -> Answers:
    """The reading of the raw output before the softmax."""
    if answers.form is Form.VALUES:
        return answers
    form = Form.LOGIT if len(answers.names) == 2 else Form.COLUMNS
    return Answers(form, ScoreKind.LOGITS, answers.columns, answers.names)


def _stage(model: Any) -> Stage | None:
    """One fitted transformer or estimator as a stage."""
    if model is None or (isinstance(model, str) and model == "passthrough") or _is_identity(model):
        return Chain(())
    if isinstance(model, Pipeline):
        return _chain([step for _, step in model.steps])
    if isinstance(model, ColumnTransformer):
        return _parallel(model)
    if hasattr(model, "best_estimator_"):
        return _stage(model.best_estimator_)
    if isinstance(model, SimpleImputer):
        return _fill(model)
    return _scaling(model) or _final(model)


def _is_identity(model: Any) -> bool:
    return isinstance(model, FunctionTransformer) and model.func is None


def _chain(parts: Sequence[Any]) -> Stage | None:
    stages = [_stage(part) for part in parts]
    known = tuple(stage for stage in stages if stage is not None)
    return Chain(known) if len(known) == len(stages) else None


def _parallel(model: ColumnTransformer) -> Stage | None:
    places = getattr(model, "_transformer_to_input_indices", None)  # resolves names, masks and callables
    if places is None or model.transformer_weights:
        return None
    parts = []
    for name, transformer, _ in model.transformers_:
        if isinstance(transformer, str) and transformer == "drop":
            continue
        columns = tuple(int(j) for j in places.get(name, ()))
        if not columns:
            continue  # a selector that matched nothing: its transformer was never fitted
        stage = _stage(transformer)
        if stage is None:
            return None
        parts.append((columns, stage))
    return Parallel(tuple(parts)) if parts else None


def _fill(model: SimpleImputer) -> Stage | None:
    values = np.asarray(model.statistics_)
    plain = not model.add_indicator and isinstance(model.missing_values, float) and values.dtype.kind in "iuf"
    return Fill(values.astype(np.float64)) if plain and np.isfinite(values.astype(np.float64)).all() else None


def _scaling(model: Any) -> Stage | None:
    """Scalers and PCA, all affine."""
    if isinstance(model, MinMaxScaler):
        return None if model.clip else Scale(model.scale_, model.min_)
    if isinstance(model, MaxAbsScaler):
        return None if getattr(model, "clip", False) else Scale(1 / model.scale_, np.zeros_like(model.scale_))
    if isinstance(model, StandardScaler):
        return _centered(model.mean_ if model.with_mean else None, model.scale_, model.n_features_in_)
    if isinstance(model, RobustScaler):
        return _centered(model.center_, model.scale_, model.n_features_in_)
    if isinstance(model, PCA):
        weight = model.components_
        if model.whiten:
            weight = weight / np.sqrt(model.explained_variance_)[:, None]
        return Linear(weight, -(weight @ model.mean_))
    return None


def _centered(center: Floats | None, scale: Floats | None, width: int) -> Stage:
    factor = np.ones(width) if scale is None else 1 / scale
    return Scale(factor, np.zeros(width) if center is None else -center * factor)


def _final(model: Any) -> Stage | None:
    """Linear models and multi-layer perceptrons."""
    if hasattr(model, "coefs_") and hasattr(model, "intercepts_") and hasattr(model, "activation"):
        return _perceptron(model)
    if not (hasattr(model, "coef_") and hasattr(model, "intercept_") and hasattr(model, "predict")):
        return None
    weight = np.asarray(model.coef_)
    if weight.dtype.kind != "f":
        return None
    weight = weight.reshape(1, -1) if weight.ndim == 1 else weight
    return Linear(weight, np.broadcast_to(np.asarray(model.intercept_, dtype=np.float64), (len(weight),)))


def _perceptron(model: Any) -> Stage:
    stages: list[Stage] = []
    for weight, bias in zip(model.coefs_, model.intercepts_, strict=True):
        stages += [Linear(weight.T, bias), Activation(model.activation)]
    return Chain(tuple(stages[:-1]))
