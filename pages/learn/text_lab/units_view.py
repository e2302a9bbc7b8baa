"""Which unit of the network follows quotes, line ends, spaces and the like: a table, and text on a unit's colours."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from forecasting import charts
from forecasting.labs.text import Followed
from forecasting.runs import Access
from pages.shared import choices, components
from pages.shared.formats import plain
from pages.shared.i18n import chart_words, t
from pages.shared.services import texts

ROWS = 10  # of the coloured text
PAGE = charts.ACROSS * ROWS
OTHER = "other"  # instead of a property: any unit
_ORDER = ("found", "none", "rare", "absent")


def units(access: Access, run_id: str, dataset: str | None) -> None:
    """Draw it for the last 10 % of `dataset`; behind a link, which shows no text, for what the network writes itself.

    TooShortError where that is too short to tell.
    """
    components.heading(t("units.title"))
    st.caption(t("units.lead") if dataset else t("units.lead.own", characters=f"{texts.OWN:,}"))
    asked = f"units_asked_{run_id[:12]}"
    if not st.session_state.get(asked) and not texts.units.remembers(access, run_id, dataset):
        st.button(t("units.find"), key="units_find", icon=":material/search:", on_click=_ask, args=(asked,))
        return
    with components.in_place():
        with st.spinner(t("units.searching")):
            found = texts.units(access, run_id, dataset)
        found = sorted(found, key=lambda one: (_ORDER.index(one.state), -abs(one.strength)))
        key = f"units_of_{run_id[:12]}"
        _table(found, key)
        _coloured(access, run_id, dataset, found, key)


def _ask(asked: str) -> None:
    st.session_state[asked] = True


def _table(found: list[Followed], key: str) -> None:
    """A row a property; a press on one that a unit follows colours the text by it."""
    frame = pd.DataFrame(
        {
            t("units.property"): [t(f"units.property.{one.name}") for one in found],
            t("units.unit"): [_unit(one) for one in found],
            t("units.strength"): [f"{one.strength:+.2f}" if _tested(one) else "" for one in found],
            t("units.chance"): [f"{one.chance:.2f}" if _tested(one) else "" for one in found],
        }
    )
    grid = f"{key}_table"
    st.dataframe(
        frame,
        key=grid,
        hide_index=True,
        width="stretch",
        height="content",
        column_config={
            t("units.property"): st.column_config.TextColumn(width=150),
            t("units.strength"): st.column_config.TextColumn(width=75, help=t("units.strength.help")),
            t("units.chance"): st.column_config.TextColumn(width=75, help=t("units.chance.help")),
        },
        on_select=lambda: _pressed(grid, key, found),
        selection_mode="single-cell",
        alt=t("alt.units.table"),
    )
    st.caption(t("units.caption"))


def _tested(one: Followed) -> bool:
    return one.state in ("found", "none")


def _unit(one: Followed) -> str:
    """The unit that was found, or why there is none."""
    if one.state == "found":
        return t("units.place", layer=one.layer + 1, unit=one.unit + 1)
    return t(f"units.{one.state}")


def _pressed(grid: str, key: str, found: list[Followed]) -> None:
    cells = st.session_state[grid]["selection"]["cells"]
    if cells and found[cells[0][0]].state == "found":
        st.session_state[key] = found[cells[0][0]].name


def _coloured(access: Access, run_id: str, dataset: str | None, found: list[Followed], key: str) -> None:
    """The text on the colours of one unit."""
    characters, first = texts.unit_text(access, run_id, dataset)
    follows = {one.name: one for one in found if one.state == "found"}
    layers, hidden = texts.model(access, run_id).shape
    names = [*follows, OTHER]
    if st.session_state.get(key) not in names:
        st.session_state[key] = names[0]
    left, right = st.columns([1, 2])
    with left:
        name = choices.select(t("units.colour"), names, format_func=_label, key=key)
        if name in follows:
            layer, unit = follows[name].layer, follows[name].unit
        else:
            layer, unit = _any(layers, hidden)
        place = _page(len(characters), _liveliest(characters, name), first, f"{key}_{name}_page")
        st.caption(t("units.colour.caption"))
    with right:
        components.heading(t("units.place", layer=layer + 1, unit=unit + 1))
        shown = characters[place : place + PAGE]
        held = texts.unit_cells(access, run_id, dataset, place, PAGE)[:, layer, unit]
        figure = charts.unit_text(shown, held, first=first + place, ink=components.ink(), words=chart_words())
        alt = t("alt.units.map", layer=layer + 1, unit=unit + 1, name=plain(_label(name), 60))
        components.chart(figure, "units_map", alt, bar=False)


def _label(name: str) -> str:
    return t("units.other") if name == OTHER else t(f"units.property.{name}")


def _any(layers: int, hidden: int) -> tuple[int, int]:
    """The place of a unit, counted from 0, chosen by hand: it counts them all, the first layer's first."""
    layer = 1
    if layers > 1:
        layer = int(choices.select(t("units.layer"), list(range(1, layers + 1)), key=f"units_layer_{layers}"))
    unit = st.slider(t("units.unit"), 1, hidden, key=f"units_unit_{hidden}")
    return layer - 1, int(unit) - 1


def _page(count: int, liveliest: int, first: int, key: str) -> int:
    """Where the block that is shown begins, which is chosen where there are several."""
    starts = list(range(0, count, PAGE))
    if len(starts) == 1:
        return 0
    st.session_state.setdefault(key, liveliest)
    return int(st.select_slider(t("text.place"), starts, format_func=lambda start: f"{first + start:,}", key=key))


def _liveliest(characters: list[str], name: str) -> int:
    """Where the block begins in which a property changes most, the first one for any other unit."""
    values = texts.property_of(characters, name)
    if values is None:
        return 0
    changes = np.abs(np.diff(values, prepend=values[:1])) > 0
    sums = [int(changes[start : start + PAGE].sum()) for start in range(0, len(characters), PAGE)]
    return int(np.argmax(sums)) * PAGE
