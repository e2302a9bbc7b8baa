"""Everything that pages ask of the package, cached by our own ids; every st.cache_* stands here.

The caches are shared by all sessions: a key holds the workspace's token or a content hash, never a frame.
"""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import streamlit as st

from forecasting import Backtest, intake, suggest_config
from forecasting.config import ForecastConfig
from forecasting.errors import DataError, StoreError
from forecasting.intake.containers import kind_of
from forecasting.panel import Panel
from forecasting.runs import Dataset, Run, Store
from forecasting.runs.supervisor import runtime

READ = ("encoding", "delimiter", "header", "sheet")  # choices that read_table takes; the others are to_panel's
POLL_SECONDS = 1.0


def store() -> Store:
    """The process's store of datasets and runs."""
    return runtime().store


def keep_days() -> float:
    """Days that data and runs are kept after they were last opened."""
    return store().settings.keep_days


# Data in


def keep_upload(workspace: str, raw: bytes, name: str) -> str:
    """Keep a file as it came, before anything is understood of it; the id brings it back."""
    return store().put_dataset(workspace, raw, name, {"source": "upload"}, None, {})


def table(workspace: str, upload: str, choices: dict[str, Any]) -> intake.Table:
    """The upload's cells as text."""
    return _table(workspace, upload, json.dumps({key: choices[key] for key in READ if key in choices}, sort_keys=True))


@st.cache_data(max_entries=256, show_spinner=False)
def is_text(workspace: str, upload: str) -> bool:
    """Whether the upload is text, packed or not, rather than a workbook or a Parquet file."""
    raw = store().raw(workspace, upload)
    return raw is not None and kind_of(raw) in (None, "gzip")


def read_upload(workspace: str, upload: str, choices: dict[str, Any]) -> str:
    """The dataset that an upload becomes when it is read by `choices`."""
    return _read_upload(workspace, upload, json.dumps(choices, sort_keys=True))


@st.cache_resource(max_entries=16, show_spinner=False)
def read_sample(workspace: str, name: str) -> str:
    """The dataset of a sample."""
    panel = intake.load_sample(name)
    return store().put_dataset(workspace, None, panel.name, {"source": "sample", "sample": name}, panel, {})


def fetch(workspace: str, symbol: str, period: str, interval: str) -> str:
    """The dataset of one ticker or of several with commas between."""
    symbols = [part.strip().upper() for part in symbol.replace(";", ",").split(",") if part.strip()]
    panel = intake.fetch_ticker(symbols[0] if len(symbols) == 1 else symbols, period=period, interval=interval)
    choices = {"source": "ticker", "symbol": symbol, "period": period, "interval": interval}
    return store().put_dataset(workspace, None, panel.name or ", ".join(symbols), choices, panel, {})


@st.cache_resource(max_entries=64, show_spinner=False)
def dataset(workspace: str, dataset_id: str) -> Dataset:
    """Name, choices and report of a dataset."""
    return store().dataset(workspace, dataset_id)


@st.cache_resource(max_entries=16, show_spinner=False)
def panel(workspace: str, dataset_id: str) -> Panel:
    """The Panel of a dataset."""
    return store().panel(workspace, dataset_id)


def one_series(workspace: str, dataset_id: str, name: str) -> pd.DataFrame:
    """`ds, y` of one series."""
    frame = panel(workspace, dataset_id).frame
    return frame.loc[frame["unique_id"] == name, ["ds", "y"]].reset_index(drop=True)


@st.cache_resource(max_entries=64, show_spinner=False)
def suggestion(workspace: str, dataset_id: str) -> tuple[ForecastConfig, dict[str, str]]:
    """Default settings of a dataset and their reasons."""
    return suggest_config(panel(workspace, dataset_id))


# Runs


def train(workspace: str, dataset_id: str, config: ForecastConfig) -> str:
    """Link a run of `config` on a dataset to the workspace and see that a worker takes it."""
    name = dataset(workspace, dataset_id).name
    run_id = runtime().submit(workspace, "forecast", config.to_dict(), dataset_id, name)
    poll.clear(workspace, run_id)
    return run_id


def train_sine(workspace: str, config: dict[str, Any]) -> str:
    """The same for the sine wave."""
    run_id = runtime().submit(workspace, "sine", config, None, "sine")
    poll.clear(workspace, run_id)
    return run_id


def warm() -> None:
    """Have a worker ready for somebody who is about to train; it leaves when nothing comes."""
    runtime().warm()


@st.cache_data(ttl=POLL_SECONDS * 0.9, max_entries=512, show_spinner=False)
def poll(workspace: str, run_id: str) -> Run | None:
    """The run's row, read once a second at most, however many look. None: the workspace does not have it."""
    try:
        return store().run(workspace, run_id)
    except StoreError:
        return None


def look(workspace: str, run_id: str) -> Run | None:
    """The run's row as it is now; what `poll` remembers is renewed by it."""
    poll.clear(workspace, run_id)
    return poll(workspace, run_id)


def cancel(workspace: str, run_id: str) -> None:
    """Stop waiting for a run; it ends where nobody else waits."""
    store().cancel(workspace, run_id)
    poll.clear(workspace, run_id)


@st.cache_resource(max_entries=32, show_spinner=False)
def forecast(workspace: str, run_id: str) -> pd.DataFrame:
    """The Forecast of a done run."""
    import io

    return pd.read_parquet(io.BytesIO(store().artifact(workspace, run_id, "forecast")))


@st.cache_resource(max_entries=32, show_spinner=False)
def backtest(workspace: str, run_id: str) -> Backtest:
    """The Backtest of a done run."""
    return Backtest.from_bytes(store().artifact(workspace, run_id, "backtest"))


@st.cache_resource(max_entries=64, show_spinner=False)
def record(workspace: str, run_id: str, name: str) -> dict[str, Any]:
    """A JSON artifact of a done run: "training" of a forecast, "result" of the sine wave."""
    took = {"seconds": store().run(workspace, run_id).progress.get("seconds")}
    found: dict[str, Any] = json.loads(store().artifact(workspace, run_id, name))
    return took | found


@st.cache_resource(max_entries=8, show_spinner=False)
def _table(workspace: str, upload: str, choices: str) -> intake.Table:
    raw = store().raw(workspace, upload)
    if raw is None:
        raise DataError("The uploaded file is no longer kept. Bring it again.")
    return intake.read_table(raw, dataset(workspace, upload).name, **json.loads(choices))


@st.cache_resource(max_entries=64, show_spinner=False)
def _read_upload(workspace: str, upload: str, choices: str) -> str:
    reading = json.loads(choices)
    cells = table(workspace, upload, reading)
    made, report = intake.to_panel(cells, **{key: value for key, value in reading.items() if key not in READ})
    about = {"source": "upload", "upload": upload, "reading": reading}
    return store().put_dataset(workspace, store().raw(workspace, upload), cells.name, about, made, report.to_dict())
