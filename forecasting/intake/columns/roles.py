"""Which column is time, which are values, which names the series: found with reasons, overruled by the user."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from forecasting.errors import DataError
from forecasting.intake.columns.dates import Times, look_for_times
from forecasting.intake.columns.numbers import NumberText, look_for_numbers
from forecasting.intake.columns.time_codes import look_for_epochs, look_for_serials, look_for_steps, look_for_years
from forecasting.intake.columns.time_columns import compose
from forecasting.intake.columns.zones import AS_THEY_STAND, ask_zone, clocks, in_zone
from forecasting.intake.report import Roles
from forecasting.intake.text.table import Table

_TIME_NAMES = re.compile(
    r"(^|[^a-z])(ds|date|datetime|time|timestamp|day|month|quarter|week|year|period|datum|zeit|fecha|jour|data|tag|"
    r"monat|jahr|annee|mois|step|index|t)([^a-z]|$)|date|time",
    re.IGNORECASE,
)
_COUNTER_NAMES = re.compile(
    r"^(column 1|row_?(names?|num|number|id)?|index|idx|id|no\.?|nr\.?|n|num|number|obs|#|unnamed: ?0|x)$",
    re.IGNORECASE,
)
_PART_NAMES = re.compile(
    r"year|month|day|week|quarter|hour|minute|date|jahr|monat|tag|woche|quartal|stunde|mois|jour|semaine|dow|doy|dom",
    re.IGNORECASE,
)
_YEAR_NAMES = re.compile(r"^time$|^period$|year|jahr|ann[eé]e|a[nñ]o|anno|\bano\b|yr|rok|^date$|^ds$|年", re.IGNORECASE)
_READS_AS_NUMBER = re.compile(r"year and month$")  # 2012.05 is a month or an amount
_STEP_NAMES = re.compile(r"^(ds|t|n|step|steps|time|index|period|idx|day|week|month|year|hour)$", re.IGNORECASE)
_SERIES_NAMES = re.compile(
    r"^(unique_?id|series(_?(id|name))?|id|item(_?id)?|sku|store(_?(id|nbr))?|shop|product(_?id)?|ticker|symbol|name|"
    r"region|country|city|station|sensor(_?id)?|meter(_?id)?|location|place|group|category)$",
    re.IGNORECASE,
)
_SIDE_NAMES = re.compile(  # of what goes with a series rather than is one
    r"price|preis|prix|promo|discount|holiday|feiertag|event|weather|temp|rain|wind|humid|open|closed|campaign|budget|"
    r"weekend|weekday|flag|^is_|advert|\\bads?\\b|forecast|planned|plan$",
    re.IGNORECASE,
)
_TARGET_NAMES = re.compile(r"^(y|target|value|values|close|adj\.? ?close)$", re.IGNORECASE)
_TIME_SHARE = 0.9  # of the cells that hold something, the share that must be readable as time
_NO_KEY = "times occur more than once, but no column tells series apart"
_CLEAR = 0.02  # of the rows, the share that may still have the time of another where columns tell series apart
_PAIRED = 6  # columns of which pairs are tried
_VALUE_SHARE = 0.8
_CHOSEN_SHARE = 0.3  # of a column that the user named


@dataclasses.dataclass(frozen=True, eq=False)
class Found:
    """The roles, what else could take them, and the columns already read."""

    roles: Roles
    candidates: dict[str, list[str]]
    times: Times
    numbers: dict[str, NumberText]
    time_notes: tuple[str, ...] = ()


def find_roles(
    table: Table,
    time: str | None,
    target: str | Sequence[str] | None,
    series: str | Sequence[str] | None,
    day_first: bool | str | None,
    zone: str | None = None,
) -> Found:
    """The roles of `table`'s columns, the times of a place in UTC if `zone` names it.

    Raises AmbiguousInput where clocks are put back and no zone is given, DataError where a column named is not there
    or cannot take its role.
    """
    columns = table.columns
    targets = [target] if isinstance(target, str) else list(target or [])
    keys = series_columns(series)
    for field, names in (("time", [time] if time is not None else []), ("series", keys), ("target", targets)):
        for name in names:
            if name not in columns:
                raise DataError(
                    f"There is no column {name!r} in {table.name!r}. It has: {', '.join(map(repr, columns[:20]))}.",
                    field=field,
                    column=name,
                )
    times = {name: read for name in columns if (read := _time_of(table, name, time, day_first)) is not None}
    reason = "you chose it"
    if time is None:
        time, reason = _choose_time(table, times, {*targets, *keys})
    elif time not in times:
        raise DataError(
            f"Column {time!r} cannot be read as dates, times or whole numbers. Choose another time column.",
            field="time",
            column=time,
        )
    composed = compose(table, time, times[time], {*targets, *keys})
    if composed is not None:
        times[time] = composed.times
        reason = f"{reason}; {composed.note}"
    parts = composed.columns if composed is not None else ()
    put_back = clocks(times[time])
    if put_back is not None and zone is None and not times[time].orders:
        raise ask_zone(table, time, put_back)
    reasons = {"time": reason}
    numbers = {
        name: found
        for name in columns
        if name != time
        and name not in parts
        and (found := look_for_numbers(table.cells[name])) is not None
        and found.share >= (_CHOSEN_SHARE if name in targets else _VALUE_SHARE)
    }
    taken = {time, *targets, *parts}
    series_candidates = [name for name in columns if name not in taken and _may_name(table, name)]
    if not keys:
        once = times[time]
        if put_back is not None and zone != AS_THEY_STAND:
            once = dataclasses.replace(once, ok=once.ok & ~put_back.twice)
        keys, reasons["series"] = _choose_series(table, once, series_candidates, numbers)
    else:
        reasons["series"] = "you chose it" if len(keys) == 1 else "you chose them"
    candidates = [
        name
        for name, found in numbers.items()
        if name not in keys and not _describes_time(found, times[time], name) and _in_usual_rows(table, name)
    ]
    if not targets:
        targets, reasons["target"] = _choose_targets(candidates, table, times[time], numbers)
    else:
        reasons["target"] = "you chose it" if len(targets) == 1 else "you chose them"
        for name in targets:
            if name not in numbers:
                raise DataError(
                    f"Column {name!r} does not hold numbers. Choose another value column.", field="target", column=name
                )
    roles = Roles(time, targets, keys[0] if len(keys) == 1 else keys or None, reasons)
    offered = {"time": list(times), "target": candidates, "series": series_candidates}
    if zone is not None:
        codes = pd.factorize(pd.MultiIndex.from_frame(table.cells.select(keys).to_pandas()))[0] if keys else None
        together = np.zeros(len(table), dtype=np.int64) if codes is None else codes.astype(np.int64)
        times[time] = in_zone(times[time], together, zone, table, time)
    notes: list[str] = [composed.note] if composed is not None else []
    notes.extend(
        f"Column {name!r} holds {table.cells[name][0].as_py()!r} in every row, so it tells no series apart."
        for name in columns
        if name not in (*keys, *targets, time)
        and _SERIES_NAMES.match(name)
        and pc.count_distinct(table.cells[name]).as_py() == 1
    )
    return Found(roles, offered, times[time], {name: numbers[name] for name in {*targets, *candidates}}, tuple(notes))


def series_columns(series: str | Sequence[str] | None) -> list[str]:
    """The columns that name the series: none, one, or several together."""
    if series is None:
        return []
    return [series] if isinstance(series, str) else list(series)


def _time_of(table: Table, name: str, chosen: str | None, day_first: bool | str | None) -> Times | None:
    if chosen is not None and name != chosen:
        found = look_for_times(table.cells[name], day_first) if len(table) < 100_000 else None
        return found if found is not None and found.share >= _TIME_SHARE else None
    column = table.cells[name]
    wanted = name == chosen
    found = look_for_times(column, day_first)
    if found is not None and found.share >= (0.5 if wanted else _TIME_SHARE):
        if look_for_steps(column) is None and (wanted or _READS_AS_NUMBER.match(found.format) is None):
            return found
        found = dataclasses.replace(found, weight=2)
        return found if wanted or _TIME_NAMES.search(name) or _rises(found) else None
    years = look_for_years(column)
    if years is not None and (wanted or _YEAR_NAMES.search(name) or _even(years.stamps.astype("datetime64[Y]"))):
        return years
    if wanted or _TIME_NAMES.search(name):
        for look in (look_for_epochs, look_for_serials):
            counted = look(column)
            if counted is not None and _rises(counted):
                return counted
    return look_for_steps(column) if wanted or _STEP_NAMES.match(name) else None


def _rises(times: Times) -> bool:
    """Whether the times do not fall, but for breaks between series."""
    steps = np.diff(times.stamps[times.ok].astype(np.int64))
    return bool(len(steps)) and float((steps >= 0).mean()) >= 0.9 and bool((steps > 0).any())


def _even(stamps: object) -> bool:
    steps = np.diff(np.asarray(stamps).astype(np.int64))
    return bool(len(steps) >= 3 and (steps == 1).all())


def _choose_time(table: Table, times: dict[str, Times], taken: set[str | None]) -> tuple[str, str]:
    def rank(name: str) -> tuple[int, int, int, int]:
        found = times[name]
        different = len(pd.unique(found.stamps[found.ok]))
        return (
            found.weight,
            int(bool(_TIME_NAMES.search(name))),
            int(different > 1),
            -table.columns.index(name),
        )

    left = [name for name in times if name not in taken]
    if not left:
        raise DataError(
            f"No column of {table.name!r} holds dates, times or steps. Its columns are "
            f"{', '.join(map(repr, table.columns[:20]))}; name the one that is time, or add one.",
            field="time",
        )
    best = max(left, key=rank)
    return best, f"its cells are {times[best].format}"


def _may_name(table: Table, name: str) -> bool:
    """Whether a column can tell series apart: fewer different values than rows, none a fraction."""
    head = table.cells[name].slice(0, 5000)
    different = pc.count_distinct(head).as_py()
    if different > max(1, len(head) // 2) and len(head) > 3:
        return False
    fractions = pc.fill_null(pc.match_substring_regex(head, r"^\s*[+-]?[0-9]*[.,][0-9]+\s*$"), False)
    return bool(pc.sum(fractions).as_py() <= 0.5 * len(head))


def _choose_series(
    table: Table, times: Times, candidates: list[str], numbers: dict[str, NumberText]
) -> tuple[list[str], str]:
    if "unique_id" in candidates:
        return ["unique_id"], "it is called unique_id"
    stamps = times.stamps[times.ok]
    repeated = pd.Series(stamps).duplicated().to_numpy()
    if not repeated.any():
        return [], "every time occurs once, so there is one series a value column"
    coded = {
        name: pd.factorize(table.cells[name].to_pandas())[0][times.ok]
        for name in candidates
        if name not in numbers or _SERIES_NAMES.match(name)
    }

    def left(codes: np.ndarray) -> int:
        return int(pd.DataFrame({"code": codes, "ds": stamps}).duplicated().sum())

    fewest: dict[tuple[str, ...], int] = {(name,): left(codes) for name, codes in coded.items()}
    if not fewest:
        return [], _NO_KEY
    best = min(fewest, key=lambda names: _rank(names, fewest, table))
    enough = _CLEAR * len(stamps)
    if fewest[best] > enough:  # perhaps it takes two columns, such as country and product
        two = sorted(coded, key=lambda name: fewest[name,])[:_PAIRED]
        pairs: dict[tuple[str, ...], int] = {
            (a, b): left(coded[a].astype(np.int64) * (int(coded[b].max()) + 2) + coded[b])
            for a, b in itertools.combinations(sorted(two, key=table.columns.index), 2)
        }
        clear = {names: count for names, count in pairs.items() if count <= enough and count < 0.1 * fewest[best]}
        if clear:
            together = min(clear, key=lambda names: _rank(names, clear, table))
            return list(together), "each time occurs once for each pair of their values"
    if fewest[best] > 0.5 * repeated.sum():
        return [], _NO_KEY
    return list(best), "each time occurs once for each of its values"


def _rank(names: tuple[str, ...], left: Mapping[tuple[str, ...], int], table: Table) -> tuple[int, int, int]:
    strange = sum(not _SERIES_NAMES.match(name) for name in names)
    return left[names], strange, table.columns.index(names[0])


def _describes_time(found: NumberText, times: Times, name: str) -> bool:
    """Whether a number column only counts rows or repeats a part of the date."""
    if found.plain is None or np.isnan(found.plain).any():
        return False
    values = found.plain
    if len(values) > 2 and (np.diff(values) == 1).all() and values[0] in (0, 1):
        return _COUNTER_NAMES.match(name) is not None
    if times.stamps.dtype.kind != "M" or not _PART_NAMES.search(name):
        return False
    index = pd.DatetimeIndex(times.stamps)
    parts = (index.year, index.month, index.day, index.hour, index.weekday, index.weekday + 1, index.dayofyear)
    return any(np.array_equal(part.to_numpy(), values) for part in parts)


def _in_usual_rows(table: Table, name: str) -> bool:
    """Whether a column holds something in rows of the usual length: one made by rows too long does not."""
    if not len(table.ragged):
        return True
    usual = pa.array(~np.isin(table.rows, table.ragged))
    return bool(pc.any(pc.greater(pc.utf8_length(pc.fill_null(table.cells[name].filter(usual), "")), 0)).as_py())


def _choose_targets(
    candidates: list[str], table: Table, times: Times, numbers: dict[str, NumberText]
) -> tuple[list[str], str]:
    if not candidates:
        raise DataError(
            f"No column of {table.name!r} besides the time holds numbers, so there is nothing to forecast.",
            field="target",
        )
    if len(candidates) == 1:
        return candidates, "it is the only column of numbers"
    for name in candidates:
        if _TARGET_NAMES.match(name):
            return [name], f"it is called {name}"
    ending = [name for name in candidates if not _SIDE_NAMES.search(name)]
    if len(ending) == 1 and len(ending) < len(candidates) and _ends_first(ending[0], candidates, times, numbers):
        return ending, "it ends before the other columns of numbers, which by their names describe its circumstances"
    return candidates, "these columns hold numbers; each is a series of its own"


def _ends_first(name: str, candidates: list[str], times: Times, numbers: dict[str, NumberText]) -> bool:
    """Whether a column has no value in the last rows, where all others have one."""
    stamps = times.stamps.astype(np.int64)
    held = {other: np.asarray(numbers[other].texts.is_valid()) & times.ok for other in candidates}
    beyond = times.ok & (stamps > stamps[held[name]].max(initial=np.iinfo(np.int64).min))
    return bool(beyond.any()) and all(held[other][beyond].all() for other in candidates if other != name)
