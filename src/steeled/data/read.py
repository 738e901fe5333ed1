"""Read tables, arrays, images or text with their labels: the only door through which rows come in."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from steeled.core.dataset import Dataset, Role
from steeled.core.feature_space import Modality
from steeled.core.signature import Task
from steeled.data.arrays import read_arrays
from steeled.data.declare import ColumnDeclaration
from steeled.data.images import read_images
from steeled.data.labels import code_labels
from steeled.data.reading import Reading
from steeled.data.splits import Splits, halves
from steeled.data.tables import CSV, PARQUET, TableDescription, read_tables
from steeled.errors import ConfigurationError, DataError


def read_splits(
    *,
    train: Path | None = None,
    test: Path | None = None,
    data: Path | None = None,
    label: str | None = None,
    text: str | None = None,
    classes: Sequence[str] = (),
    declared: Mapping[str, ColumnDeclaration] | None = None,
    relations: Sequence[str] = (),
    task: Task | None = None,
    drop: Sequence[str] = (),
    seed: int = 0,
    bounds: tuple[float, float] | None = None,
) -> Splits:
    """Rows in the codes of one space, inferred over all files together and then declared.

    Give ``train`` and ``test``, or ``test`` alone, or ``data`` alone. One file is divided into halves by class, and it
    is then unknown which rows the model was trained on; an ``.npz`` file may hold both parts.

    Args:
        train, test, data: ``.csv``, ``.tsv``, ``.parquet``, ``.npz``, or a folder with one folder of images per class.
        label: name of the label column, for tables.
        text: name of the column of free text, for tables; None to find out.
        classes: names in the wanted order; empty for sorted labels.
        declared: what is known of columns (tables only).
        relations: such as ``credit_used <= credit_limit`` (tables only).
        task: None to guess from the labels.
        drop: columns that the model does not see.
        seed: for dividing one file.
        bounds: lowest and highest value of an array.

    Raises:
        DataError: a file is missing, damaged, too large, or not what its suffix says; labels are missing or all equal.
        ConfigurationError: a description that the data cannot keep.
        MissingDependency: a folder of images without Pillow.
    """
    paths = _paths(train, test, data)
    description = TableDescription(label, text, drop, declared or {}, relations)
    reading = _read(paths, description, bounds)
    labels = code_labels(reading.labels, classes, task)
    sets = [Dataset(x, y, reading.space, labels.classes) for x, y in zip(reading.rows, labels.codes, strict=True)]
    notes = [*reading.notes, labels.note] if labels.note else list(reading.notes)
    if len(sets) == 2:
        return _two(sets[0], sets[1], note=" ".join(notes))
    if data is None:
        return Splits(None, sets[0], members_known=False, note=" ".join(notes))
    if len(sets[0]) < 2:
        raise DataError(f"{data}: one row cannot be divided; at least two are needed")
    reference, tested = halves(sets[0], seed)
    notes.append("One file was given: half of it is tested, and it is not known which rows the model was trained on.")
    return Splits(reference, tested, members_known=False, note=" ".join(notes))


def _two(train: Dataset, test: Dataset, note: str) -> Splits:
    if train.classes and len(set(train.y.tolist())) < 2:
        raise DataError(f"all training labels are {train.classes[train.y[0]]!r}; at least two classes are needed")
    trained = Dataset(train.x, train.y, train.space, train.classes, Role.TRAIN)
    return Splits(trained, test, members_known=True, note=note)


def _paths(train: Path | None, test: Path | None, data: Path | None) -> tuple[Path, ...]:
    """The files to read, training rows first."""
    if data is not None and (train is not None or test is not None):
        raise ConfigurationError("data: give either `data` (one file) or `train` and `test`, not both")
    if data is not None:
        return (data,)
    if test is None:
        raise ConfigurationError("data: rows to test are needed; give `test` beside `train`, or `data` for one file")
    return (test,) if train is None else (train, test)


def _read(paths: tuple[Path, ...], description: TableDescription, bounds: tuple[float, float] | None) -> Reading:
    """Rows and labels, by the reader for their suffix."""
    suffixes = {"/" if path.is_dir() else path.suffix.lower() for path in paths}
    if suffixes <= {*CSV, *PARQUET}:
        reading = read_tables(paths, description)
    elif suffixes == {".npz"}:
        reading = read_arrays(paths, bounds, description.declared, tuple(description.relations))
    elif suffixes == {"/"}:
        reading = read_images(paths)
    else:
        raise DataError(_unknown(paths))
    if reading.space.modality is not Modality.TABLE and (description.declared or description.relations):
        raise ConfigurationError(f"columns and relations describe tables; these data are {reading.space.modality}")
    return reading


def _unknown(paths: tuple[Path, ...]) -> str:
    gone = [path for path in paths if not path.exists()]
    if gone:
        return f"{gone[0]}: no such file or folder; check the path"
    kinds = "a .csv, .tsv, .parquet or .npz file, or a folder with one folder of images for each class"
    return f"{' and '.join(map(str, paths))}: expected {kinds}, the same for both parts"
