"""A floor and a cap hold for the forecast, its intervals and the backtest alike, and for whom nothing is beyond them
they change nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecasting import ForecastConfig, evaluate, fit, suggest_config
from forecasting.panel import Panel

SMALL = {"horizon": 5, "window": 14, "hidden_size": 4, "epochs": 1, "folds": 2}


def panel(values: np.ndarray) -> Panel:  # type: ignore[type-arg]
    ds = pd.date_range("2024-01-01", periods=len(values))
    return Panel(pd.DataFrame({"unique_id": "y", "ds": ds, "y": values.astype(np.float64)}), "D", (7,))


def counts() -> np.ndarray:  # type: ignore[type-arg]
    rng = np.random.default_rng(5)
    return rng.poisson(1.5 + 1.4 * np.sin(np.arange(220) * 2 * np.pi / 7))


def columns(frame: pd.DataFrame) -> np.ndarray:  # type: ignore[type-arg]
    return frame[[name for name in frame if str(name).startswith("forecast")]].to_numpy()


@pytest.mark.slow
def test_limits_cut_the_forecast_its_intervals_and_the_backtest_and_nothing_else() -> None:
    data = panel(counts())
    free = ForecastConfig(**SMALL, support="free")
    limited = free.replace(floor=0.0, cap=3.0)
    ahead, kept = columns(fit(data, free).predict()), columns(fit(data, limited).predict())
    assert ahead.min() < 0
    np.testing.assert_array_equal(kept, np.clip(ahead, 0.0, 3.0))
    tested, within = evaluate(data, free), evaluate(data, limited)
    np.testing.assert_array_equal(columns(within), np.clip(columns(tested), 0.0, 3.0))
    error = (within["y"] - within["forecast"]).abs().mean()
    assert within.scores["methods"]["forecast"]["mae"] == pytest.approx(error)  # the scores are of what is shown


@pytest.mark.parametrize(
    ("values", "floor"),
    [(counts(), 0.0), (counts() + 1, None), (counts() - 1, None), (np.arange(200.0), None)],
    ids=["counts", "never zero", "negative", "one zero"],
)
def test_amounts_that_are_zero_again_and_again_and_never_less_have_their_floor_there(
    values: np.ndarray,  # type: ignore[type-arg]
    floor: float | None,
) -> None:
    config, reasons = suggest_config(panel(values))
    assert config.floor == floor
    assert ("floor" in reasons) == (floor is not None)
