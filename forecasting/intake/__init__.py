"""The outside world -> Panel: files, tickers, samples."""

from forecasting.intake.columns import to_panel
from forecasting.intake.notes import Assumption, Note
from forecasting.intake.report import Report, Roles
from forecasting.intake.samples import load_sample, sample_names
from forecasting.intake.table import Dialect, Reading, Table, read_table
from forecasting.intake.ticker import check_span, check_symbols, fetch_ticker, quoted_panel

__all__ = [
    "Assumption",
    "Dialect",
    "Note",
    "Reading",
    "Report",
    "Roles",
    "Table",
    "check_span",
    "check_symbols",
    "fetch_ticker",
    "load_sample",
    "quoted_panel",
    "read_table",
    "sample_names",
    "to_panel",
]
