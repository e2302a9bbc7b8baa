"""Results of done runs, by a workspace or by a read-only link."""

from __future__ import annotations

import io
import json
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting import Backtest
from forecasting.runs import Access, Link
from forecasting.runs.films import NAME as FRAMES
from forecasting.runs.films import frames_of
from forecasting.whole import rounded
from pages.shared.services.cache import cached
from pages.shared.services.store import store


def artifact(access: Access, run_id: str, name: str) -> bytes:
    """A result as it was stored."""
    return store().shared_artifact(access, name) if isinstance(access, Link) else store().artifact(access, run_id, name)


@cached(most=32, of="run")
def forecast(access: Access, run_id: str) -> pd.DataFrame:
    """The Forecast of a run, in whole numbers where its values are counts."""
    stored = pd.read_parquet(io.BytesIO(artifact(access, run_id, "forecast")))
    return rounded(stored, record(access, run_id, "training").get("whole"))


@cached(most=32, of="run")
def backtest(access: Access, run_id: str) -> Backtest:
    """The Backtest of a run."""
    return Backtest.from_bytes(artifact(access, run_id, "backtest"))


def rows_of(access: Access, run_id: str, name: Literal["forecast", "backtest"], series: str) -> pd.DataFrame:
    """The rows of one series in the Forecast or the Backtest of a run."""
    frame = forecast(access, run_id) if name == "forecast" else backtest(access, run_id).frame
    places = _places(access, run_id, name).get(series)
    return frame.iloc[[] if places is None else places]


@cached(most=16, of="run")
def _places(access: Access, run_id: str, name: str) -> dict[str, npt.NDArray[np.intp]]:
    """Where the rows of each series stand: of ten thousand, a comparison of all names would take longer."""
    frame = forecast(access, run_id) if name == "forecast" else backtest(access, run_id).frame
    found = frame.groupby("unique_id", sort=False).indices
    return {str(series): np.asarray(places) for series, places in found.items()}


@cached(most=64, of="run")
def film(access: Access, run_id: str) -> list[str]:
    """The frames of a done run, each as JSON; none of one that an older version made."""
    run = store().shared_run(access) if isinstance(access, Link) else store().run(access, run_id)
    return frames_of(artifact(access, run_id, FRAMES)) if FRAMES in run.artifacts else []


@cached(most=64, of="run")
def record(access: Access, run_id: str, name: str) -> dict[str, Any]:
    """A JSON artifact: "training" and "explain" of a forecast, "result" of a teaching system."""
    run = store().shared_run(access) if isinstance(access, Link) else store().run(access, run_id)
    values: dict[str, Any] = json.loads(artifact(access, run_id, name))
    return {"seconds": run.progress.get("seconds")} | values
