"""Why a reader stops: two exceptions that never leave the scanner."""


class Broken(Exception):
    """The bytes break their format at ``offset``; becomes a finding *malformed*."""

    def __init__(self, offset: int, why: str) -> None:
        super().__init__(f"{why} at byte {offset}")
        self.offset = offset
        self.why = why


class Spent(Exception):
    """A budget is used up; becomes a finding *unverifiable*."""
