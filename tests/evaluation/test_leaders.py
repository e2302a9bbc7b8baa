"""Forecasts of a series that follows another, through every way in and out of a Forecaster."""

from __future__ import annotations

import dataclasses
import json
from unittest import mock

import numpy as np
import pandas as pd
import pytest

from forecasting import DataError, ForecastConfig, Forecaster, Panel, evaluate, fit
from forecasting.evaluation.caveats import caveats
from forecasting.model import leading
from forecasting.onnx_file.measure import open_session
from forecasting.panel import Values

pytestmark = pytest.mark.slow

LENGTH, LAG, HORIZON = 240, 4, 6
CONFIG = ForecastConfig(horizon=HORIZON, window=14, hidden_size=8, epochs=2, folds=1)


def series(count: int = LENGTH, seed: int = 0) -> dict[str, Values]:
    """`b` follows `a` by LAG steps, on logarithms; `c` is alone."""
    random = np.random.default_rng(seed)
    leads = np.zeros(count + LAG)
    for step in range(1, len(leads)):
        leads[step] = 0.6 * leads[step - 1] + random.normal()
    follows = leads[:count] + 0.4 * random.normal(size=count)
    alone = np.cumsum(random.normal(size=count))
    return {"a": np.exp(5 + 0.1 * leads[LAG:]), "b": np.exp(3 + 0.1 * follows), "c": 100 + alone}


def panel(columns: dict[str, Values], start: int = 0, ends: dict[str, int] | None = None) -> Panel:
    """Daily, from the day `start` on; `ends`: how many of the last values of a series are not there."""
    days = pd.date_range("2024-01-01", periods=10_000, freq="D").astype("datetime64[ns]")
    parts = []
    for name, values in sorted(columns.items()):
        stop = len(values) - (ends or {}).get(name, 0)
        parts.append(pd.DataFrame({"unique_id": name, "ds": days[start:stop], "y": values[start:stop]}))
    return Panel(pd.concat(parts, ignore_index=True), "D")


@pytest.fixture(scope="module", params=["recurrent", "best"])
def fitted(request: pytest.FixtureRequest) -> Forecaster:
    return fit(panel(series()), CONFIG.replace(method=request.param))


def test_what_follows_is_forecast_better_and_what_does_not_as_before() -> None:
    for method in ("recurrent", "best"):
        config = CONFIG.replace(method=method)
        with_it = evaluate(panel(series()), config).by_series().set_index("unique_id")["mae"]
        with mock.patch.object(leading, "find", return_value=None):
            without = evaluate(panel(series()), config).by_series().set_index("unique_id")["mae"]
        assert with_it["b"] < 0.8 * without["b"]
        assert with_it["a"] == pytest.approx(without["a"], rel=0.03)


def test_without_a_leader_every_bit_is_as_if_none_had_been_looked_for() -> None:
    random = np.random.default_rng(2)
    apart = panel({name: 50 + np.cumsum(random.normal(size=160)) for name in "abc"})
    found = fit(apart, CONFIG)
    with mock.patch.object(leading, "find", return_value=None):
        assert fit(apart, CONFIG).to_bytes() == found.to_bytes()


def test_it_is_told_which_series_follows_which(fitted: Forecaster) -> None:
    assert any("b follows a by 4 steps" in note for note in fitted.training["notes"])
    explained = fitted.explain()["contributions"]["series"]
    parts = {part["name"]: part["values"] for part in explained["b"]["parts"] if part["kind"] == "leader"}
    assert list(parts) == ["a"]
    assert np.abs(parts["a"][:LAG]).max() > 0
    for of_series in explained.values():
        total = of_series["base"] + np.sum([part["values"] for part in of_series["parts"]], axis=0)
        np.testing.assert_allclose(total, of_series["forecast"], rtol=1e-5)
    alone = fitted.explain(most=2)["contributions"]["series"]  # the leader has its name where not all are explained
    assert any(part["name"] == "a" for part in alone["b"]["parts"])


def test_of_many_pairs_three_are_named_and_the_others_counted(fitted: Forecaster) -> None:
    method = fitted._predictor.method
    assert method is not None
    assert method.leaders is not None
    many = dataclasses.replace(method.leaders, places=np.array([[1, 2], [0, 2], [0, -1]]), lags=np.full((3, 2), 2))
    predictor = dataclasses.replace(fitted._predictor, method=dataclasses.replace(method, leaders=many))
    told = " ".join(caveats(predictor, fitted._history.values, list("abc")))
    assert "a follows b by 2 steps" in told
    assert "and 2 more" in told


def test_a_model_file_keeps_what_leads(fitted: Forecaster) -> None:
    again = Forecaster.from_bytes(fitted.to_bytes())
    pd.testing.assert_frame_equal(again.predict(), fitted.predict())
    assert again.to_bytes() == fitted.to_bytes()


def test_an_onnx_file_forecasts_the_same_and_reads_other_leaders(fitted: Forecaster) -> None:
    session = open_session(fitted.to_onnx())
    column = fitted.predict_members() if fitted.config.method == "best" else fitted.predict()
    name = "recurrent" if fitted.config.method == "best" else "forecast"
    expected = column[name].to_numpy().reshape(3, HORIZON)
    found = session.run(["forecast"], {})[0]
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    about = json.loads(session.get_modelmeta().custom_metadata_map["leaders"])
    assert about == [[None], [{"series": "a", "lag": LAG, "delay": 0}], [None]]
    shape = next(one.shape for one in session.get_overridable_initializers() if one.name == "others")
    unknown = session.run(["forecast"], {"others": np.full((3, *shape[1:]), np.nan)})[0]
    np.testing.assert_allclose(unknown[[0, 2]], expected[[0, 2]], rtol=1e-5)
    assert np.abs(unknown[1] / expected[1] - 1).max() > 0.01


def test_an_update_from_the_new_rows_alone_is_that_from_all(fitted: Forecaster) -> None:
    longer = series(LENGTH + 20)
    longer = {name: np.concatenate([series()[name], values[LENGTH:]]) for name, values in longer.items()}
    whole, rows = fitted.update(panel(longer)), fitted.update(panel(longer, start=LENGTH))
    pd.testing.assert_frame_equal(whole.predict(), rows.predict())


@pytest.mark.parametrize("new", [1, 3])
@pytest.mark.parametrize("overlap", [0, 2])
def test_an_update_of_few_rows_reads_a_late_leader_and_its_gaps_as_that_from_all(new: int, overlap: int) -> None:
    def rows(count: int, start: int = 0) -> Panel:
        late = panel({name: values[:count] for name, values in series(LENGTH + 10).items()}, ends={"a": 2})
        first = late.frame["ds"].min() + pd.Timedelta(days=start)
        frame = late.frame
        frame = frame[frame["ds"] >= first - pd.Timedelta(days=2) * (frame["unique_id"] == "a")]
        gap = first.normalize() - pd.Timedelta(days=start) + pd.Timedelta(days=1) * np.array([228, 234, 235, 236, 239])
        filled = frame[(frame["unique_id"] == "a") & frame["ds"].isin(gap)][["unique_id", "ds"]]
        return Panel(frame.reset_index(drop=True), "D", filled=filled.reset_index(drop=True))

    fitted = fit(rows(LENGTH), CONFIG)
    assert any("b follows a" in note for note in fitted.training["notes"])
    fitted = Forecaster.from_bytes(fitted.to_bytes())
    whole, few = fitted.update(rows(LENGTH + new)), fitted.update(rows(LENGTH + new, LENGTH - overlap))
    assert few._history.extra is not None
    assert whole._history.extra is not None
    for one, other in zip(few._history.extra.others or [], whole._history.extra.others or [], strict=True):
        np.testing.assert_array_equal(one[-50:], other[-50:])
    again = few.update(rows(LENGTH + new + 2, LENGTH + new))
    assert again._history.calendar is not None
    np.testing.assert_array_equal(again._history.calendar - again._history.calendar[0], [0, 2, 2])


def test_a_leader_that_is_found_and_does_not_help_changes_no_bit() -> None:
    random = np.random.default_rng(3)
    apart = panel({name: 50 + np.cumsum(random.normal(size=160)) for name in "abc"})
    before = fit(apart, CONFIG).to_bytes()
    wrong = leading.Leaders(
        places=np.array([[-1], [0], [1]]), lags=np.array([[0], [4], [2]]), delays=np.zeros((3, 1), dtype=np.int64),
        memory=4, scales=np.zeros((3, 1, 5)),
    )  # fmt: skip
    with mock.patch.object(leading, "find", return_value=wrong):
        found = fit(apart, CONFIG)
    assert found._predictor.method is not None
    assert found._predictor.method.leaders is None
    assert found.to_bytes() == before


def test_a_total_leads_nothing_and_what_is_summed_may_follow() -> None:
    columns = series()
    whole = panel({name: columns[name] for name in "ab"})
    keys = pd.DataFrame({"region": ["x", "x"], "shop": ["a", "b"]}, dtype=object)
    found = fit(dataclasses.replace(whole, keys=keys), CONFIG.replace(totals=("region",)))
    assert found._predictor.method is not None
    leaders = found._predictor.method.leaders
    assert leaders is not None
    assert leaders.lead(1)
    assert leaders.places.max() <= 1
    again = Forecaster.from_bytes(found.to_bytes())
    pd.testing.assert_frame_equal(again.predict(), found.predict())


def test_a_leader_stands_beside_covariates() -> None:
    frame = panel(series()).frame
    frame["rain"] = np.random.default_rng(5).normal(size=len(frame))
    found = fit(Panel(frame, "D"), CONFIG)
    assert any("b follows a" in note for note in found.training["notes"])
    again = Forecaster.from_bytes(found.to_bytes())
    pd.testing.assert_frame_equal(again.predict(), found.predict())
    kinds = {part["kind"] for part in found.explain()["contributions"]["series"]["b"]["parts"]}
    assert "leader" in kinds
    session = open_session(found.to_onnx())
    expected = found.predict()["forecast"].to_numpy().reshape(3, HORIZON)
    np.testing.assert_allclose(session.run(["forecast"], {})[0], expected, rtol=1e-5)


def test_series_that_have_no_calendar_in_common_any_more_are_refused(fitted: Forecaster) -> None:
    frame = panel(series(LENGTH + 20)).frame
    shifted = frame["ds"].where(frame["unique_id"] != "a", frame["ds"] + pd.Timedelta(hours=6))
    with pytest.raises(DataError, match="calendar"):
        fitted.backtest(Panel(frame.assign(ds=shifted), "D"), LENGTH)


def test_nothing_after_an_origin_is_read_of_a_leader(fitted: Forecaster) -> None:
    longer = series(LENGTH + 20)
    changed = {**longer, "a": longer["a"].copy()}
    changed["a"][LENGTH + 5 :] *= 3
    rows = [fitted.backtest(panel(one), LENGTH).frame.query("unique_id == 'b'") for one in (longer, changed)]
    cutoffs = sorted(rows[0]["cutoff"].unique())
    early = rows[0]["cutoff"] <= cutoffs[5]  # the last one sees LENGTH + 5 values
    same = rows[0]["forecast"].to_numpy() == rows[1]["forecast"].to_numpy()
    assert same[early].all()
    assert not same[~early].all()


def test_a_leader_that_is_known_two_steps_later_still_helps() -> None:
    late = panel(series(), ends={"a": 2})
    assert any("b follows a by 4 steps" in note for note in fit(late, CONFIG).training["notes"])
    found = evaluate(late, CONFIG).by_series().set_index("unique_id")["mae"]
    with mock.patch.object(leading, "find", return_value=None):
        without = evaluate(late, CONFIG).by_series().set_index("unique_id")["mae"]
    assert found["b"] < 0.95 * without["b"]


def test_gaps_of_a_leader_are_not_read_as_they_were_filled() -> None:
    whole = panel(series())
    gaps = whole.frame.query("unique_id == 'a'")[["unique_id", "ds"]].iloc[[100, 101, 150, 200, 236]]
    holes = dataclasses.replace(whole, filled=gaps.reset_index(drop=True))
    assert any("b follows a" in note for note in fit(holes, CONFIG).training["notes"])
