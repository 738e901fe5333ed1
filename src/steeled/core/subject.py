"""What the plan must know of a model and its data, without holding either."""

from dataclasses import dataclass

from steeled.core.access import Access
from steeled.core.feature_space import Modality
from steeled.core.signature import Signature, Task


@dataclass(frozen=True, slots=True)
class Subject:
    """A description that can cross a process boundary.

    Args:
        signature: of the model; None when it was not loaded.
        grants: the most that can be got out of it.
        task, modality: of the data.
        target_digest, data_digest, recipe_digest: empty where there is none.
        has_train: whether there are rows to train on.
        members_known: whether those are the rows that this model was trained on.
        has_recipe: whether this model can be trained again.
        has_files: whether the artifact lies on disk.
        is_continuous: whether every changeable input is numeric.
        test_rows: how many.
        seconds_per_row: measured on the model; 0 if unknown.
        classes: of the data; empty for regression.
        low, high: bounds of array inputs.
        spread: standard deviation of a regression's labels.
        family, description: for the reader.
        rows: of each role, for the reader.
        refused: why the model was not loaded; empty when it was.
    """

    signature: Signature | None
    grants: Access
    task: Task
    modality: Modality
    target_digest: str
    data_digest: str
    recipe_digest: str
    has_train: bool
    members_known: bool
    has_recipe: bool
    has_files: bool
    is_continuous: bool
    test_rows: int
    seconds_per_row: float
    classes: tuple[str, ...]
    low: float
    high: float
    spread: float
    family: str
    description: str
    rows: str
    refused: str = ""
