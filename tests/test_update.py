"""Going on from trained weights with new rows."""

import numpy as np
import pandas as pd
import pytest

from forecasting import errors
from forecasting.config import ForecastConfig
from forecasting.forecaster import fit
from forecasting.panel import Panel

CONFIG = ForecastConfig(horizon=7, window=14, hidden_size=16, epochs=12)


def series(length=700, seed=0):
    """A weekly rhythm whose size changes with a state that only the past tells."""
    random = np.random.default_rng(seed)
    size = np.zeros(length)
    for step in range(1, length):
        size[step] = 0.98 * size[step - 1] + 0.3 * random.normal()
    rhythm = np.sin(2 * np.pi * np.arange(length) / 7)
    return 50 + (4 + size) * rhythm + size + 0.3 * random.normal(size=length)


def panel(y, start=0, name="a", seasons=(7,)):
    days = pd.date_range("2023-01-01", periods=len(y))
    frame = pd.DataFrame({"unique_id": name, "ds": days, "y": y})
    return Panel(frame.iloc[start:].reset_index(drop=True), "D", seasons)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["recurrent", "best"])
def test_an_update_is_about_as_good_as_a_fresh_fit_and_takes_fewer_steps(method):
    """On the same origins, which neither has seen."""
    y = series()
    config = CONFIG.replace(method=method)
    old = fit(panel(y[:500]), config)
    updated, fresh = old.update(panel(y[:600])), fit(panel(y[:600]), config)
    mae = {
        name: one.backtest(panel(y), 600).scores["methods"]["forecast"]["mae"]
        for name, one in (("updated", updated), ("fresh", fresh))
    }
    assert mae["updated"] < 1.1 * mae["fresh"]
    assert updated.training["update"]["rows"] == 100
    assert updated.training["seconds"] < fresh.training["seconds"]


@pytest.mark.slow
def test_an_update_forecasts_from_the_new_end_and_leaves_the_old_forecaster_alone():
    y = series(420)
    old = fit(panel(y[:400]), CONFIG)
    before = old.predict().frame
    new = old.update(panel(y))
    assert new.predict()["ds"].iloc[0] == pd.Timestamp("2023-01-01") + pd.Timedelta(days=420)
    pd.testing.assert_frame_equal(old.predict().frame, before, check_exact=True)
    weights = [one._predictor.method.networks[0].head.weight for one in (old, new)]
    assert not (weights[0] == weights[1]).all()


@pytest.mark.slow
def test_new_rows_alone_are_enough_and_give_the_same_as_the_whole():
    y = series(420)
    old = fit(panel(y[:400]), CONFIG)
    whole, alone = old.update(panel(y)), old.update(panel(y, start=400))
    np.testing.assert_allclose(alone.predict()["forecast"], whole.predict()["forecast"], rtol=0.02)


@pytest.mark.slow
def test_the_same_update_gives_the_same_bits():
    y = series(420)
    old = fit(panel(y[:400]), CONFIG)
    first, second = old.update(panel(y)).to_bytes(), old.update(panel(y)).to_bytes()
    assert first == second


def test_what_does_not_continue_the_series_is_refused_with_what_is_missing():
    y = series(420)
    old = fit(panel(y[:400]), CONFIG.replace(epochs=1))
    with pytest.raises(errors.DataError, match="2024-02-05"):  # the 401st day
        old.update(panel(y, start=410))
    with pytest.raises(errors.DataError, match="no new rows"):
        old.update(panel(y[:400]))
    with pytest.raises(errors.DataError, match="not the series"):
        old.update(panel(y, name="b"))


@pytest.mark.slow
def test_an_update_of_features_needs_the_values_behind_them():
    y = series(420)
    old = fit(panel(y[:400]), CONFIG.replace(epochs=1, features=("day-of-week", "rsi")))
    assert np.isfinite(old.update(panel(y)).predict()["forecast"]).all()
    with pytest.raises(errors.DataError, match="before the new rows"):
        old.update(panel(y, start=400))


@pytest.mark.slow
def test_a_forecaster_without_a_network_is_updated_too():
    y = series(60)
    old = fit(panel(y[:25]), CONFIG)
    assert old.training["fallback"]
    new = old.update(panel(y))
    assert new.predict()["ds"].iloc[0] == pd.Timestamp("2023-01-01") + pd.Timedelta(days=60)
    assert np.isfinite(new.predict().select_dtypes("number")).all(axis=None)
