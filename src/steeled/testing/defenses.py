"""What every defense must keep: it gives a target, and a target that an attacker can still aim at."""

from typing import Any

import numpy as np

from steeled.core.access import Access
from steeled.core.dataset import Dataset
from steeled.core.defense import Stage
from steeled.core.recipe import Recipe
from steeled.core.target import Target
from steeled.testing.targets import check_describes_itself, check_gradient, check_target, energy


def check_defense(defense_class: type[Any], target: Target, data: Dataset, recipe: Recipe | None) -> None:
    """Harden a target and check what comes out.

    Args:
        defense_class: made with its defaults.
        target: to be hardened; passes ``check_target``.
        data: training rows.
        recipe: how the model is trained again; None where the defense wraps.

    Raises:
        AssertionError: with what was expected and what came.
    """
    assert isinstance(getattr(defense_class, "stage", None), Stage), "stage must be a Stage: train or wrap"
    digest, before = target.digest, target.scores(data.x)
    hardened = defense_class().harden(target, data, recipe, np.random.default_rng(0))
    check_target(hardened, data)
    check_keeps_the_signature(target, hardened)
    check_lineage_grows(target, hardened)
    check_gradient_is_supplied(target, hardened, data)
    assert target.digest == digest, "the defense changed the target it was given: its digest is another"
    assert target.stochastic or np.array_equal(target.scores(data.x), before), (
        "the defense changed the target it was given"
    )
    again = defense_class().harden(target, data, recipe, np.random.default_rng(0))
    check_hardens_alike(hardened, again, data)


def check_keeps_the_signature(target: Target, hardened: Target) -> None:
    """Shape, task and classes stay; what the scores are may become less, such as labels only."""
    old, new = target.signature, hardened.signature
    for name in ("shape", "task", "classes"):
        assert getattr(old, name) == getattr(new, name), f"{name} was {getattr(old, name)}, is {getattr(new, name)}"


def check_lineage_grows(target: Target, hardened: Target) -> None:
    """The defenses applied before are still named, and this one after them; the digest is another."""
    old, new = target.lineage, hardened.lineage
    assert new[: len(old)] == old, f"lineage {new} must begin with {old}"
    assert len(new) > len(old), f"lineage must grow, got {new}"
    assert hardened.digest != target.digest, "another model must have another digest"


def check_gradient_is_supplied(target: Target, hardened: Target, data: Dataset) -> None:
    """Whoever could follow the gradient of the model can follow one of the defended model, somewhere not zero."""
    if target.grants < Access.GRADIENTS:
        return
    assert hardened.grants >= Access.GRADIENTS, "a defense must supply its own pass-through, not withdraw the gradient"
    check_gradient(hardened, data)
    gradient = np.asarray(hardened.loss_gradient(data.x, data.y, energy).gradient)
    assert np.any(gradient), "the gradient is zero everywhere: that hides weakness, it does not remove it"


def check_hardens_alike(one: Target, other: Target, data: Dataset) -> None:
    """Equal seeds, equal targets."""
    check_describes_itself(other, data)
    assert one.digest == other.digest, "two hardenings with the same seed have different digests"
    if not one.stochastic:
        assert np.array_equal(one.scores(data.x), other.scores(data.x)), "two hardenings with the same seed differ"
