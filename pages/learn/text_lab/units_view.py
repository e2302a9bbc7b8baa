"""Which unit of the network follows quotes, line ends, spaces and the like: a table, and text on a unit's colours."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from forecasting import charts
from forecasting.errors import ForecastingError
from forecasting.labs.text import CELL_STEPS, Followed, check_length, found_in, property_of
from forecasting.runs import Access, Run, Workspace
from pages.shared import choices, components, services, state
from pages.shared.formats import duration, plain
from pages.shared.i18n import chart_words, sentences, t, translated
from pages.shared.progress import ended, follow
from pages.shared.services import texts
from pages.shared.widget_values import now

ROWS = 10  # of the coloured text
PAGE = charts.ACROSS * ROWS
OTHER = "other"  # instead of a property: any unit
_ORDER = ("found", "none", "rare", "absent")


def section(trained: Run) -> None:
    """Look for units of the network of the done run `trained` on request, in the last 10 % of its text, and show them.

    Behind a link there is no such section: what is not there yet nobody can ask for.
    """
    components.heading(t("units.title"))
    st.caption(t("units.lead"))
    session, asked = state.current(), {"run": trained.id}
    if trained.dataset_id is None:
        return
    facts = texts.facts(session.workspace, trained.dataset_id)
    try:
        check_length(len(facts.characters) - facts.split)
    except ForecastingError as problem:
        st.info(plain(translated(problem.message), 1_000), icon=":material/short_text:")
        return
    shown = session.shown.get(state.UNITS)
    looked = services.poll(session.workspace, shown) if shown else None
    mine = looked if looked is not None and looked.config == asked else None
    if mine is None or mine.state in ("failed", "cancelled"):
        if mine is not None:
            ended(mine)
        _ask(trained, trained.dataset_id, looked)
        return
    mine = follow(session.workspace, mine.id, place="_units")
    if mine is not None and mine.state == "done":
        st.fragment(of_run)(session.workspace, mine)


def _ask(trained: Run, dataset: str, other: Run | None) -> None:
    """The button, with the time that it takes; `other`: a search in another network."""
    session = state.current()
    with st.container(horizontal=True, vertical_alignment="center", key="units_row"):
        pressed = st.button(t("units.find"), key="units_find", icon=":material/search:")
        seconds = texts.units_seconds(session.workspace, trained.id, dataset)
        if seconds is not None:
            st.caption(t("train.expected", seconds=duration(seconds)), width="content")
    if not pressed:
        return
    if other is not None and other.active:
        services.cancel(session.workspace, other.id)
    found = services.submit(session.workspace, state.UNITS, {"run": trained.id}, dataset, trained.name)
    session.shown = {**session.shown, state.UNITS: found}
    st.rerun()


@components.in_place()
def of_run(access: Access, run: Run) -> None:
    """The result of a done search; the text on the colours of a unit not behind a link, which shows no text."""
    result = services.record(access, run.id, "result")
    found = sorted(found_in(result), key=lambda one: (_ORDER.index(one.state), -abs(one.strength)))
    key = f"units_of_{run.config['run'][:12]}"
    if not isinstance(access, Workspace) or run.dataset_id is None:
        _table(found, key, pressed=False)
        return
    _table(found, key, pressed=True)
    first, count = int(result["first"]), int(result["count"])
    characters = texts.facts(access, run.dataset_id).characters[first : first + count]
    _coloured(characters, first, texts.cells(access, run.id), found, key)


def _table(found: list[Followed], key: str, *, pressed: bool) -> None:
    """A row a property; where `pressed` is possible, a press on one that a unit follows colours the text by it."""
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
        on_select=(lambda: _pressed(grid, key, found)) if pressed else "ignore",
        selection_mode="single-cell",
        alt=t("alt.units.table"),
    )
    st.caption(sentences([*([t("units.press")] if pressed else []), t("units.caption")]))


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


def _coloured(characters: list[str], first: int, cells: npt.NDArray[np.int8], found: list[Followed], key: str) -> None:
    """The `characters` that were read, the one at place `first` of the text on, on the colours of one unit."""
    follows = {one.name: one for one in found if one.state == "found"}
    _, layers, hidden = cells.shape
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
        place = _page(characters, name, first, f"{key}_{name}_page")
        st.caption(t("units.colour.caption"))
    with right:
        components.heading(t("units.place", layer=layer + 1, unit=unit + 1))
        shown = characters[place : place + PAGE]
        held = cells[:, layer, unit] / CELL_STEPS
        most = max(1 / CELL_STEPS, float(np.abs(held).max()))  # that of a little trained network is far from 1
        figure = charts.unit_text(
            shown, held[place : place + PAGE], most=most, first=first + place, ink=components.ink(), words=chart_words()
        )
        alt = t("alt.units.map", layer=layer + 1, unit=unit + 1, name=plain(_label(name), 60))
        components.chart(figure, "units_map", alt, bar=False)


def _label(name: str) -> str:
    return t("units.other") if name == OTHER else t(f"units.property.{name}")


def _any(layers: int, hidden: int) -> tuple[int, int]:
    """The place of a unit, counted from 0, chosen by hand: it counts them all, the first layer's first."""
    layer = 1
    if layers > 1:
        layer = int(choices.select(t("units.layer"), list(range(1, layers + 1)), key=f"units_layer_{layers}"))
    key = f"units_unit_{hidden}"
    unit = st.slider(t("units.unit"), 1, hidden, now(key, 1), key=key)
    return layer - 1, int(unit) - 1


def _page(characters: list[str], name: str, first: int, key: str) -> int:
    """Where the block that is shown begins, which is chosen where there are several."""
    starts = list(range(0, len(characters), PAGE))
    if len(starts) == 1:
        return 0
    if (begin := now(key, -1)) not in starts:  # at first, and for a shorter text
        begin = 0 if name == OTHER else _liveliest(characters, name)
    return int(
        st.select_slider(t("text.place"), starts, begin, format_func=lambda start: f"{first + start:,}", key=key)
    )


def _liveliest(characters: list[str], name: str) -> int:
    """Where the block begins in which a property changes most."""
    values = property_of(characters, name)
    changes = np.abs(np.diff(values, prepend=values[:1])) > 0
    sums = [int(changes[start : start + PAGE].sum()) for start in range(0, len(characters), PAGE)]
    return int(np.argmax(sums)) * PAGE
