"""ONNX files against the Forecasters that they were made of."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from forecasting import ExportError, ForecastConfig, Forecaster, Panel, fit, load_sample
from forecasting.model.volatility import Volatility
from forecasting.onnx_file.measure import open_session
from forecasting.panel import Values
from tests import hierarchies

pytestmark = pytest.mark.slow

CONFIG = ForecastConfig(horizon=6, window=20, epochs=1, hidden_size=8, folds=1)
CLOSE = 1e-5  # of the deviation of the values


def given(session: Any, **feed: Any) -> dict[str, Values]:
    names = [one.name for one in session.get_outputs()]
    return dict(zip(names, session.run(names, feed), strict=True))


def stirred(forecaster: Forecaster, factor: float | None = None) -> Forecaster:
    """With networks that have much to say, which an epoch does not teach, nothing beside them, and another shrinkage
    factor."""
    predictor = forecaster._predictor
    assert predictor.method is not None
    torch.manual_seed(1)
    for network in predictor.method.networks:
        with torch.no_grad():
            for weights in network.parameters():
                weights.copy_(0.15 * torch.randn_like(weights))
    method = dataclasses.replace(predictor.method, share=0.7)
    shrinkage = predictor.shrinkage
    if factor is not None:
        shrinkage = dataclasses.replace(shrinkage, factor=factor)
    predictor = dataclasses.replace(predictor, method=method, shrinkage=shrinkage, beside=None, lean=0.0)
    return Forecaster(forecaster.config, predictor, forecaster.training, forecaster._history)


def assert_same(forecaster: Forecaster, found: Mapping[str, Values]) -> None:
    frame = forecaster.predict()
    scale = np.concatenate(forecaster._history.values).std()
    columns = {"forecast": found["forecast"]}
    for place, level in enumerate(forecaster.config.levels):
        columns[f"forecast-lo-{level}"] = found["lower"][:, :, place]
        columns[f"forecast-hi-{level}"] = found["upper"][:, :, place]
    for name, values in columns.items():
        np.testing.assert_allclose(values.ravel(), frame[name], rtol=0, atol=CLOSE * scale, err_msg=name)


def daily(values: Values, **columns: Values) -> Panel:
    ds = pd.date_range("2023-01-02", periods=len(values), freq="D")
    frame = pd.DataFrame({"unique_id": "a", "ds": ds, "y": np.asarray(values, dtype=float), **columns})
    return Panel(frame, "D", seasons=(7,))


def shops() -> Panel:
    """Three series of unequal lengths that grow."""
    random = np.random.default_rng(0)
    parts = []
    for place, length in enumerate((300, 300, 110)):
        ds = pd.date_range("2023-01-02", periods=300, freq="D")[-length:]
        y = 10 * np.exp(0.004 * (place + 1) * np.arange(length) + 0.05 * random.normal(size=length))
        parts.append(pd.DataFrame({"unique_id": f"shop {place}", "ds": ds, "y": y}))
    return Panel(pd.concat(parts, ignore_index=True), "D", seasons=(7,))


def closed_on_sundays() -> Panel:
    random = np.random.default_rng(1)
    day = np.arange(300)
    return daily(np.where(day % 7 == 6, 0, random.poisson(20, 300)), rain=random.normal(size=300))


def rising() -> Panel:
    return daily(np.cumsum(np.random.default_rng(2).poisson(3, 300)))


def following() -> Panel:
    """The second and third follow the first, one by two steps and one, which begins later, by five; the last none."""
    random = np.random.default_rng(4)
    leads = 20 * np.exp(np.cumsum(0.05 * random.normal(size=305)))
    rest = [
        10 + leads[5 - lag : 305 - lag][-length:] * (1 + 0.01 * random.normal(size=length))
        for lag, length in ((2, 300), (5, 200))
    ]
    ds = pd.date_range("2023-01-02", periods=300, freq="D")
    columns = [leads[5:], *rest, random.normal(size=300)]
    parts = [pd.DataFrame({"unique_id": f"{place}", "ds": ds[-len(y) :], "y": y}) for place, y in enumerate(columns)]
    return Panel(pd.concat(parts, ignore_index=True), "D")


def mostly_zero() -> Panel:
    random = np.random.default_rng(3)
    return daily(np.where(random.random(300) < 0.8, 0, random.poisson(5, 300)))


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn", "bilstm", "attention"])
def test_every_cell_gives_the_same_forecast_and_intervals(cell: str) -> None:
    forecaster = stirred(fit(load_sample("noisy-sine"), CONFIG.replace(cell=cell, num_layers=2)))
    assert_same(forecaster, given(open_session(forecaster.to_onnx())))


@pytest.mark.parametrize(
    ("panel", "changes", "factor"),
    [
        (shops, {"members": 2}, None),
        (shops, {"lookbacks": (10,), "members": 2}, 0.6),
        (closed_on_sundays, {"features": ("day-of-week", "rsi")}, 0.6),
        (closed_on_sundays, {"features": ("day-of-week",), "cell": "bilstm", "floor": 1.0, "cap": 15.0}, None),
        (rising, {}, None),
        (mostly_zero, {}, 0.5),
        (mostly_zero, {}, 0.0),
        (rising, {"anchor": "constant", "loss": "mse"}, None),
        (following, {"members": 2}, 0.6),
    ],
)
def test_every_part_of_a_forecast_is_in_the_file(panel: Any, changes: dict[str, Any], factor: float | None) -> None:
    forecaster = stirred(fit(panel(), CONFIG.replace(**changes)), factor)
    assert_same(forecaster, given(open_session(forecaster.to_onnx())))


@pytest.mark.parametrize("alone", [False, True])
def test_a_spread_by_the_volatility_is_in_the_file_of_short_series_too(alone: bool) -> None:
    panel = shops()
    frame = pd.concat([panel.frame, panel.of_series("shop 2").tail(25).assign(unique_id="shop 3")], ignore_index=True)
    forecaster = stirred(fit(Panel(frame, "D", seasons=(7,)), CONFIG), 0.0)
    predictor = forecaster._predictor
    assert predictor.method is not None
    method = dataclasses.replace(predictor.method, volatility=Volatility(7, 0.8, 0.75, alone))
    alone = dataclasses.replace(predictor, method=method)
    forecaster = Forecaster(forecaster.config, alone, forecaster.training, forecaster._history)
    assert_same(forecaster, given(open_session(forecaster.to_onnx())))


def test_from_other_values_a_file_forecasts_as_the_model_does_from_there() -> None:
    panel = shops()
    forecaster = stirred(fit(panel, CONFIG))
    session = open_session(forecaster.to_onnx())
    history = session.get_overridable_initializers()[1].shape[1]
    backtest = forecaster.backtest(panel, 100).frame
    for name, seen in (("shop 2", 100), ("shop 0", 290)):
        values = panel.of_series(name)["y"].to_numpy()
        y = np.full((1, history), np.nan)
        y[0, max(0, history - seen) :] = values[max(0, seen - history) : seen]
        found = given(session, series=np.array([int(name[-1])]), y=y)
        cutoff = panel.of_series(name)["ds"].iloc[seen - 1]
        rows = backtest[(backtest["unique_id"] == name) & (backtest["cutoff"] == cutoff)]
        np.testing.assert_allclose(found["forecast"][0], rows["forecast"], rtol=CLOSE)
        np.testing.assert_allclose(found["lower"][0, :, 1], rows["forecast-lo-80"], rtol=CLOSE)
        np.testing.assert_allclose(found["upper"][0, :, 1], rows["forecast-hi-80"], rtol=CLOSE)


@pytest.mark.parametrize("method", ["best", "recurrent"])  # the pretrained network has a share in both
def test_of_a_forecast_of_several_the_file_holds_the_network_alone_without_intervals(method: str) -> None:
    forecaster = fit(load_sample("nile"), CONFIG.replace(method=method))
    session = open_session(forecaster.to_onnx())
    found = given(session)
    assert list(found) == ["forecast"]
    alone = forecaster.predict_members()["recurrent"]
    np.testing.assert_allclose(found["forecast"][0], alone, rtol=CLOSE)
    about = session.get_modelmeta().custom_metadata_map
    assert (about["forecast"], about["levels"]) == ("recurrent", "[]")


def test_a_file_tells_what_it_is_and_is_the_same_for_the_same_model() -> None:
    panel = load_sample("sunspots")
    forecaster = fit(panel, CONFIG)
    data = forecaster.to_onnx(about={"run": "abc"})
    about = open_session(data).get_modelmeta().custom_metadata_map
    assert json.loads(about["series"]) == panel.series_ids
    assert json.loads(about["ends"])[0].startswith(str(panel.frame["ds"].iloc[-1])[:4])
    assert (about["horizon"], about["window"], about["cell"], about["run"]) == ("6", "20", "lstm", "abc")
    assert about["data"] == panel.id
    assert json.loads(about["levels"]) == [50, 80, 95]
    assert Forecaster.from_bytes(forecaster.to_bytes()).to_onnx(about={"run": "abc"}) == data
    assert forecaster.to_onnx(quantised=True) == forecaster.to_onnx(quantised=True)


def test_what_no_file_can_hold_is_refused_by_name() -> None:
    short = fit(daily(np.arange(12.0)), CONFIG)
    with pytest.raises(ExportError, match="too short for a network"):
        short.to_onnx()
    totals = fit(hierarchies.shops(), CONFIG.replace(totals=["all"]))
    with pytest.raises(ExportError, match="totals"):
        totals.to_onnx()
