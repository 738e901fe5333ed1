"""The story of one audit: open, plan, run, judge, report."""

import os
import platform
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import steeled
from steeled.core.digest import digest_value
from steeled.core.evidence import Evidence, Status
from steeled.core.progress import Nobody, Watcher
from steeled.core.record import Record
from steeled.core.signature import Task
from steeled.core.subject import Subject
from steeled.errors import EvidenceError
from steeled.executors.job import Done, End, Job
from steeled.plan import Step, make_plan
from steeled.policy.judge import judge
from steeled.policy.rules import rules_in_force
from steeled.store.codec import decode, encode
from steeled.store.sqlite import Store
from steeled.workflow.kept import kept
from steeled.workflow.known_subject import LIBRARIES, library_version, subject_key
from steeled.workflow.request import Request, threat_model

if TYPE_CHECKING:
    from steeled.executors.local import LocalExecutor
    from steeled.workflow.opening import Trial

STORE = "evidence.sqlite"
GRACE, GRACE_SECONDS = 1.25, 5.0  # a probe watches its own clock; it is killed when it is this much over its share


def audit(request: Request, watcher: Watcher | None = None) -> Record:
    """Measure what is not yet known, and judge all of it.

    Evidence is kept as it comes: the same request goes on where an interrupted one stopped.

    Raises:
        SteeledError: bad data, configuration or model; nothing measured is lost.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    rules_in_force(request.configuration.rules, Task.CLASSIFICATION)  # a wrong rule is said before anything runs
    with Store(request.folder / STORE) as store, closing(watcher or Nobody()) as told:
        subject, evidence = _measure(request, store, told)
        rules = rules_in_force(request.configuration.rules, subject.task)
        record = Record(
            run=f"run-{digest_value([e.key for e in evidence])[7:15]}",
            model=request.name,
            description=request.configuration.model.description or subject.description,
            model_digest=subject.target_digest,
            data_digest=subject.data_digest,
            policy_digest=digest_value(rules),
            data_description=subject.rows,
            task=subject.task,
            profile=request.configuration.run.profile,
            budget=request.means.seconds,
            seed=request.means.seed,
            started=started.isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - clock, 2),
            evidence=evidence,
            verdict=judge(rules, evidence),
            words=request.words,
            command=request.command,
            environment=_environment(),
        )
        store.put_record(record)
    return record


def planned(request: Request) -> tuple[Step, ...]:
    """What ``audit`` would run, and why not the rest; opens the model unless it is known, measures nothing."""
    if (request.folder / STORE).exists():
        with Store(request.folder / STORE) as store:
            known = _known_plan(request, store, subject_key(request))
        if known is not None:
            return known[1]
    with _executor(request) as executor:
        return _plan(request, decode(executor.description(request.open_seconds), Subject))


def _measure(request: Request, store: Store, watcher: Watcher) -> tuple[Subject, tuple[Evidence, ...]]:
    """Evidence for every probe of the plan, in its order: from the store where it is known, else measured now."""
    key = subject_key(request)
    known = _known_plan(request, store, key)
    if known is not None:
        found = [kept(step, store) for step in known[1]]
        if all(found):
            return known[0], tuple(evidence for evidence in found if evidence is not None)
    watcher.opening(f"opening {request.name}")
    with _executor(request) as executor:
        subject = decode(executor.description(request.open_seconds), Subject)
        if key:
            store.put_note(key, encode(subject))
        steps = _plan(request, subject)
        by_name = {step.name: old for step in steps if (old := kept(step, store)) is not None}
        for evidence in by_name.values():
            watcher.ended(evidence, reused=True)
        todo = sorted((step for step in steps if step.name not in by_name), key=lambda step: -step.seconds)
        watcher.planned([step.name for step in todo], [step.seconds for step in todo], request.means.workers)
        asked = {step.name: step for step in todo}
        for done in executor.run([Job(s.name, s, s.seconds * GRACE + GRACE_SECONDS) for s in todo]):
            evidence = _evidence(asked[done.name], done)
            store.put(evidence)
            watcher.ended(evidence, reused=False)
            by_name[done.name] = evidence
    return subject, tuple(by_name[step.name] for step in steps)


def _executor(request: Request) -> "LocalExecutor[Trial]":
    # imported here: an audit that finds all its evidence opens nothing, and must not wait for frameworks
    from steeled.workflow.opener import opener
    from steeled.workflow.opening import read_data

    return opener(request, read_data(request))


def _known_plan(request: Request, store: Store, key: str) -> tuple[Subject, tuple[Step, ...]] | None:
    """The plan for a model and data that were described before, without opening them; an empty key is unknown."""
    note = store.get_note(key) if key else None
    if note is None:
        return None
    subject = decode(note, Subject)
    return subject, _plan(request, subject)


def _plan(request: Request, subject: Subject) -> tuple[Step, ...]:
    return make_plan(subject, threat_model(request.configuration, subject), request.means)


def _evidence(step: Step, done: Done) -> Evidence:
    """What the executor says of a job, as evidence; a crash or a kill is a result."""
    if done.end is End.DONE:
        evidence = decode(done.answer, Evidence)
        if evidence.key != step.question.key:
            raise EvidenceError(
                f"the worker answered another question than {step.name} was asked; do not trust the model"
            )
        return evidence
    status = Status.TIMED_OUT if done.end is End.TIMED_OUT else Status.FAILED
    remedy = "raise --budget" if status is Status.TIMED_OUT else "run again with --debug to see where"
    return Evidence(
        step.question, status, done.message[:2000], remedy, seconds=round(done.seconds, 3), allowed=step.seconds
    )


def _environment() -> dict[str, str]:
    """Versions that decide the numbers, and the machine; sorted by name."""
    found = {name: library_version(name) for name in LIBRARIES}
    found |= {
        "steeled": steeled.__version__,
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}",
    }
    return {name: found[name] for name in sorted(found) if found[name]}
