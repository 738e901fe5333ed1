"""What a file format is to the scanner: how it is recognized by content, and what must be checked in it."""

from typing import ClassVar, Protocol

from steeled.scanner.part import Part


class Format(Protocol):
    """One format; ``scanner/formats/<name>.py`` holds one class, found by place.

    Args:
        refines: names of formats that need not read a part that this one claims.
        is_fallback: claims only what no other format claims.
    """

    refines: ClassVar[tuple[str, ...]]
    is_fallback: ClassVar[bool]

    def claims(self, part: Part) -> bool:
        """Whether the content is of this format. Writes no findings; the name of the part does not count."""
        ...

    def read(self, part: Part) -> str:
        """Check every byte, write what is wrong into the findings, and return the name of the format found.

        Raises:
            Broken, Spent: what was not read; the caller notes it.
        """
        ...
