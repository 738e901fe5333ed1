"""What an executor is given, and what it gives back."""

from dataclasses import dataclass
from enum import StrEnum


class End(StrEnum):
    """How a job ended."""

    DONE = "done"
    RAISED = "raised"
    CRASHED = "crashed"
    TIMED_OUT = "timed_out"


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work.

    Args:
        name: unique among the jobs of a run.
        payload: what ``perform`` is called with; picklable.
        seconds: after which its process is killed, > 0.
    """

    name: str
    payload: object
    seconds: float


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a job.

    Args:
        name: of the job.
        end: done, raised, crashed or timed out.
        answer: what ``perform`` returned; bytes, because the worker ran foreign code and is not trusted.
        message: what went wrong, in a sentence.
        seconds: wall time from start to end.
    """

    name: str
    end: End
    answer: bytes
    message: str
    seconds: float
