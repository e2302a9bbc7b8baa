"""The loader of docs/onnx.md, run as it stands there, where there is neither torch nor pandas nor this package."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from forecasting import ForecastConfig, fit, load_sample
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

BLOCKED = """
import runpy, sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"forecasting", "onnx", "pandas", "torch"}:
            raise ImportError(name)
sys.meta_path.insert(0, Blocked())
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0])
"""


def test_the_loader_of_the_docs_gives_the_forecast_with_numpy_and_onnxruntime_alone(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "onnx.md").read_text("utf-8"), re.DOTALL)
    assert len(code.splitlines()) <= 30
    loader, model = tmp_path / "load_onnx.py", tmp_path / "model.onnx"
    panel = load_sample("sunspots")
    forecaster = fit(panel, ForecastConfig(horizon=4, window=12, hidden_size=4, epochs=1, folds=1))
    # After the loader's own lines: from the values that the model was trained on, given as numbers.
    values = panel.frame["y"].tolist()
    loader.write_text(f"{code}\nprint('again', *forecast({{names[0]: {values}}})['upper'][0, :, 2])\n", "utf-8")
    model.write_bytes(forecaster.to_onnx())
    done = subprocess.run(
        [sys.executable, "-I", "-W", "error", "-c", BLOCKED, str(loader), str(model)],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    name = panel.series_ids[0]
    assert lines[0].startswith(f"{name} ")
    forecast = forecaster.predict()
    np.testing.assert_allclose([float(one) for one in lines[0].split()[-4:]], forecast["forecast"], rtol=1e-6)
    upper = [float(one) for one in lines[1].split()[1:]]
    np.testing.assert_allclose(upper, forecast["forecast-hi-95"], rtol=1e-6)
