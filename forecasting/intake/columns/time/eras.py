"""Years of other eras, digits of other scripts, and signs behind a time, rewritten so that the formats of dates fit."""

from __future__ import annotations

import datetime
import re
import unicodedata

_JAPANESE = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
_JAPANESE |= {"M": 1867, "T": 1911, "S": 1925, "H": 1988, "R": 2018}
_OF_JAPAN = re.compile(r"(明治|大正|昭和|平成|令和|[MTSHR])\.?\s?(\d{1,2}|元)(?=\s?年|[./-]\d)")
_BUDDHIST = re.compile(r"(?<!\d)(2[456]\d\d)(?!\d)|(?<!\d)(2[456]\d\d)(?=(?:0[1-9]|1[0-2])(?:[0-3]\d)?$)")
_BUDDHIST_MARK = re.compile(r"^พ\.?ศ\.?\s?|\s?(?:B\.?E\.?|พ\.?ศ\.?)(?=\s|$)")
_JALALI = re.compile(r"^(1[234]\d\d)([-/.])(\d{1,2})\2(\d{1,2})(?!\d)|^(1[234]\d\d)(?:)(0[1-9]|1[0-2])([0-3]\d)$")
_OF_TAIWAN = re.compile(r"^(?:民[國国]\s?)?(1[0-2]\d|\d\d)(?=\s?年|[./-]\d{1,2}[./-]\d{1,2}$)")
_BEHIND = re.compile(r"(?<=\d)\s?(?:DST|ST|hrs?\.?|Uhr|Std\.?|월|월분|o'clock|local(?: time)?|LT|h)\s*$", re.IGNORECASE)
_JALALI_MONTHS = (  # by their first letters, in Persian and in Latin
    *("فروردین|farvardin", "اردیبهشت|ordibehesht", "خرداد|khordad", "تیر|tir", "مرداد|امرداد|mordad"),
    *("شهریور|shahrivar", "مهر|mehr", "آبان|aban", "آذر|azar", "دی|dey", "بهمن|bahman", "اسفند|esfand"),
)
_NAMED_JALALI = re.compile(
    r"^(?:(?P<day>\d{1,2})\s+)?(?P<name>[^\W\d_]{2,12})(?:\s+ماه)?[\s,،/-]+(?P<year>1[234]\d\d)$"
    r"|^(?P<before>1[234]\d\d)[\s/-]+(?P<behind>[^\W\d_]{2,12})$",
    re.IGNORECASE,
)
_JALALI_MONTH = re.compile(r"^(1[234]\d\d)[-/.]?(0?[1-9]|1[0-2])$")
_SHORT_THAI = re.compile(r"(?<!\d)([3-9]\d)$")  # 2566 as 66; 96 is 1953, 33 is 1990
_LAST_JALALI = 1420  # a later year is more likely one of the Islamic calendar
_SINCE = datetime.date(2023, 3, 21).toordinal()  # 1402/01/01


def latin_digits(cell: str) -> str:
    """The cell with ASCII digits and without marks of the writing direction."""
    if cell.isascii():
        return cell
    return "".join(
        str(unicodedata.decimal(c)) if c.isdecimal() else c for c in cell if c not in "\u200e\u200f\u202a\u202b\u202c"
    )


def from_japanese(cell: str) -> str:
    """令和5年1月1日, R5.1.1 and H31/4/30 with the year of the common era."""
    return _OF_JAPAN.sub(
        lambda found: str(_JAPANESE[found[1]] + (1 if found[2] == "元" else int(found[2]))), cell, count=1
    )


def from_buddhist(cell: str) -> str:
    """01/01/2566 with the year 2023."""
    cell = _BUDDHIST_MARK.sub("", cell)
    return _BUDDHIST.sub(lambda found: str(int(found[1] or found[2]) - 543), cell, count=1)


def from_taiwan(cell: str) -> str:
    """民國112年1月5日 and 112/01/05 with the year 2023; years of two digits only behind 民國."""
    found = _OF_TAIWAN.match(cell)
    if not found or (len(found[1]) < 3 and not cell.startswith("民")):
        return cell
    return str(int(found[1]) + 1911) + cell[found.end() :]


def from_jalali(cell: str) -> str:
    """1402/01/01 of the Iranian calendar as 2023-03-21; as it is where there is no such day."""
    found = _JALALI.match(cell)
    if not found:
        return cell
    year, month, day = (int(part) for part in (found.group(1, 3, 4) if found[1] else found.group(5, 6, 7)))
    if not 1 <= month <= 12 or not 1 <= day <= (31 if month < 7 else 30) or year > _LAST_JALALI:
        return cell
    days = _jalali_days(year, month, day) - _jalali_days(1402, 1, 1)
    if month == 12 and _jalali_days(year, 12, day) >= _jalali_days(year + 1, 1, 1):
        return cell  # the 30th of a year that has none
    return datetime.date.fromordinal(_SINCE + days).isoformat() + cell[found.end() :]


def from_jalali_months(cell: str) -> str:
    """1402/01 and فروردین 1402 as 2023-03, the month in which the Iranian one begins; with a day as `from_jalali`."""
    named = _NAMED_JALALI.match(cell)
    if named:
        word = (named["name"] or named["behind"]).casefold().replace("ي", "ی")
        month = next((at for at, names in enumerate(_JALALI_MONTHS, 1) if word in names.split("|")), 0)
        year = named["year"] or named["before"]
        if not month:
            return cell
        if named["day"]:
            return from_jalali(f"{year}/{month}/{named['day']}")
        cell = f"{year}/{month}"
    found = _JALALI_MONTH.match(cell)
    first = from_jalali(f"{found[1]}/{int(found[2])}/1") if found else ""
    return first[:7] if first.count("-") == 2 else cell


def from_short_buddhist(cell: str) -> str:
    """Jan 66 with the year 2023."""
    return _SHORT_THAI.sub(lambda found: str(2500 + int(found[1]) - 543), cell)


def without_suffix(cell: str) -> str:
    """A time without a word behind it that says nothing of its zone: 12:00 Uhr, 00:00 DST."""
    return _BEHIND.sub("", cell)


def _jalali_days(year: int, month: int, day: int) -> int:
    """Days since an arbitrary one, by the cycle of 33 years with 8 leap years."""
    year += 1595
    before = (month - 1) * 31 if month < 7 else (month - 7) * 30 + 186
    return 365 * year + year // 33 * 8 + (year % 33 + 3) // 4 + before + day
