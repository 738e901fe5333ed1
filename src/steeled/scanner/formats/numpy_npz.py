"""Numpy archives: a zip in which every member is an array."""

from typing import ClassVar

from steeled.scanner.archive import directory, members
from steeled.scanner.part import Part
from steeled.scanner.verdict import ScanVerdict


class NumpyNpz:
    """Members end in ``.npy``, as ``numpy.load`` expects; their content must agree."""

    refines: ClassVar[tuple[str, ...]] = ("zip",)
    is_fallback: ClassVar[bool] = False

    def claims(self, part: Part) -> bool:
        listing = directory(part)
        return listing is not None and bool(listing.names) and all(name.endswith(".npy") for name in listing.names)

    def read(self, part: Part) -> str:
        for name, data in members(part).items():
            if part.inside(name, data) != "numpy_npy":
                part.note(ScanVerdict.MALFORMED, f"holds {name!r}, which is no array")
        return "numpy_npz"
