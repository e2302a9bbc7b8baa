"""`python -m forecasting`, and the command `tidecast` of an installed package."""

import os
import sys

from forecasting.cli import INTERRUPTED, main


def run() -> None:
    """Run the command line and exit with its status."""
    status = main()
    if status == INTERRUPTED:
        # Where Ctrl-C hits a text that Python executes, as modules do on import, Python remembers it as unhandled even
        # though it was caught, and would end by the signal instead of with this status.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    sys.exit(status)


if __name__ == "__main__":
    run()
