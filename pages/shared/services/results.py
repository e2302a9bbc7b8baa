"""Results of done runs, by a workspace or by a read-only link."""

from __future__ import annotations

import io
import json
from typing import Any

import pandas as pd

from forecasting import Backtest
from forecasting.runs import Access, Link
from pages.shared.services.cache import cached
from pages.shared.services.store import store


def artifact(access: Access, run_id: str, name: str) -> bytes:
    """A result as it was stored."""
    return store().shared_artifact(access, name) if isinstance(access, Link) else store().artifact(access, run_id, name)


@cached(most=32, of="run")
def forecast(access: Access, run_id: str) -> pd.DataFrame:
    """The Forecast of a run."""
    return pd.read_parquet(io.BytesIO(artifact(access, run_id, "forecast")))


@cached(most=32, of="run")
def backtest(access: Access, run_id: str) -> Backtest:
    """The Backtest of a run."""
    return Backtest.from_bytes(artifact(access, run_id, "backtest"))


@cached(most=64, of="run")
def record(access: Access, run_id: str, name: str) -> dict[str, Any]:
    """A JSON artifact: "training" and "explain" of a forecast, "result" of a teaching system."""
    run = store().shared_run(access) if isinstance(access, Link) else store().run(access, run_id)
    values: dict[str, Any] = json.loads(artifact(access, run_id, name))
    return {"seconds": run.progress.get("seconds")} | values
