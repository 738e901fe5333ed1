"""What ``steeled.yaml`` may say: a schema that refuses unknown keys and suggests the near ones."""

import typing
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from steeled.core.digest import plain
from steeled.core.nearest import nearest
from steeled.errors import ConfigurationError

_LARGEST = 1_000_000  # bytes: a configuration is written by hand


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Every part of the file: frozen, and unknown keys are errors."""


class Model(Section, frozen=True):
    """The model under test.

    ``path`` is relative to the file; ``factory`` and ``recipe`` are ``module:function``; ``trust`` lists digests of
    files that may be loaded although the scanner does not find them clean.
    """

    id: str = ""
    version: str = ""
    path: str = ""
    description: str = ""
    factory: str | None = None
    recipe: str | None = None
    score_kind: Literal["probabilities", "logits", "labels", "values"] | None = None
    trust: tuple[str, ...] = ()


class Data(Section, frozen=True):
    """Where the rows are: ``train`` and ``test``, or one file as ``data``; paths are relative to the file."""

    train: str | None = None
    test: str | None = None
    data: str | None = None
    label: str | None = None
    text: str | None = None
    classes: tuple[str, ...] = ()
    task: Literal["classification", "regression"] | None = None
    drop: tuple[str, ...] = ()
    bounds: tuple[float, float] | None = None


class WordsSection(Section, frozen=True):
    """The reader's own nouns: who stands behind a row, what is decided, and how the two answers are called."""

    person: str = "person"
    case: str = "case"
    refused: str = ""
    granted: str = ""
    currency: str = "EUR"
    query_price: float | None = None


class Threat(Section, frozen=True):
    """The attacker: budget ``cost`` for tables, ``epsilon`` with ``norm`` for arrays; ``tolerance`` for regression.

    ``goal`` is the class that the attacker wants; without it, any wrong answer counts.
    """

    goal: str | None = None
    knowledge: Literal["labels", "scores", "gradients", "parameters"] = "parameters"
    cost: typing.Annotated[float, msgspec.Meta(gt=0)] = 1.0
    epsilon: typing.Annotated[float, msgspec.Meta(gt=0)] | None = None
    norm: Literal["linf", "l2", "l1"] = "linf"
    queries: typing.Annotated[int, msgspec.Meta(ge=1)] | None = None
    poisoned_share: typing.Annotated[float, msgspec.Meta(gt=0, lt=0.5)] = 0.05
    tolerance: typing.Annotated[float, msgspec.Meta(gt=0)] | None = None


class ColumnSection(Section, frozen=True):
    """Who can change a column, in which direction and at what cost; what is left out is inferred from the data."""

    kind: Literal["real", "integer", "ordinal", "categorical", "binary"] | None = None
    low: float | str | None = None
    high: float | str | None = None
    immutable: bool | None = None
    integer: bool | None = None
    direction: Literal["any", "increase", "decrease"] | None = None
    cost: typing.Annotated[float, msgspec.Meta(ge=0)] | None = None
    unit: typing.Annotated[float, msgspec.Meta(gt=0)] | None = None
    levels: tuple[str | int | float | bool, ...] | None = None
    group: str | None = None


class Run(Section, frozen=True):
    """How thorough: a profile, or rows and seconds of your own; ``only`` and ``without`` name probes or risks."""

    profile: Literal["quick", "standard", "deep"] = "standard"
    budget: typing.Annotated[float, msgspec.Meta(gt=0)] | None = None
    rows: typing.Annotated[int, msgspec.Meta(ge=1)] | None = None
    workers: typing.Annotated[int, msgspec.Meta(ge=1, le=256)] = 2
    seed: typing.Annotated[int, msgspec.Meta(ge=0)] = 0
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


class RuleSection(Section, frozen=True):
    """A rule of your own, or, with the id of a default rule, the fields to replace."""

    id: str
    metric: str | None = None
    title: str | None = None
    max: float | None = None
    min: float | None = None
    against: Literal["interval", "lower95", "upper95", "estimate"] | None = None
    severity: Literal["low", "medium", "high", "critical"] | None = None
    mode: Literal["monitor", "comment", "block", "off"] | None = None
    remedy: str | None = None


class Report(Section, frozen=True):
    """``rows: none`` replaces cell values in the report by lower, higher, other."""

    rows: Literal["changed", "none"] = "changed"
    formats: tuple[str, ...] = ("html", "json")


class Configuration(Section, frozen=True):
    """The whole file."""

    version: Literal[1] = 1
    model: Model = Model()
    data: Data = Data()
    words: WordsSection = WordsSection()
    threat: Threat = Threat()
    columns: dict[str, ColumnSection] = {}
    relations: tuple[str, ...] = ()
    run: Run = Run()
    probes: dict[str, dict[str, Any]] = {}
    rules: tuple[RuleSection, ...] = ()
    report: Report = Report()


class _Loader(yaml.SafeLoader):
    """Plain data only, and no aliases: a few lines of them expand to gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases (*name) are not allowed")
        return super().compose_node(parent, index)


def read_configuration(path: Path) -> Configuration:
    """The configuration in a file.

    Raises:
        ConfigurationError: not there, not YAML, an unknown key, or a value of the wrong kind; names the place.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise ConfigurationError(f"{path} is larger than {_LARGEST:,} bytes: is it the configuration?")
        content = yaml.load(path.read_text("utf-8"), _Loader)
    except OSError as problem:
        raise ConfigurationError(f"cannot read {path}: {problem.strerror}; `steeled init` writes one") from problem
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as problem:
        raise ConfigurationError(f"{path} is not YAML: {problem}") from problem
    return parse_configuration(content if content is not None else {}, str(path))


def parse_configuration(content: object, source: str) -> Configuration:
    """The configuration in parsed YAML; ``source`` is named in errors.

    Raises:
        ConfigurationError: an unknown key, or a value of the wrong kind.
    """
    stranger = _stranger(content, Configuration, "")
    if stranger:
        raise ConfigurationError(f"{source}: {stranger}")
    try:
        return msgspec.convert(content, Configuration, strict=True)
    except msgspec.ValidationError as problem:
        raise ConfigurationError(f"{source}: {problem}") from problem


def json_schema() -> dict[str, Any]:
    """JSON Schema of the file, for editors."""
    schema = msgspec.json.schema(Configuration)
    plain_schema: dict[str, Any] = plain(schema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "steeled.yaml", **plain_schema}


def _stranger(content: object, kind: Any, place: str) -> str:
    """A sentence on the first key that nobody knows, depth first; empty when there is none."""
    if not isinstance(content, dict):
        return ""
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        inner = typing.get_args(kind)[1] if typing.get_origin(kind) is dict else None
        found = (_stranger(value, inner, f"{place}.{key}") for key, value in content.items())
        return next((sentence for sentence in found if sentence), "")
    known = {field.name: field.type for field in msgspec.structs.fields(kind)}
    for key, value in content.items():
        if key not in known:
            close = nearest(str(key), known)
            hint = f"did you mean {close!r}?" if close else f"known are {', '.join(known)}"
            return f"unknown key {str(key)[:80]!r} in {place.lstrip('.') or 'the file'}; {hint}"
        values = value if isinstance(value, list) else [value]
        item = typing.get_args(known[key])[0] if isinstance(value, list) and typing.get_args(known[key]) else known[key]
        for each in values:
            sentence = _stranger(each, item, f"{place}.{key}")
            if sentence:
                return sentence
    return ""
