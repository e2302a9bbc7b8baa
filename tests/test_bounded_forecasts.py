"""Forecasts and intervals stay within what values, held-out errors and other series support, and say so."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting import Forecast, ForecastConfig, Forecaster, evaluate, fit, read_table, suggest_config, to_panel
from forecasting.panel import STEP, Panel, Values

CASES = Path(__file__).with_name("forecast_cases")
LEVELS = (50, 80, 95)
METHODS = ("recurrent", "best")


def panel(*series: Values, seasons: tuple[int, ...] = (7,)) -> Panel:
    frames = [
        pd.DataFrame({"unique_id": f"s{number}", "ds": np.arange(len(y)), "y": np.asarray(y, dtype=np.float64)})
        for number, y in enumerate(series)
    ]
    return Panel(pd.concat(frames, ignore_index=True), STEP, seasons)


def fitted(data: Panel, **changes: object) -> tuple[Forecaster, Forecast]:
    forecaster = fit(data, suggest_config(data)[0].replace(**changes))
    return forecaster, forecaster.predict()


def notes(forecaster: Forecaster) -> dict[str, dict[str, object]]:
    return {about["key"]: about["values"] for about in forecaster.training["messages"]["notes"]}


def ends(forecast: pd.DataFrame) -> Values:
    """Lower ends from the widest interval on, the forecast, and upper ends [rows, 7]."""
    names = [f"forecast-lo-{level}" for level in reversed(LEVELS)] + ["forecast"]
    return forecast[[*names, *(f"forecast-hi-{level}" for level in LEVELS)]].to_numpy()


def held(forecast: pd.DataFrame, truth: Values, level: int) -> float:
    low, high = forecast[f"forecast-lo-{level}"], forecast[f"forecast-hi-{level}"]
    return float(((truth >= low) & (truth <= high)).mean())


def logistic(random: np.random.Generator, length: int) -> Values:
    """Cumulative counts of an epidemic that comes to its end."""
    daily = np.diff(18_000 / (1 + np.exp(-(np.arange(length + 1) - 0.4 * length) / (0.05 * length))))
    return np.cumsum(random.poisson(daily + 0.2)) + 1.0


def grown(random: np.random.Generator, length: int) -> Values:
    """Exponential growth, then none."""
    level = np.exp(np.minimum(np.arange(length), 0.9 * length) / (0.1 * length))
    return (level * np.exp(0.1 * random.normal(size=length))).round(3) + 1


def jumping(random: np.random.Generator, length: int) -> Values:
    walk = 200 + np.cumsum(random.normal(size=length))
    walk[length // 2 :] += 40
    walk[-length // 8 :] -= 60
    return walk


def spiked(random: np.random.Generator, length: int) -> Values:
    values = 100 + 5 * random.normal(size=length)
    values[2 * length // 3] = 1e5
    return values


EXPLOSIVE = (
    logistic,
    grown,
    jumping,
    spiked,
    lambda random, length: np.exp(np.cumsum(0.15 * random.normal(size=length))),
)


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("length", [70, 150])
@pytest.mark.parametrize("make", EXPLOSIVE)
def test_no_end_of_an_interval_leaves_what_the_series_did(make, length: int, method: str) -> None:
    values = make(np.random.default_rng(length), length)
    forecaster, forecast = fitted(panel(values), method=method, horizon=14)
    inner = ends(forecast)
    assert (np.diff(inner, axis=1) >= 0).all()  # by level, and the forecast within
    largest = np.abs(values[14:] - values[:-14]).max()
    assert (np.abs(inner - inner[:, 3:4]) <= 4 * largest).all()
    assert inner[:, 1:6].max() <= values.max() + 4 * np.quantile(np.abs(values[14:] - values[:-14]), 0.97)
    lowest = values[-1] if make is logistic else -np.inf
    free = inner[:, :3] > max(lowest, 0.0) + 1e-9  # not at the support's end
    assert (np.diff(inner, axis=1)[:, :3][free] > 0).all()
    assert (np.diff(inner, axis=1)[:, 3:] > 0).all()
    for name, part in forecaster.predict_members().set_index(["unique_id", "ds"]).items():
        assert (np.abs(part.dropna() - values[-1]) <= 7 * largest).all(), name


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_counters_never_fall_nor_do_their_intervals_or_backtests(method: str) -> None:
    values = np.cumsum(np.random.default_rng(4).poisson(0.5, 120)).astype(np.float64)
    data = panel(values)
    forecaster, forecast = fitted(data, method=method, horizon=7)
    assert "support.kept" in notes(forecaster)
    assert (np.diff(np.vstack([np.full(7, values[-1]), ends(forecast)]), axis=0) >= 0).all()
    again = Forecaster.from_bytes(forecaster.to_bytes())
    pd.testing.assert_frame_equal(again.predict().frame, forecast.frame, check_exact=True)
    tested = evaluate(data, forecaster.config.replace(folds=1))
    start = values[tested["cutoff"].to_numpy()]
    assert (start <= ends(tested).T).all()


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_shares_counts_and_closed_days_keep_to_their_range_and_hold_their_level(method: str) -> None:
    random = np.random.default_rng(8)
    days = np.arange(330)
    share = np.clip(94 + 3 * np.sin(days / 40) + 4 * random.normal(size=330), 0, 100)
    counts = random.poisson(np.exp(0.6 + 0.8 * np.sin(days * 2 * np.pi / 7))).astype(np.float64)
    orders = np.where(days % 7 >= 5, 0.0, random.poisson(200, 330))
    series = [share, counts, orders]
    forecaster, forecast = fitted(panel(*(values[:300] for values in series)), method=method, horizon=30)
    what = str(forecaster.training["notes"])
    for said in ("never below 0", "never above 100 (in 1 series)", "as on closed days (in 1 series)"):
        assert said in what
    for number, values in enumerate(series):
        part = forecast[forecast["unique_id"] == f"s{number}"]
        assert (ends(part) >= 0).all()
        assert held(part, values[300:], 80) == pytest.approx(0.8, abs=0.2)
        if number == 0:
            assert (ends(part) <= 100).all()
        if number == 2:
            closed = days[300:] % 7 >= 5
            assert (ends(part)[closed] == 0).all()
            assert part["forecast"].to_numpy()[~closed] == pytest.approx(200, rel=0.15)
            assert held(part[~closed], values[300:][~closed], 80) == pytest.approx(0.8, abs=0.25)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "most"), [("61-counts-to-zero", 90.0), ("62-intermittent", 1.0), ("63-closed-weekends", 260.0)]
)
def test_cases_of_counts_stay_in_their_range(name: str, most: float) -> None:
    path = CASES / f"{name}.csv"
    data, _ = to_panel(read_table(path.read_bytes(), path.name))
    truth = pd.read_csv(CASES / f"{name[:2]}.future.csv", parse_dates=["ds"])
    _, forecast = fitted(data, horizon=len(truth))
    inner, values = ends(forecast), data.values()[0]
    assert (inner >= 0).all()
    assert inner[:, :6].max() <= values.max()  # the widest interval may go beyond what was seen
    assert (forecast["forecast"] <= most).all()
    known = forecast.merge(truth, on="ds")
    assert held(known, known["truth"], 80) >= 0.74
    error = (known["forecast"] - known["truth"]).abs().mean()
    assert error <= {"61": 30.0, "62": 0.42, "63": 14.3}[name[:2]]
    missing = truth[~truth["ds"].isin(forecast["ds"])]  # days on which nothing is ever open have no forecast
    assert (missing["truth"] == 0).all()


@pytest.mark.slow
@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("method", METHODS)
def test_series_of_one_or_two_values_are_as_wide_as_others_relative_to_their_level(method: str, log: bool) -> None:
    random = np.random.default_rng(6)
    walks = [np.cumsum(0.05 * random.normal(size=60)) for _ in range(8)]
    others = [1e3 * (number + 1) * (np.exp(walk) if log else 1 + walk / 2) for number, walk in enumerate(walks)]
    short = [np.array([80.0]), np.array([0.5, 0.5]), np.array([9e5, 9.1e5])]
    forecaster, forecast = fitted(panel(*others, *short, seasons=()), method=method, horizon=4)
    assert notes(forecaster)["support.few.others"]["count"] == 3
    level = forecast["unique_id"].map({f"s{number}": values[-1] for number, values in enumerate([*others, *short])})
    width = ((forecast["forecast-hi-80"] - forecast["forecast-lo-80"]) / level).groupby(forecast["unique_id"]).mean()
    usual = width[[f"s{number}" for number in range(8)]].median()
    for name in ("s8", "s9", "s10"):
        assert 0.9 * usual < width[name] < 5 * usual


@pytest.mark.parametrize(
    "values", [np.full(3, 5.0), np.array([100.0, 100.1, 100.2]), np.array([0.02, 0.03, 0.02, 0.03])]
)
def test_a_lone_series_of_few_values_gets_an_interval_as_its_level_supports(values: Values) -> None:
    forecaster, forecast = fitted(panel(values, seasons=()), horizon=1)
    assert "support.few.alone" in notes(forecaster)
    width = (forecast["forecast-hi-80"] - forecast["forecast-lo-80"]) / values[-1]
    assert (width >= 0.005).all()


@pytest.mark.parametrize("season", [1, 12])
def test_beyond_its_history_a_series_repeats_itself_with_intervals_that_widen(season: int) -> None:
    random = np.random.default_rng(2)
    values = 100 + 10 * np.sin(2 * np.pi * np.arange(20) / 12) + random.normal(size=20)
    data = panel(values, seasons=(season,) if season > 1 else ())
    forecaster, forecast = fitted(data, horizon=36)
    assert notes(forecaster)["support.untested.beyond"] == {"horizon": 36, "available": 20}
    np.testing.assert_array_equal(forecast["forecast"], np.resize(values[-season:], 36))
    width = (forecast["forecast-hi-80"] - forecast["forecast-lo-80"]).to_numpy()
    assert (np.diff(width[::season]) >= 0).all()
    assert width[-1] > 1.3 * width[0] > 2


def test_a_horizon_that_cannot_be_held_out_is_reported() -> None:
    forecaster, _ = fitted(panel(100 + np.arange(20.0), seasons=()), horizon=14)
    assert notes(forecaster)["support.untested"] == {"horizon": 14, "available": 20}


def short_panel(seed: int, season: int, fewest: int, most: int) -> list[Values]:
    """Trends, seasons, walks and noise in turns, in proportion to their level or not."""
    random = np.random.default_rng(seed)
    series = []
    for number in range(40):
        length = int(random.integers(fewest, most))
        time = np.arange(length)
        walk, noise = np.cumsum(random.normal(size=length)), random.normal(size=length)
        line, wave = 0.3 * random.normal() * time, np.resize(random.normal(size=season), length)
        moved = [walk, noise + line, wave + 0.4 * noise, 0.5 * walk + wave + line][number % 4]
        level = 10 ** random.uniform(0, 4)
        series.append(level * (np.exp(0.1 * moved) if number % 8 < 4 else 1 + 0.05 * moved))
    return series


@pytest.mark.slow
@pytest.mark.parametrize(
    ("season", "horizon", "fewest", "most", "method"),
    [
        (1, 4, 11, 47, "recurrent"),
        (4, 8, 24, 72, "recurrent"),
        (12, 12, 48, 100, "recurrent"),
        (7, 14, 44, 120, "recurrent"),
        (1, 4, 11, 47, "best"),  # of the others, benchmarks/short_series.py
    ],
    ids=["yearly", "quarterly", "monthly", "daily", "yearly-best"],
)
def test_intervals_of_short_panels_hold_their_level(
    season: int, horizon: int, fewest: int, most: int, method: str
) -> None:
    inside: dict[int, list[float]] = {80: [], 95: []}
    for seed in range(4 if method == "recurrent" else 2):
        series = short_panel(seed, season, fewest, most)
        seasons = (season,) if season > 1 else ()
        _, forecast = fitted(
            panel(*(one[:-horizon] for one in series), seasons=seasons), horizon=horizon, method=method
        )
        truth = np.concatenate([one[-horizon:] for one in series])
        for level, shares in inside.items():
            shares.append(held(forecast, truth, level))
    assert np.mean(inside[80]) == pytest.approx(0.8, abs=0.06)
    assert np.mean(inside[95]) == pytest.approx(0.95, abs=0.04)


def test_levels_are_nested_at_any_number() -> None:
    config = ForecastConfig(horizon=4, window=8, hidden_size=4, epochs=1)
    forecast = fit(panel(np.arange(30.0) % 7), config).predict(levels=(20, 50, 70, 90, 99))
    for inner, outer in itertools.pairwise((20, 50, 70, 90, 99)):
        assert (forecast[f"forecast-lo-{outer}"] <= forecast[f"forecast-lo-{inner}"]).all()
        assert (forecast[f"forecast-hi-{outer}"] >= forecast[f"forecast-hi-{inner}"]).all()
