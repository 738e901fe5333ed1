"""The shipped lists hold what they promise, and nothing that opens, runs or imports."""

import json
from importlib import resources

import pytest

from steeled.scanner.allow_list import USES, allow_list
from steeled.scanner.harmful import severity
from steeled.scanner.pickle.rules import RULES
from steeled.scanner.torch_ops import operators
from steeled.scanner.verdict import ScanVerdict

FORBIDDEN = [
    ("os", "system"),
    ("posix", "system"),
    ("subprocess", "Popen"),
    ("builtins", "eval"),
    ("builtins", "exec"),
    ("builtins", "getattr"),
    ("builtins", "__import__"),
    ("builtins", "open"),
    ("pickle", "loads"),
    ("importlib", "import_module"),
    ("numpy", "memmap"),
    ("numpy", "load"),
    ("numpy", "fromfile"),
    ("numpy.lib.npyio", "DataSource"),
    ("pandas", "read_pickle"),
    ("pandas", "read_csv"),
    ("xgboost.core", "DMatrix"),
    ("lightgbm.basic", "Dataset"),
    ("torch", "load"),
    ("torch.hub", "load"),
    ("torch.serialization", "load"),
    ("joblib", "load"),
    ("operator", "attrgetter"),
    ("operator", "methodcaller"),
    ("copyreg", "add_extension"),
    ("sklearn.datasets", "fetch_openml"),
    ("scipy.stats._distn_infrastructure", "rv_frozen"),
]


@pytest.mark.parametrize("name", FORBIDDEN)
def test_harmful_name_is_not_listed(name: tuple[str, str]) -> None:
    assert allow_list().find(*name) is None


def test_no_listed_class_that_is_generated_may_be_called_outside_scikit_learn_and_enums() -> None:
    names = json.loads((resources.files("steeled.scanner") / "allowed.json").read_bytes())["names"]
    callable_ = {module for module, entries in names.items() for uses in entries.values() if "c" in uses}

    enums = {f"{module}.{name}" for module, entries in names.items() for name, uses in entries.items() if uses == "vc"}
    others = {module for module in callable_ if not any(enum.startswith(f"{module}.") for enum in enums)}
    assert others
    assert all(module.startswith("sklearn.") for module in others)


def test_every_entry_has_known_uses_and_rules() -> None:
    groups = json.loads((resources.files("steeled.scanner") / "curated.json").read_bytes())["groups"]

    assert all(set(group["uses"]) <= USES and group["why"] for group in groups)
    assert {group.get("rule", "") for group in groups} <= {"", *RULES}


def test_generated_data_is_sorted() -> None:
    names = json.loads((resources.files("steeled.scanner") / "allowed.json").read_bytes())["names"]

    assert list(names) == sorted(names)
    assert all(list(entries) == sorted(entries) for entries in names.values())


def test_operators_that_touch_files_are_not_pure() -> None:
    known = operators()

    assert not any(known.is_pure("aten", name) for name in ("save", "from_file", "set_", "warn"))
    assert known.is_pure("aten", "conv2d")
    assert known.pure["aten"].isdisjoint(known.refused)


@pytest.mark.parametrize(
    ("module", "name", "verdict"),
    [
        ("os", "system", ScanVerdict.DANGEROUS),
        ("__main__", "Model", ScanVerdict.CODE_CARRYING),
        ("cloudpickle.cloudpickle", "_make_function", ScanVerdict.CODE_CARRYING),
        ("mycompany.models", "Model", ScanVerdict.UNVERIFIABLE),
        ("mycompany.models", "os.system", ScanVerdict.DANGEROUS),
    ],
)
def test_severity_tells_gadgets_from_unknown_classes(module: str, name: str, verdict: ScanVerdict) -> None:
    assert severity(module, name, called=True) is verdict
