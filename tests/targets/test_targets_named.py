"""``module:function`` is found in the current folder, or the message says why not."""

import sys

import pytest

from steeled.errors import RequestError
from steeled.targets._function_recipe import function_recipe
from steeled.targets._named import named


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "good_of_named.py").write_text(
        "LIMIT = 3\ndef train(data, seed):\n    return seed\ndef one(data): ...\n"
    )
    (tmp_path / "bad_of_named.py").write_text("raise ValueError('no data here')\n")
    (tmp_path / "needy_of_named.py").write_text("import no_such_package_of_named\n")
    yield tmp_path
    for name in ("good_of_named", "bad_of_named", "needy_of_named"):
        sys.modules.pop(name, None)


def test_a_function_of_the_current_folder_is_found():
    assert named("good_of_named:train")(None, 5) == 5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("good_of_named", "expected module:function"),
        ("good_of_named:", "expected module:function"),
        ("absent_of_named:train", "no module 'absent_of_named'"),
        ("good_of_named:trian", "has no 'trian'; did you mean 'train'"),
        ("good_of_named:LIMIT", "is a int; expected a function"),
        ("bad_of_named:train", "raises ValueError on import: no data here"),
        ("needy_of_named:train", "needs 'no_such_package_of_named'"),
    ],
)
def test_what_is_wrong_is_said(text, message):
    with pytest.raises(RequestError, match=message):
        named(text)


def test_a_recipe_takes_data_and_seed():
    with pytest.raises(RequestError, match="must take two arguments"):
        function_recipe("good_of_named:one")


def test_recipes_of_one_module_share_a_digest_and_lambdas_never_do():
    assert function_recipe("good_of_named:train").digest == function_recipe("good_of_named:train").digest
    assert function_recipe(lambda data, seed: 0).digest != function_recipe(lambda data, seed: 0).digest
