"""How downloads are written: as the user's own file until something else is chosen, which the session keeps."""

from __future__ import annotations

import dataclasses
from typing import Any

import pandas as pd
import streamlit as st

from forecasting.export import COLUMNS, DATES, DECIMALS, SEPARATORS, CsvForm
from pages.shared import choices, state
from pages.shared.formats import plain_option
from pages.shared.i18n import t
from pages.shared.results.shown import Shown
from pages.shared.widget_values import show

_CHOSEN = "export"  # among the session's forms: dataset -> what was chosen
_WORDS = {",": "comma", ";": "semicolon", "\t": "tab", ".": "point"}


def csv_form(shown: Shown) -> CsvForm:
    """The form of the downloads of a dataset."""
    return dataclasses.replace(CsvForm.of(shown.notation), **_chosen(shown.dataset))


def form_widgets(shown: Shown, form: CsvForm) -> None:
    """Draw what can be chosen, filled in with `form`."""
    own = bool(shown.notation.targets)
    left, right = st.columns(2)
    with left:
        _select(shown, "separator", list(SEPARATORS), form, _mark)
        _select(shown, "decimal", list(DECIMALS), form, _mark)
    with right:
        _select(shown, "columns", list(COLUMNS if own else COLUMNS[1:]), form, _columns)
        _select(shown, "dates", list(DATES if own else DATES[1:]), form, lambda choice: _dates(shown, choice))
    key = "export_mark"
    show(key, form.mark)
    st.toggle(
        t("export.mark"), form.mark, key=key, help=t("export.mark.help"), on_change=_keep,
        args=(shown.dataset, "mark", key),
    )  # fmt: skip


def _select(shown: Shown, name: str, options: list[str], form: CsvForm, words: Any) -> None:
    key, value = f"export_{name}", getattr(form, name)
    show(key, value if value in options else options[0])
    choices.select(
        t(f"export.{name}"), options, format_func=words, key=key, on_change=_keep, args=(shown.dataset, name, key)
    )


def _keep(dataset: str, name: str, key: str) -> None:
    kept = {**_all(), dataset: {**_chosen(dataset), name: st.session_state[key]}}
    kept = dict(list(kept.items())[-state.REMEMBERED :])
    if state.begun():
        session = state.current()
        session.forms = {**session.forms, _CHOSEN: kept}
        state.finish()  # the tabs are drawn without the rest of the page, which would keep it
    else:  # behind a read-only link
        st.session_state[_CHOSEN] = kept


def _chosen(dataset: str) -> dict[str, Any]:
    """What was chosen, as far as there still is such a choice."""
    allowed = {"separator": SEPARATORS, "decimal": DECIMALS, "columns": COLUMNS, "dates": DATES, "mark": (False, True)}
    chosen = _all().get(dataset)
    known = chosen.items() if isinstance(chosen, dict) else ()
    return {name: value for name, value in known if value in allowed.get(name, ())}


def _all() -> dict[str, Any]:
    return state.current().form(_CHOSEN) if state.begun() else st.session_state.get(_CHOSEN, {})


def _mark(choice: str) -> str:
    return t(f"export.{_WORDS[choice]}")


def _columns(choice: str) -> str:
    return t(f"export.columns.{choice}")


def _dates(shown: Shown, choice: str) -> str:
    """With the first time of the forecast as an example."""
    first = pd.Series(shown.forecast()["ds"].iloc[:1])
    return t(f"export.dates.{choice}", example=plain_option(shown.notation.write(first, iso=choice == "iso")[0]))
