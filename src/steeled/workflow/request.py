"""What is audited, with what, and where the results go."""

import re
from dataclasses import dataclass
from pathlib import Path

from steeled.core.access import Access
from steeled.core.feature_space import Modality
from steeled.core.record import Words
from steeled.core.subject import Subject
from steeled.core.threat_model import Goal, Norm, ThreatModel
from steeled.errors import ConfigurationError
from steeled.plan import PROFILES, Means
from steeled.policy.configuration import Configuration

_OBJECT = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
EPSILON_OF_RANGE = 8 / 255  # of an array's range, when no epsilon is declared: the field's usual radius for images


@dataclass(frozen=True, slots=True)
class Request:
    """One audit as it was asked for.

    Args:
        configuration: everything that may stand in ``steeled.yaml``.
        root: folder to which relative paths in the configuration belong.
        folder: where reports and evidence go; nothing is written elsewhere.
        model: an object in memory, instead of ``configuration.model.path``.
        open_seconds: how long the model may take to open.
        debug: whether failures carry their traceback.
        command: that repeats the audit.
    """

    configuration: Configuration
    root: Path
    folder: Path
    model: object | None = None
    open_seconds: float = 120.0
    debug: bool = False
    command: str = ""

    @property
    def model_path(self) -> Path | None:
        """The model's file; None for an object in memory, and for ``module:name``."""
        path = self.configuration.model.path
        if not path or self.model is not None or self._names_an_object:
            return None
        return self.root / path

    @property
    def source(self) -> object | None:
        """What is to be opened: an object, a path, or ``module:name`` of an object in the user's code."""
        if self.model is not None:
            return self.model
        return self.configuration.model.path if self._names_an_object else self.model_path

    @property
    def _names_an_object(self) -> bool:
        path = self.configuration.model.path
        return bool(_OBJECT.fullmatch(path)) and not (self.root / path).exists()

    @property
    def data_paths(self) -> tuple[Path, ...]:
        data = self.configuration.data
        return tuple(self.root / path for path in (data.train, data.test, data.data) if path)

    @property
    def name(self) -> str:
        """The model as the reader knows it."""
        model = self.configuration.model
        known = self.configuration.model.path if self._names_an_object else type(self.model).__name__
        fallback = self.model_path.stem if self.model_path else known
        return f"{model.id or fallback} {model.version}".strip()

    @property
    def means(self) -> Means:
        run, profile = self.configuration.run, PROFILES[self.configuration.run.profile]
        return Means(
            rows=run.rows or profile.rows,
            seconds=run.budget or profile.seconds,
            workers=run.workers,
            seed=run.seed,
            only=run.only,
            without=run.without,
            parameters=self.configuration.probes,
            report_rows=self.configuration.report.rows != "none",
        )

    @property
    def words(self) -> Words:
        words = self.configuration.words
        return Words(words.person, words.case, words.refused, words.granted, words.currency, words.query_price)


def threat_model(configuration: Configuration, subject: Subject) -> ThreatModel:
    """The attacker in the units of these data: cost for tables, input units for arrays.

    Raises:
        ConfigurationError: the goal is no class, or the radius is larger than the range of the inputs.
    """
    threat = configuration.threat
    norm, epsilon = Norm.COST, threat.cost
    if subject.modality is Modality.ARRAY:
        span = subject.high - subject.low
        norm, epsilon = Norm(threat.norm), threat.epsilon or EPSILON_OF_RANGE * span
        if norm is Norm.LINF and epsilon > span:
            raise ConfigurationError(
                f"threat.epsilon must be at most {span:g}, the range of the inputs, got {epsilon:g}; "
                f"inputs are scaled to [{subject.low:g}, {subject.high:g}], did you mean {epsilon:g}/255?"
            )
    return ThreatModel(
        goal=_goal(configuration, subject),
        knowledge=Access[threat.knowledge.upper()],
        norm=norm,
        epsilon=epsilon,
        queries=threat.queries,
        poisoned_share=threat.poisoned_share,
    )


def _goal(configuration: Configuration, subject: Subject) -> Goal:
    wanted = configuration.threat.goal
    if not subject.classes:
        return Goal(tolerance=configuration.threat.tolerance or subject.spread or 1.0)
    if wanted is None:
        return Goal()
    if wanted not in subject.classes:
        raise ConfigurationError(f"threat.goal must be one of {', '.join(subject.classes)}, got {wanted!r}")
    return Goal(wanted=subject.classes.index(wanted))
