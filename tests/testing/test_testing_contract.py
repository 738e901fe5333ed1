"""The contract tests, over every member found by place."""

from typing import Any

import pytest

from steeled.core.collection import load, members
from steeled.core.risk import Risk
from steeled.testing.probes import ProbeCheck, probe_checks

PROBES = [(risk, name, module) for risk in Risk for name, module in members(f"probes/{risk}").items()]
PAIRS = [
    pytest.param(load(name, module), check, id=f"{name}-{check.__name__.removeprefix('check_')}")
    for _, name, module in PROBES
    for check in probe_checks(load(name, module))
]


@pytest.mark.parametrize(("probe_class", "check"), PAIRS)
def test_every_probe_keeps_the_contract(probe_class: type[Any], check: ProbeCheck) -> None:
    check(probe_class)


@pytest.mark.parametrize(("risk", "name", "module"), PROBES)
def test_every_probe_stands_in_the_folder_of_its_risk(risk: Risk, name: str, module: str) -> None:
    assert load(name, module).risk is risk


@pytest.mark.parametrize("risk", Risk)
def test_every_risk_has_a_probe(risk: Risk) -> None:
    assert members(f"probes/{risk}")
