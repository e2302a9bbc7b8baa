"""What a single cell looks like; dialects and headers are judged by it."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import TypeVar

_MISSING = """na n/a n.a. nan null none nil missing - -- --- . .. ... ? <na> nd n.d. n/d k.a. s/d * ** \\n \u2013 \u2014
    unknown #n/a #na #nv #null! #div/0! #value! #ref! #num! #name? (null) (blank) (empty)"""
NA_TOKENS = frozenset(_MISSING.split()) | {"keine angabe", "not available"}
_CURRENCY = r"(?:[$€£¥₹₽₩₺฿₫₴₪₱¢]|R\$|US\$|A\$|C\$|HK\$|kr|zł|Kč|Ft|lei|[A-Z]{3})"
_SPACES = " \u00a0\u202f\u2009\u2007"
_DIGITS = rf"(?:\d+(?:[.,'\u2019{_SPACES}]\d{{2,3}})*(?:[.,]\d*)?|[.,]\d+)"
_NUMBER = re.compile(
    rf"\(?[+\-\u2212]?(?:{_CURRENCY}[{_SPACES}]?)?[+\-\u2212]?{_DIGITS}(?:[eE][+-]?\d+)?[+-]?"
    rf"(?:[{_SPACES}]?(?:%|‰|{_CURRENCY}))?\)?"
)
_LIMITED = re.compile(r"\s*(?:[<>]=?|[≤≥])\s*(?=[\d$€£.+\-])")
_FLAG = re.compile(r"\s*(?:\[\w{1,3}\]|\([A-Za-z][A-Za-z. ]{0,15}\)|\(\d\)|\^\w|[⁰¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉᵖʳ]+|[*†‡§#!]+)+\s*$")
_LETTERS = re.compile(r"(?<=\d)\s?[A-Za-z](?:[ ,/]?[A-Za-z])?\s*$")
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s?(?:[AaPp]\.?[Mm]\.?)?"
_ZONE = r"(?:\s?(?:Z|UTC|GMT|[A-Z]{3,4}|[+-]\d{2}:?(?:\d{2})?))?"
_MONTH = r"[^\W\d_]{3,12}\.?"
_TIME = re.compile(
    rf"(?:\d{{1,4}}[-/. ]\d{{1,2}}[-/. ]\d{{1,4}}\.?|\d{{4}}-?\d{{2}}-?\d{{2}}"
    rf"|\d{{1,2}}\.?[-/ ]{_MONTH}[-/, ]\s?\d{{2,4}}|{_MONTH}[-/ ]\d{{1,2}},?[-/ ]\d{{2,4}}"
    rf"|{_MONTH}[-/ ]'?\d{{2,4}}|\d{{4}}[-/ ]{_MONTH}(?:[-/ ]\d{{1,2}})?"
    rf"|(?:{_MONTH},? )\d{{1,2}}\.? {_MONTH},? \d{{4}})"
    rf"(?:(?:[T ,]|, )\s?{_CLOCK}{_ZONE})?"
    rf"|{_CLOCK}{_ZONE}|\d{{4}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\d{{4}}|\d{{4}}[- ]?[QqTt][1-4]|[QqTt][1-4][-/ ]\d{{4}}"
    rf"|\d{{4}}-?W\d{{1,2}}(?:-\d)?"
)
_NAMED_MONTH = re.compile(
    r"\d{1,4}[-/ .]*(?:jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])|"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-/ .]*'?\d",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:https?|ftp)://\S+|www\.\S+|\d{1,3}(?:\.\d{1,3}){3}|true|false|yes|no",
    re.IGNORECASE,
)
_WORD = re.compile(r"[\w.-]*[^\W\d][\w.-]*")
_PHRASE = re.compile(r"[\w(\[\"'„“«¿¡#*+-][\w \-.,:;!?'\u2019\"“”&/()%+*=°@#\[\]<>$€£…\u2013\u2014»«]*")

_Judged = TypeVar("_Judged")
_kept: list[Callable[[], None]] = []  # what forgets the cells of each of them
_SHORT = 64  # characters, up to which what a cell is judged to be is remembered


def _remembered(judge: Callable[[str], _Judged]) -> Callable[[str], _Judged]:
    """A dozen dialects and many steps after them ask about the same cells."""
    kept = functools.lru_cache(1 << 14)(judge)
    _kept.append(kept.cache_clear)

    @functools.wraps(judge)
    def judged(cell: str) -> _Judged:
        return kept(cell) if len(cell) <= _SHORT else judge(cell)

    return judged


def forget_cells() -> None:
    """Let go of the cells that were judged last: somebody may have deleted the file that they are from."""
    for forget in _kept:
        forget()


@_remembered
def is_number(cell: str) -> bool:
    """Whether a cell is a number in any notation, with sign, currency or percent."""
    cell = cell.strip()
    return bool(_NUMBER.fullmatch(cell)) and any(c.isdigit() for c in cell)


def without_flag(cell: str) -> str:
    """A cell without the mark of a note behind it, such as 60.0 p, 12.3e, 2022* or 2023 (r)."""
    bare = _FLAG.sub("", cell)
    return _LETTERS.sub("", bare if bare.strip() else cell)


@_remembered
def is_marked_number(cell: str) -> bool:
    """Whether a cell is a number, alone or with a flag behind it or a sign for a limit before it, such as <0.02."""
    return is_number(cell) or is_number(without_flag(_LIMITED.sub("", cell)))


@_remembered
def is_time(cell: str) -> bool:
    """Whether a cell is written as a date, a time of day, a month, a quarter or a week."""
    cell = cell.strip()
    if not _TIME.fullmatch(cell):
        return False
    return not any(c.isalpha() for c in cell) or bool(_NAMED_MONTH.search(cell)) or _has_only_marks(cell)


def is_missing(cell: str) -> bool:
    """Whether a cell is empty or a token for a missing value."""
    cell = cell.strip()
    return not cell or cell.lower() in NA_TOKENS


def is_data(cell: str) -> bool:
    """Whether a cell is a number, a time or a token for a missing value, rather than words."""
    return is_number(cell) or is_time(cell) or (bool(cell.strip()) and is_missing(cell))


@_remembered
def cleanness(cell: str) -> float:
    """How likely a cell is a single value: 1 for numbers, times and missing values, 0 for what was cut wrongly."""
    stripped = cell.strip()
    if not stripped:
        return 0.9
    if len(stripped) <= 40 and (is_number(_LIMITED.sub("", stripped)) or is_time(stripped)):
        return 1.0
    if is_missing(stripped) or _NAMED.fullmatch(stripped):
        return 1.0
    padded = 0.05 if stripped != cell else 0.0
    if _WORD.fullmatch(stripped):
        return 0.9 - padded
    if stripped[0] in "\"'":
        return 0.5 if len(stripped) > 1 and stripped[-1] == stripped[0] else 0.0
    if stripped.count("#") > 1 or stripped.count("^") > 1 or stripped.count("~") > 1:
        return 0.2
    if _PHRASE.fullmatch(stripped):
        return (0.75 if not any(mark in stripped for mark in ",;|\t") else 0.35) - padded
    return 0.25 if not any(mark in stripped for mark in ",;|\t") else 0.1


def _has_only_marks(cell: str) -> bool:
    letters = "".join(c for c in cell if c.isalpha()).upper()
    return letters in {"T", "TZ", "Z", "Q", "W", "AM", "PM", "UTC", "GMT", "TUTC", "TAM", "TPM"} or (
        len(letters) in (3, 4) and ":" in cell
    )
