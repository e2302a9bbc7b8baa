"""Names of months in the languages that analysts' files are in -> 1 to 12."""

from __future__ import annotations

import unicodedata

_NAMES = (  # a line a month: English, German, French, Spanish, Italian, Portuguese, Dutch, Nordic, Polish, Russian
    "january januar jänner janvier enero gennaio janeiro januari styczeń stycznia январь января",
    "february februar feber février fevrier febrero febbraio fevereiro februari luty lutego февраль февраля",
    "march märz maerz mars marzo março marco maart mrt marts marzec marca март марта",
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
WORDS = "(?:de |del |d')"  # between the parts of a Spanish, Portuguese or Catalan date


def month_of(name: str) -> int:
    """The month that a word names in full or abbreviated to three letters or more; 0 if none."""
    word = _bare(name.lower().strip("."))
    if len(word) < 3:
        return 0
    months = {month for full, month in _FULL if full.startswith(word)}
    return months.pop() if len(months) == 1 else 0


def _bare(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


_FULL = [(_bare(name), month) for month, line in enumerate(_NAMES, 1) for name in line.split()]
