"""The time of day and the zone after a date -> nanoseconds after midnight UTC."""

from __future__ import annotations

import dataclasses

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from forecasting.intake.text.arrays import Flags, Ints, flags, ints
from forecasting.notation import known_zones

ZONES = {  # hours east of UTC; abbreviations that mean several zones (CST, IST, BST) are not here
    "Z": 0.0,
    "UTC": 0.0,
    "GMT": 0.0,
    "WET": 0.0,
    "CET": 1.0,
    "CEST": 2.0,
    "MEZ": 1.0,
    "MESZ": 2.0,
    "EET": 2.0,
    "EEST": 3.0,
    "EST": -5.0,
    "EDT": -4.0,
    "CDT": -5.0,
    "MST": -7.0,
    "MDT": -6.0,
    "PST": -8.0,
    "PDT": -7.0,
    "JST": 9.0,
}
_HALF_AND_ZONE = (
    r"\s?(?P<ap>[AaPp]\.?[Mm]\.?)?\s?(?P<z>"
    + "|".join(sorted(ZONES, key=len, reverse=True))
    + r"|(?:UTC|GMT)?[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2})?(?:\s?\[(?P<place>[A-Za-z_/+-]+)\])?"
)
_SECONDS = r"(?:[:.](?P<s>[0-9]{2})(?:[.,](?P<f>[0-9]{1,9}))?)?"
CLOCK = r"(?P<h>[0-9]{1,2})[:h.](?P<mi>[0-9]{2})" + _SECONDS + _HALF_AND_ZONE  # a time of day
AFTER_DATE = r"(?:(?:T|,?\s+)(?:" + CLOCK + r"))?$"  # a date's end, with or without one
COMPACT = (  # the same after digits without separators: 00, 0010, 235959, with T, a blank or another mark before them
    r"(?:(?:T|,?\s+|[:_-])?(?P<h>[01][0-9]|2[0-4])(?:[:h.]?(?P<mi>[0-5][0-9])(?:[:.]?(?P<s>[0-5][0-9]|60)"
    r"(?:[.,](?P<f>[0-9]{1,9}))?)?)?" + _HALF_AND_ZONE + ")?$"
)


@dataclasses.dataclass(frozen=True, eq=False)
class Clock:
    """Times of day. nanos: after midnight UTC. ok: which are times of day. zone: in words, if there is any.

    offsets: seconds east of UTC, of each; None where no cell has a zone. place: that all name, such as "Europe/Berlin".
    """

    nanos: Ints
    ok: Flags
    zone: str | None
    offsets: Ints | None
    place: str | None


def time_of_day(parts: pa.StructArray) -> Clock:
    """The groups of CLOCK as times of day."""
    hours, minutes, seconds = ints(parts, "h"), ints(parts, "mi"), ints(parts, "s")
    half = pc.utf8_slice_codeunits(pc.utf8_lower(parts.field("ap")), 0, 1)
    has_half = flags(pc.is_in(half, pa.array(["a", "p"], half.type)))
    afternoon = flags(pc.fill_null(pc.equal(half, "p"), False))
    ok = (hours <= 24) & (minutes <= 59) & (seconds <= 60) & ~((hours == 24) & (minutes + seconds > 0))
    ok &= ~has_half | ((hours >= 1) & (hours <= 12))
    hours = np.where(has_half, hours % 12 + 12 * afternoon, hours)
    fraction = pc.utf8_rpad(pc.fill_null(parts.field("f"), ""), 9, "0")
    nanos = np.array(pc.cast(fraction, pa.int64()).to_numpy(zero_copy_only=False), dtype=np.int64)
    offset, zone = _offsets(parts.field("z"))
    nanos += ((hours * 60 + minutes) * 60 + seconds - offset) * 1_000_000_000
    places = pc.unique(parts.field("place").drop_null()).to_pylist()
    place = places[0] if len(places) == 1 and places[0] and places[0] in known_zones() else None
    return Clock(nanos, ok, zone, offset if zone is not None else None, place)


def _offsets(zones: pa.Array) -> tuple[Ints, str | None]:
    """Seconds east of UTC, and the zones in words."""
    seconds = np.zeros(len(zones), dtype=np.int64)
    named = [name for name in pc.unique(zones).to_pylist() if name]
    for name in named:
        if name in ZONES:
            value = int(ZONES[name] * 3600)
        else:
            digits = name.lstrip("UTCGM")
            sign, digits = digits[0], digits[1:].replace(":", "").ljust(4, "0")
            value = (int(digits[:2]) * 60 + int(digits[2:])) * 60 * (-1 if sign == "-" else 1)
        seconds[flags(pc.fill_null(pc.equal(zones, name), False))] = value
    if not named:
        return seconds, None
    words = {"UTC" if name in ("Z", "UTC", "GMT", "+00:00", "+0000", "+00") else name for name in named}
    return seconds, " and ".join(sorted(f"UTC{word}" if word[0] in "+-" else word for word in words))
