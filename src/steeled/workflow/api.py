"""``steeled.audit`` and ``steeled.attack``: the same jobs from Python, on objects in memory or on files."""

import html
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steeled.core.artifact import Result
from steeled.core.case import Case
from steeled.core.evidence import Evidence
from steeled.core.meter import Meter
from steeled.core.record import Record
from steeled.core.threat_model import ThreatModel
from steeled.core.verdict import Verdict
from steeled.errors import RequestError
from steeled.maths.seeds import rng_of
from steeled.plan import PROFILES, obstacle, probe_named
from steeled.probes.conduct import conduct
from steeled.workflow.audit import audit as run_audit
from steeled.workflow.configure import configure
from steeled.workflow.memory import as_files
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
    run = {"profile": profile, "budget": budget, "seed": seed}
    changes: dict[str, dict[str, Any]] = {"run": run, "model": {"recipe": recipe}}
    with tempfile.TemporaryDirectory(prefix="steeled-rows-") as scratch:
        rows = {"train": train, "test": test, "data": data}
        return Audit(run_audit(_request(target, rows, label, config, changes, where, Path(scratch))), where)


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
    with tempfile.TemporaryDirectory(prefix="steeled-rows-") as scratch:
        request = _request(target, {"test": data}, label, config, {}, Path(), Path(scratch))
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
    rows: Mapping[str, object],
    label: str | None,
    config: str | Path | Mapping[str, Any] | None,
    changes: Mapping[str, Mapping[str, Any]],
    folder: Path,
    scratch: Path,
) -> Request:
    """The request of the command line, from objects: the same configuration, the same reader of rows."""
    path = Path(config) if isinstance(config, str | Path) else None
    sections = {name: dict(values) for name, values in config.items()} if isinstance(config, Mapping) else {}
    paths, label = as_files(rows, label or sections.get("data", {}).get("label"), scratch)
    is_path = isinstance(target, str | Path)
    model = {"path": str(Path(str(target)).absolute())} if is_path else {}
    for name, values in {**changes, "data": {**paths, "label": label}}.items():
        sections[name] = {**sections.get(name, {}), **{k: v for k, v in values.items() if v is not None}}
    sections["model"] = {**sections.get("model", {}), **model}
    configuration, root = configure(path, sections)
    return Request(configuration, root, folder, model=None if is_path else target)
