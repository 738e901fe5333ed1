import hashlib
from pathlib import Path

import numpy as np
import pytest

from steeled.core.digest import digest_array, digest_bytes, digest_file, digest_value
from steeled.core.threat_model import ThreatModel


def test_the_digest_of_a_file_is_what_sha256sum_prints(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"some bytes")

    assert digest_file(path) == "sha256:" + hashlib.sha256(b"some bytes").hexdigest()


def test_the_digest_of_a_folder_knows_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    before = digest_file(tmp_path)

    (tmp_path / "a").rename(tmp_path / "b")
    renamed = digest_file(tmp_path)
    (tmp_path / "b").write_bytes(b"2")

    assert len({before, renamed, digest_file(tmp_path)}) == 3


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (digest_bytes(b"ab", b"c"), digest_bytes(b"a", b"bc")),  # boundaries count
        (digest_array(np.zeros(4)), digest_array(np.zeros((2, 2)))),
        (digest_array(np.zeros(2)), digest_array(np.zeros(2, dtype=np.float32))),
        (digest_array(np.array(["ab", "c"], object)), digest_array(np.array(["a", "bc"], object))),
        (digest_value(ThreatModel()), digest_value(ThreatModel(epsilon=1.5))),
        (digest_value({"a": 1}), digest_value({"a": "1"})),
    ],
)
def test_other_content_has_another_digest(one: str, other: str) -> None:
    assert one != other


def test_the_order_of_keys_does_not_count() -> None:
    assert digest_value({"a": 1, "b": 2}) == digest_value({"b": 2, "a": 1})
    assert digest_array(np.arange(6).reshape(2, 3)) == digest_array(np.asfortranarray(np.arange(6).reshape(2, 3)))


def test_what_has_no_canonical_form_is_refused() -> None:
    with pytest.raises(TypeError, match="canonical"):
        digest_value(object())
