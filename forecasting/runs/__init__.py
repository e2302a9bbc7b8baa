"""The background cache: datasets, runs and results in one database, and the workers that fill it. Without torch."""

from forecasting.runs.records import Dataset, Run
from forecasting.runs.settings import Settings
from forecasting.runs.store import Store

__all__ = ["Dataset", "Run", "Settings", "Store"]
