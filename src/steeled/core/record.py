"""The record of one audit: what was asked, of what, and what came of it; the source of every report."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from steeled.core.evidence import Evidence
from steeled.core.signature import Task
from steeled.core.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Words:
    """The reader's own nouns, from ``steeled.yaml``.

    Args:
        person: who stands behind a row, such as ``applicant``.
        case: what is decided, such as ``loan``.
        refused, granted: the classes that the attacker has and wants, in words, such as declined, approved.
        currency: of money, such as ``EUR``.
        query_price: of one question in that currency; None if not declared.
    """

    person: str = "person"
    case: str = "case"
    refused: str = ""
    granted: str = ""
    currency: str = "EUR"
    query_price: float | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One audit.

    Args:
        run: ``run-<hex>``, from the digests of what was asked.
        model: name and version as the user gave them.
        description: of the model: family, columns.
        model_digest, data_digest, policy_digest: ``sha256:...``.
        data_description: rows by role.
        profile: quick, standard or deep.
        budget: seconds allowed in all.
        seed: base seed.
        started: UTC, ISO 8601.
        seconds: of this run; reused evidence costs nothing.
        evidence: one for every probe, skipped ones included, in the order of the plan.
        verdict: what the policy says.
        words: the reader's nouns.
        task: classification or regression.
        command: that repeats the audit.
        environment: versions of steeled, Python and libraries, and the machine.
    """

    run: str
    model: str
    description: str
    model_digest: str
    data_digest: str
    policy_digest: str
    data_description: str
    profile: str
    budget: float
    seed: int
    started: str
    seconds: float
    evidence: tuple[Evidence, ...]
    verdict: Verdict
    words: Words = Words()
    task: Task = Task.CLASSIFICATION
    command: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
