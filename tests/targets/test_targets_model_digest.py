"""Equal digests mean equal models."""

import sys

import numpy as np
import pytest
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier

from steeled.targets._model_digest import model_digest


def _double(x):
    return 2 * x


def test_state_counts(wine):
    models = [DecisionTreeClassifier(max_depth=d, random_state=0).fit(wine.frame, wine.labels) for d in (3, 3, 4)]

    one, two, three = map(model_digest, models)

    assert one == two != three
    assert one.startswith("sha256:")


def test_functions_and_what_cannot_be_pickled_never_share_a_digest():
    for thing in (_double, lambda x: x, {"open": (n for n in range(3))}):
        assert model_digest(thing) != model_digest(thing)


def test_the_code_of_a_user_s_module_counts(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    digests = []
    for factor in (2, 3):
        source = tmp_path / "step_of_digest_test.py"
        source.write_text(f"def scale(x):\n    return {factor} * x\n")
        sys.modules.pop("step_of_digest_test", None)
        import step_of_digest_test  # written anew in each turn

        digests.append(model_digest(FunctionTransformer(step_of_digest_test.scale)))
        digests.append(model_digest(FunctionTransformer(step_of_digest_test.scale)))
    sys.modules.pop("step_of_digest_test")

    assert digests[0] == digests[1] != digests[2] == digests[3]


@pytest.mark.parametrize("change", [0.0, 1e-9])
def test_arrays_of_a_framework_count_by_value(change):
    class Tensor:
        def __init__(self, values):
            self.values = values

    def array_of(thing):
        return thing.values if isinstance(thing, Tensor) else None

    one = model_digest([Tensor(np.ones(3))], array_of)
    two = model_digest([Tensor(np.ones(3) + change)], array_of)

    assert (one == two) == (change == 0)
