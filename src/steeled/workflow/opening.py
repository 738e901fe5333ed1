"""From a request to a model on trial: read the data, scan and open the model, say what the plan must know."""

import time
from dataclasses import dataclass, replace
from pathlib import Path

from steeled.core.access import Access
from steeled.core.array import Array
from steeled.core.column import Direction, Kind
from steeled.core.dataset import Dataset
from steeled.core.digest import digest_file, digest_value
from steeled.core.feature_space import FeatureSpace, Modality
from steeled.core.recipe import Recipe
from steeled.core.signature import ScoreKind, Task
from steeled.core.subject import Subject
from steeled.core.target import Target
from steeled.data.declare import ColumnDeclaration
from steeled.data.read import read_splits
from steeled.data.splits import Splits
from steeled.errors import RequestError, UntrustedArtifact
from steeled.policy.configuration import ColumnSection
from steeled.targets.learner import general_recipe
from steeled.targets.open import open_target
from steeled.workflow.request import Request

_TIMED_ROWS = 200


@dataclass(frozen=True, slots=True)
class Trial:
    """What lives in the process that holds the model.

    Args:
        subject: the description that the plan works from.
        target: the opened model; None when it was refused.
        train, test: rows.
        recipe: how this model is trained; None if unknown.
        general: a plain learner for these rows.
        files: the artifacts on disk.
    """

    subject: Subject
    target: Target | None
    train: Dataset | None
    test: Dataset
    recipe: Recipe | None
    general: Recipe
    files: tuple[Path, ...]


def read_data(request: Request) -> Splits:
    """The rows of a request.

    Raises:
        DataError: a file is missing, damaged, or does not hold what the configuration says.
        RequestError: no data were given.
    """
    data, root = request.configuration.data, request.root
    if not request.data_paths:
        raise RequestError("expected rows to test on, got none; give DATA, or --train and --test")
    train_path, test_path, single = (root / path if path else None for path in (data.train, data.test, data.data))
    return read_splits(
        train=train_path,
        test=test_path,
        data=single,
        label=data.label,
        text=data.text,
        classes=data.classes,
        declared={name: _declaration(column) for name, column in request.configuration.columns.items()},
        relations=request.configuration.relations,
        task=Task(data.task) if data.task else None,
        drop=data.drop,
        seed=request.configuration.run.seed,
        bounds=data.bounds,
    )


def open_trial(request: Request, splits: Splits) -> Trial:
    """Scan and open the model, and describe it; a file that is not clean is described as refused.

    Raises:
        ModelError: the model does not load or does not agree with itself.
    """
    model, path = request.configuration.model, request.model_path
    source = request.source
    if source is None:
        raise RequestError("expected a model, got none; give MODEL or model.path in steeled.yaml")
    files = (path,) if path is not None else ()
    general = general_recipe(splits.train or splits.test)
    try:
        opened = open_target(
            source,
            splits.test,
            recipe=model.recipe,
            factory=model.factory,
            trust=model.trust,
            score_kind=ScoreKind(model.score_kind) if model.score_kind else None,
        )
    except UntrustedArtifact as refusal:
        assert path is not None
        unopened = replace(
            _of_rows(splits),
            target_digest=digest_file(path),
            has_files=True,
            description="not loaded",
            refused=str(refusal),
        )
        return Trial(unopened, None, splits.train, splits.test, None, general, files)
    subject = replace(
        _of_rows(splits),
        signature=opened.target.signature,
        grants=opened.target.grants,
        target_digest=opened.digest,
        recipe_digest=opened.recipe.digest if opened.recipe else "",
        has_recipe=opened.recipe is not None,
        has_files=bool(files),
        seconds_per_row=_seconds_per_row(opened.target, splits.test.x),
        family=opened.family,
        description=opened.description,
    )
    return Trial(subject, opened.target, splits.train, splits.test, opened.recipe, general, files)


def _of_rows(splits: Splits) -> Subject:
    """What is known before the model is: nothing of it, all of the rows."""
    test, train = splits.test, splits.train
    return Subject(
        signature=None,
        grants=Access.FILES,
        task=test.task,
        modality=test.space.modality,
        target_digest="",
        data_digest=digest_value([test.digest, train.digest if train else "", splits.members_known]),
        recipe_digest="",
        has_train=train is not None,
        members_known=splits.members_known,
        has_recipe=False,
        has_files=False,
        is_continuous=is_continuous(test.space),
        test_rows=len(test),
        seconds_per_row=0.0,
        classes=test.classes,
        low=test.space.low,
        high=test.space.high,
        spread=0.0 if test.classes else float(test.y.std()),
        family="",
        description="",
        rows=_rows(splits),
    )


def _rows(splits: Splits) -> str:
    described = f"{len(splits.test):,} rows to test on"
    if splits.train is not None:
        kind = "rows that the model was trained on" if splits.members_known else "rows to train on"
        described = f"{len(splits.train):,} {kind}, {described}"
    return f"{described}. {splits.note}" if splits.note else described


def is_continuous(space: FeatureSpace) -> bool:
    """Whether every changeable input is a number that a gradient can follow."""
    if space.modality is Modality.TABLE:
        movable = [column for column in space.columns if column.mutable]
        return bool(movable) and not any(c.kind.is_nominal or c.group for c in movable)
    return space.modality is Modality.ARRAY


def _seconds_per_row(target: Target, x: Array) -> float:
    rows = x[:_TIMED_ROWS]
    started = time.perf_counter()
    target.scores(rows)
    return (time.perf_counter() - started) / max(len(rows), 1)


def _declaration(column: ColumnSection) -> ColumnDeclaration:
    return ColumnDeclaration(
        kind=Kind(column.kind) if column.kind else None,
        low=column.low,
        high=column.high,
        immutable=column.immutable,
        direction=Direction(column.direction) if column.direction else None,
        integer=column.integer,
        cost=column.cost,
        unit=column.unit,
        levels=column.levels,
        group=column.group,
    )
