"""Names of months in the languages that analysts' files are in -> 1 to 12."""

from __future__ import annotations

import unicodedata

_STEMS = (  # one line a month; a name belongs to the month one of whose stems it begins with
    "jan ene gen sty янв led",
    "feb fev fév lut фев uno",
    "mar mär maa mrt мар bře",
    "apr abr avr kwi апр dub",
    "may mai mei mag maj мая май kvě",
    "jun juin giu cze июн čer",
    "jul juil lug lip июл",
    "aug ago aou aoû sie авг srp",
    "sep set wrz сен zář",
    "oct okt ott out paz paź окт říj",
    "nov lis ноя",
    "dec dez dic des gru дек pro",
)
WORDS = "(?:de |del |d')"  # between the parts of a Spanish, Portuguese or Catalan date


def month_of(name: str) -> int:
    """The month that a word names, 0 if none."""
    word = name.lower().strip(".")
    if len(word) < 3:
        return 0
    for form in (word, _bare(word)):
        stem = max((stem for stem in _STEM if form.startswith(stem)), key=len, default="")
        if stem:
            return _STEM[stem]
    return 0


def _bare(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


_STEM = {stem: month for month, line in enumerate(_STEMS, 1) for stem in line.split()}
