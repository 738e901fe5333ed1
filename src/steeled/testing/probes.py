"""What every probe must keep, and which checks apply to which probe."""

import dataclasses
import inspect
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from steeled.core.artifact import CurveRole, Result
from steeled.core.digest import digest_value
from steeled.core.feature_space import Modality
from steeled.core.meter import Meter
from steeled.core.probe import Cost, Needs
from steeled.core.risk import Risk
from steeled.errors import BudgetExhausted
from steeled.testing import attacks
from steeled.testing.scenes import inspection
from steeled.testing.stubs import LinearStub

ProbeCheck = Callable[[type[Any]], None]
"""Takes a probe class; raises AssertionError where the contract is broken."""


def probe_checks(probe_class: type[Any]) -> list[ProbeCheck]:
    """The checks that apply: declarations for all, then those of attacks or of checks.

    A baseline, which declares ``curve_role = CurveRole.BASELINE``, need not beat noise or be optimal. Attacks on text
    alone have no closed form to be held against: their search is not checked here.
    """
    always: list[ProbeCheck] = [
        check_declares,
        check_is_a_record,
        check_explains_itself,
        check_cost_is_monotone,
        check_refuses_nonsense,
    ]
    if hasattr(probe_class, "inspect"):
        return [*always, check_inspects, check_inspects_alike, check_inspection_counts_queries]
    if not probe_class.needs.modalities & {Modality.TABLE, Modality.ARRAY}:
        return list(always)
    found = [
        *always,
        attacks.check_stays_in_space,
        attacks.check_is_deterministic,
        attacks.check_leaves_its_rows_alone,
        attacks.check_counts_queries,
    ]
    if not probe_class.minimizes:
        found.append(attacks.check_stays_in_budget)
    if getattr(probe_class, "curve_role", CurveRole.ATTACK) is not CurveRole.BASELINE:
        found += [attacks.check_beats_noise, attacks.check_reaches_linear_optimum]
    return found


def check_declares(probe_class: type[Any]) -> None:
    """Risk, version, needs and references are there, and it either searches or inspects."""
    assert isinstance(getattr(probe_class, "risk", None), Risk), "risk must be a Risk"
    version = getattr(probe_class, "version", None)
    assert isinstance(version, str), "version must be text"
    assert version, "version must not be empty"
    assert isinstance(getattr(probe_class, "needs", None), Needs), "needs must be a Needs"
    references = getattr(probe_class, "references", None)
    assert isinstance(references, tuple), "references must be a tuple of texts"
    assert references, "references must name at least one source, such as AML.T0043 or arXiv:1706.06083"
    assert all(isinstance(item, str) and item.strip() == item != "" for item in references), f"got {references}"
    deeds = [name for name in ("search", "inspect") if callable(getattr(probe_class, name, None))]
    assert len(deeds) == 1, f"a probe is an attack (search) or a check (inspect), this one has {deeds or 'neither'}"
    if deeds == ["search"]:
        assert isinstance(getattr(probe_class, "minimizes", None), bool), "an attack says whether it minimizes"


def check_is_a_record(probe_class: type[Any]) -> None:
    """A frozen dataclass with a default for every field, whose values can be part of an evidence key."""
    assert dataclasses.is_dataclass(probe_class), "a probe is a dataclass: its fields are its parameters"
    probe = _made(probe_class)
    assert _is_frozen(probe_class), "a probe is frozen: what it measured must not change under its evidence"
    parameters = {field.name: getattr(probe, field.name) for field in dataclasses.fields(probe_class)}
    assert digest_value(parameters).startswith("sha256:")
    assert probe == _made(probe_class), "two probes with the same parameters must be equal"


def check_explains_itself(probe_class: type[Any]) -> None:
    """It has a docstring of its own, and so has its module."""
    text = probe_class.__doc__ or ""
    assert text.strip(), "a probe needs a docstring: it is its help text"
    assert not text.startswith(f"{probe_class.__name__}("), "this docstring was made by dataclass, write one"
    module = inspect.getmodule(probe_class)
    assert module is not None, "a probe lives in a module"
    assert (module.__doc__ or "").strip(), "the probe's module needs a docstring"


def check_cost_is_monotone(probe_class: type[Any]) -> None:
    """More rows never cost less, and nothing costs less than nothing."""
    probe, last = _made(probe_class), Cost()
    for rows in (0, 1, 2, 10, 100, 1000):
        cost = probe.cost(rows)
        assert isinstance(cost, Cost), f"cost must give a Cost, got {type(cost).__name__}"
        for name in ("queries", "gradients", "trainings"):
            less, more = getattr(last, name), getattr(cost, name)
            assert more >= less, f"{rows} rows cost {more} {name}, fewer rows cost {less}"
        last = cost


def check_refuses_nonsense(probe_class: type[Any]) -> None:
    """A parameter that is not a number where one is due is refused when the probe is made."""
    for field in dataclasses.fields(probe_class):
        default = getattr(_made(probe_class), field.name)
        if isinstance(default, bool) or not isinstance(default, int | float):
            continue
        complaint = _complaint(probe_class, field.name)
        assert complaint is not None, f"{field.name} = nan was accepted: check its range in __post_init__"
        assert field.name in complaint, f"the message must name {field.name}, got {complaint}"


def check_inspects(probe_class: type[Any]) -> None:
    """It yields measurements with names of their own, sorted curves and even tables."""
    result, _ = _inspected(probe_class)
    assert isinstance(result, Result), f"inspect must give a Result, got {type(result).__name__}"
    assert result.measurements, "a check measures something, or says why it cannot"
    names = [measurement.name for measurement in result.measurements]
    assert len(set(names)) == len(names), f"two measurements share a name: {names}"
    assert all(name.isidentifier() and name == name.lower() for name in names), f"names must be snake_case: {names}"
    assert any(measurement.is_measured for measurement in result.measurements), (
        f"nothing was measured on a plain model: {[m.note for m in result.measurements]}"
    )
    for curve in result.curves:
        xs = [point.x for point in curve.points]
        assert xs, f"curve {curve.name} has no points"
        assert xs == sorted(xs), f"curve {curve.name} must be sorted by x"
    for table in result.tables:
        widths = {len(row) for row in table.rows} | {len(table.columns)}
        assert len(widths) == 1, f"table {table.name} has rows of {sorted(widths)} cells"


def check_inspects_alike(probe_class: type[Any]) -> None:
    """Equal seeds, equal results."""
    first, _ = _inspected(probe_class)
    again, _ = _inspected(probe_class)
    assert first == again, "two inspections with the same seed differ"


def check_inspection_counts_queries(probe_class: type[Any]) -> None:
    """The meter saw all that the model saw, and no limit is ever exceeded."""
    _, meter = _inspected(probe_class)
    _assert_counted(meter)
    for limit in (0, 10, meter.tally.queries // 2):
        try:
            _, meter = _inspected(probe_class, limit)
        except BudgetExhausted:
            continue
        _assert_counted(meter)


def _made(probe_class: type[Any]) -> Any:
    try:
        return probe_class()
    except TypeError as error:
        raise AssertionError(f"every field of a probe needs a default: {error}") from error


def _is_frozen(probe_class: Any) -> bool:
    return bool(probe_class.__dataclass_params__.frozen)


def _complaint(probe_class: type[Any], name: str) -> str | None:
    """Message of the refusal of NaN, or None where it is accepted."""
    try:
        probe_class(**{name: float("nan")})
    except ValueError as error:
        return str(error)
    return None


def _inspected(probe_class: type[Any], limit: int | None = None) -> tuple[Result, Meter]:
    with TemporaryDirectory() as folder:
        case, meter = inspection(probe_class.needs, Path(folder), limit)
        return _made(probe_class).inspect(case), meter


def _assert_counted(meter: Meter) -> None:
    assert isinstance(meter.inner, LinearStub)
    seen = meter.inner.tally
    assert meter.tally == seen, f"the model saw {seen}, the meter counted {meter.tally}"
    assert meter.limit is None or seen.queries <= meter.limit, f"{seen.queries} queries, {meter.limit} were allowed"
