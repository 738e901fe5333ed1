"""Where the bundled example lies."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class CreditExample:
    """Files of the German credit example; read-only, part of the installed package.

    Args:
        train: Parquet, 750 rows, label column ``creditability``.
        test: Parquet, 250 rows.
        configuration: ``steeled.yaml``, which names both and ``credit-risk.joblib`` beside itself.
    """

    train: Path
    test: Path
    configuration: Path


def credit_files() -> CreditExample:
    """The German credit data; ``steeled.data.credit.train`` trains the model."""
    folder = Path(__file__).parent / "credit"
    return CreditExample(folder / "train.parquet", folder / "test.parquet", folder / "steeled.yaml")
