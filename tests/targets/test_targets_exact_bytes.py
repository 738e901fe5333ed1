"""Only the bytes that were scanned are loaded."""

import pytest

from steeled.core.digest import digest_file
from steeled.errors import UntrustedArtifact
from steeled.targets._exact_bytes import exact_bytes


def test_a_file_that_changed_since_the_scan_is_refused(tmp_path):
    path = tmp_path / "model"
    path.write_bytes(b"one")
    seen = digest_file(path)

    assert exact_bytes(path, seen) == exact_bytes(path, "") == b"one"
    path.write_bytes(b"two")
    with pytest.raises(UntrustedArtifact, match="changed while it was opened"):
        exact_bytes(path, seen)
