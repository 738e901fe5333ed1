"""The risks that an organization runs when it relies on a model."""

from enum import StrEnum


class Risk(StrEnum):
    """Five risks of the model itself, and its supply chain; each is a folder in ``probes/``."""

    EVASION = "evasion"
    POISONING = "poisoning"
    THEFT = "theft"
    PRIVACY = "privacy"
    OVERRELIANCE = "overreliance"
    SUPPLY_CHAIN = "supply_chain"
