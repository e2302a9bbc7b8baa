"""Faults made on purpose. TIDECAST_FAULTS=17 makes 17 times as many: the long version."""

import os

SCALE = int(os.environ.get("TIDECAST_FAULTS", "1"))
