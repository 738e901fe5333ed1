"""``steeled.audit`` and ``steeled.attack``: the same jobs from Python, on objects in memory or on files."""

import html
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from steeled.core.artifact import Result
from steeled.core.case import Case
from steeled.core.dataset import Dataset, Role
from steeled.core.evidence import Evidence
from steeled.core.meter import Meter
from steeled.core.record import Record
from steeled.core.threat_model import ThreatModel
from steeled.core.verdict import Verdict
from steeled.data.read import Splits, splits_of
from steeled.errors import RequestError
from steeled.maths.seeds import rng_of
from steeled.plan import PROFILES, obstacle, probe_named
from steeled.probes.conduct import conduct
from steeled.workflow.audit import audit as run_audit
from steeled.workflow.configure import Configuration, configure
from steeled.workflow.opening import open_trial, read_data
from steeled.workflow.request import Request, threat_model
from steeled.workflow.write_reports import render, write_reports


@dataclass(frozen=True)
class Audit:
    """What an audit found; shows itself as the HTML report in a notebook.

    Args:
        record: everything, as the reports are made from it.
        folder: where evidence and reports are kept.
    """

    record: Record
    folder: Path

    @property
    def verdict(self) -> Verdict:
        return self.record.verdict

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return self.record.evidence

    def save(self, *formats: str) -> dict[str, Path]:
        """Write ``report.<format>`` files into ``folder``: html and json, or those named."""
        return write_reports(self.record, self.folder, formats or ("html", "json"))

    def __str__(self) -> str:
        return render(self.record, "terminal")

    def _repr_html_(self) -> str:
        page = html.escape(render(self.record, "html"), quote=True)
        return f'<iframe srcdoc="{page}" sandbox="" title="steeled report" width="100%" height="800"></iframe>'


@dataclass(frozen=True)
class AttackResult:
    """What one attack or check found.

    Args:
        probe: its name.
        threat: the attacker.
        result: measurements with intervals, curves, examples, tables.
        queries: rows that the target was asked, verification included.
    """

    probe: str
    threat: ThreatModel
    result: Result
    queries: int

    def __str__(self) -> str:
        lines = [f"{self.probe}: {self.queries:,} queries"]
        for m in self.result.measurements:
            interval = "" if m.low is None or m.high is None else f" ({m.low:.4g} to {m.high:.4g})"
            value = f"not measurable: {m.note}" if m.value is None else f"{m.value:.4g}{interval}, n = {m.n:,}"
            lines.append(f"  {m.name:24} {value}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"


def audit(
    target: object,
    data: object = None,
    *,
    train: object = None,
    test: object = None,
    label: str | None = None,
    config: str | Path | Mapping[str, Any] | None = None,
    folder: str | Path | None = None,
    profile: str | None = None,
    budget: float | None = None,
    seed: int | None = None,
    recipe: str | None = None,
) -> Audit:
    """Measure every risk of a model and judge it; nothing is written except into ``folder``.

    Args:
        target: a model object (scikit-learn, XGBoost, LightGBM, CatBoost, PyTorch, a callable), or a path.
        data: rows of unknown role: a path, a data frame with the label in it, or a pair ``(x, y)``.
        train, test: rows that the model was trained on and was not; instead of ``data``.
        label: name of the label column.
        config: path of a ``steeled.yaml``, or its content as a mapping.
        folder: for evidence; a temporary one when not given.
        profile: quick, standard or deep.
        budget: seconds for the whole audit.
        seed: base seed; the same seed gives the same numbers.
        recipe: ``module:function(data, seed)`` that trains the model again.

    Raises:
        SteeledError: the request, the data or the model cannot be used; the message says what to do.
    """
    where = Path(folder) if folder is not None else Path(tempfile.mkdtemp(prefix="steeled-"))
    changes = {"run": {"profile": profile, "budget": budget, "seed": seed}, "model": {"recipe": recipe}}
    request = _request(target, data, train, test, label, config, changes, where)
    return Audit(run_audit(request), where)


def attack(
    target: object,
    data: object,
    *,
    attack: str,
    label: str | None = None,
    threat: ThreatModel | None = None,
    config: str | Path | Mapping[str, Any] | None = None,
    rows: int = PROFILES["quick"].rows,
    seed: int = 0,
    **parameters: Any,
) -> AttackResult:
    """Run one probe in this process, on one model.

    Args:
        target: a model object or a path.
        data: rows that it was not trained on: a path, a data frame with the label in it, or a pair ``(x, y)``.
        attack: name of the probe, such as ``greedy_features`` or ``pgd``.
        label: name of the label column.
        threat: goal, knowledge and budget; by default what ``config`` says.
        config: path of a ``steeled.yaml``, or its content as a mapping.
        rows: at most this many rows are attacked.
        seed: of all random draws.
        parameters: fields of the probe.

    Raises:
        RequestError: the probe does not apply to this model; says why and what would change it.
        SteeledError: model or data cannot be used.
    """
    probe = probe_named(attack, parameters)
    request = _request(target, None, None, data, label, config, {"run": {"seed": seed}}, Path())
    trial = open_trial(request, read_data(request))
    threat = threat or threat_model(request.configuration, trial.subject)
    reason, remedy = obstacle(probe.needs, trial.subject, threat)
    if reason or trial.target is None:
        raise RequestError(f"{attack} cannot run: {reason or trial.subject.refused}{f'; {remedy}' if remedy else ''}")
    meter = Meter(trial.target, threat.knowledge)
    case = Case(
        threat=threat,
        rng=rng_of(f"{attack} {seed}"),
        rows=rows,
        subject=meter,
        tested=trial.test,
        trained=trial.train,
        procedure=trial.recipe,
        general=trial.general,
        files=trial.files,
    )
    return AttackResult(attack, threat, conduct(probe, case), meter.tally.queries)


def _request(
    target: object,
    data: object,
    train: object,
    test: object,
    label: str | None,
    config: str | Path | Mapping[str, Any] | None,
    changes: Mapping[str, Mapping[str, Any]],
    folder: Path,
) -> Request:
    path = Path(config) if isinstance(config, str | Path) else None
    given = {"train": train, "test": test, "data": data}
    paths = {name: str(Path(v).absolute()) for name, v in given.items() if isinstance(v, str | Path)}
    model = {"path": str(Path(target).absolute())} if isinstance(target, str | Path) else {}
    known = dict(config) if isinstance(config, Mapping) else {}
    sections = {name: {**known.get(name, {}), **changes.get(name, {})} for name in ("run",)}
    sections["model"] = {**known.pop("model", {}), **changes.get("model", {}), **model}
    sections["data"] = {**known.pop("data", {}), **paths, "label": label}
    configuration, root = configure(path, {**known, **sections}, use_default=False)
    request = Request(configuration, root, folder, model=None if model else target)
    in_memory = {name: v for name, v in given.items() if v is not None and name not in paths}
    if not in_memory:
        return request
    if paths:
        raise RequestError("give all rows as paths, or all in memory")
    splits = splits_of(**in_memory, label=configuration.data.label, configuration=configuration)
    return replace(request, data=_rows(splits))


def _rows(splits: Splits) -> tuple[Dataset | None, Dataset]:
    train = splits.train
    if train is not None and not splits.members_known:
        train = replace(train, role=Role.REFERENCE)
    return train, splits.test
