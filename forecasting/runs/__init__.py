"""The background cache: datasets, runs and results in one database, and the workers that fill it. Without torch."""

from forecasting.runs.records import Dataset, Run, Usage
from forecasting.runs.settings import Settings
from forecasting.runs.store import Store
from forecasting.runs.supervisor import Health, Supervisor, runtime, stop_runtime

__all__ = ["Dataset", "Health", "Run", "Settings", "Store", "Supervisor", "Usage", "runtime", "stop_runtime"]
