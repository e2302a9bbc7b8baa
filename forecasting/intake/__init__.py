"""The outside world -> Panel: files, tickers, samples."""

from forecasting.intake.columns import to_panel
from forecasting.intake.notes import Assumption, Note
from forecasting.intake.report import Report, Roles
from forecasting.intake.samples import load_sample, sample_names
from forecasting.intake.table import Dialect, Reading, Table, read_table
from forecasting.intake.ticker import fetch_ticker

__all__ = [
    "Assumption",
    "Dialect",
    "Note",
    "Reading",
    "Report",
    "Roles",
    "Table",
    "fetch_ticker",
    "load_sample",
    "read_table",
    "sample_names",
    "to_panel",
]
