"""Train the example's credit-risk model: ``python -m steeled.data.credit.train --out FOLDER``.

It stands for the user's own training script, so it is the one file of this room that uses scikit-learn.
"""

import argparse
import sys
from pathlib import Path

import joblib
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder

from steeled.data.example import credit_files

LABEL = "creditability"


def fit(rows: pd.DataFrame) -> Pipeline:
    """Gradient boosting on numbers as they are and text as one-hot columns.

    Args:
        rows: with the label column ``creditability``.
    """
    features = rows.drop(columns=LABEL)
    text = list(features.select_dtypes(exclude="number").columns)
    encoder = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), text), remainder="passthrough"
    )
    model = make_pipeline(encoder, GradientBoostingClassifier(random_state=0))
    return model.fit(features, rows[LABEL])


def main() -> None:
    """Train on the training rows, save ``credit-risk.joblib``, and say how well it does on the test rows."""
    parser = argparse.ArgumentParser(description="Train the bundled credit-risk model.")
    parser.add_argument("--out", type=Path, default=Path(), help="folder for credit-risk.joblib (default: here)")
    folder: Path = parser.parse_args().out
    files = credit_files()
    model = fit(pd.read_parquet(files.train))
    test = pd.read_parquet(files.test)
    folder.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, folder / "credit-risk.joblib")
    accuracy = model.score(test.drop(columns=LABEL), test[LABEL])
    sys.stdout.write(f"{folder / 'credit-risk.joblib'}: {accuracy:.1%} of {len(test)} test rows right\n")


if __name__ == "__main__":
    main()
