"""The two tables of the tab What if that can be typed and pasted into: future inputs, and adjustments by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from forecasting.scenarios import NOTE_LETTERS, Adjustment, Change, Plan, Scenario, number_in
from pages.shared import components, services
from pages.shared.formats import moment, plain, plain_option
from pages.shared.i18n import sentences, t
from pages.shared.results.shown import Shown
from pages.shared.results.what_if_kept import keep, version

_BAD = "_what_if_bad"  # in the session: key of a table -> sentences about its bad cells
_BEGUN = "_what_if_begun"  # in the session: table -> its key and the rows that it began with
_NAMED = 5  # bad cells that are named
_TALLEST = 320

Cell = tuple[int, str, float]  # row, column, value
Bad = tuple[int, str, str]  # row, column, what stands there


def inputs_table(shown: Shown, scenario: Scenario | None, basis: services.Basis) -> None:
    """The covariates ahead of the series in a scenario, which can be edited; None: of the base, which cannot."""
    place = services.panel(shown.access, shown.dataset).places[shown.series]
    ids = services.panel(shown.access, shown.dataset).series_ids
    future = basis.future
    values = future.values if scenario is None else scenario.inputs(future.values, future.names, ids)
    ds = list(shown.rows("forecast")["ds"])
    components.heading(t("what_if.inputs"), t("what_if.inputs.help"))
    st.caption(filled(basis))
    frame = pd.DataFrame({"ds": [moment(one, shown.notation) for one in ds]})
    for k in range(len(future.names)):
        frame[f"{k}"] = [written(value, shown.notation.decimal) for value in values[place, :, k].tolist()]
    columns = {"ds": _time(shown)} | {
        f"{k}": st.column_config.TextColumn(plain_option(name), alignment="right")
        for k, name in enumerate(future.names)
    }
    height = min(36 + 35 * len(ds), _TALLEST)
    if scenario is None or shown.workspace is None:
        st.dataframe(frame, hide_index=True, height=height, column_config=columns, key="what_if_inputs_shown")
        return
    names_of = {f"{k}": name for k, name in enumerate(future.names)}
    names = [one.name for one in services.plan(shown.access, shown.run.id).scenarios]
    key = f"what_if_inputs_{names.index(scenario.name)}_{place}_{version()}"

    def changed() -> None:
        cells, bad = parsed(_edits(key), list(names_of), shown.notation.decimal)
        _note_bad(key, bad, names_of, ds, shown)

        def change(plan: Plan) -> Plan:
            now = next(one for one in plan.scenarios if one.name == scenario.name)
            before = now.inputs(future.values, future.names, ids)
            for row, column, value in cells:
                if before[place, row, int(column)] != value:
                    step = row + 1
                    now = now.with_change(Change(future.names[int(column)], "set", value, step, step, shown.series))
            return plan.replaced(scenario.name, now)

        keep(shown, change, redraw=False)

    _editor(frame, key, changed, columns, ["ds"], height, t("what_if.inputs"))
    _say_bad(key)


def adjustments_table(shown: Shown, plan: Plan) -> None:
    """The forecast of the series beside what stands instead of it and why."""
    ahead, own = shown.rows("forecast"), plan.of_series(shown.series)
    ds = list(ahead["ds"])
    digits = shown.notation.column_digits(ahead["forecast"], shown.notation.target_of(shown.series))
    decimal = shown.notation.decimal
    steps = range(1, len(ds) + 1)
    values = [one.value if (one := own.get(step)) is not None else None for step in steps]
    frame = pd.DataFrame(
        {
            "ds": [moment(one, shown.notation) for one in ds],
            "model": [f"{value:,.{digits}f}" for value in ahead["forecast"]],
            "value": ["" if value is None else written(value, decimal) for value in values],
            "note": [own[step].note if step in own else "" for step in steps],
        }
    )
    columns = {
        "ds": _time(shown),
        "model": st.column_config.TextColumn(t("what_if.model"), alignment="right"),
        "value": st.column_config.TextColumn(t("what_if.adjusted"), alignment="right"),
        "note": st.column_config.TextColumn(t("what_if.note.column"), max_chars=NOTE_LETTERS, width="large"),
    }
    height = min(36 + 35 * len(ds), _TALLEST)
    if shown.workspace is None:
        some = frame[[step in own for step in steps]]
        st.dataframe(some, hide_index=True, column_config=columns, key="what_if_adjusted_shown")
        return
    place = list(dict.fromkeys(shown.forecast()["unique_id"])).index(shown.series)
    key = f"what_if_adjusted_{place}_{version()}"

    def changed() -> None:
        edits = _edits(key)
        cells, bad = parsed(edits, ["value"], decimal, empty=True)
        _note_bad(key, bad, {"value": t("what_if.adjusted")}, ds, shown)
        numbers = {row: value for row, _, value in cells}
        refused = {row for row, _, _ in bad}

        def change(plan: Plan) -> Plan:
            before = plan.of_series(shown.series)
            for row, edit in edits.items():
                now = before.get(row + 1, Adjustment(shown.series, row + 1))
                value, note = now.value, now.note
                if "value" in edit and row not in refused:
                    value = None if np.isnan(numbers[row]) else numbers[row]
                if "note" in edit:
                    note = " ".join(str(edit["note"] or "").split())[:NOTE_LETTERS]
                plan = plan.adjusted(Adjustment(shown.series, row + 1, value, note))
            return plan

        keep(shown, change, redraw=False)

    _editor(frame, key, changed, columns, ["ds", "model"], height, t("what_if.adjustments"))
    _say_bad(key)


def parsed(
    edits: Mapping[int, Mapping[str, Any]], columns: Sequence[str], decimal: str, *, empty: bool = False
) -> tuple[list[Cell], list[Bad]]:
    """(The numbers that were typed into `columns`, the cells that hold none). empty: allowed, and NaN."""
    cells, bad = [], []
    for row, edit in sorted(edits.items()):
        for column in columns:
            if column not in edit:
                continue
            text = "" if edit[column] is None else str(edit[column])
            value = number_in(text, decimal)
            if not text.strip() and empty:
                cells.append((row, column, float("nan")))
            elif value is None:
                bad.append((row, column, text))
            else:
                cells.append((row, column, value))
    return cells, bad


def written(value: float, decimal: str) -> str:
    """A number for a cell, in full, with the file's own decimal mark."""
    return f"{value:.10g}".replace(".", decimal)


def filled(basis: services.Basis) -> str:
    """Where the future inputs of the base come from."""
    future = basis.future
    known = tuple(plain(name, 40) for name in future.names if name not in future.rules)
    parts = [t("what_if.from_file", names=known)] if known else []
    steps = future.values.shape[0] * future.values.shape[1]
    for name, rule in future.rules.items():
        key = "what_if.filled" if future.missing[name] == steps else "what_if.filled.in_part"
        parts.append(t(key, name=plain(name, 40), rule=t(f"what_if.rule.{rule}"), count=future.missing[name]))
    return sentences(parts)


def _time(shown: Shown) -> Any:
    name = plain_option(shown.notation.time) if shown.notation.time else t("forecast.time")
    return st.column_config.TextColumn(name, pinned=True)


def _editor(
    frame: pd.DataFrame, key: str, changed: Callable[[], None], columns: Mapping[str, Any], fixed: Sequence[str],
    height: int, alt: str,
) -> None:  # fmt: skip
    # The rows that it began with: what was typed since is told by the widget as changes of these.
    begun = st.session_state.setdefault(_BEGUN, {})
    kind = key.split("_")[2]
    if kind not in begun or begun[kind][0] != key:
        begun[kind] = (key, frame)
    st.data_editor(
        begun[kind][1], hide_index=True, height=height, key=key, on_change=changed, column_config=dict(columns),
        disabled=list(fixed), width="stretch", alt=alt,
    )  # fmt: skip


def _edits(key: str) -> dict[int, dict[str, Any]]:
    return {int(row): dict(edit) for row, edit in st.session_state[key]["edited_rows"].items()}


def _note_bad(key: str, bad: Sequence[Bad], names: Mapping[str, str], ds: Sequence[Any], shown: Shown) -> None:
    told = [
        t("what_if.bad" if text.strip() else "what_if.missing",
          name=plain(names[column], 40), when=plain(moment(ds[row], shown.notation)), text=plain(text, 40))
        for row, column, text in bad[:_NAMED]
    ]  # fmt: skip
    if len(bad) > _NAMED:
        told.append(t("what_if.bad.more", count=len(bad) - _NAMED))
    st.session_state.setdefault(_BAD, {})[key] = told


def _say_bad(key: str) -> None:
    told = st.session_state.get(_BAD, {}).get(key)
    if told:
        st.error(sentences([*told, t("what_if.bad.kept")]), icon=":material/error:")
