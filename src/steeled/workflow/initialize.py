"""Looks at a model and its data, and writes a commented ``steeled.yaml`` to start from."""

import csv
import io
import os
from pathlib import Path

import yaml

from steeled.core.column import Column
from steeled.core.dataset import Dataset
from steeled.core.feature_space import Modality
from steeled.core.subject import Subject
from steeled.data.splits import Splits
from steeled.errors import RequestError, StorageError
from steeled.store.codec import decode
from steeled.workflow.opener import opener
from steeled.workflow.opening import read_data
from steeled.workflow.request import EPSILON_OF_RANGE, Request

_FIXED = ("age", "sex", "gender", "race", "ethnic", "birth", "nationality", "foreign", "religion", "disab")
_LABELS = ("label", "target", "class", "y", "outcome", "default", "churn")
_MOST_LEVELS = 6


def initialize(request: Request, path: Path) -> str:
    """The text of a configuration for this model and these data, which is also written to ``path``.

    Raises:
        RequestError: ``path`` exists: a configuration is never overwritten.
        SteeledError: model or data cannot be read.
        StorageError: ``path`` cannot be written.
    """
    if path.exists():
        raise RequestError(f"{path} exists and is not overwritten; name another file with --config")
    splits = read_data(request)
    with opener(request, splits) as executor:
        subject = decode(executor.description(request.open_seconds), Subject)
    text = configuration_text(request, splits, subject, path.parent)
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as problem:
        raise StorageError(f"cannot write {path}: {problem.strerror}; name another file with --config") from problem
    return text


def guess_label(path: Path) -> str | None:
    """The column of a CSV file that looks like the label by its name; None when none does."""
    if path.suffix.lower() != ".csv":
        return None
    with path.open(encoding="utf-8", errors="replace") as stream:
        header = next(csv.reader(io.StringIO(stream.readline(1_000_000))), [])
    return next((name for wish in _LABELS for name in header if name.lower() == wish), None)


def configuration_text(request: Request, splits: Splits, subject: Subject, base: Path) -> str:
    """A commented configuration; every value that came out of the data is quoted as YAML."""
    model, data, test = request.configuration.model, request.configuration.data, splits.test
    lines = [
        "# yaml-language-server: $schema=./steeled.schema.json   (write it with: steeled schema > steeled.schema.json)",
        "version: 1",
        "",
        f"model:                       # {_comment(subject.description)}",
        f"  id: {_quoted(request.model_path.stem if request.model_path else 'model')}",
        f"  path: {_quoted(_relative(request.model_path, base) if request.model_path else model.path)}",
    ]
    lines += [f"  {name}: {_quoted(told)}" for name in ("factory", "recipe") if (told := getattr(model, name))]
    if model.trust:
        lines.append(f"  trust: [{', '.join(_quoted(digest) for digest in model.trust)}]")
    lines += ["", f"data:                        # {_comment(subject.rows)}"]
    for name in ("train", "test", "data"):
        if getattr(data, name):
            lines.append(f"  {name}: {_quoted(_relative(request.root / getattr(data, name), base))}")
    if data.label:
        lines.append(f"  label: {_quoted(data.label)}")
    lines += ["", *_WORDS, "", *_threat(test), "", *_columns(test), "", *_RUN, ""]
    return "\n".join(lines)


_WORDS = (
    "words:                       # your own nouns, for the report",
    "  person: person             # who stands behind a row: applicant, customer, patient",
    "  case: case                 # what is decided: loan, claim, message",
    "  # refused: declined        # the answer that the attacker has, in words",
    "  # granted: approved        # the answer that the attacker wants",
    "  # query_price: 0.002       # what one question to the model costs an outsider, in currency",
)


def _threat(test: Dataset) -> list[str]:
    lines = ["threat:                      # what an attacker wants, knows and can do"]
    if test.classes:
        wish = _quoted(test.classes[0])
        lines.append(f"  # goal: {wish}            # the class that they want; without it, any wrong answer counts")
        lines.append(f"                             # classes: {_comment(', '.join(test.classes[:10]))}")
    lines.append("  knowledge: scores          # labels, scores, gradients or parameters")
    if test.space.modality is Modality.TABLE:
        lines.append("  cost: 1.0                  # effort they may spend on a row; see columns")
    elif test.space.modality is Modality.ARRAY:
        radius = EPSILON_OF_RANGE * (test.space.high - test.space.low)
        lines.append(f"  epsilon: {radius:.4g}           # largest change of a value")
        lines.append("  norm: linf                 # linf, l2 or l1")
    lines.append("  poisoned_share: 0.05       # of the training rows that they control")
    return lines


def _columns(test: Dataset) -> list[str]:
    if test.space.modality is not Modality.TABLE:
        return []
    lines = [
        "# Who can change what? An attack changes only what the person behind a row can change, and pays `cost` for",
        "# each `unit` of a number, or for each change of a name. This is a first guess by name and range: correct it.",
        "columns:",
    ]
    return lines + [_column(column) for column in test.space.columns]


def _column(column: Column) -> str:
    fixed = any(word in column.name.lower() for word in _FIXED)
    if column.levels:
        shown = ", ".join(str(level) for level in column.levels[:_MOST_LEVELS])
        about = f"{column.kind}: {shown}{', ...' if len(column.levels) > _MOST_LEVELS else ''}"
    else:
        about = f"{column.kind}, {column.low:g} to {column.high:g}"
    said = "immutable: true" if fixed else f"cost: 1.0, unit: {column.unit:.3g}"
    if column.levels and not fixed:
        said = "cost: 1.0"
    return f"  {_quoted(column.name)}: {{{said}}}  # {_comment(about)}"


_RUN = (
    "# relations:                 # between numeric columns; an attack never breaks one that held",
    "#   - credit_used <= credit_limit",
    "",
    "run:",
    "  profile: standard          # quick, standard or deep",
    "  # budget: 60               # seconds for the whole audit",
    "",
    "# rules:                     # limits; `steeled judge` tries others on stored evidence",
    "#   - {id: EVA-01, max: 0.15, mode: block}   # monitor, comment, block or off",
)


def _relative(path: Path, base: Path) -> str:
    return os.path.relpath(path, base)


def _quoted(text: str) -> str:
    """A YAML scalar that reads back as the same text."""
    return yaml.safe_dump(text, default_flow_style=True, width=10**6, allow_unicode=False).removesuffix("...\n").strip()


def _comment(text: str) -> str:
    """One harmless line: what came from a file must not end the comment."""
    return "".join(c if c.isprintable() else " " for c in text)[:160]
