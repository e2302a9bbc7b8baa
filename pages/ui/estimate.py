"""Before a training: whether the data is long enough, and how long it will take."""

from __future__ import annotations

from forecasting.config import ForecastConfig
from forecasting.panel import Panel


def check_length(panel: Panel, config: ForecastConfig) -> None:
    """TooShortError where the series is too short for window and horizon."""


def expected_seconds(panel: Panel, config: ForecastConfig) -> float:
    """Roughly, on one quiet core."""
    steps = min(300.0, config.epochs * max(1.0, len(panel.frame) / (config.window * config.batch_size)))
    cost = 1.5e-6 * config.batch_size * config.window * config.num_layers * (config.hidden_size / 64 + 1)
    return 1.0 + (1 + config.folds) * config.members * steps * cost


def what_fits(config: ForecastConfig, available: int) -> ForecastConfig | None:
    """The nearest settings that `available` values allow; None where nothing does."""
    return None
