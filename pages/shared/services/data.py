"""Data: what came in, how it was read, and the Panel that followed."""

from __future__ import annotations

import dataclasses
import functools
import json
import time
from collections.abc import Collection
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting import intake, suggest_config
from forecasting.config import ForecastConfig
from forecasting.errors import DataError, ReadError
from forecasting.hierarchy import with_totals
from forecasting.intake import ReadingChoices, limits
from forecasting.intake.previews import Preview, preview
from forecasting.messages import Message
from forecasting.notation import Notation, decimals_of
from forecasting.panel import Panel
from forecasting.runs import Access, Dataset, Link, Workspace, quote_cache
from pages.shared import parsers
from pages.shared.services.cache import cached
from pages.shared.services.store import store

MB = 1024 * 1024
HELD = 256 * MB  # of the cells of files that were read lately, and of the series, the last one apart
REFUSED_SECONDS = 300.0  # a page that is drawn again does not try again for so long


def keep_upload(workspace: Workspace, raw: bytes, name: str) -> str:
    """Keep a file as it came, before anything is understood of it; the id brings it back."""
    store().count("upload", workspace.token)
    return store().put_dataset(workspace, raw, name, {"source": "upload"}, None, {})


def raw_upload(workspace: Workspace, upload: str) -> bytes:
    """The bytes of an upload as they came."""
    return store().raw(workspace, upload)


def table(workspace: Workspace, upload: str, choices: dict[str, Any]) -> intake.Table:
    """The upload's cells as text. Where it cannot be read, ReadError: for a while without trying again."""
    reading = json.dumps(ReadingChoices.from_dict(choices).for_table(), sort_keys=True)
    found = _table_in_turn(workspace, upload, reading)
    if isinstance(found, _Refusal) and time.monotonic() > found.until:
        _table.forget(workspace, upload, reading)
        found = _table_in_turn(workspace, upload, reading)
    if isinstance(found, _Refusal):
        raise ReadError(found.message, field=found.field, row=found.row, column=found.column)
    return found


def read_upload(workspace: Workspace, upload: str, choices: dict[str, Any]) -> str:
    """The dataset that an upload becomes when it is read by `choices`."""
    return _read_upload(workspace, upload, json.dumps(ReadingChoices.from_dict(choices).to_dict(), sort_keys=True))


@cached(most=16, of="made")
def read_sample(workspace: Workspace, name: str) -> str:
    """The dataset of a sample."""
    sample = intake.load_sample(name)
    about = {"source": "sample", "sample": name}
    return store().put_dataset(workspace, None, sample.name, about, sample, {})


def answered(
    workspace: Workspace, upload: str, choices: dict[str, Any], argument: str, answer: Any, row: int | None
) -> Preview:
    """What an answer to a question about an upload makes of its first rows."""
    reading = json.dumps(ReadingChoices.from_dict(choices).to_dict(), sort_keys=True)
    return _answered(workspace, upload, reading, argument, json.dumps(answer), row)


def fetch(
    workspace: Workspace, symbols: str, period: str, interval: str, old: Collection[str] = ()
) -> tuple[str | None, quote_cache.Fetched]:
    """The dataset of those of the tickers that came (None: none did), and what became of the others.

    A ticker in `old` may be an older copy. What is wrong with the question itself is raised.
    """
    names = intake.check_symbols(symbols)
    intake.check_span(period, interval)
    fetched = quote_cache.fetch(store(), workspace, names, period, interval, old)
    if not fetched.quotes:
        return None, fetched
    made, report = intake.quoted_panel(fetched.quotes)
    choices = {"source": "ticker", "symbol": made.name, "period": period, "interval": interval}
    dataset_id = store().put_dataset(workspace, None, made.name, choices, made, report)
    dataset.forget(workspace, dataset_id)  # the same prices may have been fetched again
    return dataset_id, fetched


def ticker_minutes() -> float:
    """How long fetched prices are taken from the store."""
    return store().settings.ticker_minutes


@cached(most=64, of="dataset")
def dataset(access: Access, dataset_id: str) -> Dataset:
    """Name, choices and report of a dataset. Behind a link: what its run is called, and how its file
    was read."""
    if isinstance(access, Link):
        run, report = store().shared_run(access), store().shared_report(access)
        return Dataset(
            id="", name=run.name, choices={}, report=report, panel_id=None, has_raw=False, created=run.created
        )
    return store().dataset(access, dataset_id)


def _frame_size(panel: Panel) -> int:
    return int(panel.frame.memory_usage().sum())


@cached(most=16, of="dataset", weigh=_frame_size, heaviest=HELD)
def panel(access: Access, dataset_id: str) -> Panel:
    """The Panel of a dataset; behind a link, of its run."""
    if not isinstance(access, Link):
        return store().panel(access, dataset_id)
    shared = store().shared_panel(access)
    if shared is None:
        raise DataError(Message("runs.needed_no_data"))
    return shared


def whole_panel(access: Access, dataset_id: str, totals: tuple[str, ...]) -> Panel:
    """The Panel of a dataset (behind a link: of its run) with `totals` as further series."""
    return _with_totals(access, dataset_id, totals) if totals else panel(access, dataset_id)


@cached(most=4, of="dataset", weigh=_frame_size, heaviest=HELD)
def _with_totals(access: Access, dataset_id: str, totals: tuple[str, ...]) -> Panel:
    return with_totals(panel(access, dataset_id), totals)[0]


@cached(most=64, of="dataset")
def notation(access: Access, dataset_id: str) -> Notation:
    """How the file writes times, numbers and columns; of a sample or prices, whether they have days alone, and the
    decimals of each series."""
    known = Notation.of(dataset(access, dataset_id).report)
    if known.targets:
        return known
    series = panel(access, dataset_id)
    decimals = {
        name: digits
        for name, values in zip(series.series_ids, series.values(), strict=True)
        if (digits := decimals_of(values)) is not None
    }
    ds = series.frame["ds"]
    days = ds.dtype.kind == "M" and bool((ds.dt.normalize() == ds).all())
    return dataclasses.replace(known, decimals=decimals, whole_days=days)


def one_series(access: Access, dataset_id: str, name: str) -> pd.DataFrame:
    """`ds, y` of one series, with the times that the clock of the file's zone shows."""
    series = panel(access, dataset_id).of_series(name)
    return series.assign(ds=notation(access, dataset_id).clock(series["ds"]))


def times_of(access: Access, dataset_id: str, name: str) -> npt.NDArray[np.generic]:
    """The time stamps of one series, as the Panel has them."""
    return panel(access, dataset_id).of_series(name)["ds"].to_numpy()


@cached(most=64, of="dataset")
def suggestion(workspace: Workspace, dataset_id: str) -> tuple[ForecastConfig, dict[str, Message]]:
    """Default settings of a dataset and their reasons."""
    known = dataset(workspace, dataset_id)
    sample = known.choices.get("sample") if known.choices.get("source") == "sample" else None
    if sample in intake.sample_names():
        panel_id, found = sample_suggestion(sample)
        if panel_id == known.panel_id:  # else it was another one in the version that stored it
            return found
    return suggest_config(panel(workspace, dataset_id))


@functools.cache
def sample_suggestion(name: str) -> tuple[str, tuple[ForecastConfig, dict[str, Message]]]:
    """The id of a sample's Panel as it comes, and the same for it: found once for all who open it."""
    sample = intake.load_sample(name)
    return sample.id, suggest_config(sample)


@dataclasses.dataclass(frozen=True)
class _Refusal:
    """Why a file cannot be read: without the error's frames, which hold the file."""

    message: Message | str
    field: str | None
    row: int | None
    column: str | None
    until: float  # on the monotonic clock; then it may be tried again, for the server may have been short of time


def _size(found: intake.Table | _Refusal) -> int:
    return found.nbytes if isinstance(found, intake.Table) else 0


def _table_in_turn(workspace: Workspace, upload: str, choices: str) -> intake.Table | _Refusal:
    """The turn comes first and the lock of the cache then, as for `_read_upload`: in the other order two pages could
    wait for each other."""
    known = functools.partial(_table.remembers, workspace, upload, choices)
    with parsers.turn(store().settings.parsers, lambda: not known() and _long(workspace, upload)):
        return _table(workspace, upload, choices)


def _long(workspace: Workspace, upload: str) -> bool:
    return intake.takes_long(store().raw(workspace, upload))


@cached(most=8, of="dataset", weigh=_size, heaviest=HELD)
def _table(workspace: Workspace, upload: str, choices: str) -> intake.Table | _Refusal:
    raw, name, settings = store().raw(workspace, upload), dataset(workspace, upload).name, store().settings
    try:
        with limits.unpacking_in(settings.parse_mb * MB):
            return intake.read_table(raw, name, **json.loads(choices))
    except ReadError as problem:
        until = time.monotonic() + REFUSED_SECONDS
        return _Refusal(problem.message, problem.field, problem.row, problem.column, until)


@cached(most=32, of="dataset")
def _answered(workspace: Workspace, upload: str, choices: str, argument: str, answer: str, row: int | None) -> Preview:
    reading = json.loads(choices)
    cells = table(workspace, upload, reading)
    return preview(cells, ReadingChoices.from_dict(reading), argument, json.loads(answer), row=row)


@cached(most=64, of="made")
def _read_upload(workspace: Workspace, upload: str, choices: str) -> str:
    reading = json.loads(choices)
    with parsers.turn(store().settings.parsers, lambda: _long(workspace, upload)):  # to the series, which are as large
        cells = table(workspace, upload, reading)
        made, report = intake.to_panel(cells, **ReadingChoices.from_dict(reading).for_panel())
    about = {"source": "upload", "upload": upload, "reading": reading}
    return store().put_reading(workspace, upload, cells.name, about, made, report.to_dict())
