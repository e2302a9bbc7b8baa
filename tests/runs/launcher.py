"""A worker that also knows the tests' job, and does not spend seconds on importing torch."""

import sys

from forecasting.runs.workers import worker
from tests.runs import counting

if __name__ == "__main__":
    counting.register()
    worker._prepare = lambda: None
    sys.exit(worker.worker_main(None, once="--once" in sys.argv))
