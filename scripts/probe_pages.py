"""Writes docs/probes.md from the probes themselves: a probe's manual is its docstring."""

import dataclasses
import importlib
import inspect
import sys

from steeled.core.access import Access
from steeled.core.collection import load, members
from steeled.core.probe import ALL_MODALITIES, ALL_SCORES, ALL_TASKS, Needs
from steeled.core.risk import Risk

HEAD = """# Probes and their numbers
Made from the probes' own docstrings by `scripts/probe_pages.py`; change them there.

Every measurement has a 95 % interval (unless it is an exact count), n, a unit, and a side: *at least* (an attack found
it: the truth is this or higher), *at most*, *either side* (an estimate) or *exact*. Parameters are set in
`steeled.yaml`: `probes: {noise: {draws: 50}}`. A probe whose needs are not met is skipped, with the reason.

Every evasion attack gives `success_rate` (share of the attacked rows, at least), `robust_accuracy` (share of the
sampled rows, wrong ones count as broken, at most), `queries_per_row` (exact), and those that look for the smallest
change also `median_distance` (at most). Rows are attacked that the model answers rightly and not yet as the attacker
wants. What an attack finds is checked by other code: it is feasible, within the budget, and changes the answer of the
model itself.
"""


def main() -> None:
    sys.stdout.write(page())


def page() -> str:
    """The whole page as Markdown."""
    parts = [HEAD]
    for risk in Risk:
        parts.append(f"## {risk.value.replace('_', ' ').capitalize()}\n")
        parts += [_probe(name, module) for name, module in members(f"probes/{risk.value}").items()]
    return "\n".join(parts)


def _probe(name: str, module: str) -> str:
    kind = load(name, module)
    manual = [inspect.getdoc(importlib.import_module(module)) or "", inspect.getdoc(kind) or ""]
    texts = [text.replace("``", "`").replace("    ", "  ") for text in manual]
    defaults = ", ".join(f"`{field.name}: {field.default}`" for field in dataclasses.fields(kind))
    facts = [f"Needs: {_needs(kind.needs)}.", f"Defaults: {defaults}." if defaults else "No parameters."]
    return f"### {name}\n{texts[0]}\n\n{_as_list(texts[1])}\n\n{' '.join(facts)}\n"


def _as_list(text: str) -> str:
    """The ``Args`` of a docstring as a list."""
    lines, inside = [], False
    for line in text.splitlines():
        if line.strip() == "Args:":
            inside = True
            continue
        inside = inside and (not line.strip() or line.startswith(" "))
        if inside and line.strip():
            deeper = line.startswith("   ")
            lines.append(f"  {line.strip()}" if deeper else f"- {line.strip()}")
        else:
            lines.append(line)
    return "\n".join(lines)


def _needs(needs: Needs) -> str:
    words = ["the files only"] if needs.access is Access.FILES else [f"access to {needs.access.name.lower()}"]
    words += ["test rows"] * needs.test + ["training rows"] * needs.train
    words += ["that are known to be the model's own"] * needs.members
    words += ["a recipe to train the model again"] * needs.recipe + ["a learner"] * needs.learner
    words += ["numeric inputs"] * needs.continuous
    for chosen, everything in (
        (needs.tasks, ALL_TASKS),
        (needs.modalities, ALL_MODALITIES),
        (needs.score_kinds, ALL_SCORES),
    ):
        if chosen != everything:
            words.append(" or ".join(sorted(each.value for each in chosen)))
    return "; ".join(words)


if __name__ == "__main__":
    main()
