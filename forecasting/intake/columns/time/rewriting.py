"""Dates in forms that no format fits as they are: rewritten cell by cell, and said what was taken for what."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Callable, Iterator, Sequence

from forecasting.intake.columns.time import eras
from forecasting.intake.columns.time.months import ENGLISH, language_of, month_of, months_of, twelve_like
from forecasting.messages import Message

# Signs that stand for vowels are no letters to regular expressions.
_MARKS = "\u0300-\u036f\u064b-\u065f\u0900-\u0dff\u0e01-\u0e4e\u0e81-\u0ecd\u0f00-\u0fbc\u1000-\u103e\u1780-\u17d3"
_PIECE = re.compile(
    rf"[^\W\d_](?:[^\d/,;:()\u2013-]*(?:[^\W\d_]|[{_MARKS}]))?\.?"
)  # words, of scripts with vowel signs too
_SMALL = re.compile(r"(?<=[\d ])\s?(?:\u0433|\u0440|m|r|d|año|година|года|год|року|năm|tahun|de)\.?(?=\s|$)")
_WORDS = 60  # different ones that a column of months can have, with those of weekdays
_ENOUGH = 0.8  # of the cells, the share that must have a month
_SPACED = re.compile(r"^(.*\d.*?)\s+(?:-|\u2013|—|~|/|to|bis|until|through|au|al?|до|по|t/m)\s+(.*\d.*)$")
_JOINED = re.compile(r"^(.*\d.*?)\s?(?:\u2013|—|~|--|\.\.|/)\s?(.*\d.*)$")
_TO = r"\s*(?:-|\u2013|—|~|\bto\b|\bbis\b|\bau\b|\bal?\b)\s*"
_MONTH_DAYS = re.compile(  # Jan 30 - Feb 5, 2023
    rf"^(?P<m1>[^\W\d_]{{3,}}\.?)\s+(?P<d1>\d{{1,2}}){_TO}(?:(?P<m2>[^\W\d_]{{3,}}\.?)\s+)?(?P<d2>\d{{1,2}}),?\s+(?P<y>\d{{4}})$"
)
_DAYS_MONTH = re.compile(  # 30 Jan - 5 Feb 2023
    rf"^(?P<d1>\d{{1,2}})\.?(?:\s+(?P<m1>[^\W\d_]{{3,}}\.?))?{_TO}(?P<d2>\d{{1,2}})\.?\s+(?P<m2>[^\W\d_]{{3,}}\.?),?\s+(?P<y>\d{{4}})$"
)
_NUMBERED = re.compile(  # 30.01. - 05.02.2023, 02-08.01.2023
    rf"^(?P<a>\d{{1,2}})(?:(?P<mark>[./])(?P<b>\d{{1,2}}))?\.?{_TO}(?P<c>\d{{1,2}})(?P<mark2>[./])(?P<d>\d{{1,2}})[./](?P<y>\d{{4}})$"
)
_ROMAN = ("I", "II", "III", "IV")
_QUARTER = r"(?:kw\.?|кв\.?|квартал|trim\.?|trimestre|quartal|quarter|q)"
_QUARTERS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^[QTK](?P<q>[1-4])\s?[-/.' ]?\s?'?(?P<y>\d\d)$",
        r"^(?P<q>[1-4])[QTK]\s?[-/.' ]?\s?'?(?P<y>\d\d)$",
        r"^(?P<y>\d{4})\s?:\s?(?P<q>[1-4])$",
        r"^(?P<y>\d{4})\s(?P<q>[1-4])/4$",
        r"^(?P<y>\d{4})\s?/\s?(?P<q>1|4|7|10)\s?-\s?(?P<last>3|6|9|12)\.?(?:月)?$",
        rf"^(?P<q>IV|I{{1,3}})\.?\s?{_QUARTER}?\s?[-/ ]?\s?(?P<y>\d{{4}})\s?(?:\u0433\.?|r\.?)?$",
        rf"^(?P<y>\d{{4}})\s?[-/ .]?\s?{_QUARTER}?\s?(?P<q>IV|I{{1,3}})$",
    )
)
_SEASON = re.compile(r"^(\d\d)\s?[-/\u2013]\s?(\d\d)$")
_VIETNAMESE = re.compile(r"^(?:tháng|thg)\.?\s*(\d{1,2})\s*[-/,. ]\s*(?:năm\s*)?(\d{4})$", re.IGNORECASE)
_SHORT_YEAR = re.compile(r"(?<!\d)(?:3[3-9]|[4-9]\d)$")
_COUNTED = re.compile(r"^([0-9]{1,2})-(0[1-9]|1[0-2])$")
_YEAR_OF_ERA = re.compile(r"(?<!\d)(?:2[456]\d\d)(?!\d)|^2[456]\d{6}$")


@dataclasses.dataclass(frozen=True)
class Rewriting:
    """How cells are rewritten: `cell` is applied to each. said: what that took for what.

    months: the file's own twelve names, where English ones took their place; None where the form is not the file's any
    more. end: of a cell with a beginning and an end, the end.
    """

    cell: Callable[[str], str]
    said: tuple[Message, ...] = ()
    months: tuple[str, ...] | None = None
    end: Callable[[str], str] | None = None


def rewritings(sample: Sequence[str]) -> Iterator[Rewriting]:
    """Ways to rewrite the cells of a sample, from the simplest on."""
    sample = [cell for cell in sample if any(c.isdecimal() for c in cell)]
    if not sample:
        return
    steps: tuple[Callable[[str], str], ...] = ()
    said: tuple[Message, ...] = ()
    if any(eras.latin_digits(cell) != cell for cell in sample):
        steps, said = (eras.latin_digits,), (Message("intake.said.digits"),)
        sample = [eras.latin_digits(cell) for cell in sample]
        yield Rewriting(_all(steps), said)
    for era in ("japanese", "jalali", "jalali-months", "taiwan", "buddhist"):
        change = getattr(eras, f"from_{era.replace('-', '_')}")
        if _changes(change, sample):
            yield Rewriting(_all((*steps, change)), (*said, Message(f"intake.said.{era}")))
    if _changes(_in_quarters, sample) and len({_in_quarters(cell)[-1] for cell in sample}) == 4:
        yield Rewriting(_all((*steps, _in_quarters)), said)
    if _changes(_vietnamese, sample):
        yield Rewriting(_all((*steps, _vietnamese)), said)
    if _are_seasons(sample):
        yield Rewriting(_all((*steps, _with_century)), said)
    if _changes(lambda cell: _with_year(cell, 0), sample):
        start, end = (functools.partial(_with_year, part=part) for part in (0, 1))
        yield Rewriting(_all((*steps, start)), said, None, _all((*steps, end)))
    if _changes(eras.without_suffix, sample, 0.2):
        first = next(cell for cell in sample if eras.without_suffix(cell) != cell)
        suffix = first[len(eras.without_suffix(first)) :].strip()
        yield Rewriting(_all((*steps, eras.without_suffix)), (*said, Message("intake.said.suffix", suffix=suffix)))
    yield from _months(sample, steps, said)
    if _counts_years(sample):
        yield Rewriting(_all((*steps, _from_2000)), (*said, Message("intake.said.counted-years")))
    for pattern in (_SPACED, _JOINED):
        if sum(pattern.match(cell) is not None for cell in sample) >= _ENOUGH * len(sample):
            yield Rewriting(_all((*steps, _part(pattern, 1))), said, None, _all((*steps, _part(pattern, 2))))


def _months(
    sample: Sequence[str], steps: tuple[Callable[[str], str], ...], said: tuple[Message, ...]
) -> Iterator[Rewriting]:
    """Months written in a language that the formats do not know."""
    pieces = {piece for cell in sample for piece in _PIECE.findall(cell)}
    words = {word for piece in pieces for word in (piece, *piece.split()) if len(word.rstrip(".")) > 1}
    dated = sum(bool(re.search(r"\d", cell) and _PIECE.search(cell)) for cell in sample)
    if not words or len(words) > _WORDS or dated < _ENOUGH * len(sample):
        return
    known = months_of(words)
    if not known:
        return
    names = re.compile(
        r"(?<![^\W\d_])("
        + "|".join(re.escape(word) for word in sorted(known, key=len, reverse=True))
        + r")(?![^\W\d_])\.?"
    )
    if sum(names.search(cell) is not None for cell in sample) < _ENOUGH * len(sample):
        return

    def in_english(cell: str) -> str:
        return _SMALL.sub("", names.sub(lambda found: ENGLISH[known[found[1]] - 1], cell, count=1)).strip()

    language = language_of(known)
    if language == "th" and all(_SHORT_YEAR.search(cell) for cell in sample):
        change = _all((*steps, in_english, eras.from_short_buddhist))
        yield Rewriting(change, (*said, Message("intake.said.buddhist")))
    used = {found[1] for cell in sample if (found := names.search(cell))}
    own = twelve_like(used, language) if language else ()
    yield Rewriting(_all((*steps, in_english)), said, own if not steps and own else None)
    if all(_YEAR_OF_ERA.search(cell) for cell in sample):
        change = _all((*steps, in_english, eras.from_buddhist))
        yield Rewriting(change, (*said, Message("intake.said.buddhist")))


def _with_year(cell: str, part: int) -> str:
    """The beginning (0) or the end (1) of an interval whose year stands at its end only; as it is where that is not so.

    An interval that begins in December and ends in January begins in the year before, and "30 - 5 Feb" in January.
    """
    for pattern in (_MONTH_DAYS, _DAYS_MONTH):
        if found := pattern.match(cell):
            last = month_of(found["m2"] or found["m1"] or "")
            first = month_of(found["m1"] or found["m2"] or "")
            if not first or not last:
                return cell
            if not (found["m1"] and found["m2"]) and int(found["d1"]) > int(found["d2"]):
                first = (last - 2) % 12 + 1
            day, month = (found["d2"], last) if part else (found["d1"], first)
            return f"{day} {ENGLISH[month - 1]} {int(found['y']) - (part == 0 and first > last)}"
    found = _NUMBERED.match(cell)
    if found is None or (found["mark"] and found["mark"] != found["mark2"]):
        return cell
    end = [int(found["c"]), int(found["d"])]
    begin = [int(found["a"]), int(found["b"] or found["d"])]
    if not found["b"] and begin[0] > end[0]:
        begin[1] = (end[1] - 2) % 12 + 1
    over = begin != end and all(first >= last for first, last in zip(begin, end, strict=True))
    year = int(found["y"]) - int(part == 0 and over)
    return found["mark2"].join(f"{number:02d}" for number in (end if part else begin)) + f"{found['mark2']}{year}"


def _are_seasons(sample: Sequence[str]) -> bool:
    """Whether 93/94, 94/95 ... are years, each cell of one and the next, and one cell after another."""
    found = [_SEASON.match(cell) for cell in sample]
    begins = sorted({_in_century(int(one[1])) for one in found if one})
    follow = all(one and int(one[2]) == (int(one[1]) + 1) % 100 for one in found)
    return follow and len(begins) >= 3 and begins[-1] - begins[0] == len(begins) - 1


def _in_century(year: int) -> int:
    return year + (2000 if year < 70 else 1900)


def _with_century(cell: str) -> str:
    return _SEASON.sub(lambda found: f"{_in_century(int(found[1]))}/{found[2]}", cell)


def _in_quarters(cell: str) -> str:
    """1Q12, Q1-12, 2012:1, 2012 1/4, 2012/ 1- 3. and I kw. 2012 as 2012-Q1."""
    for pattern in _QUARTERS:
        if found := pattern.match(cell):
            year, part = int(found["y"]), found["q"].upper()
            number = _ROMAN.index(part) + 1 if part in _ROMAN else int(part)
            number = (number + 2) // 3 if "last" in found.re.groupindex else number
            return f"{_in_century(year) if year < 100 else year}-Q{number}"
    return cell


def _vietnamese(cell: str) -> str:
    """Tháng 1 2024 as 2024-01."""
    return _VIETNAMESE.sub(lambda found: f"{found[2]}-{int(found[1]):02d}", cell)


def _counts_years(sample: Sequence[str]) -> bool:
    """Whether 1-01 to 3-12 are months of the first to the third year, each after the one before."""
    found = [_COUNTED.match(cell) for cell in sample]
    months = sorted({int(one[1]) * 12 + int(one[2]) for one in found if one})
    return all(found) and len(months) >= 12 and months[-1] - months[0] == len(months) - 1


def _from_2000(cell: str) -> str:
    found = _COUNTED.match(cell)
    return f"{2000 + int(found[1])}-{found[2]}" if found else cell


def _changes(change: Callable[[str], str], sample: Sequence[str], least: float = _ENOUGH) -> bool:
    return sum(change(cell) != cell for cell in sample) >= least * len(sample)


def _all(steps: Sequence[Callable[[str], str]]) -> Callable[[str], str]:
    def change(cell: str) -> str:
        for step in steps:
            cell = step(cell)
        return cell.strip()

    return change


def _part(pattern: re.Pattern[str], group: int) -> Callable[[str], str]:
    def part(cell: str) -> str:
        found = pattern.match(cell)
        return found[group] if found else ""

    return part
