"""Evidence that need not be measured again."""

from steeled.core.evidence import Evidence, Status
from steeled.plan import Step
from steeled.store.sqlite import Store

_MORE_TIME = 1.05  # shares follow the measured speed of the model: less than this is the same share


def kept(step: Step, store: Store) -> Evidence | None:
    """What answers the step already; None when it has to run.

    A skipped step is answered at once. Failures are tried again, and so is evidence that used up its share when the
    share is larger now.
    """
    if step.skipped:
        return Evidence(step.question, Status.SKIPPED, step.skipped, step.remedy)
    evidence = store.get(step.question.key)
    if evidence is None or not evidence.is_completed:
        return None
    has_more_time = step.seconds > _MORE_TIME * evidence.allowed
    return None if evidence.ran_short and has_more_time else evidence
