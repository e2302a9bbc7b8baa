"""The steps of a calendar over given times, and the step to which each time belongs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting import trading
from forecasting.errors import DataError
from forecasting.messages import Message
from forecasting.panel import STEP

LIMIT = 20_000_000  # steps of a calendar that is still built
KEPT = 0.9  # of the dates, the share on a step that is enough to move the others to steps of their own
_DAY = 86_400_000_000_000  # nanoseconds


def buckets(stamps: npt.NDArray[np.generic], frequency: str) -> tuple[npt.NDArray[np.generic], npt.NDArray[np.int64]]:
    """A calendar over all of `stamps`, and the place on it to which each belongs.

    Times that lie between two steps belong to the one before; with a calendar of ends (weeks, month ends) to the one
    after. ValueError for an alias that pandas does not know.
    """
    if frequency == STEP:
        first, last = int(stamps.astype(np.int64).min()), int(stamps.astype(np.int64).max())
        _check_size(last - first + 1, frequency)
        numbers: npt.NDArray[np.int64] = stamps.astype(np.int64) - first
        return np.arange(first, last + 1, dtype=np.int64), numbers
    codes, different = pd.factorize(stamps, sort=True)
    index = pd.DatetimeIndex(different)
    if trading.parse(frequency):
        steps = trading.steps(frequency, index[0], index[-1])
        place = np.maximum(steps.searchsorted(index, side="right") - 1, 0).astype(np.int64)
        return steps.to_numpy(dtype="datetime64[ns]"), place[codes]
    offset = pd.tseries.frequencies.to_offset(frequency)
    _check_size(_estimate(index[0], index[-1], offset), frequency)
    steps = pd.date_range(index[0], index[-1], freq=frequency)
    exact = _exactly(steps, index)
    if exact is None:
        steps, exact = _between(index, offset, frequency)
    return steps.to_numpy(dtype="datetime64[ns]"), exact[codes]


def _exactly(steps: pd.DatetimeIndex, index: pd.DatetimeIndex) -> npt.NDArray[np.int64] | None:
    """The place of each time among the steps; None if one is no step."""
    place: npt.NDArray[np.int64] = steps.get_indexer(index).astype(np.int64)
    return None if (place < 0).any() else place


def _between(
    index: pd.DatetimeIndex, offset: pd.offsets.BaseOffset, frequency: str
) -> tuple[pd.DatetimeIndex, npt.NDArray[np.int64]]:
    if isinstance(offset, pd.offsets.Tick) and offset.nanos < _DAY:
        floored = index.floor(frequency)
        steps = pd.date_range(floored[0], floored[-1], freq=frequency)
        return steps, np.searchsorted(steps.to_numpy(), floored.to_numpy()).astype(np.int64)
    days = index.normalize()
    steps = pd.date_range(offset.rollback(days[0]), offset.rollforward(days[-1]), freq=frequency)
    place = steps.get_indexer(days).astype(np.int64)
    if (place >= 0).mean() >= KEPT:  # a few dates are off: each goes to the nearest step that is free
        free = np.setdiff1d(np.arange(len(steps)), place)
        for at in np.flatnonzero(place < 0):
            near = free if len(free) else np.arange(len(steps))
            place[at] = near[np.abs(steps.to_numpy()[near] - days.to_numpy()[at]).argmin()]
            free = free[free != place[at]]
        if (np.diff(place) > 0).all():
            return steps, place
    ends = isinstance(offset, pd.offsets.Week) or offset.name.split("-")[0].endswith("E")
    if ends:
        steps = pd.date_range(offset.rollforward(days[0]), offset.rollforward(days[-1]), freq=frequency)
        return steps, np.searchsorted(steps.to_numpy(), days.to_numpy(), side="left").astype(np.int64)
    steps = pd.date_range(offset.rollback(days[0]), offset.rollback(days[-1]), freq=frequency)
    return steps, np.searchsorted(steps.to_numpy(), days.to_numpy(), side="right").astype(np.int64) - 1


def _estimate(first: pd.Timestamp, last: pd.Timestamp, offset: pd.offsets.BaseOffset) -> int:
    step = (first + offset).value - first.value  # plain integers: centuries overflow a Timedelta
    return (last.value - first.value) // step + 1 if step > 0 else 1


def _check_size(steps: int, frequency: str) -> None:
    if steps > LIMIT:
        message = Message("intake.calendar.too-many-steps", steps=steps, frequency=frequency, most=LIMIT)
        raise DataError(message, field="frequency")
