"""Years, months and days as time stamps, with the time of day that stands behind them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from forecasting.intake.columns.time.clock import time_of_day
from forecasting.intake.columns.time.times import Stamps, Times
from forecasting.intake.text.arrays import Flags, Ints, flags, ints


def stamps_of(year: Ints, month: Ints, day: Ints) -> tuple[Stamps, Flags]:
    ok = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31) & (year >= 1678) & (year <= 2261)
    months = np.where(ok, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    stamps = months.astype("datetime64[D]") + np.where(ok, day - 1, 0)
    ok &= stamps.astype("datetime64[M]") == months
    return stamps.astype("datetime64[ns]"), ok


def plain(stamps: Stamps, ok: Flags, form: str) -> Times:
    return Times(stamps, ok, ok, form)


def with_clock(days: Stamps, ok: Flags, parts: pa.StructArray, form: str) -> Times:
    clock = time_of_day(parts)
    ok = ok & clock.ok & flags(parts.is_valid())
    if (
        clock.zone not in (None, "UTC")
        and ok.any()
        and not any(ints(parts, field)[ok].any() for field in ("h", "mi", "s", "f"))
    ):
        # Days of a place: in UTC they would begin the evening before.
        return Times(days, ok, ok, form, zone=clock.zone, local=True)
    stamps = days + clock.nanos.astype("timedelta64[ns]")
    return Times(stamps, ok, ok, form, zone=clock.zone, offsets=clock.offsets, place=clock.place)


def weeks_of(year: Ints, week: Ints, day: Ints) -> tuple[Stamps, Flags]:
    """ISO 8601 weeks: week 1 has the year's first Thursday; `day` 1 is the Monday."""
    fourth, ok = stamps_of(year, np.ones_like(year), np.full_like(year, 4))
    days = fourth.astype("datetime64[D]").astype(np.int64)
    monday = days - (days + 3) % 7
    stamps = (monday + (week - 1) * 7 + day - 1).astype("datetime64[D]")
    ok &= (week >= 1) & (week <= 53) & (day >= 1) & (day <= 7)
    thursday = (monday + (week - 1) * 7 + 3).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    return stamps.astype("datetime64[ns]"), ok & (thursday == year)
