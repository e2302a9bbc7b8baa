"""Faults made on purpose. TIDECAST_FAULTS=17 makes 17 times as many: the long version, for the figures of the docs."""

import os

SCALE = int(os.environ.get("TIDECAST_FAULTS", "1"))
LONG = SCALE > 1


def tell(sentence: str) -> None:
    """One line of what was tried and what was lost; it is printed whether the test passes or not."""
    TOLD.append(sentence)


TOLD: list[str] = []
