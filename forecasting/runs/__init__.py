"""The background cache: datasets, runs and results in one database, and the workers that fill it. Without torch."""

from forecasting.runs.access import Access, Link, Workspace
from forecasting.runs.environment import Settings
from forecasting.runs.job import Job
from forecasting.runs.jobs import JOBS
from forecasting.runs.store import Store
from forecasting.runs.views import Dataset, Event, Run, Usage
from forecasting.runs.workers.runtime import runtime, stop_runtime
from forecasting.runs.workers.supervisor import Health, Supervisor

__all__ = [
    "JOBS",
    "Access",
    "Dataset",
    "Event",
    "Health",
    "Job",
    "Link",
    "Run",
    "Settings",
    "Store",
    "Supervisor",
    "Usage",
    "Workspace",
    "runtime",
    "stop_runtime",
]
