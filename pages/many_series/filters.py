"""Search, filters and order of the list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from forecasting.portfolio import VERDICTS
from pages.many_series.shapes import shape_name
from pages.many_series.view import ANY_SHAPE, SORTABLE, View
from pages.shared import choices
from pages.shared.i18n import t
from pages.shared.services.portfolio import Portfolio
from pages.shared.state import Session
from pages.shared.widget_values import show


def filters(session: Session, shown: Portfolio, view: View) -> None:
    """Draw them as `view` has them; a change is kept in the session."""

    def keep(name: str, key: str, of: Callable[[Any], Any] = lambda value: value) -> dict[str, Any]:
        def changed() -> None:
            View.of(session).changed(session, **{name: of(st.session_state[key])})

        return {"key": key, "on_change": changed}

    show("many_search", view.search)
    search, order, direction = st.columns([5, 3, 2], vertical_alignment="bottom")
    with search:
        st.text_input(
            t("many.search"), view.search, max_chars=100, label_visibility="collapsed",
            icon=":material/search:", placeholder=t("many.search.placeholder"),
            **keep("search", "many_search", lambda value: value or ""),
        )  # fmt: skip
    sortable = [name for name in SORTABLE if shown.run or name in ("", "unique_id", "last", "volume", "values")]
    with order:
        show("many_sort", view.sort if view.sort in sortable else "")
        choices.select(
            t("many.sort"), sortable, label_visibility="collapsed", **keep("sort", "many_sort"),
            format_func=_order_name,
        )  # fmt: skip
    with direction:
        show("many_descending", view.descending)
        st.toggle(t("many.descending"), view.descending, **keep("descending", "many_descending", bool))
    if not shown.run:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        counts = shown.own["verdict"].value_counts()
        there = [name for name in VERDICTS if counts.get(name)]
        show("many_verdicts", [one for one in view.verdicts if one in there])
        choices.pills(
            t("many.verdicts"), there, selection_mode="multi", label_visibility="collapsed",
            format_func=lambda name: t(f"many.verdict.{name}") + f" · {int(counts[name]):,}",
            **keep("verdicts", "many_verdicts", lambda value: tuple(value or ())),
        )  # fmt: skip
        if shown.attention:
            show("many_marked", view.marked)
            count = len(shown.attention)
            st.toggle(t("many.marked", count=count), view.marked, **keep("marked", "many_marked", bool))
        if shown.shapes is not None and len(shown.shapes.groups) > 1:
            groups = [ANY_SHAPE, *range(len(shown.shapes.groups))]
            show("many_shape", view.shape if view.shape in groups else ANY_SHAPE)
            choices.select(
                t("many.shape"), groups, label_visibility="collapsed", width=260,
                format_func=lambda group: t("many.shape.any") if group == ANY_SHAPE else shape_name(shown, group),
                **keep("shape", "many_shape"),
            )  # fmt: skip


def _order_name(column: str) -> str:
    return t("many.sort.by", column=t(f"many.column.{column}")) if column else t("many.sort.file")
