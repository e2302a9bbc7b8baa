"""Makes the tests' kind of run known to a Dask worker: its --preload."""

from tests.runs import counting

counting.register()
