"""The rules in force: the defaults, with what ``steeled.yaml`` replaces, adds or switches off."""

import tomllib
from collections.abc import Iterable
from importlib import resources
from typing import Any

from steeled.core.nearest import nearest
from steeled.core.risk import Risk
from steeled.core.rule import Against, Mode, Rule, Severity
from steeled.core.signature import Task
from steeled.errors import ConfigurationError
from steeled.policy.configuration import RuleSection

_FIELDS = ("metric", "title", "max", "min", "against", "severity", "mode", "remedy")


def rules_in_force(sections: Iterable[RuleSection], task: Task) -> tuple[Rule, ...]:
    """Default rules for the task in their order, then the user's own.

    A section with the id of a default rule replaces the fields that it names; ``mode: off`` removes the rule.

    Raises:
        ConfigurationError: a rule without metric or limit, a metric of no risk, or one id twice.
    """
    texts = {entry["id"]: entry for entry in default_rules() if entry.get("task", task) == task}
    seen: set[str] = set()
    for section in sections:
        if section.id in seen:
            raise ConfigurationError(f"rule {section.id} stands twice in rules")
        seen.add(section.id)
        given = {name: getattr(section, name) for name in _FIELDS if getattr(section, name) is not None}
        if {"max", "min"} & set(given):
            texts.get(section.id, {}).pop("max", None)
            texts.get(section.id, {}).pop("min", None)
        texts[section.id] = {**texts.get(section.id, {"id": section.id}), **given}
    return tuple(_rule(entry) for entry in texts.values() if entry.get("mode") != "off")


def default_rules() -> list[dict[str, Any]]:
    """The entries of ``defaults.toml``."""
    text = resources.files("steeled.policy").joinpath("defaults.toml").read_text("utf-8")
    entries = tomllib.loads(text)["rule"]
    assert isinstance(entries, list)
    return entries


def _rule(entry: dict[str, Any]) -> Rule:
    metric = entry.get("metric")
    if metric is None:
        raise ConfigurationError(f"rule {entry['id']} needs a metric such as evasion.success_rate")
    risk = str(metric).split(".")[0]
    if risk not in list(Risk):
        close = nearest(risk, Risk)
        hint = f"did you mean {close}?" if close else f"there are {', '.join(Risk)}"
        raise ConfigurationError(f"rule {entry['id']}: {risk!r} is no risk; {hint}")
    try:
        return Rule(
            id=entry["id"],
            metric=metric,
            title=entry.get("title", metric),
            maximum=_number(entry.get("max")),
            minimum=_number(entry.get("min")),
            against=Against(entry.get("against", Against.INTERVAL)),
            severity=Severity(entry.get("severity", Severity.MEDIUM)),
            mode=Mode(entry.get("mode", Mode.BLOCK)),
            remedy=entry.get("remedy", ""),
        )
    except ValueError as problem:
        raise ConfigurationError(str(problem)) from problem


def _number(limit: int | float | None) -> float | None:
    """A float, so that a rule that was kept and read again equals itself."""
    return None if limit is None else float(limit)
