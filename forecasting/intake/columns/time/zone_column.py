"""A column beside the times that has their zone: EST and EDT, +01:00 and +02:00, or the name of a place."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from forecasting.intake.columns.time.clock import ZONES
from forecasting.intake.columns.time.times import Times
from forecasting.intake.text.table import Table
from forecasting.messages import Message
from forecasting.notation import known_zones

_NAMES = re.compile(
    r"(^|[^a-z])(tz|zone|timezone|time_?zone|utc|gmt|offset|zeitzone|fuseau|huso)([^a-z]|$)|zone", re.IGNORECASE
)
_OFFSET = re.compile(r"(?:UTC|GMT)([+-])(\d{1,2})(?::?(\d{2}))?|([+-])(\d{2}):?(\d{2})")
_FARTHEST = 14  # hours from UTC
_MOST = 8  # different zones
_BESIDE = {  # abbreviations of several zones -> hours east of UTC where one of the others stands in the column
    "CST": (-6.0, {"CDT", "EST", "EDT", "MST", "PST"}),
    "BST": (1.0, {"GMT"}),
    "AKST": (-9.0, {"AKDT"}),
    "AKDT": (-8.0, {"AKST"}),
    "AEST": (10.0, {"AEDT"}),
    "AEDT": (11.0, {"AEST"}),
    "NZST": (12.0, {"NZDT"}),
    "NZDT": (13.0, {"NZST"}),
    "AST": (-4.0, {"ADT"}),
    "ADT": (-3.0, {"AST"}),
    "IST": (1.0, {"GMT"}),
}


@dataclasses.dataclass(frozen=True, eq=False)
class ZoneColumn:
    """The column, the times in UTC by it, and a message; place: the zone that it names in every row, else ""."""

    name: str
    times: Times
    message: Message
    place: str = ""


def zones_beside(table: Table, times: Times, names: list[str]) -> ZoneColumn | None:
    """The first of some columns that has the zone of each time; None where times have one, or no time of day."""
    if times.zone is not None or times.stamps.dtype.kind != "M" or not times.ok.any():
        return None
    held = times.stamps[times.ok]
    if (held == held.astype("datetime64[D]")).all():
        return None
    for name in names:
        zoned = _by(table.cells[name], name, times)
        if zoned is not None:
            return zoned
    return None


def _by(column: pa.ChunkedArray, name: str, times: Times) -> ZoneColumn | None:
    if pc.count_distinct(column.slice(0, 1000)).as_py() > _MOST:
        return None
    encoded = pc.utf8_trim_whitespace(column.combine_chunks()).dictionary_encode()
    words = [word or "" for word in encoded.dictionary.to_pylist()]
    if not words or len(words) > _MOST or encoded.null_count:
        return None
    if len(words) == 1 and "/" in words[0] and words[0] in known_zones():
        return ZoneColumn(name, times, Message("intake.joined.zones", zones=words[0], column=name), words[0])
    hours = [_hours(word, words) for word in words]
    letters = all(word[:1].isalpha() for word in words)  # else numbers with a sign, perhaps
    if any(hour is None for hour in hours) or not (_NAMES.search(name) or (letters and len(set(hours)) > 1)):
        return None
    seconds = (np.array(hours, dtype=np.float64) * 3600).astype(np.int64)[np.asarray(encoded.indices, dtype=np.int64)]
    stamps = times.stamps.astype("datetime64[ns]") - seconds.astype("timedelta64[s]")
    shown = " and ".join(sorted(words))
    zoned = dataclasses.replace(times, stamps=stamps, offsets=seconds, zone=shown)
    return ZoneColumn(name, zoned, Message("intake.joined.zones", zones=shown, column=name))


def _hours(word: str, words: list[str]) -> float | None:
    """Hours east of UTC; None where the word is no zone, or one of several."""
    upper = word.upper()
    if upper in ZONES and len(upper) > 1:
        return ZONES[upper]
    if upper in _BESIDE:
        east, others = _BESIDE[upper]
        return east if others & {other.upper() for other in words} else None
    found = _OFFSET.fullmatch(upper)
    if found is None:
        return None
    sign, number, minutes = found.groups()[:3] if found[1] else found.groups()[3:]
    east = int(number) + int(minutes or 0) / 60
    return None if east > _FARTHEST else -east if sign == "-" else east
