"""What is installed, and what that enables."""

from dataclasses import dataclass

from steeled.core.collection import members
from steeled.core.risk import Risk
from steeled.workflow.known_subject import library_version

_ENABLES = {
    "scikit-learn": ("models of scikit-learn", "pip install scikit-learn"),
    "xgboost": ("models of XGBoost", "pip install 'steeled[xgboost]'"),
    "lightgbm": ("models of LightGBM", "pip install 'steeled[lightgbm]'"),
    "catboost": ("models of CatBoost", "pip install 'steeled[catboost]'"),
    "torch": ("models of PyTorch, gradients included", "pip install 'steeled[torch]'"),
    "onnxruntime": ("ONNX models", "pip install 'steeled[onnx]'"),
    "pillow": ("folders of images", "pip install pillow"),
}
_ALSO = {"xgboost": "xgboost-cpu"}


@dataclass(frozen=True, slots=True)
class Ability:
    """One library: its version, or empty with the command that installs it."""

    library: str
    version: str
    enables: str
    install: str


def abilities() -> tuple[Ability, ...]:
    """Every optional library; nothing is imported."""
    found = []
    for name, (enables, install) in _ENABLES.items():
        installed = library_version(name) or library_version(_ALSO.get(name, name))
        found.append(Ability(name, installed, enables, install))
    return tuple(found)


def probes_by_risk() -> dict[str, tuple[str, ...]]:
    """Names of the probes found by place, for each risk; nothing is imported."""
    return {risk.value: tuple(members(f"probes/{risk.value}")) for risk in Risk}
