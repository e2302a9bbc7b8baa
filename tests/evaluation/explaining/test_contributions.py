"""What adds up to a forecast, and what covariates and holidays do to it."""

from __future__ import annotations

import dataclasses
import io
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from forecasting.config import CELLS, ForecastConfig
from forecasting.evaluation import predictor as predictors
from forecasting.evaluation.explaining.contributions import contributions
from forecasting.evaluation.explaining.explain import input_part
from forecasting.forecaster import Forecaster, fit
from forecasting.model.origins import Span
from forecasting.model.windows import Extra
from forecasting.panel import Panel, Values
from forecasting.progress import input_names
from forecasting.runs.jobs import JOBS

pytestmark = pytest.mark.together  # they share trainings

AHEAD = 7
CONFIG = ForecastConfig(horizon=AHEAD, window=14, hidden_size=8, epochs=3, folds=2)
PROMOTION, PRICE = 8.0, -2.0  # what they do to the values of `shops`


def shops(count: int = 1, length: int = 260, *, log: bool = False, counts: bool = False, inputs: bool = True) -> Panel:
    """Daily series of a weekly rhythm; with `inputs` a promotion and a price, both known ahead, move them."""
    random = np.random.default_rng(5)
    known, ahead = [], []
    for shop in range(count):
        steps = np.arange(length + AHEAD)
        promotion = (random.random(len(steps)) < 0.2).astype(float)
        price = 10 + random.normal(size=len(steps))
        y = 40 + 5 * shop + 4 * np.sin(2 * np.pi * steps / 7) + 0.6 * random.normal(size=len(steps))
        if inputs:
            y = y + PROMOTION * promotion + PRICE * (price - 10)
        if log:
            y = np.exp(y / 12)
        if counts:
            y = np.maximum(0, np.round((y - 40) / 3 + random.normal(size=len(steps))))
        days = pd.date_range("2022-06-01", periods=len(steps))
        frame = pd.DataFrame({"unique_id": f"s{shop}", "ds": days, "y": y})
        if inputs:
            frame = frame.assign(promotion=promotion, price=price)
        known.append(frame[:length])
        ahead.append(frame[length:].drop(columns="y"))
    return Panel(pd.concat(known, ignore_index=True), "D", (7,), ahead=pd.concat(ahead) if inputs else None)


def summed(explained: dict[str, Any], series: str) -> Values:
    """Base and parts of a series, added up."""
    found = explained["contributions"]["series"][series]
    total: Values = found["base"] + np.sum([part["values"] for part in found["parts"]], axis=0)
    return total


def part(explained: dict[str, Any], series: str, kind: str) -> Values:
    """What the parts of a kind add to each step."""
    parts = explained["contributions"]["series"][series]["parts"]
    return np.sum([one["values"] for one in parts if one["kind"] == kind], axis=0)


def assert_sums(forecaster: Forecaster) -> None:
    explained, forecast = forecaster.explain(), forecaster.predict().frame
    assert set(explained["contributions"]["series"]) == set(forecast["unique_id"])
    for name, rows in forecast.groupby("unique_id"):
        np.testing.assert_allclose(summed(explained, str(name)), rows["forecast"], rtol=1e-4, atol=1e-4)


@pytest.fixture(scope="module")
def run() -> dict[str, bytes]:
    """A done run of two series with everything at once: the pool, the calendar, holidays, covariates and a floor."""
    settings = {"method": "best", "features": ["day-of-week", "rsi", "holidays-US"], "floor": 36.0}
    asked = JOBS["forecast"].complete(CONFIG.to_dict() | settings)
    return JOBS["forecast"].compute(shops(2), asked, lambda _: None)


@pytest.fixture(scope="module")
def explained(run: dict[str, bytes]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run["explain"])
    return found


@pytest.mark.slow
def test_the_parts_of_every_series_sum_to_its_stored_forecast(run: dict[str, bytes], explained: dict[str, Any]) -> None:
    forecast = pd.read_parquet(io.BytesIO(run["forecast"]))
    for name, rows in forecast.groupby("unique_id"):
        np.testing.assert_allclose(summed(explained, str(name)), rows["forecast"], rtol=1e-4)
    assert (forecast["forecast"] == 36.0).any() == bool(part(explained, "s0", "limits").any())
    kinds = {one["kind"] for one in explained["contributions"]["series"]["s0"]["parts"]}
    assert {"recent", "season", "covariate", "calendar", "network", "indicator"} <= kinds


@pytest.mark.slow
@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell not in ("lstm", "rnn")])  # lstm is in the others
def test_the_parts_sum_to_the_forecast_of_each_cell(cell: str) -> None:
    assert_sums(fit(shops(length=150), CONFIG.replace(cell=cell, epochs=1, lookbacks=(7,))))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("panel", "changes"),
    [
        (shops(log=True, inputs=False), {"method": "best"}),
        (shops(counts=True, inputs=False), {"method": "best"}),
        (shops(length=20, inputs=False), {"method": "best"}),  # too short for a network
        (shops(inputs=False), {"anchor": "constant"}),
        (shops(2, inputs=False), {"totals": ("all",)}),
    ],
    ids=["log scale", "counts", "without a network", "tutorial", "totals"],
)
def test_the_parts_sum_to_forecasts_of_every_way(panel: Panel, changes: dict[str, Any]) -> None:
    assert_sums(fit(panel, CONFIG.replace(epochs=1, **changes)))


@pytest.mark.slow
def test_a_linear_path_is_taken_apart_exactly() -> None:
    """Weights times distances from the base, added lag by lag."""
    forecaster = fit(shops(inputs=False), CONFIG.replace(epochs=0))
    predictor, (values,) = forecaster._predictor, forecaster._history.values
    assert predictor.method is not None
    method = dataclasses.replace(predictor.method, share=0.0, path_weights=np.zeros(1))
    predictor = dataclasses.replace(
        predictor, method=method, shrinkage=dataclasses.replace(predictor.shrinkage, factor=1.0)
    )
    end = np.array([len(values)])
    found = contributions(predictor, [values], Span(end, end), None, [])
    state, lags, weights = method.states[0], method.linear.lags, method.linear.weights
    assert not state.log
    base, last = values[-14:].mean(), values[-1]
    seasonal, recent, earlier = np.zeros(AHEAD), np.zeros(AHEAD), np.zeros(AHEAD)
    for step in range(AHEAD):
        for place, lag in enumerate(lags.tolist()):
            weight = weights[step, place] + (1 - weights[step].sum() if lag == 0 else 0.0)
            value = values[max(len(values) - 1 + lag, 0)]
            where = seasonal if (step + 1 - lag) % 7 == 0 else recent if -lag < 7 else earlier
            where[step] += weight * (value - base)
    shown = {one.kind: added[0] for one, added in found.parts.items()}
    assert found.base[0] == pytest.approx(base)
    for kind, expected in (("season", seasonal), ("recent", recent), ("earlier", earlier)):
        np.testing.assert_allclose(shown[kind], expected, atol=1e-9)
    assert last != base


@pytest.mark.slow
def test_what_a_promotion_and_a_price_add_is_what_they_do(explained: dict[str, Any]) -> None:
    panel = shops(2)
    assert panel.ahead is not None
    for name in ("s0", "s1"):
        known, ahead = (frame[frame["unique_id"] == name] for frame in (panel.frame, panel.ahead))
        parts = explained["contributions"]["series"][name]["parts"]
        found = {one["name"]: np.array(one["values"]) for one in parts if one["kind"] == "covariate"}
        for covariate, effect in (("promotion", PROMOTION), ("price", PRICE)):
            expected = effect * (ahead[covariate].to_numpy() - known[covariate].mean())
            # What it did to the last values is taken off again, at all steps alike.
            np.testing.assert_allclose(found[covariate] - found[covariate].mean(), expected - expected.mean(), atol=1.5)


@pytest.mark.slow
def test_a_curve_says_what_a_change_does_and_the_backtest_bears_it_out(explained: dict[str, Any]) -> None:
    curves = {curve["name"]: curve for curve in explained["effects"]["s0"]}
    assert curves["promotion"]["change"] == [pytest.approx(PROMOTION, abs=1.0)]
    tenth = curves["price"]["at"].index(-0.1)  # of about 10
    assert curves["price"]["change"][tenth] == pytest.approx(-PRICE, abs=0.5)
    assert curves["price"]["low"][tenth] < -PRICE + 0.5
    assert curves["price"]["high"][tenth] > -PRICE - 0.5
    assert curves["price"]["held_out"]
    assert explained["gains"]["promotion"]["gain"] > 0.2
    assert explained["gains"]["promotion"]["folds"] == 2


@pytest.mark.slow
def test_a_curve_is_the_difference_of_two_forecasts(run: dict[str, bytes]) -> None:
    """All forecasts with the price a tenth lower ahead, less those as they are."""
    forecaster = Forecaster.from_bytes(run["forecaster"])
    history, predictor = forecaster._history, forecaster._predictor
    assert history.extra is not None
    column = input_names(forecaster.training).index("price") - history.extra.counts[0]
    lower = [values.copy() for values in history.extra.known]
    for values in lower:
        values[-AHEAD:, column] *= 0.9
    ends = np.array([len(values) for values in history.values])
    now, then = (
        predictors.ahead(predictor, history.values, Span(ends, ends), extra).forecast
        for extra in (history.extra, Extra(history.extra.past, lower))
    )
    for index, name in enumerate(history.series_ids):
        (curve,) = (one for one in forecaster.explain()["effects"][name] if one["name"] == "price")
        change = curve["change"][curve["at"].index(-0.1)]
        assert change == pytest.approx(float((then - now)[index].mean()), rel=1e-4)


@pytest.mark.slow
def test_a_column_of_noise_is_not_borne_out() -> None:
    panel = shops(inputs=False)
    random = np.random.default_rng(0)
    ahead = pd.DataFrame({"unique_id": "s0", "ds": pd.date_range(panel.frame["ds"].iloc[-1], periods=AHEAD + 1)[1:]})
    noisy = Panel(
        panel.frame.assign(noise=random.normal(size=len(panel.frame))), "D", (7,), ahead=ahead.assign(noise=0.1)
    )
    asked = JOBS["forecast"].complete(CONFIG.to_dict() | {"epochs": 1})
    found = json.loads(JOBS["forecast"].compute(noisy, asked, lambda _: None)["explain"])
    assert found["gains"]["noise"]["gain"] < 0.02


@pytest.mark.slow
def test_holidays_add_what_they_take_from_the_values() -> None:
    """Each halves the value of its day; the steps ahead hold New Year's Day."""
    days = pd.date_range(end="2023-12-29", periods=730)
    random = np.random.default_rng(1)
    y = 100 + 10 * np.sin(2 * np.pi * np.arange(730) / 7) + random.normal(size=730)
    import holidays

    special = holidays.country_holidays("US", years=range(2021, 2025))
    y = np.where([day.date() in special for day in days], 0.5 * y, y)
    panel = Panel(pd.DataFrame({"unique_id": "a", "ds": days, "y": y}), "D", (7,))
    forecaster = fit(panel, CONFIG.replace(features=("holidays-US",), epochs=1))
    assert_sums(forecaster)
    explained = Forecaster.from_bytes(forecaster.to_bytes()).explain()
    added = part(explained, "a", "holiday")  # from 30 December on
    assert added[2] == pytest.approx(-50, abs=8)
    (new_year,) = (one for one in explained["holidays"]["a"] if one["name"] == "US 0 New Year's Day")
    assert new_year["effect"] == pytest.approx(-0.5, abs=0.05)
    assert (new_year["seen"], new_year["ahead"], new_year["relative"]) == (
        1,
        True,
        True,
    )  # the first has too little before it


@pytest.mark.slow
def test_what_counts_in_general_is_the_mean_size_over_the_last_origins(
    run: dict[str, bytes], explained: dict[str, Any]
) -> None:
    forecaster = Forecaster.from_bytes(run["forecaster"])
    history = forecaster._history
    ends, count = np.array([len(values) for values in history.values]), explained["contributions"]["origins"]
    inputs = [input_part(name) for name in input_names(forecaster.training)]
    found = contributions(forecaster._predictor, history.values, Span(ends - count + 1, ends), history.extra, inputs)
    (promotion,) = (added for one, added in found.parts.items() if one.name == "promotion")
    parts = explained["contributions"]["series"]["s1"]["parts"]
    (usual,) = (one["usual"] for one in parts if one["name"] == "promotion")
    assert usual == pytest.approx(float(np.abs(promotion[count:]).mean()), rel=1e-4)
