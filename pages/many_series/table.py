"""The list: a row a series, fifty to a page; a click on a row opens the series, one on a column's head sorts by it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.many_series.marks import marks_of
from pages.many_series.view import PAGE_SIZE, SORTABLE, Places, View, pages_of
from pages.shared import services
from pages.shared.formats import change, number, percent, plain_option
from pages.shared.i18n import t
from pages.shared.services.portfolio import Portfolio
from pages.shared.state import Session

_HEIGHT = 37  # pixels of a row
_NAME = 130, 220  # pixels of the column of names, from and to
_FEW, _MANY = 5, 10  # rows in view, beside an open series and without one
_CHIPS = {"better": "green", "same": "gray", "worse": "orange", "too-short": "blue", "unknown": "blue"}
_GRID = "many_grid"  # in the session: the number of the grid's widget, which starts anew where a head was pressed


def series_list(session: Session, shown: Portfolio, view: View, rows: Places, *, grid: str = "many_grid") -> None:
    """Draw the page of `rows` that `view` names."""
    pages = pages_of(len(rows))
    page = min(view.page, pages)
    here = rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    columns = _columns(shown)
    if _left(f"{grid}_{_number()}", [str(name) for name in shown.table["unique_id"].iloc[here]], session.series):
        _start_anew()
    key = f"{grid}_{_number()}"
    st.dataframe(
        _frame(session, shown, here, columns),
        key=key,
        hide_index=True,
        row_height=_HEIGHT,
        height=_HEIGHT * (min(len(here), _FEW if session.series else _MANY) + 1) + 3,
        column_config=_config(columns, view, _name_width(shown, here)),
        on_select=lambda: _pressed(session, shown, view, here, columns, key),
        selection_mode=["single-cell", "single-column"],
        placeholder="",
        alt=t("alt.many"),
    )
    told, turned = st.columns([1, 1], vertical_alignment="center")
    with told:
        first = (page - 1) * PAGE_SIZE + 1 if len(rows) else 0
        st.caption(
            t(
                "many.rows",
                first=first,
                last=min(len(rows), page * PAGE_SIZE),
                count=len(rows),
                series=len(shown.own),
            ),
        )
    if pages > 1:
        with turned:
            turner = f"{grid}_page_{page}"  # a widget for each page, so that a page turned elsewhere is shown
            st.pagination(pages, default=page, key=turner, on_change=_turn, args=(session, view, turner))


def _number() -> int:
    return int(st.session_state.get(_GRID, 0))


def _start_anew() -> None:
    st.session_state[_GRID] = _number() + 1


def _left(key: str, names: list[str], opened: str) -> bool:
    """Whether the cell that the grid has chosen is no longer of the series that is open: a click on it says nothing."""
    cells = st.session_state.get(key, {}).get("selection", {}).get("cells") or []
    return any(row >= len(names) or names[row] != opened for row, _ in cells)


def _turn(session: Session, view: View, key: str) -> None:
    view.changed(session, page=int(st.session_state[key]))


def _columns(shown: Portfolio) -> dict[str, str]:
    """Column of the table -> its head, in the order in which the eye is to meet them."""
    names = ["unique_id", "sparkline"]
    names += ["verdict", "skill", "total", "change", "coverage", "mae", "mase"] if shown.run else []
    names += ["last", "marks"]
    names += [] if shown.run else ["values", "volume"]
    return {name: t(f"many.column.{name}") for name in names}


def _frame(session: Session, shown: Portfolio, here: Places, columns: dict[str, str]) -> pd.DataFrame:
    table = shown.table.iloc[here]
    names = [str(name) for name in table["unique_id"]]
    cells: dict[str, Any] = {}
    for name in columns:
        if name == "unique_id":
            cells[name] = [f"▸ {plain_option(one)}" if one == session.series else plain_option(one) for one in names]
        elif name == "sparkline":
            cells[name] = services.sparklines(session.workspace, shown, names)
        elif name == "verdict":
            cells[name] = [[one] for one in table["verdict"]]
        elif name == "marks":
            cells[name] = [
                marks_of({str(name): value for name, value in row.items()}) for row in table.to_dict("records")
            ]
        elif name == "skill":
            parts = (table[part] for part in ("skill", "skill_low", "skill_high"))
            cells[name] = [_skill(*row) for row in zip(*parts, strict=True)]
        elif name == "change":
            cells[name] = [change(one) for one in table[name]]
        elif name == "values":
            cells[name] = [f"{one:,}" for one in table[name]]
        else:
            write = percent if name == "coverage" else number
            cells[name] = [write(one) if np.isfinite(one) else "" for one in table[name]]
    return pd.DataFrame(cells).rename(columns=columns)


def _skill(skill: float, low: float, high: float) -> str:
    """Such as: 14 % (8 to 20)"""
    if not np.isfinite(skill):
        return "" if np.isnan(skill) else t("number.none")
    if not (np.isfinite(low) and np.isfinite(high)):
        return percent(skill)
    return t("many.skill", skill=percent(skill), low=round(100 * low), high=round(100 * high))


def _name_width(shown: Portfolio, here: Places) -> int:
    """Pixels for the names of these rows, whose ends tell those of one shop or region apart."""
    longest = max((len(str(name)) for name in shown.table["unique_id"].iloc[here]), default=0)
    return min(max(_NAME[0], 8 * longest + 24), _NAME[1])


def _config(columns: dict[str, str], view: View, name_width: int) -> dict[str, Any]:
    config: dict[str, Any] = {}
    for name, label in columns.items():
        shown = label if name != view.sort else f"{label} {'↓' if view.descending else '↑'}"
        explained = t(f"many.column.{name}.help")
        if name == "unique_id":
            config[label] = st.column_config.TextColumn(shown, help=explained, pinned=True, width=name_width)
        elif name == "sparkline":
            config[label] = st.column_config.ImageColumn(shown, help=explained, width=154)
        elif name == "verdict":
            config[label] = st.column_config.MultiselectColumn(
                shown, help=explained, options=list(_CHIPS), color=list(_CHIPS.values()), width=95,
                format_func=lambda one: t(f"many.verdict.{one}"),
            )  # fmt: skip
        elif name == "marks":
            config[label] = st.column_config.ListColumn(shown, help=explained, width=230)
        else:
            config[label] = st.column_config.TextColumn(
                shown, help=explained, alignment="right", width=118 if name == "skill" else 80
            )
    return config


def _pressed(session: Session, shown: Portfolio, view: View, here: Places, columns: dict[str, str], key: str) -> None:
    """A cell opens its series; a head sorts, and pressed again it turns the order round."""
    selection = st.session_state[key]["selection"]
    if selection["columns"]:
        name = next((one for one, label in columns.items() if label == selection["columns"][0]), "")
        if name in SORTABLE:
            worst_first = name in ("mase", "mae", "last", "total", "change", "volume", "values")
            turned = not view.descending if name == view.sort else worst_first
            view.changed(session, sort=name, descending=turned)
        _start_anew()
    elif selection["cells"]:
        row = int(selection["cells"][0][0])
        if row < len(here):
            session.open_series(str(shown.table["unique_id"].iloc[here[row]]))
