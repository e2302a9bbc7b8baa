"""Dates in forms that no format fits as they are: rewritten cell by cell, and said what was taken for what."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Sequence

from forecasting.intake.columns import eras
from forecasting.intake.columns.months import ENGLISH, language_of, months_of, twelve_like
from forecasting.messages import Message

_PIECE = re.compile(r"[^\W\d_](?:[^\d/,;:()\u2013-]*[^\W\d_])?\.?")
_SMALL = re.compile(r"(?<=[\d ])\s?(?:\u0433|\u0440|m|r|d|año|година|года|год|року|năm|tahun|de)\.?(?=\s|$)")
_WORDS = 60  # different ones that a column of months can have, with those of weekdays
_ENOUGH = 0.8  # of the cells, the share that must have a month
_SPACED = re.compile(r"^(.*\d.*?)\s+(?:-|\u2013|—|~|/|to|bis|until|through|au|al?|до|по|t/m)\s+(.*\d.*)$")
_JOINED = re.compile(r"^(.*\d.*?)\s?(?:\u2013|—|~|--|\.\.|/)\s?(.*\d.*)$")
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
    for era in ("japanese", "jalali", "taiwan", "buddhist"):
        change = getattr(eras, f"from_{era}")
        if _changes(change, sample):
            yield Rewriting(_all((*steps, change)), (*said, Message(f"intake.said.{era}")))
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
    words = {word for piece in pieces for word in (piece, *piece.split())}
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
    used = {found[1] for cell in sample if (found := names.search(cell))}
    own = twelve_like(used, language) if language else ()
    yield Rewriting(_all((*steps, in_english)), said, own if not steps and own else None)
    if all(_YEAR_OF_ERA.search(cell) for cell in sample):
        change = _all((*steps, in_english, eras.from_buddhist))
        yield Rewriting(change, (*said, Message("intake.said.buddhist")))


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
