"""The formats of dates as RE2 patterns, in the order in which they win, and what the cells of each must contain."""

from __future__ import annotations

import re

from forecasting.intake.columns.time.clock import AFTER_DATE, COMPACT
from forecasting.intake.columns.time.months import WORDS

# Letters: all but ASCII's other characters, Latin-1's signs, punctuation and symbols. RE2 takes 6 to 16 ms to compile
# a pattern with \p{L}, each time anew, and 0.4 to 0.8 ms with these ranges.
_SYMBOLS = r"\x{2000}-\x{206f}\x{20a0}-\x{20cf}\x{2100}-\x{2bff}\x{3000}-\x{3004}\x{3007}-\x{3030}"
_LETTER = r"[^\x00-@\[-`{-\x{bf}\x{d7}\x{f7}" + _SYMBOLS + "]"
_WEEKDAY = "(?:" + _LETTER + r"{2,10}\.?,?\s+)?"
_MONTH = "(?P<mon>" + _LETTER + "{3,12})"
_MON = _MONTH + r"\.?,?"
_GAP = r"[-/. ]\s?" + WORDS + "?'?"
_MAYBE_GAP = _GAP.replace("[-/. ]", "[-/. ]?")
_YEAR = r"(?P<y>(?:1[6-9]|20|21)[0-9]{2}|[0-9]{2})"
_LONG_YEAR = r"(?P<y>(?:1[6-9]|20|21)[0-9]{2})"
_A4 = r"(?P<a>(?:1[6-9]|20|21)[0-9]{2})"
_HALF = "(?:[SsHh]|HY|Hj|HJ)"
PATTERNS = {
    "year first": r"^(?P<a>[0-9]{4})[-/.](?P<b>[0-9]{1,2})[-/.](?P<c>[0-9]{1,2})\.?" + AFTER_DATE,
    "yyyymmdd": "^" + _A4 + r"(?P<b>0[1-9]|1[0-2])(?P<c>0[1-9]|[12][0-9]|3[01])" + COMPACT,
    "year last": r"^(?P<a>[0-9]{1,2})[-/. ](?P<b>[0-9]{1,2})[-/. ](?P<c>[0-9]{4})\.?" + AFTER_DATE,
    "short year": r"^(?P<a>[0-9]{1,2})[-/.](?P<b>[0-9]{1,2})[-/.](?P<c>[0-9]{2})\.?" + AFTER_DATE,
    "year number": "^(?:[FS]Y ?)?" + _A4 + r"(?P<mark>\s?[-/. \x{2013}]\s?)(?P<b>(?:1[6-9]|20|21)?[0-9]{1,2})$",
    "year M month": "^" + _A4 + r"-?[Mm](?P<b>0?[1-9]|1[0-2])$",
    "month year": r"^(?P<b>0?[1-9]|1[0-2])[-/.]" + _A4 + "$",
    "yyyynn": "^" + _A4 + r"(?P<mark>)(?P<b>0[1-9]|[1-4][0-9]|5[0-3])$",
    "ordinal": "^" + _A4 + "[-/.]?(?P<c>[0-3][0-9]{2})" + AFTER_DATE,
    "yyyyq": "^" + _A4 + "(?P<b>[1-4])$",
    "marked year": r"^(?:[FSC]Y\s?-?'?(?P<short>[0-9]{2})|(?:[FSC]Y\s?-?)?" + _A4
    + r"\s?(?P<after>年度?|년|\x{433}\.?|r\.|AD|CE|BP|\(?[a-z]{1,2}\)?|\*+)?)$",
    "quarter": "^" + _A4 + r"\s?[-/:. ]?\s?[QqTtKk](?P<b>[1-4])$",
    "quarter first": r"^[QqTt](?P<b>[1-4])\s?[-/:. ']?\s?" + _A4 + "$",
    "quarter number": r"^(?P<b>[1-4])(?:\.|st|nd|rd|th)?\s?(?:[Qq]|[Qq]uarter|[Qq]uartal)\s?[-/:. ']?\s?" + _A4 + "$",
    "half": "^" + _A4 + r"\s?[-/:. ]?\s?" + _HALF + "(?P<b>[12])$",
    "half first": "^" + _HALF + r"(?P<b>[12])\s?[-/:. ']?\s?" + _A4 + "$",
    "half number": r"^(?P<b>[12])(?:\.|st|nd)?\s?(?:[SsHh]|HY|Hj|HJ|[Hh]albjahr|half)\s?[-/:. ']?\s?" + _A4 + "$",
    "week": "^" + _A4 + r"\s?-?\s?[WwKk][Ww]?(?P<b>[0-9]{1,2})(?:-(?P<c>[1-7]))?$",
    "day month name": "^" + _WEEKDAY + r"(?P<d>[0-9]{1,2})(?:st|nd|rd|th|\.|º)?" + _MAYBE_GAP + _MON
    + _MAYBE_GAP + _YEAR + r"\.?" + AFTER_DATE,
    "month name day": "^" + _WEEKDAY + _MON + r"[-/. ]\s?(?P<d>[0-9]{1,2})(?:st|nd|rd|th)?(?:,\s?|[-/. ])"
    + _YEAR + AFTER_DATE,
    "year month name": "^" + _LONG_YEAR + r"\.?[-/. ]" + _MON + r"[-/. ](?P<d>[0-9]{1,2})\.?" + AFTER_DATE,
    "month name": "^" + _MON + _MAYBE_GAP + r"(?P<y>(?:1[6-9]|20|21)[0-9]{2})\.?$",
    "month name short": "^" + _MONTH + r"(?:\.?[-/.]|\.?\s?')(?P<y>[0-9]{2})$",
    "month name and number": "^" + _MONTH + r"\.?\s(?P<y>[0-9]{2})$",
    "year name": "^" + _LONG_YEAR + r"\.?[-/. ]?" + _MON + "$",
    "east asian": r"^(?P<a>[0-9]{4})\s?[年년]\s?(?P<b>[0-9]{1,2})\s?[月월]\s?(?P<c>[0-9]{1,2})\s?[日일]"
    + AFTER_DATE.replace(r"T|,?\s+", r"T|,?\s*"),
    "east asian month": r"^(?P<a>[0-9]{4})\s?[年년]\s?(?P<b>[0-9]{1,2})\s?[月월]$",
}  # fmt: skip
NAMED: tuple[str, ...] = ("day month name", "month name day", "year month name", "month name", "month name short")
NAMED += ("month name and number", "year name")
NEEDED = (  # what a cell must have for the formats
    (re.compile(r"[^\W\d_]{3}"), frozenset(NAMED)),
    (re.compile("[年년]"), frozenset({"east asian", "east asian month"})),
    (
        re.compile(r"[^\W\d_]"),
        frozenset(
            (
                *("quarter", "quarter first", "quarter number", "half", "half first", "half number"),
                *("week", "year M month"),
            )
        ),
    ),
    (re.compile(r"[^\W\d_]|[*(]"), frozenset({"marked year"})),
    (
        re.compile(r"[0-9]\s?[-/. \u2013]"),
        frozenset({"year first", "year last", "short year", "year number", "month year"}),
    ),
    (re.compile("[0-9]{6}"), frozenset({"yyyymmdd", "yyyynn"})),
    (re.compile("^[12][0-9]{3}[-/.]?[0-9]{3}(?:$|[T ])"), frozenset({"ordinal"})),
    (re.compile("^[12][0-9]{4}$"), frozenset({"yyyyq"})),
)
