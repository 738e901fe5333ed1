"""Content digests: equal content, equal digest, on every machine."""

import dataclasses
import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np


def digest_bytes(*parts: bytes | memoryview) -> str:
    """``sha256:<hex>`` of the parts, each preceded by its length so that boundaries count."""
    state = hashlib.sha256()
    for part in parts:
        state.update(len(part).to_bytes(8, "little"))
        state.update(part)
    return f"sha256:{state.hexdigest()}"


def digest_file(path: Path) -> str:
    """``sha256:<hex>`` of a file's bytes, as ``sha256sum`` prints; of the sorted members for a folder.

    Cost: one read of the file.
    """
    if path.is_dir():
        members = sorted(p for p in path.rglob("*") if p.is_file())
        return digest_value([[str(m.relative_to(path)), digest_file(m)] for m in members])
    with path.open("rb") as stream:
        return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"


def digest_array(array: np.ndarray[Any, Any]) -> str:
    """Digest of dtype, shape and values; object arrays count as the text of their items."""
    head = f"{array.dtype.str}{array.shape}".encode()
    if array.dtype == object:
        return digest_bytes(head, *(str(item).encode("utf-8", "surrogatepass") for item in array.ravel()))
    return digest_bytes(head, np.ascontiguousarray(array).tobytes())


def digest_value(value: object) -> str:
    """Digest of a JSON-like value: dataclasses, enums, mappings, sequences and scalars, keys sorted."""
    return digest_bytes(json.dumps(plain(value), sort_keys=True, separators=(",", ":")).encode())


def plain(value: object) -> Any:
    """The same value in dictionaries, lists and scalars; non-finite numbers become text.

    Raises:
        TypeError: a kind of value that has no canonical form.
    """
    match value:
        case None | bool() | str():
            return value.value if isinstance(value, Enum) else value
        case Enum():
            return plain(value.value)
        case np.generic():
            return plain(value.item())
        case int():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case Path():
            return str(value)
        case np.ndarray():
            return plain(value.tolist())
        case Mapping():
            return {str(k): plain(v) for k, v in value.items()}
        case set() | frozenset():
            return sorted(plain(v) for v in value)
        case Iterable():
            return [plain(v) for v in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    raise TypeError(f"no canonical form for {type(value).__name__}; use numbers, text, lists or dataclasses")
