"""Names of months -> 1 to 12: at once in the languages that most files are in, by CLDR in all others.

A word can be another month in another language: `listopad` is October in Croatian, November in Polish and Czech. Words
of a column are therefore understood together, in a language that has them all.
"""

from __future__ import annotations

import functools
import json
import unicodedata
from collections.abc import Collection
from pathlib import Path

_NAMES = (  # a line a month: English, German, French, Spanish, Italian, Portuguese, Dutch, Nordic, Polish, Russian
    "january januar jänner janvier enero gennaio janeiro januari styczeń stycznia январь января",
    "february februar feber février fevrier febrero febbraio fevereiro februari luty lutego февраль февраля",
    "march märz maerz mrz mars marzo março marco maart mrt marts marzec marca март марта",
    "april avril abril aprile kwiecień kwietnia апрель апреля",
    "may mai mayo maggio maio mei maj maja май мая",
    "june juni juin junio giugno junho czerwiec czerwca июнь июня",
    "july juli juillet julio luglio julho lipiec lipca июль июля",
    "august août aout agosto augustus augusti sierpień sierpnia август августа",
    "september septembre septiembre settembre setembro wrzesień września сентябрь сентября",
    "october oktober octobre octubre ottobre outubro październik października октябрь октября",
    "november novembre noviembre novembro listopad listopada ноябрь ноября",
    "december dezember décembre diciembre dicembre dezembro desember grudzień grudnia декабрь декабря",
)
ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WORDS = "(?:de |del |d')"  # between the parts of a Spanish, Portuguese or Catalan date


def month_of(name: str) -> int:
    """The month that a word names in full or abbreviated to three letters or more; 0 if none."""
    word = bare(name)
    if len(word) < 3:
        return 0
    months = {month for full, month in _FULL if full.startswith(word)}
    return months.pop() if len(months) == 1 else 0


def months_of(words: Collection[str]) -> dict[str, int]:
    """The months that words of one column name; without those that are none."""
    held = [word for word in words if word.strip()]
    known = {word: month for word in held if (month := month_of(word))}
    if len(known) == len(held) or not held:
        return known
    language = language_of(held)
    if language is None:
        return known
    spelled = _languages()[language]
    found = {word: month for word in held if (month := _in_language(word, spelled))}
    return found if len(found) > len(known) else known


def language_of(words: Collection[str]) -> str | None:
    """The language of CLDR that knows most of the words as months; None where none knows any."""
    return _language_of(frozenset(words))


@functools.lru_cache(maxsize=500)
def _language_of(words: frozenset[str]) -> str | None:
    if not any(bare(word) in _beginnings() for word in words):
        return None
    counts = {
        language: sum(_in_language(word, spelled) > 0 for word in words) for language, spelled in _languages().items()
    }
    best = max(counts, key=lambda language: (counts[language], -len(language), language))
    return best if counts[best] else None


def twelve_like(words: Collection[str], language: str) -> tuple[str, ...]:
    """The twelve names of a language of which a file uses some, spelled as in the file; empty if not certain."""
    from babel import Locale

    held = {word.strip() for word in words}
    months = Locale.parse(language).months
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            names = [str(months[context][width][month]) for month in range(1, 13)]
            for style in (str, str.lower, str.upper, str.capitalize):
                for ending in ("", "."):
                    spelled = tuple(style(name).rstrip(".") + ending if ending else style(name) for name in names)
                    for one in (spelled, tuple(name.rstrip(".") for name in spelled)):
                        if held <= set(one) and len(set(one)) == 12:
                            return one
    return ()


def _in_language(word: str, spelled: dict[str, int]) -> int:
    """The month of a word, or of the beginning of just one month's names."""
    begun = bare(word)
    if begun in spelled:
        return spelled[begun]
    months = {month for name, month in spelled.items() if name.startswith(begun)} if len(begun) >= 3 else set()
    return months.pop() if len(months) == 1 else 0


@functools.cache
def _languages() -> dict[str, dict[str, int]]:
    """Of each language of CLDR, its names of months in full and short.

    Read from a file, since Babel takes two seconds for all of them, which the first reader of a process would wait
    for; `scripts/month_names.py` writes it.
    """
    names = json.loads(Path(__file__).with_name("month_names.json").read_text(encoding="utf-8"))
    return {
        language: {name: month for month, line in enumerate(lines, 1) for name in line}
        for language, lines in names.items()
    }


@functools.cache
def _beginnings() -> frozenset[str]:
    """Every name of a month in any language, and its beginnings of three letters or more."""
    names = {name for spelled in _languages().values() for name in spelled}
    return frozenset(name[:length] for name in names for length in {len(name), *range(3, len(name))})


def bare(word: str) -> str:
    """A word without case, accents, full stop and marks of direction, as names are compared."""
    folded = unicodedata.normalize("NFD", word.casefold().replace("\u0131", "i"))
    return "".join(c for c in folded if not unicodedata.combining(c) and c not in ".\u200e\u200f").strip(" ,'\u2019")


_FULL = [(bare(name), month) for month, line in enumerate(_NAMES, 1) for name in line.split()]
