"""What the history says of covariates, against regressions that are known and effects that were put in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecasting.panel import Panel, Values
from forecasting.scenarios import estimate

DAYS = 260


def panel(y: Values, **covariates: Values) -> Panel:
    frame = pd.DataFrame(
        {"unique_id": "a", "ds": pd.date_range("2024-01-01", periods=len(y)).as_unit("ns"), "y": y, **covariates}
    )
    return Panel(frame, "D", (7,))


def made(seed: int) -> tuple[np.random.Generator, Values, Values]:
    """(Generator, a price that changes every four days, a week)."""
    generator = np.random.default_rng(seed)
    price = np.repeat(10 * np.exp(generator.normal(0, 0.1, DAYS // 4)), 4)
    return generator, price, np.array([1.0, 0.9, 0.9, 1.0, 1.2, 1.5, 1.3])[np.arange(DAYS) % 7]


def test_without_noise_the_effect_is_the_one_that_was_put_in() -> None:
    _, price, week = made(0)
    found = estimate(panel(200 * week - 7 * price + 0.1 * np.arange(DAYS), price=price), ["price"])
    assert not found.relative
    assert found.mean[0, 0] * found.level[0] == pytest.approx(-7, rel=1e-3)


def test_an_elasticity_is_found_where_values_are_a_power_of_the_price() -> None:
    generator, price, week = made(1)
    y = 100 * week * (price / 10) ** -1.5 * np.exp(generator.normal(0, 0.02, DAYS))
    found = estimate(panel(y, price=price), ["price"])
    assert (found.relative, found.shares) == (True, (True,))
    assert found.mean[0, 0] == pytest.approx(-1.5, abs=4 * np.sqrt(found.covariance[0, 0, 0]))
    assert found.gain[0] > 0.5


def test_standard_errors_are_those_of_least_squares_where_errors_do_not_follow_each_other() -> None:
    generator, _, _ = made(2)
    x = generator.normal(0, 1, DAYS)
    y = 0.5 * x + generator.normal(0, 1, DAYS)
    found = estimate(panel(y, x=x), ["x"])
    away = x - x.mean()
    slope = away @ y / (away @ away)
    error = np.sqrt(np.square(y - y.mean() - slope * away).sum() / (DAYS - 2) / (away @ away))
    assert found.mean[0, 0] * found.level[0] == pytest.approx(slope, abs=error)
    assert np.sqrt(found.covariance[0, 0, 0]) * found.level[0] == pytest.approx(error, rel=0.2)


def test_what_season_or_trend_or_another_covariate_explains_as_well_is_not_borne_out() -> None:
    generator, price, week = made(3)
    saturday = (np.arange(DAYS) % 7 == 5).astype(float)
    y = 100 * week - 5 * price + generator.normal(0, 1, DAYS)
    found = estimate(panel(y, saturday=saturday, price=price, euros=1.1 * price), ["saturday", "price", "euros"])
    assert not found.identified[0, 0]
    errors = np.sqrt(np.diagonal(found.covariance[0]))
    assert (np.abs(found.mean[0, 1:]) < 2 * errors[1:]).all()


def test_filled_values_do_not_count() -> None:
    _, price, week = made(4)
    whole = panel(200 * week - 7 * price, price=price)
    filled = whole.frame["ds"].isin(whole.frame["ds"].iloc[50:80])
    frame = whole.frame.assign(y=np.where(filled, 10_000.0, whole.frame["y"]))
    gaps = Panel(frame, "D", (7,), filled=frame.loc[filled, ["unique_id", "ds"]].reset_index(drop=True))
    found = estimate(gaps, ["price"])
    assert found.mean[0, 0] * found.level[0] == pytest.approx(-7, rel=1e-2)


def test_a_short_series_says_nothing() -> None:
    found = estimate(panel(np.arange(30.0), x=np.arange(30.0) % 5), ["x"])
    assert not found.identified.any()
    assert found.covariance.max() == 0


def test_series_of_a_panel_are_drawn_together_where_they_are_alike() -> None:
    generator, _, _ = made(5)
    frames = []
    for name in range(12):
        x = generator.normal(0, 1, 90)
        y = 10 + 0.3 * x + generator.normal(0, 1, 90)
        ds = pd.date_range("2024-01-01", periods=90).as_unit("ns")
        frames.append(pd.DataFrame({"unique_id": f"s{name:02}", "ds": ds, "y": y, "x": x}))
    whole = Panel(pd.concat(frames, ignore_index=True), "D", (7,))
    together = estimate(whole, ["x"])
    apart = [estimate(Panel(one.reset_index(drop=True), "D", (7,)), ["x"]) for one in frames]
    alone = np.array([one.mean[0, 0] * one.level[0] for one in apart])
    drawn = together.mean[:, 0] * together.level
    assert np.square(drawn - 0.3).mean() < 0.5 * np.square(alone - 0.3).mean()
