"""The pretrained network beside the one that was trained: in the forecast of `recurrent`, where series are short."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from forecasting import work
from forecasting.config import ForecastConfig
from forecasting.evaluation import beside
from forecasting.evaluation.members import zero_shot
from forecasting.forecaster import Forecaster, fit
from forecasting.messages import Message
from forecasting.model.origins import Origins
from forecasting.model.pretrained import weights
from forecasting.panel import STEP, Panel
from tests.evaluation.members.test_zero_shot import clean, forecasts, opposite, panel, values

CONFIG = ForecastConfig(horizon=5, window=14, hidden_size=8, epochs=2, folds=1, method="recurrent")
__all__ = ["forecasts"]  # a fixture


def share(forecaster):
    return forecaster._predictor.beside


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 3])
def test_it_counts_much_where_it_is_right_and_nothing_where_it_is_wrong(forecasts, count):
    series = [values(120, seed) for seed in range(count)]
    forecasts(clean)
    right = fit(panel(*series), CONFIG)
    forecasts(lambda contexts, horizon: 20 + 5 * (opposite(contexts, horizon) - 20))
    wrong = fit(panel(*series), CONFIG)
    assert (share(right) > 0.5).all()
    assert (share(wrong) < 0.02).all()
    assert Message("pretrained.left-out") in wrong.training["notes"]
    (told,) = (note for note in right.training["notes"] if getattr(note, "key", "") == "pretrained.counts")
    assert told.values["percent"] == round(100 * share(right).mean())


@pytest.mark.slow
def test_a_mix_is_what_it_says_of_both_networks(forecasts):
    forecasts(clean)
    forecaster = fit(panel(values(120), values(90, 1)), CONFIG)
    members = forecaster.predict_members()
    predictor = dataclasses.replace(
        forecaster._predictor, shrinkage=dataclasses.replace(forecaster._predictor.shrinkage, factor=1.0)
    )
    plain = Forecaster(CONFIG, predictor, forecaster.training, forecaster._history)
    own = np.repeat(share(forecaster), CONFIG.horizon)
    expected = own * members["pretrained"] + (1 - own) * members["recurrent"]
    np.testing.assert_allclose(plain.predict()["forecast"], expected, rtol=1e-9)


@pytest.mark.slow
def test_a_stored_forecaster_forecasts_the_same_and_without_the_weights_as_the_trained_network_alone(
    forecasts, monkeypatch, tmp_path
):
    forecasts(clean)
    series = panel(values(120), values(90, 1))
    forecaster = fit(series, CONFIG)
    forecaster.save(tmp_path / "model")
    again = Forecaster.load(tmp_path / "model")
    pd.testing.assert_frame_equal(again.predict().frame, forecaster.predict().frame)
    problem = Message("pretrained.damaged", file=weights.WEIGHTS)
    monkeypatch.setattr(weights, "shipped", lambda: weights.Shipped(None, problem))
    assert np.isfinite(Forecaster.load(tmp_path / "model").predict()["forecast"]).all()
    without = fit(series, CONFIG)
    assert share(without) is None
    assert without.training["notes"].count(problem) == 1


@pytest.mark.slow
@pytest.mark.parametrize("change", [{}, {"anchor": "constant"}])
def test_long_series_and_the_textbooks_network_are_forecast_as_before_bit_for_bit(forecasts, monkeypatch, change):
    asked = forecasts(clean)
    length = 60 if change else zero_shot.LONGEST + 1
    series, config = panel(values(length), values(length, 1)), CONFIG.replace(**change)
    with_it = fit(series, config)
    monkeypatch.setattr(weights, "shipped", lambda: weights.Shipped(None))
    pd.testing.assert_frame_equal(with_it.predict().frame, fit(series, config).predict().frame)
    assert share(with_it) is None
    assert asked == []
    assert not [note for note in with_it.training["notes"] if getattr(note, "key", "").startswith("pretrained")]


@pytest.mark.slow
@pytest.mark.parametrize("size", [1e-12, 1.0, 1e12])
def test_the_share_does_not_depend_on_the_unit(size):
    series = [size * values(70, seed) for seed in range(2)]
    np.testing.assert_allclose(share(fit(panel(*series), CONFIG)), share(fit(panel(*SAME), CONFIG)), rtol=1e-3)


SAME = [values(70, seed) for seed in range(2)]


@pytest.mark.slow
def test_awkward_series_beside_usual_ones_are_forecast():
    flat, jump = np.full(60, 7.0), np.r_[np.zeros(50), np.full(10, 1e6)]
    forecaster = fit(panel(values(60), flat, jump, *(values(length) for length in range(1, 13))), CONFIG)
    frame = forecaster.predict().frame
    assert np.isfinite(frame.drop(columns=["unique_id", "ds"])).all(axis=None)
    of_flat = frame[frame["unique_id"] == "s1"]["forecast"]
    np.testing.assert_allclose(of_flat, 7.0)
    by_length = share(forecaster)[3:]
    assert (by_length[: zero_shot.SHORTEST - 1] == 0).all()  # it needs some values
    assert by_length[-1] > 0


@pytest.mark.slow
def test_filled_gaps_do_not_decide(forecasts):
    """Where the wrong network is judged by measured values alone, it has nothing to gain from what was filled in."""
    forecasts(lambda contexts, horizon: 20 + 5 * (opposite(contexts, horizon) - 20))
    frame = panel(values(90)).frame
    filled = frame.iloc[70:80][["unique_id", "ds"]].reset_index(drop=True)
    assert (share(fit(Panel(frame, STEP, (7,), filled=filled), CONFIG)) < 0.02).all()


@pytest.mark.slow
def test_what_adds_up_to_a_forecast_has_the_pretrained_networks_part(forecasts):
    forecasts(clean)
    forecaster = fit(panel(values(120), values(90, 1)), CONFIG)
    explained = forecaster.explain()["contributions"]["series"]
    forecast = forecaster.predict()
    for name, of_series in explained.items():
        total = of_series["base"] + np.sum([part["values"] for part in of_series["parts"]], axis=0)
        np.testing.assert_allclose(total, forecast[forecast["unique_id"] == name]["forecast"], rtol=1e-5)


@pytest.mark.slow
def test_new_values_go_on_with_the_same_share(forecasts):
    forecasts(clean)
    forecaster = fit(panel(values(110)), CONFIG)
    updated = forecaster.update(panel(values(120)))
    np.testing.assert_array_equal(share(updated), share(forecaster))
    assert np.isfinite(updated.predict()["forecast"]).all()


def origins(*blocks):
    """So many blocks of two origins of each series."""
    series = np.repeat(np.arange(len(blocks)), 2 * np.array(blocks))
    seen = np.concatenate([20 + np.arange(2 * count) for count in blocks])
    return Origins.of(series, seen, 2)


def test_beside_the_networks_of_thousands_of_series_it_would_take_too_long():
    assert zero_shot.stands_beside([values(40)] * zero_shot.MOST_SERIES)
    assert not zero_shot.stands_beside([values(40)] * (zero_shot.MOST_SERIES + 1))


def test_equal_errors_favour_what_was_not_chosen_by_them_the_less_the_more_there_are():
    few, many = (beside.shares(np.ones((2, 2 * n)), origins(n), 1)[0] for n in (1, 20))
    assert 0.5 < many < few < 0.8


def test_a_series_without_errors_has_the_share_that_all_have_and_without_any_there_is_none():
    errors = np.array([[1.0, 1.0, np.nan, np.nan], [0.5, 0.5, 1.0, 1.0]])
    one, other = beside.shares(errors, origins(1, 1), 2)
    assert one == pytest.approx(other)
    assert (beside.shares(np.full((2, 4), np.nan), origins(1, 1), 2) == 0).all()


def test_a_forecast_without_an_error_takes_all_and_two_of_them_share():
    errors = np.array([[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]])
    only, both = (beside.shares(errors[:, part], origins(1), 1)[0] for part in (slice(0, 2), slice(2, 4)))
    assert only > 0.999
    assert 0.5 < both < 0.8


def test_what_is_expected_of_a_training_counts_the_pretrained_network_where_it_is_beside_it():
    assert work.SHORT == zero_shot.LONGEST

    def seconds(length, **settings):
        config = ForecastConfig(horizon=6, window=12, method="recurrent", **settings)
        frame = pd.DataFrame({"unique_id": "a", "ds": np.arange(length), "y": np.arange(length) % 7 + 1.0})
        return work.of_fit(Panel(frame, STEP, ()), config).seconds

    with_it = seconds(zero_shot.LONGEST) - seconds(zero_shot.LONGEST, anchor="constant")
    without = seconds(zero_shot.LONGEST + 1) - seconds(zero_shot.LONGEST + 1, anchor="constant")
    assert with_it - without == pytest.approx(work.BESIDE * zero_shot.LONGEST, rel=1e-6)
