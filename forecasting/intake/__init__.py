"""The outside world -> Panel: files, tickers, samples."""

from forecasting.intake.calendar.repair import AGGREGATIONS
from forecasting.intake.choices import ReadingChoices, read
from forecasting.intake.notes import Assumption, Note, message_of
from forecasting.intake.prices.ticker import INTERVALS, PERIODS, check_span, check_symbols, fetch_ticker, quoted_panel
from forecasting.intake.report import Report, Roles
from forecasting.intake.samples import load_sample, sample_names
from forecasting.intake.text.cell_types import forget_cells
from forecasting.intake.text.containers import takes_long
from forecasting.intake.text.read_table import read_table
from forecasting.intake.text.table import Dialect, Member, Reading, Table
from forecasting.intake.to_panel import to_panel

__all__ = [
    "AGGREGATIONS",
    "INTERVALS",
    "PERIODS",
    "Assumption",
    "Dialect",
    "Member",
    "Note",
    "Reading",
    "ReadingChoices",
    "Report",
    "Roles",
    "Table",
    "check_span",
    "check_symbols",
    "fetch_ticker",
    "forget_cells",
    "load_sample",
    "message_of",
    "quoted_panel",
    "read",
    "read_table",
    "sample_names",
    "takes_long",
    "to_panel",
]
