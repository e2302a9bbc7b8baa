"""Files with 8-bit weights, and the measuring of files beside each other."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting import ForecastConfig, fit, load_sample
from forecasting.onnx_file import measure

pytestmark = pytest.mark.slow

CONFIG = ForecastConfig(horizon=11, window=33, hidden_size=64, epochs=4, folds=1)


@pytest.mark.parametrize("cell", ["lstm", "gru", "attention"])
def test_eight_bits_make_a_file_smaller_and_its_error_hardly_larger(cell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "TIMES", 3)
    panel = load_sample("sunspots")
    forecaster = fit(panel, CONFIG.replace(cell=cell))
    files = {"safetensors": forecaster.to_bytes(), "float32": forecaster.to_onnx()}
    files["int8"] = forecaster.to_onnx(quantised=True)
    found = forecaster.measure(panel, files)
    assert found["int8"].size == len(files["int8"]) < 0.7 * found["float32"].size
    assert found["float32"].mae == pytest.approx(found["safetensors"].mae, rel=1e-4)
    assert found["int8"].mae == pytest.approx(found["float32"].mae, rel=0.02)
    assert found["int8"].mae != found["float32"].mae
    assert all(one.milliseconds > 0 for one in found.values())
    # The error is that of forecasts from the last fifth of the values.
    fifth = len(panel.frame) // 5
    backtest = forecaster.backtest(panel, len(panel.frame) - 11 - fifth + 1)
    assert len(backtest.frame) == 11 * fifth
    errors = np.abs(backtest.frame["y"] - backtest.frame["forecast"])
    assert found["float32"].mae == pytest.approx(float(errors.mean()), rel=1e-4)


def test_a_network_that_makes_the_whole_forecast_keeps_its_error_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "TIMES", 3)
    panel = load_sample("sunspots")
    forecaster = fit(panel, CONFIG.replace(anchor="constant", num_layers=2, loss="mse", epochs=12))
    files = {"float32": forecaster.to_onnx(), "int8": forecaster.to_onnx(quantised=True)}
    found = forecaster.measure(panel, files)
    assert found["int8"].size < 0.5 * found["float32"].size
    assert found["int8"].mae == pytest.approx(found["float32"].mae, rel=0.02)
