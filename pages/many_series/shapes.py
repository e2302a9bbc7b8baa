"""The tab Alike: series grouped by what they look like, one of each group drawn."""

from __future__ import annotations

import streamlit as st

from forecasting import charts
from pages.many_series.view import View
from pages.shared import components, services
from pages.shared.formats import plain, plain_option
from pages.shared.i18n import t, translated
from pages.shared.services.portfolio import Portfolio
from pages.shared.state import Session

_MOST = 12  # series drawn of a group


def shape_name(shown: Portfolio, group: int) -> str:
    """Such as: weekly season, rising · 23"""
    if shown.shapes is None:
        return ""
    one = shown.shapes.groups[group]
    return f"{translated(one.name)} · {one.size:,}"


def alike(session: Session, shown: Portfolio, view: View) -> None:
    """Draw it."""
    if shown.shapes is None:
        st.info(t("many.alike.after"))
        return
    groups, names = shown.shapes.groups, shown.table["unique_id"].to_numpy()
    if len(groups) < 2:
        st.info(t("many.alike.one", name=plain(translated(groups[0].name)) if groups else ""))
    components.heading(t("many.alike.title", count=len(groups)), t("many.alike.help"))
    first = [(shape_name(shown, number), str(names[one.representative])) for number, one in enumerate(groups)]
    _multiples(session, shown, first, "chart_shapes")
    with st.container(horizontal=True, gap="small"):
        for number, one in enumerate(groups):
            st.button(
                t("many.alike.list", name=plain(translated(one.name), 60)), key=f"many_alike_{number}", type="tertiary",
                on_click=_list, args=(session, number),
            )  # fmt: skip
    if view.shape in range(len(groups)):
        chosen = groups[view.shape]
        components.heading(t("many.alike.of", name=plain(translated(chosen.name))))
        some = [str(names[place]) for place in chosen.members[:_MOST]]
        _multiples(session, shown, [(name, name) for name in some], "chart_of_shape")
        if len(chosen.members) > len(some):
            st.caption(t("many.alike.some", shown=len(some), count=len(chosen.members)))


def _list(session: Session, group: int) -> None:
    View.of(session).changed(session, shape=group)


def _multiples(session: Session, shown: Portfolio, rows: list[tuple[str, str]], key: str) -> None:
    """rows: (title, series)."""
    panel = services.panel(session.workspace, shown.dataset)
    drawn = []
    for title, name in rows:
        values = panel.of_series(name)["y"].to_numpy()
        drawn.append((plain_option(title), values[charts.thin(values, most=300)]))
    alt = t("alt.shapes", count=len(drawn))
    components.chart(charts.small_multiples(drawn), key, alt, bar=False)
