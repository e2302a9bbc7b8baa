"""Panel: one or more series on a regular calendar, identified by the hash of its content."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import io
import json
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting import trading
from forecasting.errors import DataError
from forecasting.messages import Message

LARGEST = 1e100  # squares of values, and their sums, stay finite
STEP = "step"  # the frequency of a Panel whose `ds` are whole numbers, one apart

Values = npt.NDArray[np.float64]


@dataclasses.dataclass(frozen=True, eq=False)
class Panel:
    """Series in long form, complete and sorted.

    frame: `unique_id` (text), `ds` (datetime64[ns] or int64), `y` (float64, finite), then covariates (float64, finite);
        sorted by unique_id, ds; the steps of each series are exactly one `frequency` apart. Never mutated.
    frequency: a pandas offset alias ("D", "B", "h", "W-SAT", "MS", "30min", ...), a trading calendar ("C-XNYS": see
        `trading`), or "step" for whole-number `ds`.
    seasons: season lengths in steps that the calendar or the user suggests, ascending; which of them are used is
        decided on the training block alone. Empty: unknown, to be searched for in the data.
    name: for people; not part of the content.
    ahead: `unique_id, ds` and the covariates known in the future, in the steps right after the end of a series; sorted
        like `frame`, finite. None where no covariate goes on beyond the last value.
    filled: `unique_id, ds` of the steps whose `y` was not measured but filled in, in the order of `frame`: nothing
        learns from these or is scored by them. None where all were measured.
    keys: what tells the series apart where that is several columns of the file (region, shop, ...): text, a row a
        series in the order of `series_ids`, by which they can be summed. None where it is one column or none.
    """

    frame: pd.DataFrame
    frequency: str
    seasons: tuple[int, ...] = ()
    name: str = ""
    ahead: pd.DataFrame | None = None
    filled: pd.DataFrame | None = None
    keys: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        frame = self.frame
        if list(frame.columns[:3]) != ["unique_id", "ds", "y"]:
            raise DataError(Message("panel.columns", columns=str(list(frame.columns))))
        if frame.empty:
            raise DataError(Message("panel.empty"))
        if frame["y"].dtype != np.float64 or not np.isfinite(frame["y"].to_numpy()).all():
            raise DataError(Message("panel.not-finite"))
        if (largest := float(np.abs(frame["y"].to_numpy()).max())) > LARGEST:
            raise DataError(Message("panel.too-large", size=largest, largest=LARGEST), column="y")
        if np.asarray(frame["ds"]).dtype.kind not in "Mi":
            raise DataError(Message("panel.times"))
        codes = pd.factorize(frame["unique_id"])[0]
        ds = np.asarray(frame["ds"]).astype(np.int64)
        step = np.diff(codes)
        if (step < 0).any() or (step > 1).any() or (np.diff(ds)[step == 0] <= 0).any():
            raise DataError(Message("panel.unsorted"))
        _check_covariates(frame, self.covariates)
        if self.ahead is not None:
            unknown = set(self.known_ahead) - set(self.covariates)
            if list(self.ahead.columns[:2]) != ["unique_id", "ds"] or unknown or not self.known_ahead:
                raise DataError(Message("panel.ahead"))
            _check_covariates(self.ahead, self.known_ahead)
        if self.keys is not None and (not len(self.keys.columns) or len(self.keys) != len(self.series_ids)):
            raise DataError(Message("panel.keys", rows=len(self.keys), count=len(self.series_ids)))

    @functools.cached_property
    def id(self) -> str:
        """SHA-256 over frequency, seasons, keys and every cell: any changed value gives another id."""
        digest = hashlib.sha256()
        header = [self.frequency, list(self.seasons), list(self.frame.columns), self.series_ids, self.lengths.tolist()]
        digest.update(json.dumps(header, ensure_ascii=True).encode())
        for column in self.frame.columns[1:]:
            digest.update(np.ascontiguousarray(self.frame[column].to_numpy()).tobytes())
        if self.ahead is not None:
            known = [list(self.ahead.columns), self.ahead["unique_id"].astype(str).tolist()]
            digest.update(json.dumps(known, ensure_ascii=True).encode())
            for column in self.ahead.columns[1:]:
                digest.update(np.ascontiguousarray(self.ahead[column].to_numpy()).tobytes())
        if (measured := self.measured()) is not None:
            digest.update(np.packbits(np.concatenate(measured)).tobytes())
        if self.keys is not None:
            digest.update(json.dumps(_lists(self.keys), ensure_ascii=True).encode())
        return digest.hexdigest()

    @property
    def covariates(self) -> list[str]:
        """The columns beside the values."""
        return [str(name) for name in self.frame.columns[3:]]

    @property
    def known_ahead(self) -> list[str]:
        """The covariates that are known beyond the last value."""
        return [] if self.ahead is None else [str(name) for name in self.ahead.columns[2:]]

    @functools.cached_property
    def series_ids(self) -> list[str]:
        """The unique_id of each series, in order."""
        return [str(name) for name in self.frame["unique_id"].unique()]

    @functools.cached_property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Values in each series, in the order of `series_ids`."""
        codes = pd.factorize(self.frame["unique_id"])[0]
        return np.bincount(codes).astype(np.int64)

    @functools.cached_property
    def places(self) -> dict[str, int]:
        """The place of each series in `series_ids`."""
        return {name: place for place, name in enumerate(self.series_ids)}

    def of_series(self, name: str) -> pd.DataFrame:
        """`ds, y` of one series; without rows where there is none of this name."""
        place = self.places.get(name)
        if place is None:
            return self.frame.iloc[:0][["ds", "y"]]
        start = int(self.lengths[:place].sum())
        rows = self.frame.iloc[start : start + int(self.lengths[place])]
        return rows[["ds", "y"]].reset_index(drop=True)

    def values(self) -> list[Values]:
        """The values of each series, in the order of `series_ids`: views, not copies."""
        y = self.frame["y"].to_numpy()
        return np.split(y, np.cumsum(self.lengths)[:-1])

    def measured(self) -> list[npt.NDArray[np.bool_]] | None:
        """Which values of each series were measured, in the order of `series_ids`; None where all were."""
        if self.filled is None or self.filled.empty:
            return None
        keys = ["unique_id", "ds"]
        here = ~pd.MultiIndex.from_frame(self.frame[keys]).isin(pd.MultiIndex.from_frame(self.filled[keys]))
        return None if here.all() else np.split(here, np.cumsum(self.lengths)[:-1])

    def times(self) -> list[npt.NDArray[np.generic]]:
        """The time stamps of each series, in the order of `series_ids`."""
        ds = self.frame["ds"].to_numpy()
        return np.split(ds, np.cumsum(self.lengths)[:-1])

    def ends(self) -> npt.NDArray[np.int64] | None:
        """When each series ends [S], in steps of one calendar; None where their time stamps do not fall on one, or some
        end before any of the others begins."""
        ds = self.frame["ds"].to_numpy()
        last = np.cumsum(self.lengths) - 1
        calendar = np.unique(ds)
        end: npt.NDArray[np.int64] = np.searchsorted(calendar, ds[last])
        begin = np.searchsorted(calendar, ds[last - self.lengths + 1])
        begun, ended = (np.cumsum(np.bincount(at, minlength=len(calendar))) for at in (begin, end))
        together = (begun > ended)[:-1].all()  # each step is within a series
        return end if together and (end - begin + 1 == self.lengths).all() else None

    def future(self, horizon: int) -> pd.DataFrame:
        """`unique_id, ds` of the `horizon` steps after the end of each series, and the covariates known there.

        A step for which a covariate is not known has NaN.
        """
        ends = [times[-1] for times in self.times()]
        ds = np.concatenate([steps_after(end, self.frequency, horizon) for end in ends])
        steps = pd.DataFrame({"unique_id": np.repeat(np.array(self.series_ids, dtype=object), horizon), "ds": ds})
        return steps if self.ahead is None else steps.merge(self.ahead, on=["unique_id", "ds"], how="left")

    def to_bytes(self) -> bytes:
        """Parquet with frequency, seasons and name in its metadata."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        about: dict[str, Any] = {"frequency": self.frequency, "seasons": list(self.seasons), "name": self.name}
        frame = self.frame
        if (measured := self.measured()) is not None:
            about["filled"] = np.flatnonzero(~np.concatenate(measured)).tolist()
        if self.keys is not None:
            about["keys"] = _lists(self.keys)
        if self.ahead is not None:  # rows without a value, below the others
            about["ahead"] = self.known_ahead
            frame = pd.concat([frame, self.ahead], ignore_index=True)
        table = pa.Table.from_pandas(frame, preserve_index=False)
        metadata = {**(table.schema.metadata or {}), b"tidecast": json.dumps(about).encode()}
        sink = io.BytesIO()
        pq.write_table(table.replace_schema_metadata(metadata), sink, compression="zstd")
        return sink.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Panel:
        """The Panel that `to_bytes` wrote; DataError if it is not one."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            table = pq.read_table(io.BytesIO(data))
            about = json.loads((table.schema.metadata or {})[b"tidecast"])
            frame, ahead = table.to_pandas(), None
            if known := about.get("ahead"):
                beyond = frame["y"].isna()
                ahead = frame.loc[beyond, ["unique_id", "ds", *known]].reset_index(drop=True)
                frame = frame[~beyond]
            places = about.get("filled")
            filled = frame.iloc[places][["unique_id", "ds"]].reset_index(drop=True) if places else None
            keys = pd.DataFrame(about["keys"], dtype=object) if "keys" in about else None
            return cls(frame, about["frequency"], tuple(about["seasons"]), about["name"], ahead, filled, keys)
        except (pa.ArrowException, KeyError, ValueError) as error:
            raise DataError(Message("panel.stored")) from error


def _lists(keys: pd.DataFrame) -> dict[str, list[str]]:
    return {str(name): [str(value) for value in keys[name]] for name in keys.columns}


def _check_covariates(frame: pd.DataFrame, names: list[str]) -> None:
    for name in names:
        if frame[name].dtype != np.float64 or not np.isfinite(frame[name].to_numpy()).all():
            raise DataError(Message("panel.covariate", name=name), column=name)


def steps_after(end: Any, frequency: str, horizon: int) -> npt.NDArray[np.generic]:
    """The `horizon` time stamps after `end`, one `frequency` apart."""
    if frequency == STEP:
        return np.arange(1, horizon + 1, dtype=np.int64) + np.int64(end)
    start = pd.Timestamp(end)
    try:
        if trading.parse(frequency):
            return trading.steps_after(frequency, start, horizon).to_numpy(dtype="datetime64[ns]")
        steps = pd.date_range(start, periods=horizon + 1, freq=frequency)
    except (pd.errors.OutOfBoundsDatetime, OverflowError) as error:
        message = Message("panel.beyond-time", count=horizon, start=f"{start:%Y-%m-%d}")
        raise DataError(message, field="horizon") from error
    return steps[1:].to_numpy(dtype="datetime64[ns]")
