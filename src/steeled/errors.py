"""Every error that steeled raises on purpose; each class means one action for the reader.

    SteeledError
    ├── RequestError            change what was asked          exit 2
    │   ├── ConfigurationError  mend steeled.yaml              exit 2
    │   ├── DataError           mend the data file             exit 2
    │   └── MissingDependency   install the named extra        exit 2
    ├── ModelError              mend the model                 exit 3
    │   └── PredictionError     its answers cannot be used     exit 3
    ├── UntrustedArtifact       clean the file, or trust it    exit 1
    ├── AccessError             grant access or add a recipe   exit 3
    ├── BudgetExhausted         raise the budget               exit 3
    ├── StorageError            make room or name a folder     exit 2
    └── EvidenceError           evidence was altered           exit 4

A message says what was expected, what came, and what to do.
"""


class SteeledError(Exception):
    """Root of the tree; catch this one."""

    exit_code = 3


class RequestError(SteeledError):
    """The request cannot be carried out as it stands: change the arguments."""

    exit_code = 2


class ConfigurationError(RequestError):
    """``steeled.yaml`` does not say what it must: mend the named key."""


class DataError(RequestError):
    """A data file is missing, damaged or not what its description says."""


class MissingDependency(RequestError):
    """A framework is not installed: the message holds the pip command."""


class ModelError(SteeledError):
    """The model does not load, or does not behave as its kind promises."""


class PredictionError(ModelError):
    """The model's answers cannot be used: it raised, or returned NaN or another shape."""


class UntrustedArtifact(SteeledError):
    """A file could run code when loaded: clean it, or allow its digest with ``--trust``."""

    exit_code = 1


class AccessError(SteeledError):
    """The target does not grant what was asked of it, such as gradients."""


class BudgetExhausted(SteeledError):
    """Queries or seconds are used up: raise the budget."""


class StorageError(SteeledError):
    """A folder cannot be written or the disk is full: name another, or make room."""

    exit_code = 2


class EvidenceError(SteeledError):
    """Stored evidence does not match its digest: measure again."""

    exit_code = 4
