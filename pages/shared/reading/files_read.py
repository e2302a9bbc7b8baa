"""The files of an upload of several, one a row: what each gave, or why it was left out."""

from __future__ import annotations

from typing import Any

import pandas as pd

from forecasting.intake import message_of
from forecasting.notation import Notation
from pages.shared import components
from pages.shared.formats import moment
from pages.shared.i18n import t, translated
from pages.shared.reading.frequency import frequency_name

_HEIGHT = 36 + 35 * 8


def files_read(report: dict[str, Any], notation: Notation) -> None:
    """Draw the table; nothing where one file was read."""
    files = report.get("files")
    if not files:
        return
    components.heading(t("how.files"))
    rows = [
        {
            t("how.files.name"): file["name"],
            t("how.files.rows"): file["rows"],
            t("how.series"): file["series"],
            t("how.files.range"): _range(file, notation),
            t("how.files.frequency"): frequency_name(file["frequency"]) if file["frequency"] else "",
            t("how.files.became"): _became(file),
        }
        for file in files
    ]
    components.table(pd.DataFrame(rows), "files_read", height=_HEIGHT if len(rows) > 8 else "content")


def _range(file: dict[str, Any], notation: Notation) -> str:
    start, end = file["start"], file["end"]
    if start is None:
        return ""
    if isinstance(start, str):
        start, end = notation.clock(pd.Series(pd.to_datetime([start, end])))
    return t("read.range", start=moment(start), end=moment(end))


def _became(file: dict[str, Any]) -> str:
    """Why a file was left out, or what was assumed and repaired in it."""
    if file["problem"]:
        return t("how.files.left", why=translated(message_of(file, "problem")))
    notes = [translated(message_of(note, "message")) for note in file["notes"]]
    return " ".join([t("how.files.read"), *notes])
