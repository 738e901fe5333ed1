"""Zip archives that two loaders would read differently are malformed, and still judged."""

import struct
import zipfile

import numpy as np
import pytest
from scanner_samples import ROUTES, zipped

from steeled.scanner.scan import scan_bytes
from steeled.scanner.verdict import ScanVerdict

PLAIN = zipped({"notes.txt": b"hello, world\n", "more.txt": b"a,b\n1,2\n"})
PACKED = zipped({"notes.txt": b"hello, world\n" * 50}, zipfile.ZIP_DEFLATED)
LOCAL_NAME, CENTRAL_NAME = 30, PLAIN.index(b"PK\x01\x02") + 46


def _patched(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


AMBIGUOUS = {
    "local name": _patched(PLAIN, LOCAL_NAME, b"model.pkl"),
    "directory name": _patched(PLAIN, CENTRAL_NAME, b"model.pkl"),
    "encrypted flag": _patched(PLAIN, PLAIN.index(b"PK\x01\x02") + 8, b"\x01"),
    "encrypted flag in the local header": _patched(PLAIN, 6, b"\x01"),
    "checksum": _patched(PLAIN, PLAIN.index(b"hello"), b"jello"),
    "method": _patched(PLAIN, 8, b"\x08"),
    "count": _patched(PLAIN, len(PLAIN) - 14, struct.pack("<2H", 1, 1)),
    "member that the directory does not list": PLAIN[: PLAIN.index(b"PK\x01\x02")] + PLAIN,
    "no directory": PLAIN[: PLAIN.index(b"PK\x01\x02")],
    "same name twice": zipped({"aa.txt": b"hello\n", "bb.txt": b"world\n"}).replace(b"bb.txt", b"aa.txt"),
}


@pytest.mark.parametrize("data", [PLAIN, PACKED])
def test_plain_archive_is_safe(data: bytes) -> None:
    report = scan_bytes(data)

    assert report.is_safe, report.sentence
    assert report.format == "zip"


@pytest.mark.parametrize("case", AMBIGUOUS)
def test_ambiguous_archive_is_not_safe(case: str) -> None:
    assert scan_bytes(AMBIGUOUS[case]).verdict >= ScanVerdict.UNVERIFIABLE


@pytest.mark.parametrize("case", ["local name", "directory name", "encrypted flag", "checksum", "no directory"])
def test_two_readings_are_malformed(case: str) -> None:
    assert scan_bytes(AMBIGUOUS[case]).verdict is ScanVerdict.MALFORMED


def test_members_are_judged_in_an_ambiguous_archive() -> None:
    data = zipped({"a.txt": ROUTES["reduce"]})

    assert scan_bytes(_patched(data, 6, b"\x01")).verdict is ScanVerdict.DANGEROUS


def test_bytes_before_between_and_behind_are_judged() -> None:
    middle = PLAIN.index(b"PK\x01\x02")

    assert not scan_bytes(ROUTES["reduce"] + PLAIN).is_safe
    assert not scan_bytes(PLAIN[:middle] + ROUTES["reduce"] + PLAIN[middle:]).is_safe
    assert not scan_bytes(PLAIN + ROUTES["reduce"]).is_safe


@pytest.mark.parametrize("name", ["../x.txt", "/x.txt", "a/../../x.txt", "..\\x.txt", "C:x.txt"])
def test_member_that_escapes_its_folder_is_dangerous(name: str) -> None:
    assert scan_bytes(zipped({name: b"a,b\n1,2\n"})).verdict is ScanVerdict.DANGEROUS


def test_every_changed_byte_of_the_structure_is_seen_or_harmless() -> None:
    structure = [*range(26), *range(PLAIN.index(b"PK\x01\x02"), len(PLAIN))]
    harmless = {4, 5, 10, 11, 12, 13}  # version and time: no reader decides by them

    for at in structure:
        for bit in (1, 128):
            report = scan_bytes(_patched(PLAIN, at, bytes([PLAIN[at] ^ bit])))
            assert report.format in ("zip", "unknown", "text", "csv", "numpy_npz", "torch_zip", "pickle")
            if at < 26 and at not in harmless:
                assert not report.is_safe, at


def test_large_stored_members_are_not_copied() -> None:
    data = zipped({"w.npy": b"\x93NUMPY\x01\x00" + struct.pack("<H", 118) + _header(1 << 20) + bytes(8 << 20)})

    assert scan_bytes(data).is_safe


def _header(items: int) -> bytes:
    text = f"{{'descr': '{np.dtype('f8').str}', 'fortran_order': False, 'shape': ({items},), }}"
    return text.ljust(117).encode() + b"\n"
