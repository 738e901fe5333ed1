"""The very bytes that were scanned: a file that changes between scan and loading is not loaded."""

import hashlib
from pathlib import Path

from steeled.errors import UntrustedArtifact


def exact_bytes(path: Path, digest: str) -> bytes:
    """The file's bytes.

    Args:
        path: of a file.
        digest: ``sha256:...`` that the scanner saw; empty when nothing was scanned.

    Raises:
        UntrustedArtifact: the bytes are others now.
    """
    content = path.read_bytes()
    found = f"sha256:{hashlib.sha256(content).hexdigest()}"
    if digest and found != digest:
        raise UntrustedArtifact(f"{path} changed while it was opened: scanned {digest}, found {found}; open it again")
    return content
