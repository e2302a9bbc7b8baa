"""Faults made on purpose. TIDECAST_FAULTS=17 makes 17 times as many: the long version, for the figures of the docs."""

import os
from collections.abc import Callable

SCALE = int(os.environ.get("TIDECAST_FAULTS", "1"))
LONG = SCALE > 1

Summarise = Callable[[str], None]  # the fixture `summarise`: one line of what was tried and what was lost
