"""Column names that are times or steps: "2024-01", "1/22/20", "X1998", "sales_2020", "d_17", "17", "07:30", "H8"."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pyarrow as pa

from forecasting.intake.columns.time.dates import look_for_times
from forecasting.intake.columns.time.months import month_of

LEAST = 3  # columns named by times from which on a table is wide
STEPS = 5  # the same of columns that are merely numbered
_CORE = re.compile(r"^(?P<before>\D*?)(?P<core>\d[\d./: _-]*(?:[QqWwMmTtSs]\d{1,2})?)(?P<after>\D*|\s*\[YR\d{4}\])$")
_YEAR = re.compile(r"^(?:1[6-9]|20|21)\d\d$")
_NUMBERED = re.compile(r"^(?P<before>[^\W\d]*[ _.-]?)0*(?P<number>\d{1,4})$")
_WORDS = "d day days tag dag jour w wk week woche m mo month monat q t step period p h hr hour v y f c obs x"
_UNITS = frozenset(_WORDS.split())  # that columns count
_CLOCK = re.compile(r"^(\d{1,2}):(\d{2})(?::00)?(?:\s*[-\u2013]\s*\d{1,2}:\d{2}(?::00)?)?$")
_HOUR = re.compile(
    r"^(?:h|hr|hour|hours|he|hour ending|std|stunde|heure|hora)?[ _.-]?0*(\d{1,2})(?:h|h00)?$", re.IGNORECASE
)
_QUARTER = re.compile(r"^(?:q|qtr|quarter|t|trimestre)[ _.-]?([1-4])$", re.IGNORECASE)
_MINUTES = 1440  # in a day


@dataclasses.dataclass(frozen=True)
class Across:
    """Columns named by times. columns: their positions; cells: the time of each as text; kind: times, years, steps.

    measures: what stands beside the time in each name, such as "sales" of "sales_2020", where it differs; else empty.
    """

    columns: tuple[int, ...]
    cells: tuple[str, ...]
    kind: str
    measures: tuple[str, ...] = ()


def times_across(names: list[str]) -> Across | None:
    """The columns whose names are times; None where fewer than LEAST are."""
    plain = _dated([name.strip() for name in names])
    if plain is not None:
        return plain
    parts = [_CORE.fullmatch(name.strip()) for name in names]
    cores = [match["core"].strip(" _-./") if match else "" for match in parts]
    dated = _dated(cores)
    if dated is None:
        return None
    beside = [_beside(match) for match in parts if match]
    of = dict(zip([at for at, match in enumerate(parts) if match], beside, strict=True))
    measures = tuple(of[at] for at in dated.columns)
    groups = {
        measure: [cell for m, cell in zip(measures, dated.cells, strict=True) if m == measure] for measure in measures
    }
    if any(len(group) < LEAST or len(set(group)) < len(group) for group in groups.values()):
        return None
    return dataclasses.replace(dated, measures=measures if len(groups) > 1 else ())


def steps_across(names: list[str]) -> Across | None:
    """The columns that are numbered one after another, as "d_1" to "d_1913" or "1" to "52" are."""
    groups: dict[str, list[tuple[int, int]]] = {}
    for at, name in enumerate(names):
        if match := _NUMBERED.fullmatch(name.strip()):
            groups.setdefault(match["before"].lower(), []).append((at, int(match["number"])))
    best = max(groups.items(), key=lambda item: len(item[1]), default=("", []))
    before, found = best
    if before.rstrip(" _.-") not in {"", *_UNITS} or len(found) < max(STEPS, 0.5 * len(names)):
        return None
    numbers = [number for _, number in found]
    if set(np.diff(numbers).tolist()) not in ({1}, {-1}):
        return None
    return Across(tuple(at for at, _ in found), tuple(map(str, numbers)), "steps")


def clocks_across(names: list[str]) -> Across | None:
    """The columns that are the hours of a day, or shorter steps of it: cells are "07:30"."""
    written = [(at, match) for at, name in enumerate(names) if (match := _CLOCK.fullmatch(name.strip()))]
    if len(written) >= LEAST:
        minutes = [int(match[1]) * 60 + int(match[2]) for _, match in written]
        if minutes[0] > 0 and minutes[-1] in (0, _MINUTES):  # the ends of the steps
            minutes = [minute - minutes[0] for minute in [*minutes[:-1], _MINUTES]]
        return _as_clocks([at for at, _ in written], minutes)
    hours = [(at, int(match[1])) for at, name in enumerate(names) if (match := _HOUR.fullmatch(name.strip()))]
    numbers = [hour for _, hour in hours]
    if numbers not in (list(range(24)), list(range(1, 25))):
        return None
    return _as_clocks([at for at, _ in hours], [60 * (number - numbers[0]) for number in numbers])


def parts_across(names: list[str]) -> Across | None:
    """The columns that are the months or quarters of a year (cells "-07" or "-Q3"), or the days of a month ("-17")."""
    months = [(at, month_of(name)) for at, name in enumerate(names) if name.isalpha()]
    months = [(at, month) for at, month in months if month]
    if sorted(month for _, month in months) == list(range(1, 13)):
        return Across(tuple(at for at, _ in months), tuple(f"-{month:02d}" for _, month in months), "months")
    quarters = [(at, int(match[1])) for at, name in enumerate(names) if (match := _QUARTER.fullmatch(name.strip()))]
    if [quarter for _, quarter in quarters] == [1, 2, 3, 4]:
        return Across(tuple(at for at, _ in quarters), tuple(f"-Q{quarter}" for _, quarter in quarters), "quarters")
    numbered = steps_across(names)
    if numbered is None or numbered.cells[0] != "1" or len(numbered.cells) not in (12, 31):
        return None
    kind = "months" if len(numbered.cells) == 12 else "days"
    return Across(numbered.columns, tuple(f"-{int(cell):02d}" for cell in numbered.cells), kind)


def _dated(names: list[str]) -> Across | None:
    likely = [name if any(map(str.isdigit, name)) else None for name in names]
    times = look_for_times(pa.chunked_array([pa.array(likely, pa.string())]))
    if times is not None and times.ok.sum() >= LEAST:
        found = np.flatnonzero(times.ok)
        return Across(tuple(map(int, found)), tuple(names[at] for at in found), "times")
    years = [at for at, name in enumerate(names) if _YEAR.fullmatch(name.removesuffix(".0"))]
    if len(years) < LEAST:
        return None
    return Across(tuple(years), tuple(names[at].removesuffix(".0") for at in years), "years")


def _beside(match: re.Match[str]) -> str:
    """What stands beside the time in a name; R puts an X before names that begin with a digit."""
    after = "" if match["after"].strip().startswith("[YR") else match["after"]  # as the World Bank repeats the year
    words = [part.strip(" _-.:/([") for part in (match["before"], after.rstrip(")]"))]
    text = " ".join(word for word in words if word)
    return "" if text in ("X", "x") else text


def _as_clocks(columns: list[int], minutes: list[int]) -> Across | None:
    steps = set(np.diff(minutes).tolist())
    if len(steps) != 1 or min(steps) <= 0 or max(minutes) >= _MINUTES:
        return None
    return Across(tuple(columns), tuple(f"{minute // 60:02d}:{minute % 60:02d}" for minute in minutes), "clocks")
