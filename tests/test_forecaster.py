import json

import numpy as np
import pandas as pd
import pytest

from forecasting import errors
from forecasting.config import CELLS, METHODS, ForecastConfig
from forecasting.evaluation.backtests.backtest import Backtest
from forecasting.forecaster import Forecaster, check_length, evaluate, fit, suggest_config
from forecasting.messages import Message, catalogue
from forecasting.panel import STEP, Panel

CONFIG = ForecastConfig(horizon=5, window=14, hidden_size=8, epochs=4, folds=2)


def panel(*series, frequency="D", seasons=(7,)):
    frames = [
        pd.DataFrame(
            {
                "unique_id": f"s{number}",
                "ds": np.arange(len(y))
                if frequency == STEP
                else pd.date_range("2023-01-02", periods=len(y), freq=frequency),
                "y": np.asarray(y, dtype=float),
            }
        )
        for number, y in enumerate(series)
    ]
    return Panel(pd.concat(frames, ignore_index=True), frequency, seasons)


def weekly(length=260, seed=0, noise=0.3):
    random = np.random.default_rng(seed)
    return 20 + 3 * np.sin(2 * np.pi * np.arange(length) / 7) + noise * random.normal(size=length)


def chaos(length=300):
    """The logistic map: the next value follows from the last one, but not linearly."""
    y = np.empty(length)
    y[0] = 0.3
    for step in range(1, length):
        y[step] = 3.8 * y[step - 1] * (1 - y[step - 1])
    return y


@pytest.mark.slow
def test_a_seasonal_signal_is_forecast_with_skill_and_its_intervals_hold():
    backtest = evaluate(panel(weekly(500)), CONFIG.replace(horizon=7, epochs=15))
    assert backtest.verdict.grade == "better"
    assert backtest.scores["methods"]["forecast"]["mae"] < 0.5  # the noise alone costs 0.24
    assert backtest.scores["coverage"]["80"] == pytest.approx(0.8, abs=0.12)
    naive = backtest.frame.groupby("cutoff")["naive"].nunique()
    assert (naive == 1).all()


@pytest.mark.slow
def test_forecasts_do_not_change_when_values_after_their_cutoff_change():
    before = weekly()
    first = evaluate(panel(before), CONFIG)
    cutoff = first.loc[first["fold"] == 1, "cutoff"].unique()[7]
    place = int((pd.Timestamp(cutoff) - pd.Timestamp("2023-01-02")).days)
    after = before.copy()
    after[place + 1 :] = after[place + 1 :] * -50 + 1e4
    second = evaluate(panel(after), CONFIG)
    columns = [name for name in first.columns if name not in ("y", "cutoff", "ds", "unique_id")]
    kept = (first["fold"] == 1) & (first["cutoff"] <= cutoff)
    assert kept.sum() == 8 * 5
    pd.testing.assert_frame_equal(first.frame.loc[kept, columns], second.frame.loc[kept, columns], check_exact=True)
    assert not np.allclose(first.loc[~kept, "forecast"], second.loc[~kept, "forecast"])


@pytest.mark.slow
def test_forecasts_of_a_series_do_not_change_with_the_one_that_stands_before_it():
    """A short series looks back on padding, never on the end of its neighbour."""
    config = CONFIG.replace(window=1, horizon=1, epochs=3, folds=1)
    long, short = np.cumsum(np.random.default_rng(0).normal(size=900)) - 50, weekly(212)
    moved = long.copy()
    moved[-100:] -= 400  # all within the test stretch
    forecasts = [
        evaluate(panel(long, series, short, seasons=(7, 365)), config).query("unique_id == 's2'")["forecast"]
        for series in (long, moved)
    ]
    np.testing.assert_allclose(forecasts[0], forecasts[1], rtol=1e-6)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_forecast_and_another_one_does_not():
    config = CONFIG.replace(epochs=10)
    data = panel(chaos(), seasons=())
    first, again = fit(data, config).predict(), fit(data, config).predict()
    pd.testing.assert_frame_equal(first.frame, again.frame, check_exact=True)
    assert not np.array_equal(first["forecast"], fit(data, config.replace(seed=1)).predict()["forecast"])


@pytest.mark.slow
def test_the_recurrent_part_finds_what_no_linear_forecast_can():
    backtest = evaluate(panel(chaos(900), seasons=()), CONFIG.replace(horizon=1, epochs=200, hidden_size=32))
    assert backtest.scores["recurrent_adds"] > 0.5


@pytest.mark.slow
@pytest.mark.parametrize("cell", CELLS)
def test_a_loaded_forecaster_predicts_the_same_to_the_last_bit(tmp_path, cell):
    forecaster = fit(
        panel(weekly(), 5 * weekly(200, 1)), CONFIG.replace(cell=cell, members=2, num_layers=2, dropout=0.1)
    )
    forecaster.save(tmp_path / "model")
    loaded = Forecaster.load(tmp_path / "model")
    pd.testing.assert_frame_equal(forecaster.predict().frame, loaded.predict().frame, check_exact=True)
    pd.testing.assert_frame_equal(forecaster.predict((33,)).frame, loaded.predict((33,)).frame, check_exact=True)
    assert loaded.config == forecaster.config
    assert list(tmp_path.iterdir()) == [tmp_path / "model"]


def test_a_damaged_or_foreign_model_file_is_refused(tmp_path):
    data = fit(panel(weekly()), CONFIG.replace(epochs=0)).to_bytes()
    middle = len(data) // 2
    flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    other = data.replace(b'\\"share\\": ', b'\\"share\\":-', 1)
    assert other != data
    for damaged in (b"", b"PK\x03\x04 not a model", data[:-9], data + b"\0" * 8, b"\xff" * 100, flipped, other):
        with pytest.raises(errors.ModelFileError):
            Forecaster.from_bytes(damaged)
    with pytest.raises(errors.ModelFileError):
        Forecaster.load(tmp_path / "missing")


@pytest.mark.slow
@pytest.mark.parametrize(("scale", "shift"), [(1.0, 0.0), (1e12, 0.0), (1e-12, 0.0), (1.0, -1e3), (37.5, -900.0)])
def test_forecasts_follow_a_linear_change_of_unit(scale, shift):
    walk = np.cumsum(np.random.default_rng(3).normal(size=220)) - 10  # negative: never on a log scale
    base = fit(panel(walk, seasons=()), CONFIG).predict()["forecast"].to_numpy()
    moved = fit(panel(scale * walk + shift, seasons=()), CONFIG).predict()["forecast"].to_numpy()
    typical = scale * np.abs(np.diff(walk)).mean()
    np.testing.assert_allclose(moved, scale * base + shift, rtol=1e-3, atol=2e-2 * typical)


@pytest.mark.slow
def test_a_constant_series_is_forecast_constant():
    data = panel(np.full(200, 3.7))
    assert fit(data, CONFIG).predict()["forecast"].to_numpy() == pytest.approx(3.7)
    verdict = evaluate(data, CONFIG).verdict
    assert verdict.key == "exact"


@pytest.mark.slow
def test_series_of_different_lengths_and_units_share_one_network():
    data = panel(weekly(260), 1e6 * weekly(150, 1), weekly(30, 2), [4.0, 5.0])
    forecast = fit(data, CONFIG).predict()
    assert forecast.groupby("unique_id", sort=False).size().tolist() == [5, 5, 5, 5]
    assert np.isfinite(forecast.select_dtypes("number")).all(axis=None)
    middle = forecast.groupby("unique_id", sort=False)["forecast"].mean().to_numpy()
    assert middle[1] == pytest.approx(2e7, rel=0.2)
    assert middle[0] == pytest.approx(20, rel=0.2)
    future = data.future(5)
    assert (forecast["ds"].to_numpy() == future["ds"].to_numpy()).all()


@pytest.mark.slow
def test_series_shorter_than_what_is_held_out_share_a_network_with_further_inputs():
    data = panel(*(weekly(120, seed) for seed in range(3)), weekly(20, 3), weekly(8, 4), [4.0, 5.0, 6.0, 5.0, 4.0])
    forecast = fit(data, CONFIG.replace(features=("day-of-week",))).predict()
    assert forecast.groupby("unique_id", sort=False).size().tolist() == [5] * 6
    assert np.isfinite(forecast.select_dtypes("number")).all(axis=None)


@pytest.mark.slow
def test_too_few_values_say_how_many_are_needed_and_what_would_fit_is_accepted():
    data = panel(weekly(60))
    with pytest.raises(errors.TooShortError) as caught:
        check_length(data, CONFIG.replace(window=50), folds=None)
    assert (caught.value.needed, caught.value.available) == (50 + 2 * 5 + 8, 60)
    assert caught.value.field == "window"
    assert str(caught.value.needed) in caught.value.message
    suggested, reasons = suggest_config(data)
    check_length(data, suggested, folds=suggested.folds)
    evaluate(data, suggested.replace(epochs=1))
    assert set(reasons) == set(suggested.to_dict())


@pytest.mark.parametrize("length", [3, 4, 9, 17, 30, 60])
@pytest.mark.parametrize("method", METHODS)
def test_series_too_short_for_a_network_are_forecast_without_one_and_that_is_reported(length, method):
    y = weekly(length)
    forecaster = fit(panel(y), CONFIG.replace(window=50, method=method))
    assert f"{length} values" in forecaster.training["fallback"]
    message = Message.from_dict(json.loads(json.dumps(forecaster.training["messages"]["fallback"])))
    assert message == forecaster.training["fallback"]
    assert str(length) in catalogue("zh").text(message.key, message.values)
    forecast = forecaster.predict()
    assert np.isfinite(forecast.select_dtypes("number")).all(axis=None)
    assert (forecast["forecast-lo-95"] < forecast["forecast-hi-95"]).all()
    again = Forecaster.from_bytes(forecaster.to_bytes())
    pd.testing.assert_frame_equal(again.predict().frame, forecast.frame, check_exact=True)
    if length >= 30:  # a season was seen before the held-out origins
        season = 20 + 3 * np.sin(2 * np.pi * np.arange(length, length + 5) / 7)
        assert np.abs(forecast["forecast"] - season).max() < 1.5


def test_fewer_values_than_any_forecast_needs_are_refused_with_their_number():
    with pytest.raises(errors.TooShortError) as caught:
        fit(panel([1.0, 2.0]), CONFIG)
    assert (caught.value.needed, caught.value.available) == (3, 2)
    with pytest.raises(errors.TooShortError) as caught:
        evaluate(panel(weekly(11)), CONFIG)
    assert (caught.value.needed, caught.value.available, caught.value.field) == (12, 11, "horizon")
    assert evaluate(panel(weekly(12)), CONFIG).scores["origins"] == 2


@pytest.mark.parametrize("length", [24, 36, 60, 150, 400, 2500])
@pytest.mark.parametrize(("frequency", "seasons"), [("D", (7, 365)), ("h", (24, 168)), ("MS", (12,)), (STEP, ())])
def test_suggested_settings_always_fit_the_data(length, frequency, seasons):
    data = panel(np.cumsum(np.random.default_rng(0).normal(size=length)), frequency=frequency, seasons=seasons)
    config, _ = suggest_config(data)
    check_length(data, config, folds=config.folds)


@pytest.mark.slow
def test_progress_never_falls_and_cancelling_ends_the_training():
    seen = []
    evaluate(panel(weekly()), CONFIG, on_progress=seen.append)
    fractions = [progress.fraction for progress in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] <= 1.0
    assert {progress.fold for progress in seen} == {1, 2}

    def cancel(progress):
        raise errors.Cancelled("stop")

    with pytest.raises(errors.Cancelled):
        fit(panel(weekly()), CONFIG, on_progress=cancel)


@pytest.mark.slow
def test_forecasts_from_later_origins_use_what_was_seen_by_then():
    y = weekly(300)
    forecaster = fit(panel(y[:240]), CONFIG)
    backtest = forecaster.backtest(panel(y), 240)
    assert backtest["cutoff"].nunique() == 300 - 240 - 5 + 1
    first = backtest[backtest["cutoff"] == backtest["cutoff"].min()]["forecast"].to_numpy()
    np.testing.assert_allclose(first, forecaster.predict()["forecast"], rtol=1e-2)
    assert backtest.scores["methods"]["forecast"]["mae"] < 1
    with pytest.raises(errors.DataError):
        forecaster.backtest(panel(y), 0)


@pytest.mark.slow
@pytest.mark.parametrize("loss", ["mae", "mse", "huber", "pinball"])
@pytest.mark.parametrize("schedule", ["one-cycle", "plateau", "constant"])
def test_every_loss_and_schedule_learns(loss, schedule):
    """With the anchor at the last value, only training can find the season."""
    forecaster = fit(panel(weekly(400, noise=0.05), seasons=()), CONFIG.replace(loss=loss, schedule=schedule, epochs=6))
    errors_held_out = forecaster.training["held_out_errors"]
    assert errors_held_out["whole"] < errors_held_out["anchor"]


def wild(kind):
    y = weekly(200)
    if kind == "spike":
        y[100] = 1e45
    elif kind == "growth":
        y = np.exp(np.arange(200) * 1.1)
    else:
        y = np.geomspace(1, 1e90, 200)
    return y


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["spike", "growth", "steep"])
def test_wild_values_give_finite_forecasts_and_scores_that_json_can_hold(kind):
    data = panel(wild(kind))
    backtest = evaluate(data, CONFIG)
    assert Backtest.from_bytes(backtest.to_bytes()).verdict.text
    forecaster = fit(data, CONFIG)
    assert np.isfinite(forecaster.predict().select_dtypes("number")).all(axis=None)
    assert forecaster.to_bytes()


def test_values_beyond_computing_are_refused_in_a_sentence():
    with pytest.raises(errors.DataError, match=r"1e\+300"):
        panel([*weekly(50), 1e300])


def test_levels_that_are_no_list_are_refused():
    with pytest.raises(errors.ConfigError) as caught:
        fit(panel(weekly()), CONFIG.replace(epochs=0)).predict(80)
    assert caught.value.field == "levels"


@pytest.mark.slow
def test_long_seasons_and_horizons_fit_into_a_small_machine():
    """Their lags are thousands; what is held at once stays bounded."""
    random = np.random.default_rng(0)
    y = np.tile(np.sin(np.arange(720) / 115), 5) + 0.1 * random.normal(size=3600)
    forecaster = fit(panel(y, frequency=STEP, seasons=(720,)), CONFIG.replace(horizon=720, epochs=1, window=30))
    assert forecaster.training["held_out_errors"]["linear"] < 1
