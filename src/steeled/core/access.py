"""What an attacker may see of a model: each level contains the ones before it."""

from enum import IntEnum


class Access(IntEnum):
    """Labels ⊂ scores ⊂ gradients ⊂ parameters; ``FILES`` is what a scanner needs: no answer at all."""

    FILES = 0
    LABELS = 1
    SCORES = 2
    GRADIENTS = 3
    PARAMETERS = 4
