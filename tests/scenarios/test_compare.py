"""Differences of scenarios to the base, against effects that were put in and arithmetic on paper."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecasting import ForecastConfig
from forecasting.errors import DataError
from forecasting.panel import Panel
from forecasting.scenarios import Change, Outcome, Scenario, compare, estimate, future, level_spread

DAYS, HORIZON = 200, 10
CONFIG = ForecastConfig(horizon=HORIZON, window=14)
NAMES = ["price", "fixed", "weather"]


def panel(seed: int, series: int = 1, *, relative: bool = True) -> tuple[Panel, pd.DataFrame]:
    """(A panel with a price whose elasticity is -1.5, one that never changes, and weather that does nothing; what is
    to be expected of the steps ahead, as a forecast)."""
    generator = np.random.default_rng(seed)
    rows, ahead, forecasts = [], [], []
    ds = pd.date_range("2024-01-01", periods=DAYS + HORIZON).as_unit("ns")
    week = np.array([1.0, 0.9, 0.9, 1.0, 1.2, 1.5, 1.3])[np.arange(len(ds)) % 7]
    for name in range(series):
        price = np.repeat(10 * np.exp(generator.normal(0, 0.15, len(ds) // 3)), 3)
        usual = 100 * week * (price / 10) ** -1.5 if relative else 500 * week - 12 * price
        y = usual * np.exp(generator.normal(0, 0.08, len(ds)))
        frame = pd.DataFrame(
            {"unique_id": f"s{name:03}", "ds": ds, "y": y, "price": price, "fixed": 5.0,
             "weather": generator.normal(20, 4, len(ds))}
        )  # fmt: skip
        frame.loc[DAYS:, "price"] = 10.0
        rows.append(frame[:DAYS])
        ahead.append(frame[DAYS:].drop(columns="y"))
        expected = 100 * week[DAYS:] if relative else 500 * week[DAYS:] - 120
        forecasts.append(frame[DAYS:][["unique_id", "ds"]].assign(forecast=expected))
    whole = Panel(pd.concat(rows, ignore_index=True), "D", (7,), ahead=pd.concat(ahead, ignore_index=True))
    return whole, pd.concat(forecasts, ignore_index=True)


def outcomes(given: tuple[Panel, pd.DataFrame], *changes: Change, series: str | None = None) -> list[Outcome]:
    data, forecast = given
    scenarios = [Scenario(f"{place}", (change,)) for place, change in enumerate(changes)]
    ahead = future(data, NAMES, HORIZON)
    return compare(data, forecast, CONFIG, scenarios, estimate(data, NAMES), ahead, None, series)


CHEAPER = Change("price", "percent", -10, 1, HORIZON)


def test_the_difference_is_the_effect_that_was_put_in() -> None:
    given = panel(0)
    [found] = outcomes(given, CHEAPER)
    base = given[1]["forecast"].sum()
    true = base * (0.9**-1.5 - 1)
    assert found.reasons == ((),)
    assert found.low[0] < true < found.high[0]
    assert found.high[0] - found.low[0] < true  # and the interval says something
    assert found.total[0] - base == pytest.approx(found.difference[0])


def test_steps_that_are_not_changed_stay_as_they_are() -> None:
    given = panel(1)
    [found] = outcomes(given, Change("price", "percent", -10, 3, 4))
    changed = found.forecast[0] != given[1]["forecast"].to_numpy()
    assert np.flatnonzero(changed).tolist() == [2, 3]


def test_what_the_history_holds_no_evidence_for_gets_no_figure_but_a_reason() -> None:
    given = panel(2)
    found = outcomes(
        given, Change("price", "percent", -70, 1, HORIZON), Change("fixed", "add", 1, 1, HORIZON),
        Change("weather", "add", 3, 1, HORIZON), Change("price", "percent", 0, 1, HORIZON),
    )  # fmt: skip
    keys = [[message.key for message in one.reasons[0]] for one in found]
    assert keys[:2] == [["scenario.unseen"], ["scenario.never-changed"]]
    assert keys[2] in (["scenario.no-effect"], ["scenario.no-gain"])
    for one in found[:3]:
        assert np.isnan([one.difference[0], one.low[0], one.high[0]]).all()
        assert one.forecast[0].tolist() == given[1]["forecast"].tolist()
    assert (keys[3], found[3].difference[0]) == ([], 0)


def test_one_series_of_a_panel_has_the_same_figures_as_among_all() -> None:
    given = panel(3, series=5)
    [every], [one] = outcomes(given, CHEAPER), outcomes(given, CHEAPER, series="s003")
    assert one.low[0] == pytest.approx(every.low[3])
    assert one.difference[0] == pytest.approx(every.difference[3])
    with pytest.raises(DataError, match="nobody"):
        outcomes(given, CHEAPER, series="nobody")


def test_a_forecast_of_counts_does_not_fall_below_zero() -> None:
    data, forecast = panel(4, relative=False)
    frame = data.frame.assign(y=np.where(np.arange(DAYS) % 50 == 0, 0.0, data.frame["y"]))  # no logarithm
    low = forecast.assign(forecast=5.0)
    [found] = outcomes((Panel(frame, "D", (7,), ahead=data.ahead), low), Change("price", "add", 1.5, 1, HORIZON))
    assert found.reasons == ((),)
    assert found.forecast.min() == 0
    assert found.low[0] >= -5.0 * HORIZON


def test_the_level_is_as_sure_as_totals_of_the_backtest_were() -> None:
    data, _ = panel(5)
    backtest = pd.DataFrame(
        {"unique_id": "s000", "cutoff": [1, 1, 2, 2], "y": [10.0, 10, 10, 10], "forecast": [20.0, 20, 5, 5]}
    )
    assert level_spread(data, backtest).tolist() == pytest.approx([np.log(2)])


@pytest.mark.slow
def test_intervals_hold_and_noise_is_not_borne_out_as_often_as_they_say() -> None:
    """The share of 40 panels lies within four standard errors of what is promised."""
    inside, noise = [], []
    for seed in range(40):
        given = panel(100 + seed)
        cheaper, warmer = outcomes(given, CHEAPER, Change("weather", "add", 2, 1, HORIZON))
        true = given[1]["forecast"].sum() * (0.9**-1.5 - 1)
        inside.append(cheaper.low[0] <= true <= cheaper.high[0])
        noise.append(bool(warmer.reasons[0]))
    assert np.mean(inside) > 0.8 - 4 * 0.063
    assert np.mean(noise) > 0.95 - 4 * 0.035
