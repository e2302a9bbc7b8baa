"""The zone whose clock the times of a file show: chosen, named, or the one whose summer time its offsets follow."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from forecasting import trading
from forecasting.intake.columns.time.dates import Times
from forecasting.notation import fixed_zone, known_zones, tzinfo

UTC = "UTC"
_DAY = 86_400_000_000_000  # nanoseconds
# One of each rule; where several places keep the same, the best known stands for them all.
_LIKE = (
    *("Europe/Berlin", "Europe/London", "Europe/Helsinki", "America/New_York", "America/Chicago", "America/Denver"),
    *("America/Los_Angeles", "America/Halifax", "America/St_Johns", "America/Anchorage", "Australia/Sydney"),
    *("Australia/Adelaide", "Pacific/Auckland", "America/Santiago", "Asia/Jerusalem", "Africa/Cairo"),
)


def zone_of(times: Times, chosen: str | None = None) -> str:
    """An IANA name, a fixed offset such as "+02:00", or UTC; "" where the times have no zone or are days of a place."""
    if times.zone is None or times.local or times.stamps.dtype.kind != "M":
        return ""
    if chosen is not None:
        return chosen
    if times.offsets is None:  # chosen by the user, or counted since 1970
        return times.zone if times.zone in known_zones() else UTC
    if times.place is not None:
        return times.place
    offsets = times.offsets[times.ok]
    if not len(offsets):
        return UTC
    if (offsets == offsets[0]).all():
        return fixed_zone(int(offsets[0]))
    return next((zone for zone in _LIKE if _follow(times, zone)), UTC)


def follows_a_place(times: Times, zone: str) -> bool:
    """Whether the zone was inferred from offsets that change."""
    return times.offsets is not None and times.place is None and zone in _LIKE and len(np.unique(times.offsets)) > 1


def by_local_days(times: Times, zone: str, frequency: str | None) -> Times:
    """Times of a zone as its clock shows them, where what counts is days: of a `frequency` of days and longer, or where
    every time has the same time of day there, which in UTC moves with summer time."""
    if zone in ("", UTC) or not times.ok.any():
        return times
    local = times.stamps.astype("datetime64[ns]")
    at = np.flatnonzero(times.ok)
    instants = pd.DatetimeIndex(local[at]).tz_localize(UTC)
    local[at] = instants.tz_convert(tzinfo(zone)).tz_localize(None).to_numpy(dtype="datetime64[ns]")
    clock = local[at].astype(np.int64) % _DAY
    daily = bool((clock == clock[0]).all()) if frequency is None else _of_days(frequency)
    return dataclasses.replace(times, stamps=local, local=True, written_as=("", ())) if daily else times


def _follow(times: Times, zone: str) -> bool:
    """Whether every offset is that of the zone at its time."""
    instants = pd.DatetimeIndex(times.stamps[times.ok].astype("datetime64[ns]"))
    shown = instants.tz_localize(UTC).tz_convert(zone).tz_localize(None)
    offsets = np.zeros(len(times.ok), dtype=np.int64) if times.offsets is None else times.offsets
    return bool(((shown - instants).asi8 == offsets[times.ok] * 1_000_000_000).all())


def _of_days(frequency: str) -> bool:
    if parsed := trading.parse(frequency):
        return parsed[0] is None
    try:
        offset = pd.tseries.frequencies.to_offset(frequency)
    except ValueError:  # reported where it is used
        return False
    return offset is not None and not (isinstance(offset, pd.offsets.Tick) and offset.nanos < _DAY)
