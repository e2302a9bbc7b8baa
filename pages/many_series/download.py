"""The tab Download: every forecast as one file, and every score as another, of all series or of those listed."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from forecasting.export import FORMATS, CsvForm, file_stem, table_file
from pages.many_series.view import Places
from pages.shared import components, services
from pages.shared.i18n import t
from pages.shared.services.portfolio import Portfolio
from pages.shared.state import Session

_SCORES = (
    "unique_id", "total_of", "verdict", "skill", "skill_low", "skill_high", "mae", "mase", "wape", "coverage",
    "origins", "last", "total", "before", "change", "volume", "values", "start", "end", "gaps", "outliers", "stale",
    "state",
)  # fmt: skip


def download(session: Session, shown: Portfolio, rows: Places) -> None:
    """Draw it; `rows`: the places of the series that the list shows."""
    every = len(shown.table)
    which = "all"
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        if len(rows) < every:
            which = components.one_of(
                t("many.which"), ("all", "listed"), "all", key="many_which",
                format_func=lambda name: t(f"many.which.{name}", count=every if name == "all" else len(rows)),
            )  # fmt: skip
        ending = components.one_of(t("many.format"), tuple(FORMATS), "csv", key="many_format", format_func=str.upper)
    left, right = st.columns(2)
    places = rows if which == "listed" else None
    data = services.dataset(session.workspace, shown.dataset)
    notation = services.notation(session.workspace, shown.dataset)
    stem, form = file_stem(data.name), CsvForm.of(notation)
    # Of many series the columns are those of programs: long and in one form, whatever the file's own layout was.
    form = CsvForm(form.separator, form.decimal, form.mark)

    def file(made: Callable[[], pd.DataFrame], sheet: str) -> Callable[[], bytes]:
        return lambda: table_file(made(), ending, sheet, notation, form)

    names = shown.table["unique_id"].to_numpy()
    if shown.run is not None:
        run = shown.run

        def forecasts() -> pd.DataFrame:
            frame = services.forecast(session.workspace, run)
            return frame if places is None else frame[frame["unique_id"].isin(set(names[places]))]

        with left:
            _button("forecasts", file(forecasts, "forecast"), f"{stem}-forecasts.{ending}", ending)
            st.caption(t("many.forecasts.note"))

    def scores() -> pd.DataFrame:
        table = shown.table if places is None else shown.table.iloc[places]
        return table[[name for name in _SCORES if name in table]]

    with right if shown.run is not None else left:
        _button("scores", file(scores, "scores"), f"{stem}-scores.{ending}", ending)
        st.caption(t("many.scores.note"))


def _button(key: str, data: Callable[[], bytes], name: str, ending: str) -> None:
    """Made when it is pressed: of ten thousand series a file takes a while."""
    st.download_button(
        t(f"many.{key}"), data, file_name=name, mime=FORMATS[ending], key=f"many_{key}", icon=":material/download:",
        width="stretch", on_click="ignore",
    )  # fmt: skip
