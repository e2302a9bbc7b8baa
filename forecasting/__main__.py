"""`python -m forecasting`."""

import os
import sys

from forecasting.cli import INTERRUPTED, main

if __name__ == "__main__":
    status = main()
    if status == INTERRUPTED:
        # Where Ctrl-C hits a text that Python executes, as modules do on import, Python remembers it as unhandled even
        # though it was caught, and would end by the signal instead of with this status.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    sys.exit(status)
