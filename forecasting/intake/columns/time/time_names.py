"""What columns that hold a part of a time are called."""

from __future__ import annotations

import re

HOUR = re.compile(
    r"hour|\bhr\b|^h$|^hh|stunde|heure|hora|^ora$|uhrzeit|^time$|zeit|uhr|^he$|时|時|saat|час|godz",
    re.IGNORECASE,
)
PERIOD = re.compile(r"period|^sp$|^mtu$|slot|interval|block", re.IGNORECASE)
MINUTE = re.compile(r"^min(ute)?s?$|^mi$|minute|^mm$|^mn$|分", re.IGNORECASE)
MONTH = re.compile(r"month|monat|mois|^mes$|mese|^m$|maand|miesi|^mm$|^mon?$|mês|^ay$|месяц|月", re.IGNORECASE)
DAY = re.compile(r"day|^tag$|jour|^d[ií]a$|giorno|^d$|^dd$|^dy$|^dom$|^dag$|dzie|день|日", re.IGNORECASE)
WEEK = re.compile(r"week|woche|^kw$|semaine|semana|settimana|^wk|^w$|^vecka$|^uge$|tydz|недел|周|週", re.IGNORECASE)
QUARTER = re.compile(r"quarter|^qtr|^q$|quartal|trimest|季", re.IGNORECASE)
DAY_OF_YEAR = re.compile(
    r"^doy$|day.?of.?year|^yday$|^jday$|julian|^jd$|jour de l|dia del a|tag des jahres|年内", re.IGNORECASE
)


def says(part: re.Pattern[str], name: str) -> bool:
    """Whether a name, or one of its words, is that of a part of the time."""
    return any(part.search(word) for word in (name, *re.split(r"[\W_]+", name)) if word == name or len(word) > 1)
