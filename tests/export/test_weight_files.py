"""The files of a model made and measured in a process of their own."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting import ExportError, ForecastConfig, Panel, fit, load_sample
from forecasting.export import weight_program, weights
from forecasting.onnx_file.measure import open_session

pytestmark = pytest.mark.slow

CONFIG = ForecastConfig(horizon=4, window=12, hidden_size=4, epochs=1, folds=1)


def test_the_files_are_those_of_the_model_and_each_is_measured() -> None:
    panel = load_sample("nile")
    forecaster = fit(panel, CONFIG)
    found = weights(forecaster.to_bytes(), panel, {"run": "abc"})
    assert found.files["safetensors"] == forecaster.to_bytes()
    assert found.files["float32"] == forecaster.to_onnx(about={"run": "abc"})
    assert {name: int(one["size"]) for name, one in found.measured.items()} == {
        name: len(data) for name, data in found.files.items()
    }
    session = open_session(found.files["int8"])
    assert json.loads(session.get_modelmeta().custom_metadata_map["series"]) == panel.series_ids
    alone = forecaster.predict_members()["recurrent"]  # the pretrained network is in no file
    np.testing.assert_allclose(session.run(["forecast"], {})[0][0], alone, rtol=0.02)


def test_a_refusal_comes_back_as_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.DataFrame({"unique_id": "a", "ds": pd.date_range("2024-01-01", periods=12), "y": np.arange(12.0)})
    panel = Panel(frame, "D")
    short = fit(panel, CONFIG).to_bytes()

    def run(command: list[str], **_: object) -> object:  # in this process: another one takes seconds to begin
        weight_program.main(Path(command[-1]))
        return type("Done", (), {"returncode": 0})

    monkeypatch.setattr("subprocess.run", run)
    with pytest.raises(ExportError, match="too short for a network"):
        weights(short, panel, {})
