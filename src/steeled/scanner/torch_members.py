"""Members that every PyTorch archive has: small marks, and storages whose size a pickle states."""

import re

from steeled.scanner.part import Part
from steeled.scanner.torch_judge import Storage
from steeled.scanner.verdict import ScanVerdict

_MARKS = {
    "version": rb"\d{1,4}\n?",
    ".data/version": rb"\d{1,4}\n?",
    "byteorder": rb"little|big",
    ".format_version": rb"\d{1,4}",
    ".storage_alignment": rb"\d{1,8}",
    ".data/serialization_id": rb"\d{1,64}",
    "archive_format": rb"pt2",
    "archive_version": rb"\d{1,4}",
}


def is_mark(name: str, data: memoryview) -> bool:
    """Whether a member is one of the marks, with a content that it may have."""
    pattern = _MARKS.get(name)
    return pattern is not None and len(data) <= 64 and re.fullmatch(pattern, bytes(data)) is not None


def judge_rest(
    part: Part, contents: dict[str, memoryview], root: str, storages: dict[str, Storage], folder: str
) -> None:
    """Claim marks and storages; judge every other member as a file of its own.

    Args:
        contents: members not yet judged, by full name.
        root: prefix that all names share.
        storages: what the pickles say, by key.
        folder: where the storages lie below the root, with its slash.
    """
    missing = dict(storages)
    for name, data in contents.items():
        local = name.removeprefix(root)
        storage = missing.pop(local.removeprefix(folder), None) if local.startswith(folder) else None
        if storage is not None:
            is_dropped = not data and local.startswith("traced_inputs/")  # torch keeps the shapes only
            if storage.size != len(data) and not is_dropped:
                part.note(ScanVerdict.MALFORMED, f"stores {len(data)} bytes in {local}, its tensors say {storage.size}")
        elif not is_mark(local, data):
            part.inside(name, data)
    if missing:
        part.note(ScanVerdict.MALFORMED, f"lacks the storage {sorted(missing)[0]}")
