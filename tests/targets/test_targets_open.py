"""Files are scanned before they are loaded, then opened by the adapter that their content names."""

import os
import pickle
import sys

import joblib
import numpy as np
import pytest
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from steeled.core.digest import digest_file
from steeled.core.signature import ScoreKind
from steeled.errors import DataError, ModelError, RequestError, UntrustedArtifact
from steeled.targets.open import open_target
from steeled.testing.targets import check_target


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A current folder of its own; what is imported from it is forgotten."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]


class Marker:
    """Unpickling it makes a folder."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (self.path,)


@pytest.mark.parametrize("compress", [0, 3])
def test_a_clean_joblib_file_opens(mixed, home, compress):
    columns = ColumnTransformer([("n", StandardScaler(), ["income net"]), ("c", OneHotEncoder(), ["region"])])
    model = make_pipeline(columns, LogisticRegression()).fit(mixed.frame, mixed.labels)
    path = home / "model.joblib"
    joblib.dump(model, path, compress=compress)

    opened = open_target(path, mixed.data)

    np.testing.assert_allclose(opened.target.scores(mixed.data.x), model.predict_proba(mixed.frame))
    assert opened.digest == opened.target.digest == opened.scan.digest == digest_file(path)
    assert opened.description.endswith("It can be trained again as it is.")
    check_target(opened.target, mixed.data)


def test_a_file_that_calls_something_is_not_loaded_until_it_is_trusted(wine, home):
    path = home / "model.pkl"
    path.write_bytes(pickle.dumps([Marker(str(home / "made"))]))

    with pytest.raises(UntrustedArtifact, match=f"--trust {digest_file(path)}"):
        open_target(path, wine.data)
    assert not (home / "made").exists()
    with pytest.raises(ModelError, match="cannot ask an object of type list"):
        open_target(path, wine.data, trust=[digest_file(path).removeprefix("sha256:")])
    assert (home / "made").exists()


def test_a_trusted_digest_of_other_bytes_allows_nothing(wine, home):
    path = home / "model.pkl"
    path.write_bytes(pickle.dumps([Marker(str(home / "made"))]))

    with pytest.raises(UntrustedArtifact):
        open_target(path, wine.data, trust=["sha256:" + "0" * 64])
    assert not (home / "made").exists()


def test_a_model_with_the_user_s_own_code_needs_trust_and_its_module(wine, home, monkeypatch):
    (home / "own_steps_of_test.py").write_text("def double(x):\n    return 2 * x\n")
    with monkeypatch.context() as patch:
        patch.syspath_prepend(home)
        from own_steps_of_test import double  # the module is written by this test

    path = home / "model.joblib"
    model = make_pipeline(FunctionTransformer(double), DecisionTreeClassifier()).fit(wine.frame.to_numpy(), wine.labels)
    joblib.dump(model, path)
    del sys.modules["own_steps_of_test"]

    with pytest.raises(UntrustedArtifact, match="own_steps_of_test"):
        open_target(path, wine.data)
    opened = open_target(path, wine.data, trust=[digest_file(path)])
    np.testing.assert_array_equal(opened.target.scores(wine.data.x), model.predict_proba(wine.frame.to_numpy()))


def test_a_missing_module_is_named(wine, home):
    path = home / "model.pkl"
    path.write_bytes(b"cno_such_module_of_test\nThing\n.")

    with pytest.raises(ModelError, match="needs the module 'no_such_module_of_test'"):
        open_target(path, wine.data, trust=[digest_file(path)])


def test_another_version_of_scikit_learn_becomes_a_note(wine, home, monkeypatch):
    path = home / "model.joblib"
    model = DecisionTreeClassifier(random_state=0).fit(wine.frame, wine.labels)
    with monkeypatch.context() as patch:
        patch.setattr(sklearn.base, "__version__", "1.5.0")
        joblib.dump(model, path)

    opened = open_target(path, wine.data)

    assert "unpickle estimator DecisionTreeClassifier from version 1.5.0" in opened.description


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "is empty"), (b"hello world, this is no model", "not a model"), (b"a,b\n1,2\n", "not a model")],
    ids=["empty", "text", "csv"],
)
def test_what_is_no_model_is_refused(wine, home, content, message):
    path = home / "model.joblib"
    path.write_bytes(content)

    with pytest.raises(ModelError, match=message):
        open_target(path, wine.data)


def test_a_truncated_file_is_refused_as_damaged(wine, home):
    path = home / "model.joblib"
    joblib.dump(DecisionTreeClassifier().fit(wine.frame, wine.labels), path)
    path.write_bytes(path.read_bytes()[:-100])

    with pytest.raises(ModelError, match="damaged or cut off"):
        open_target(path, wine.data)


def test_missing_files_folders_and_data_are_told(wine, home):
    with pytest.raises(RequestError, match=r"no model file nothing\.joblib"):
        open_target("nothing.joblib", wine.data)
    with pytest.raises(RequestError, match="is a folder"):
        open_target(home, wine.data)
    with pytest.raises(RequestError, match="needs data"):
        open_target("nothing.joblib")
    with pytest.raises(DataError, match="no rows"):
        open_target(len, wine.data.take([]))


def test_native_files_are_opened_by_the_adapter_that_the_scanner_names(wine, home):
    import xgboost  # one native format stands for all

    model = xgboost.XGBClassifier(n_estimators=3, n_jobs=1).fit(wine.frame, wine.labels)
    path = home / "without_an_ending"
    model.save_model(home / "model.ubj")
    (home / "model.ubj").rename(path)

    opened = open_target(str(path), wine.data)

    np.testing.assert_allclose(opened.target.scores(wine.data.x), model.predict_proba(wine.frame), atol=1e-6)
    assert opened.description.endswith("It cannot be trained again without a recipe.")


def test_an_object_of_a_module_is_opened_by_name(cancer, home):
    (home / "served_of_test.py").write_text("def answer(x):\n    return x[:, 0] - 15\n")

    opened = open_target("served_of_test:answer", cancer.data)

    np.testing.assert_allclose(opened.target.scores(cancer.data.x)[:, 1], cancer.data.x[:, 0] - 15)


def test_a_recipe_by_name_is_used_instead_of_the_clone(cancer, home):
    (home / "training_of_test.py").write_text(
        "from sklearn.tree import DecisionTreeClassifier\n"
        "def train(data, seed):\n"
        "    return DecisionTreeClassifier(max_depth=2, random_state=seed).fit(data.x, data.y)\n"
    )
    model = LogisticRegression(max_iter=5000).fit(cancer.frame, cancer.labels)

    opened = open_target(model, cancer.data, recipe="training_of_test:train")
    one, two = opened.recipe.fit_many([cancer.data, cancer.data], [1, 1])

    assert "trained again by training_of_test:train" in opened.description
    assert np.mean(one.scores(cancer.data.x).argmax(axis=1) == cancer.data.y) > 0.9
    assert one.digest == two.digest
    check_target(one, cancer.data)


def test_the_kind_of_scores_can_be_said(cancer):
    opened = open_target(lambda x: (x[:, 0] - 5) / 100, cancer.data, score_kind=ScoreKind.LOGITS)

    assert opened.target.signature.score_kind is ScoreKind.LOGITS
