"""The bundled example: train a credit-risk model on the German credit data, and ask for its audit."""

import shutil
from pathlib import Path

from steeled.data.credit.train import train
from steeled.data.example import credit_files
from steeled.errors import StorageError

MODEL = "credit-risk.joblib"


def prepare_demo(folder: Path) -> Path:
    """Data, configuration and freshly trained model in ``folder``; returns the configuration's path.

    A model that is already there is kept, so that a second run finds its evidence.

    Raises:
        StorageError: the folder cannot be written.
    """
    files = credit_files()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for source in (files.train, files.test, files.configuration):
            if not (folder / source.name).exists():
                shutil.copyfile(source, folder / source.name)
        if not (folder / MODEL).exists():
            train(folder)
    except OSError as problem:
        raise StorageError(f"cannot write {folder}: {problem.strerror}; name another folder with --out") from problem
    return folder / files.configuration.name
