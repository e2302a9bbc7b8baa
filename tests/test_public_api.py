"""The public API is what others build on: a change here is a change of the contract."""

from __future__ import annotations

import forecasting


def test_exported_names_are_pinned_sorted_and_documented() -> None:
    assert forecasting.__all__ == [
        "AmbiguousInput",
        "Backtest",
        "Cancelled",
        "CellsConfig",
        "ConfigError",
        "CosineConfig",
        "DataError",
        "Forecast",
        "ForecastConfig",
        "Forecaster",
        "ForecastingError",
        "MarkerConfig",
        "ModelFileError",
        "Note",
        "PairConfig",
        "Panel",
        "Progress",
        "ReadError",
        "Report",
        "RolloutConfig",
        "SineConfig",
        "StoreError",
        "Table",
        "TextConfig",
        "TextModel",
        "TickerError",
        "TooShortError",
        "Verdict",
        "evaluate",
        "fetch_ticker",
        "fit",
        "load_sample",
        "read_table",
        "run_cells",
        "run_cosine",
        "run_marker",
        "run_pair",
        "run_rollout",
        "run_sine",
        "sample_names",
        "sample_text",
        "suggest_config",
        "suggest_text_config",
        "to_panel",
        "train_text",
    ]
    assert forecasting.__all__ == sorted(forecasting.__all__)
    assert [name for name in forecasting.__all__ if not (getattr(forecasting, name).__doc__ or "").strip()] == []
