"""Tidecast: time-series forecasting with small recurrent networks.

table = read_table(Path("sales.csv").read_bytes(), "sales.csv")
panel, report = to_panel(table)
config, reasons = suggest_config(panel)
forecast = fit(panel, config).predict()
"""

from forecasting.config import ForecastConfig
from forecasting.errors import (
    AmbiguousInput,
    Cancelled,
    ConfigError,
    DataError,
    ForecastingError,
    ModelFileError,
    ReadError,
    StoreError,
    TickerError,
    TooShortError,
)
from forecasting.intake import Note, Report, Table, fetch_ticker, load_sample, read_table, sample_names, to_panel
from forecasting.panel import Panel

__version__ = "0.1.0"

__all__ = [
    "AmbiguousInput",
    "Cancelled",
    "ConfigError",
    "DataError",
    "ForecastConfig",
    "ForecastingError",
    "ModelFileError",
    "Note",
    "Panel",
    "ReadError",
    "Report",
    "StoreError",
    "Table",
    "TickerError",
    "TooShortError",
    "fetch_ticker",
    "load_sample",
    "read_table",
    "sample_names",
    "to_panel",
]
