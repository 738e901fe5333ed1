"""Evidence and records as JSON bytes and back; nothing that is read here can run code."""

from typing import TypeVar

import msgspec

from steeled.core.digest import digest_bytes
from steeled.errors import EvidenceError

T = TypeVar("T")


def encode(value: object) -> bytes:
    """Canonical JSON of a frozen dataclass of ``core``: fields in their order, keys of mappings sorted."""
    return msgspec.json.encode(value, order="deterministic")


def decode(body: bytes, kind: type[T]) -> T:
    """The dataclass of that kind.

    Raises:
        EvidenceError: not the JSON of one.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, ValueError) as problem:
        raise EvidenceError(f"expected {kind.__name__} as JSON, {problem}; measure again") from problem


def content_digest(body: bytes) -> str:
    """``sha256:...`` of stored bytes."""
    return digest_bytes(body)
