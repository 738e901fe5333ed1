"""The bundled example: train a credit-risk model on the German credit data, and ask for its audit."""

import shutil
import subprocess
import sys
from pathlib import Path

from steeled.data.example import credit_files
from steeled.errors import ModelError, StorageError

MODEL = "credit-risk.joblib"


def prepare_demo(folder: Path) -> Path:
    """Data, configuration and freshly trained model in ``folder``; returns the configuration's path.

    The model is trained as a user would, by a script in a process of its own. One that is already there is kept, so
    that a second run finds its evidence.

    Raises:
        StorageError: the folder cannot be written.
        ModelError: the training script failed.
    """
    files = credit_files()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for source in (files.train, files.test, files.configuration):
            if not (folder / source.name).exists():
                shutil.copyfile(source, folder / source.name)
    except OSError as problem:
        raise StorageError(f"cannot write {folder}: {problem.strerror}; name another folder with --out") from problem
    if not (folder / MODEL).exists():
        _train(folder)
    return folder / files.configuration.name


def _train(folder: Path) -> None:
    command = [sys.executable, "-m", "steeled.data.credit.train", "--out", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip() or "no message").splitlines()[-1]
        raise ModelError(f"the training script of the example failed: {last}; `{' '.join(command[1:])}` shows more")
