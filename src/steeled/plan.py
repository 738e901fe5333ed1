"""What will run, in which order, with which share of the budget, and why the rest will not."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from steeled.core.access import Access
from steeled.core.collection import load, members
from steeled.core.digest import plain
from steeled.core.evidence import Question
from steeled.core.nearest import nearest
from steeled.core.probe import Attack, Check, Needs
from steeled.core.risk import Risk
from steeled.core.subject import Subject
from steeled.core.threat_model import ThreatModel
from steeled.errors import ConfigurationError

SECONDS_PER_TRAINING = 1.0  # a guess that only shapes the shares: no model has been trained yet when the plan is made
OVERHEAD = 1.0  # seconds that even the smallest probe is given
_PLACES = (*((f"probes/{risk.value}", "") for risk in Risk), ("probes/_from_outside", "probes"))


@dataclass(frozen=True, slots=True)
class Profile:
    """How thorough: rows attacked and seconds allowed in all."""

    rows: int
    seconds: float


PROFILES: Mapping[str, Profile] = {
    "quick": Profile(rows=100, seconds=60),
    "standard": Profile(rows=300, seconds=240),
    "deep": Profile(rows=2000, seconds=3600),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One probe of the plan.

    Args:
        name: of the probe.
        probe: with its parameters.
        question: its key, and what decides its answer.
        seconds: its share of the budget; 0 when skipped.
        skipped: why it will not run; empty when it will.
        remedy: what would let it run.
    """

    name: str
    probe: Attack | Check
    question: Question
    seconds: float
    skipped: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Means:
    """What the user allows the whole plan.

    Args:
        rows: at most this many rows are attacked by each probe.
        seconds: budget of the whole run.
        workers: processes that work at once.
        seed: base seed.
        only, without: names of probes or risks; empty ``only`` means all.
        parameters: of probes, by name.
        report_rows: whether cell values may be shown.
    """

    rows: int
    seconds: float
    workers: int = 2
    seed: int = 0
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    parameters: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict)
    report_rows: bool = True


def make_plan(subject: Subject, threat: ThreatModel, means: Means) -> tuple[Step, ...]:
    """A step for every probe found by place: first those that run, cheap risks first, then those skipped.

    The sum of the shares is ``seconds * workers``.

    Raises:
        ConfigurationError: an unknown probe, risk or parameter.
    """
    found = list(_probes(means.parameters))
    _known([*(name for name, _ in found), *Risk], [*means.only, *means.without, *means.parameters])
    steps = [_step(name, probe, subject, threat, means) for name, probe in found]
    expected = {s.name: _expected_seconds(s.probe, subject, means.rows) for s in steps if not s.skipped}
    unit = means.seconds * means.workers / (sum(expected.values()) or 1.0)
    shared = [dataclasses.replace(s, seconds=unit * expected.get(s.name, 0.0)) for s in steps]
    return tuple(sorted(shared, key=lambda s: bool(s.skipped)))


def parameters_of(probe: Attack | Check) -> dict[str, Any]:
    """The fields of a probe, in canonical form."""
    canonical = plain(probe)
    assert isinstance(canonical, dict)
    return canonical


def probe_named(name: str, parameters: Mapping[str, Any]) -> Attack | Check:
    """One probe by its name, with parameters.

    Raises:
        ConfigurationError: no such probe or parameter; names the near ones.
    """
    found = {each: module for place, kind in _PLACES for each, module in members(place, kind).items()}
    if name not in found:
        raise ConfigurationError(f"there is no probe called {name!r}{_near(name, found)}")
    return _configured(name, load(name, found[name]), parameters)


def _probes(parameters: Mapping[str, Mapping[str, Any]]) -> Iterable[tuple[str, Attack | Check]]:
    """Every probe, with its parameters, in the order of the risks."""
    for place, kind in _PLACES:
        for name, module in members(place, kind).items():
            yield name, _configured(name, load(name, module), parameters.get(name, {}))


def _configured(name: str, kind: Any, values: Mapping[str, Any]) -> Attack | Check:
    fields = {field.name for field in dataclasses.fields(kind)}
    for key in values:
        if key not in fields:
            raise ConfigurationError(f"probe {name} has no parameter {key!r}{_near(key, fields)}")
    try:
        probe = kind(**values)
    except (TypeError, ValueError) as problem:
        raise ConfigurationError(f"probe {name}: {problem}") from problem
    if not isinstance(probe, Attack | Check):
        raise ConfigurationError(f"probe {name} has neither `search` nor `inspect`; see CONTRIBUTING.md")
    return probe


def _step(name: str, probe: Attack | Check, subject: Subject, threat: ThreatModel, means: Means) -> Step:
    question = Question(
        probe=name,
        version=probe.version,
        risk=probe.risk,
        parameters=parameters_of(probe),
        target=subject.target_digest,
        data=subject.data_digest if probe.needs.test or probe.needs.train else "",
        recipe=subject.recipe_digest if probe.needs.recipe or probe.needs.learner else "",
        threat=threat,
        rows=means.rows,
        seed=means.seed,
        report_rows=means.report_rows,
    )
    chosen = not means.only or name in means.only or probe.risk.value in means.only
    if not chosen or name in means.without or probe.risk.value in means.without:
        return Step(name, probe, question, 0.0, "not asked for", "leave out --only and --without")
    reason, remedy = obstacle(probe.needs, subject, threat)
    return Step(name, probe, question, 0.0, reason, remedy)


def obstacle(needs: Needs, subject: Subject, threat: ThreatModel) -> tuple[str, str]:
    """Why a probe with these needs cannot run, and what would change it; two empty strings when it can."""
    if needs.files and not subject.has_files:
        return "there is no model file to inspect", "audit the saved model instead of the object in memory"
    if needs.access is Access.FILES:
        return "", ""
    if subject.signature is None:
        return f"the model was not loaded: {subject.refused}", "see the supply chain section"
    granted = min(subject.grants, threat.knowledge)
    if needs.access > granted:
        why = f"needs {needs.access.name.lower()}"
        if needs.access <= subject.grants:
            return f"{why}; this attacker sees {granted.name.lower()} only", "set threat.knowledge"
        return f"{why}; this model grants {granted.name.lower()} only", "covered by probes that need less"
    return _data_obstacle(needs, subject)


def _data_obstacle(needs: Needs, subject: Subject) -> tuple[str, str]:
    assert subject.signature is not None
    if subject.task not in needs.tasks:
        return f"does not apply to {subject.task.value}", ""
    if subject.modality not in needs.modalities:
        return f"does not apply to {subject.modality.value} inputs", ""
    if subject.signature.score_kind not in needs.score_kinds:
        return f"the model gives {subject.signature.score_kind.value} only", "serve scores to the auditor"
    if needs.continuous and not subject.is_continuous:
        return "some changeable columns hold names, which a gradient cannot follow", "covered by greedy_features"
    if needs.train and not subject.has_train:
        return "needs training rows", "give --train FILE"
    if needs.members and not subject.members_known:
        return "needs the rows that this model was trained on", "give --train FILE and --test FILE"
    if needs.recipe and not subject.has_recipe:
        return "needs to train this model again", "give --recipe module:function"
    return "", ""


def _expected_seconds(probe: Attack | Check, subject: Subject, rows: int) -> float:
    cost = probe.cost(min(rows, subject.test_rows))
    passes = cost.queries + 3 * cost.gradients
    return OVERHEAD + passes * subject.seconds_per_row + cost.trainings * SECONDS_PER_TRAINING


def _known(names: Iterable[str], asked: Iterable[str]) -> None:
    allowed = {str(name) for name in names}
    for name in asked:
        if name not in allowed:
            raise ConfigurationError(f"there is no probe or risk called {name!r}{_near(name, allowed)}")


def _near(name: str, allowed: Iterable[str]) -> str:
    options = sorted(str(option) for option in allowed)
    close = nearest(name, options)
    return f"; did you mean {close!r}?" if close else f"; there are {', '.join(options) or 'none'}"
