"""Scenarios are added, copied, named, deleted, and changed over several steps at once."""

from __future__ import annotations

import dataclasses

import streamlit as st

from forecasting.scenarios import KINDS, MOST, NAME_LETTERS, Change, Plan, Scenario
from pages.shared import choices, services
from pages.shared.formats import moment, plain_option
from pages.shared.i18n import t
from pages.shared.results.shown import Shown
from pages.shared.results.what_if_kept import keep
from pages.shared.results.what_if_tables import inputs_table

_CHOSEN = "what_if_scenario"
_BASE = ""


def edit(shown: Shown, plan: Plan, basis: services.Basis) -> None:
    """Draw it."""
    names = [_BASE, *(one.name for one in plan.scenarios)]
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    with left:
        if st.session_state.get(_CHOSEN) not in names:
            st.session_state[_CHOSEN] = names[-1]
        chosen = choices.select(
            t("what_if.scenario"), names, key=_CHOSEN,
            format_func=lambda name: plain_option(name) if name else t("what_if.base"),
        )  # fmt: skip
    now = next((one for one in plan.scenarios if one.name == chosen), None)
    with right, st.container(horizontal=True, vertical_alignment="bottom"):
        _buttons(shown, plan, now)
    if now is None and not plan.scenarios:
        st.caption(t("what_if.begin"))
    if now is not None:
        _quick(shown, now, basis)
    inputs_table(shown, now, basis)


def _buttons(shown: Shown, plan: Plan, now: Scenario | None) -> None:
    full = len(plan.scenarios) >= MOST
    why = t("what_if.full", count=MOST) if full else None
    st.button(
        t("what_if.add"), key="what_if_add", icon=":material/add:", disabled=full,
        on_click=_add, args=(shown, plan, None), help=why,
    )  # fmt: skip
    if now is None:
        return
    st.button(
        t("what_if.copy"), key="what_if_copy", icon=":material/content_copy:", disabled=full,
        on_click=_add, args=(shown, plan, now), help=why,
    )  # fmt: skip
    with st.popover(t("what_if.rename"), icon=":material/edit:", key="what_if_rename"):
        field = f"what_if_name_{[one.name for one in plan.scenarios].index(now.name)}"
        st.text_input(t("what_if.name"), now.name, key=field, max_chars=NAME_LETTERS)
        st.button(t("what_if.rename.now"), key="what_if_rename_now", on_click=_rename, args=(shown, now, field))
    st.button(t("what_if.delete"), key="what_if_delete", icon=":material/delete:", on_click=_delete, args=(shown, now))


def _quick(shown: Shown, now: Scenario, basis: services.Basis) -> None:
    """One change of several steps."""
    ds, horizon = list(shown.rows("forecast")["ds"]), basis.future.values.shape[1]
    several = basis.future.values.shape[0] > 1
    first, second, third = st.columns([3, 3, 2])
    with first:
        choices.select(t("what_if.column"), list(basis.future.names), key="what_if_column", format_func=plain_option)
    with second:
        choices.select(
            t("what_if.how"), list(KINDS), key="what_if_kind", format_func=lambda kind: t(f"what_if.kind.{kind}")
        )
    with third:
        st.number_input(t("what_if.value"), value=-10.0, step=1.0, format="%g", key="what_if_value")
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        if horizon > 1:
            st.select_slider(
                t("what_if.steps"), range(1, horizon + 1), (1, horizon), key="what_if_steps",
                format_func=lambda step: moment(ds[step - 1], shown.notation),
            )  # fmt: skip
    with right, st.container(horizontal=True, vertical_alignment="bottom"):
        if several:
            st.checkbox(t("what_if.all_series"), value=True, key="what_if_everywhere")
        st.button(
            t("what_if.apply"), key="what_if_apply", icon=":material/tune:", on_click=_apply, args=(shown, now, basis)
        )
        if now.changes:
            st.button(
                t("what_if.reset"), key="what_if_reset", icon=":material/undo:", on_click=_reset, args=(shown, now)
            )


def _apply(shown: Shown, now: Scenario, basis: services.Basis) -> None:
    value, state = st.session_state["what_if_value"], st.session_state
    first, last = state.get("what_if_steps", (1, basis.future.values.shape[1]))
    series = None if state.get("what_if_everywhere", True) else shown.series

    def change(plan: Plan) -> Plan:
        own = next(one for one in plan.scenarios if one.name == now.name)
        number = float("nan") if value is None else float(value)
        changed = own.with_change(Change(state["what_if_column"], state["what_if_kind"], number, first, last, series))
        data = services.panel(shown.access, shown.dataset)
        changed.inputs(basis.future.values, basis.future.names, data.series_ids)  # refused here, not when drawn
        return plan.replaced(now.name, changed)

    keep(shown, change)


def _reset(shown: Shown, now: Scenario) -> None:
    keep(shown, lambda plan: plan.replaced(now.name, Scenario(now.name)))


def _add(shown: Shown, plan: Plan, copied: Scenario | None) -> None:
    taken = {one.name for one in plan.scenarios}
    numbers = range(1, MOST + 2)
    free = next(name for number in numbers if (name := t("what_if.new", count=number)) not in taken)
    changes = () if copied is None else copied.changes
    made = Scenario(free, changes)
    if keep(shown, lambda kept: dataclasses.replace(kept, scenarios=(*kept.scenarios, made))):
        st.session_state[_CHOSEN] = free


def _rename(shown: Shown, now: Scenario, field: str) -> None:
    name = " ".join(str(st.session_state[field]).split())
    if keep(shown, lambda plan: plan.replaced(now.name, Scenario(name, now.changes))):
        st.session_state[_CHOSEN] = name


def _delete(shown: Shown, now: Scenario) -> None:
    keep(shown, lambda plan: plan.replaced(now.name, None))
