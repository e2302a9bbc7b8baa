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
    ExportError,
    ForecastingError,
    ModelFileError,
    ReadError,
    StoreError,
    TickerError,
    TooShortError,
)
from forecasting.evaluation.backtests.backtest import Backtest
from forecasting.evaluation.backtests.verdict import Verdict
from forecasting.forecaster import Forecast, Forecaster, evaluate, fit, suggest_config
from forecasting.intake import Note, Report, Table, fetch_ticker, load_sample, read_table, sample_names, to_panel
from forecasting.labs.sequences import (
    CellsConfig,
    CosineConfig,
    MarkerConfig,
    OneCellConfig,
    RolloutConfig,
    SineConfig,
    SineGridConfig,
    run_cells,
    run_cosine,
    run_marker,
    run_one_cell,
    run_rollout,
    run_sine,
    run_sine_grid,
)
from forecasting.labs.text import (
    PairConfig,
    TextConfig,
    TextModel,
    run_pair,
    sample_text,
    suggest_text_config,
    train_text,
)
from forecasting.panel import Panel
from forecasting.progress import Progress
from forecasting.tuning import SearchSpace, Tuning, tune

__version__ = "0.1.0"

__all__ = [
    "AmbiguousInput",
    "Backtest",
    "Cancelled",
    "CellsConfig",
    "ConfigError",
    "CosineConfig",
    "DataError",
    "ExportError",
    "Forecast",
    "ForecastConfig",
    "Forecaster",
    "ForecastingError",
    "MarkerConfig",
    "ModelFileError",
    "Note",
    "OneCellConfig",
    "PairConfig",
    "Panel",
    "Progress",
    "ReadError",
    "Report",
    "RolloutConfig",
    "SearchSpace",
    "SineConfig",
    "SineGridConfig",
    "StoreError",
    "Table",
    "TextConfig",
    "TextModel",
    "TickerError",
    "TooShortError",
    "Tuning",
    "Verdict",
    "evaluate",
    "fetch_ticker",
    "fit",
    "load_sample",
    "read_table",
    "run_cells",
    "run_cosine",
    "run_marker",
    "run_one_cell",
    "run_pair",
    "run_rollout",
    "run_sine",
    "run_sine_grid",
    "sample_names",
    "sample_text",
    "suggest_config",
    "suggest_text_config",
    "to_panel",
    "train_text",
    "tune",
]
