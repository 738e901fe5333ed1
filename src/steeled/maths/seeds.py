"""Randomness that follows from what is measured: equal evidence keys draw equal numbers, on every machine."""

import hashlib

import numpy as np


def rng_of(key: str) -> np.random.Generator:
    """A generator of its own for each key.

    Args:
        key: any text, such as an evidence key ``sha256:...``; another key gives an independent stream.
    """
    words = np.frombuffer(_digest(key), dtype="<u4")
    return np.random.default_rng([int(word) for word in words])


def seed_of(key: str) -> int:
    """A seed for frameworks that take an integer, in [0, 2**31)."""
    return int.from_bytes(_digest(key)[:4], "little") >> 1


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
