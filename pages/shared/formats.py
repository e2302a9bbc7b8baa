"""Numbers, durations, times and text from files in the form in which pages show them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from forecasting.notation import Notation
from pages.shared.i18n import t

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|$~:^=&])")
_LINKS = re.compile(r"(?i)(https?|ftp|mailto|www|@)(?=[:.\w])")
_SIGNS = re.compile(r"(:(?=material/|streamlit)|[-<>~](?=[-=>]))")  # what Streamlit makes icons, dashes and arrows of


def plain(text: object, longest: int = 400) -> str:
    """`text` that may come from a file, for Markdown: shown letter by letter, never as markup, link, TeX or icon."""
    line = " ".join(str(text).split())
    line = "".join(letter if letter.isprintable() else "\ufffd" for letter in line)
    line = line if len(line) <= longest else line[: longest - 1] + "…"
    # Links, icons and arrows are found in the text after unescaping, so a word joiner, which has no width, breaks them.
    line = _SIGNS.sub("\\1\u2060", _LINKS.sub("\\1\u2060", line))
    return _MARKDOWN.sub(r"\\\1", line)


def plain_option(name: str) -> str:
    """An option of a select box, which shows text as it is."""
    return " ".join(name.split())[:80] or "·"


def listed(items: Iterable[str]) -> str:
    """`items` with the language's comma between them."""
    return t("list.items", items=tuple(items))


def duration(seconds: float) -> str:
    """Seconds, rounded as people round them."""
    if seconds < 90:
        step = 1 if seconds < 10 else 5
        return t("duration.seconds", count=max(1, round(seconds / step) * step))
    return t("duration.minutes", count=round(seconds / 60))


def age(seconds: float) -> str:
    """How long ago something was."""
    minutes = max(0, int(seconds // 60))
    if minutes < 1:
        return t("age.now")
    if minutes < 120:
        return t("age.minutes", count=minutes)
    return t("age.hours", count=minutes // 60) if minutes < 2880 else t("age.days", count=minutes // 1440)


def utc(seconds: float) -> str:
    """A moment, given in seconds since 1970, to the minute; the server does not know a visitor's time zone."""
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seconds))


def moment(ds: Any, notation: Notation | None = None) -> str:
    """A time stamp of a Panel as its file writes it, or without the parts that are zero; a step with its thousands
    separated."""
    if isinstance(ds, int | np.integer):
        return f"{int(ds):,}"
    if notation is not None and (notation.dates or notation.zone):
        return notation.write([pd.Timestamp(ds)])[0]
    stamp = pd.Timestamp(ds)
    return stamp.strftime("%Y-%m-%d" if stamp == stamp.normalize() else "%Y-%m-%d %H:%M")


def number(value: float | None) -> str:
    """A number with as many digits as are worth reading."""
    if value is None or value != value:
        return t("number.none")
    size = abs(value)
    if size >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if size < 100 else f"{value:.1f}"


def percent(share: float | None, digits: int = 0) -> str:
    """A share as a percentage."""
    if share is None or share != share:
        return t("number.none")
    return f"{round(share * 100, digits) + 0.0:.{digits}f} %"  # adding zero takes the sign off it


def change(share: float | None) -> str:
    """A change as a percentage with its sign; one that rounds to nothing has none."""
    if share is None or share != share:
        return ""
    rounded = round(share * 100, 1)
    return f"{rounded:+.1f} %" if rounded else "0.0 %"
