"""The process that opens the model of a request and forks a child for every step."""

from steeled.data.splits import Splits
from steeled.executors.local import LocalExecutor
from steeled.store.codec import encode
from steeled.workflow.opening import Trial, open_trial
from steeled.workflow.perform import perform
from steeled.workflow.request import Request


def opener(request: Request, splits: Splits) -> LocalExecutor[Trial]:
    """An executor, not yet started, that will hold the model; its description is the encoded ``Subject``."""
    return LocalExecutor(
        prepare=lambda: open_trial(request, splits),
        describe=lambda trial: encode(trial.subject),
        perform=perform,
        workers=request.means.workers,
        debug=request.debug,
    )
