"""The outside world -> Panel: files, tickers, samples."""

from forecasting.intake.notes import Assumption, Note
from forecasting.intake.prices.ticker import check_span, check_symbols, fetch_ticker, quoted_panel
from forecasting.intake.report import Report, Roles
from forecasting.intake.samples import load_sample, sample_names
from forecasting.intake.text.table import Dialect, Reading, Table, read_table
from forecasting.intake.to_panel import to_panel

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
