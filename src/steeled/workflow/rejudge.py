"""Judges stored evidence again, under another policy; runs nothing."""

import dataclasses
from pathlib import Path

from steeled.core.digest import digest_value
from steeled.core.record import Record
from steeled.errors import RequestError
from steeled.policy.configuration import Configuration
from steeled.policy.judge import judge
from steeled.policy.rules import rules_in_force
from steeled.reports import json as json_report
from steeled.store.sqlite import Store
from steeled.workflow.audit import STORE


def stored_record(folder: Path) -> Record:
    """The record of the latest audit in a folder, or of a ``report.json``.

    Raises:
        RequestError: no audit was kept there.
        EvidenceError: it was altered.
    """
    if folder.is_file():
        try:
            return json_report.parse(folder.read_text("utf-8"))
        except (OSError, UnicodeDecodeError) as problem:
            raise RequestError(
                f"cannot read {folder}: {problem}; give a folder of an audit, or its report.json"
            ) from problem
    if not (folder / STORE).exists():
        raise RequestError(f"{folder} holds no evidence; run `steeled audit --out {folder}` first")
    with Store(folder / STORE) as store:
        record = store.latest_record()
        if record is None:
            raise RequestError(f"{folder} holds no finished audit; run `steeled audit --out {folder}` again")
        for evidence in record.evidence:
            store.get(evidence.key)  # refuses what was altered
    return record


def rejudge(folder: Path, configuration: Configuration) -> Record:
    """The stored record with a verdict under the rules of ``configuration``; kept as the latest."""
    record = stored_record(folder)
    rules = rules_in_force(configuration.rules, record.task)
    verdict = judge(rules, record.evidence)
    judged = dataclasses.replace(record, verdict=verdict, policy_digest=digest_value(rules))
    with Store(folder / STORE) as store:
        store.put_record(judged)
    return judged
