"""Everything that pages ask of the package, cached by our own ids; every st.cache_* stands here.

The caches are shared by all sessions: a key holds the workspace's token or a content hash, never a frame. What a page
may read of one run it also reads by a read-only link: `LINK` and the link's token stand in the workspace's place then.
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Collection
from typing import Any

import pandas as pd
import streamlit as st

from forecasting import Backtest, intake, suggest_config
from forecasting.config import ForecastConfig
from forecasting.errors import DataError, StoreError
from forecasting.intake import ReadingChoices
from forecasting.panel import Panel
from forecasting.runs import Dataset, Health, Run, Store, Usage, quotes
from forecasting.runs.supervisor import runtime

POLL_SECONDS = 1.0
POLLS_A_SECOND = 25  # of all pages together: beyond it each one polls less often
LINK = "link:"  # no token of a workspace holds a colon


def store() -> Store:
    """The process's store of datasets and runs."""
    return runtime().store


def new_workspace() -> str:
    """A workspace of its own for a visitor."""
    visitor = st.context.ip_address
    if visitor:  # nothing on this machine itself
        store().count("visit", visitor)
    return store().new_workspace()


def keep_days() -> float:
    """Days that data and runs are kept after they were last opened."""
    return store().settings.keep_days


# Data in


def keep_upload(workspace: str, raw: bytes, name: str) -> str:
    """Keep a file as it came, before anything is understood of it; the id brings it back."""
    store().count("upload", workspace)
    return store().put_dataset(workspace, raw, name, {"source": "upload"}, None, {})


def table(workspace: str, upload: str, choices: dict[str, Any]) -> intake.Table:
    """The upload's cells as text."""
    return _table(workspace, upload, json.dumps(ReadingChoices.from_dict(choices).for_table(), sort_keys=True))


def read_upload(workspace: str, upload: str, choices: dict[str, Any]) -> str:
    """The dataset that an upload becomes when it is read by `choices`."""
    return _read_upload(workspace, upload, json.dumps(ReadingChoices.from_dict(choices).to_dict(), sort_keys=True))


@st.cache_resource(max_entries=16, show_spinner=False)
def read_sample(workspace: str, name: str) -> str:
    """The dataset of a sample."""
    panel = intake.load_sample(name)
    return store().put_dataset(workspace, None, panel.name, {"source": "sample", "sample": name}, panel, {})


def fetch(
    workspace: str, symbols: str, period: str, interval: str, old: Collection[str] = ()
) -> tuple[str | None, quotes.Fetched]:
    """The dataset of those of the tickers that came (None: none did), and what became of the others.

    A ticker in `old` may be an older copy. What is wrong with the question itself is raised.
    """
    names = intake.check_symbols(symbols)
    intake.check_span(period, interval)
    mine = store()
    fetched = quotes.fetch(mine.database, mine.settings, workspace, names, period, interval, old)
    if not fetched.quotes:
        return None, fetched
    made, report = intake.quoted_panel(fetched.quotes)
    choices = {"source": "ticker", "symbol": made.name, "period": period, "interval": interval}
    found = mine.put_dataset(workspace, None, made.name, choices, made, report)
    dataset.clear(workspace, found)  # the same prices may have been fetched again
    return found, fetched


def ticker_minutes() -> float:
    """How long fetched prices are taken from the store."""
    return store().settings.ticker_minutes


@st.cache_resource(max_entries=64, show_spinner=False)
def dataset(workspace: str, dataset_id: str) -> Dataset:
    """Name, choices and report of a dataset. Behind a link: what its run is called, and nothing about the file."""
    if workspace.startswith(LINK):
        run = store().shared_run(workspace.removeprefix(LINK))
        return Dataset(id="", name=run.name, choices={}, report={}, panel_id=None, has_raw=False, created=run.created)
    return store().dataset(workspace, dataset_id)


@st.cache_resource(max_entries=16, show_spinner=False)
def panel(workspace: str, dataset_id: str) -> Panel:
    """The Panel of a dataset."""
    if workspace.startswith(LINK):
        found = store().shared_panel(workspace.removeprefix(LINK))
        if found is None:
            raise DataError("This run needed no data.")
        return found
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


def train(workspace: str, dataset_id: str, config: ForecastConfig, name: str | None = None) -> str:
    """Link a run of `config` on a dataset to the workspace, called `name`, and see that a worker takes it."""
    name = name or dataset(workspace, dataset_id).name
    run_id = runtime().submit(workspace, "forecast", config.to_dict(), dataset_id, name)
    forget(workspace, run_id)
    return run_id


def teach(workspace: str, kind: str, config: dict[str, Any]) -> str:
    """The same for a teaching system, which needs no data."""
    run_id = runtime().submit(workspace, kind, config, None, kind)
    forget(workspace, run_id)
    return run_id


def retry(workspace: str, run_id: str) -> None:
    """Ask the question of a run that failed or was cancelled once more."""
    runtime().retry(workspace, run_id)
    forget(workspace, run_id)


def runs(workspace: str) -> list[Run]:
    """The workspace's runs, newest first."""
    return store().runs(workspace)


def rename(workspace: str, run_id: str, name: str) -> None:
    """Give a run another name in this workspace."""
    store().rename(workspace, run_id, name)
    forget(workspace, run_id)


def pin(workspace: str, run_id: str, pinned: bool) -> None:
    """Keep a run from eviction, or no longer."""
    store().pin(workspace, run_id, pinned)
    forget(workspace, run_id)


def unlink(workspace: str, run_id: str) -> None:
    """Take a run off this workspace's list."""
    store().unlink(workspace, run_id)
    forget(workspace, run_id)


def share(workspace: str, run_id: str) -> str:
    """A token that shows this one run, read-only."""
    return store().share(workspace, run_id)


def unshare(workspace: str, run_id: str) -> None:
    """End all read-only links to this run."""
    store().end_shares(workspace, run_id)


@st.cache_data(ttl=10, max_entries=256, show_spinner=False)
def usage(workspace: str) -> Usage:
    """How much the workspace holds, and how much it may."""
    return store().usage(workspace)


def trouble() -> str | None:
    """A sentence where queued runs are not taken up; looked at twice a minute at most, whoever asks."""
    return _health().trouble


@st.cache_data(ttl=POLL_SECONDS * 3, max_entries=1, show_spinner=False)
def _health() -> Health:
    return runtime().health()


def warm() -> None:
    """Have a worker ready for somebody who is about to train; it leaves when nothing comes."""
    runtime().warm()


def poll_seconds() -> float:
    """How long a page waits between two looks at a run: a second, longer where many pages look."""
    watchers = _watchers()
    for key in [key for key, at in list(watchers.items()) if at < time.monotonic() - 10 * POLL_SECONDS]:
        watchers.pop(key, None)
    return POLL_SECONDS * max(1.0, round(2 * len(watchers) / POLLS_A_SECOND) / 2)


@st.cache_resource(max_entries=1, show_spinner=False)
def _watchers() -> dict[tuple[str, str], float]:
    """(workspace, run) that a page looks at -> when it last did."""
    return {}


def poll(workspace: str, run_id: str) -> Run | None:
    """The run as it was at most a second ago. None: the workspace does not have it.

    What changes is read once a second for each run, however many look at it; the workspace's own link to it less often.
    """
    mine = _linked(workspace, run_id)
    if mine is None or not mine.active:
        return mine
    _watchers()[workspace, run_id] = time.monotonic()
    now = _under_way(run_id)
    if now["state"] in ("queued", "running"):
        return dataclasses.replace(mine, **now)
    _linked.clear(workspace, run_id)
    return _linked(workspace, run_id)


def forget(workspace: str, run_id: str) -> None:
    """Read the run anew at the next poll: the workspace has changed something."""
    _linked.clear(workspace, run_id)
    _under_way.clear(run_id)


@st.cache_data(ttl=POLL_SECONDS * 5, max_entries=1024, show_spinner=False)
def _linked(workspace: str, run_id: str) -> Run | None:
    try:
        return store().run(workspace, run_id)
    except StoreError:
        return None


@st.cache_data(ttl=POLL_SECONDS * 0.9, max_entries=512, show_spinner=False)
def _under_way(run_id: str) -> dict[str, Any]:
    return store().under_way(run_id)


def look(workspace: str, run_id: str) -> Run | None:
    """The run's row as it is now; what `poll` remembers is renewed by it."""
    forget(workspace, run_id)
    return poll(workspace, run_id)


def cancel(workspace: str, run_id: str) -> None:
    """Stop waiting for a run; it ends where nobody else waits."""
    store().cancel(workspace, run_id)
    forget(workspace, run_id)


@st.cache_resource(max_entries=32, show_spinner=False)
def forecast(workspace: str, run_id: str) -> pd.DataFrame:
    """The Forecast of a done run."""
    import io

    return pd.read_parquet(io.BytesIO(artifact(workspace, run_id, "forecast")))


@st.cache_resource(max_entries=32, show_spinner=False)
def backtest(workspace: str, run_id: str) -> Backtest:
    """The Backtest of a done run."""
    return Backtest.from_bytes(artifact(workspace, run_id, "backtest"))


@st.cache_resource(max_entries=64, show_spinner=False)
def record(workspace: str, run_id: str, name: str) -> dict[str, Any]:
    """A JSON artifact of a done run: "training" and "explain" of a forecast, "result" of the sine wave."""
    run = _view(workspace, run_id)
    found: dict[str, Any] = json.loads(artifact(workspace, run_id, name))
    return {"seconds": run.progress.get("seconds")} | found


def delete_workspace(workspace: str) -> None:
    """Delete my data, from the store and from this process's memory."""
    store().delete_workspace(workspace)
    st.cache_data.clear()
    st.cache_resource.clear()


def _view(access: str, run_id: str) -> Run:
    return store().shared_run(access.removeprefix(LINK)) if access.startswith(LINK) else store().run(access, run_id)


def artifact(access: str, run_id: str, name: str) -> bytes:
    """A result of a done run as it was stored."""
    if access.startswith(LINK):
        return store().shared_artifact(access.removeprefix(LINK), name)
    return store().artifact(access, run_id, name)


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
    made, report = intake.to_panel(cells, **ReadingChoices.from_dict(reading).for_panel())
    about = {"source": "upload", "upload": upload, "reading": reading}
    return store().put_dataset(workspace, store().raw(workspace, upload), cells.name, about, made, report.to_dict())
