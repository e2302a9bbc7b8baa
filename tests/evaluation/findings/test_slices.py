"""Errors by slice, against means by hand; the slice that is worse is found, and noise has none."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from forecasting.evaluation.backtests.backtest import Backtest
from forecasting.evaluation.findings.slices import slices
from forecasting.panel import Panel, Values
from tests.evaluation.rows import backtest_of, panel_of

pytestmark = pytest.mark.slow

LENGTH, TEST, HORIZON = 700, 400, 5


def flat(values: Values, seen: int, steps: Values) -> Values:
    return np.full(len(steps), 50.0)


def made(scale: Values, seed: int = 0) -> tuple[Panel, Backtest]:
    panel = panel_of(50 + scale * np.random.default_rng(seed).normal(size=LENGTH))
    return panel, backtest_of(panel, HORIZON, TEST, flat)


def dates() -> pd.DatetimeIndex:
    return pd.date_range(end="2024-06-30", periods=LENGTH)


def test_a_row_of_the_table_is_the_mean_over_its_values() -> None:
    panel, backtest = made(np.ones(LENGTH))
    table = backtest.slices(panel).table
    rows = backtest.frame.assign(error=(backtest["y"] - backtest["forecast"]).abs()).groupby("ds")["error"].first()
    saturdays = rows[rows.index.dayofweek == 5]
    row = table[(table["dimension"] == "weekday") & (table["label"] == "Saturdays")].iloc[0]
    assert row["count"] == len(saturdays)
    assert row["mae"] == pytest.approx(saturdays.mean())
    assert row["ratio"] == pytest.approx(saturdays.mean() / rows[rows.index.dayofweek != 5].mean(), rel=0.05)
    assert row["low"] < row["ratio"] < row["high"]


def test_noisy_saturdays_are_named_with_how_much_worse_they_are() -> None:
    panel, backtest = made(np.where(dates().dayofweek == 5, 3.0, 1.0))
    found = backtest.slices(panel)
    assert found.worse is not None
    assert found.worse["where"] == ["on Saturdays"]
    assert found.worse["ratio"] == pytest.approx(3.0, rel=0.3)
    assert "on Saturdays" in found.message


def test_noise_alone_has_no_slice() -> None:
    panel, backtest = made(np.ones(LENGTH))
    assert backtest.slices(panel).worse is None


def test_a_holiday_counts_where_the_settings_name_a_country() -> None:
    panel, backtest = made(np.ones(LENGTH))
    table = backtest.slices(panel, ["holidays-US"]).table
    row = table[(table["dimension"] == "holiday") & (table["label"] == "holidays")].iloc[0]
    # 28 May 2023 to 30 June 2024: Memorial Day, Juneteenth, Independence, Labor and Columbus Day, Veterans Day and the
    # day before, Thanksgiving, Christmas; New Year, Martin Luther King, Presidents', Memorial Day, Juneteenth
    assert row["count"] == 14
    assert "holiday" not in set(backtest.slices(panel).table["dimension"])


def test_covariates_that_are_known_ahead_make_groups() -> None:
    panel, backtest = made(np.ones(LENGTH))
    promo = (np.arange(LENGTH) % 4 == 0).astype(np.float64)
    ahead = pd.DataFrame({"unique_id": ["a"], "ds": [dates()[-1] + pd.Timedelta(days=1)], "promo": [1.0]})
    known = dataclasses.replace(
        panel, frame=panel.frame.assign(promo=promo, temperature=np.arange(float(LENGTH))), ahead=ahead
    )
    table = backtest.slices(known).table
    groups = table[table["dimension"] == "covariate"]
    assert groups["column"].unique().tolist() == ["promo"]  # what only the past has, no forecast could know
    assert groups["label"].tolist() == ["0", "1"]
    assert groups["count"].tolist() == [300, 100]


def test_a_short_backtest_says_that_it_is_too_short() -> None:
    panel = panel_of(np.random.default_rng(0).normal(size=80))
    assert backtest_of(panel, HORIZON, 20, flat).slices(panel).message.key == "slices.few"


def test_the_truth_of_later_origins_proposes_nothing() -> None:
    """The slice is proposed from the earlier origins: where only the later ones have it, it is not named."""
    late = np.where((dates().dayofweek == 5) & (np.arange(LENGTH) >= LENGTH - TEST // 2 + HORIZON), 3.0, 1.0)
    panel, backtest = made(late)
    assert backtest.slices(panel).worse is None


def test_what_is_stored_is_json() -> None:
    panel, backtest = made(np.ones(LENGTH))
    stored = slices(backtest.frame, panel).to_dict()
    assert stored["text"] == "No kind of value is worse than the rest by more than chance."
    assert {group["dimension"] for group in stored["groups"]} == {"weekday", "month"}
