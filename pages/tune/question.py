"""The search space, the budget and the button that begins the search: a fragment, so that typing redraws no chart."""

from __future__ import annotations

import dataclasses
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from forecasting.config import CELLS, ForecastConfig
from forecasting.errors import ForecastingError
from forecasting.messages import Message
from forecasting.panel import Panel
from forecasting.runs import Run
from forecasting.tuning import RANGES, WHOLE, SearchSpace, TuneConfig, check, trials_within, usual_space
from pages.shared import choices, components, fields, jobs, services, state
from pages.shared.formats import duration, plain
from pages.shared.i18n import t, translated
from pages.shared.setting_words import setting_label
from pages.shared.state import Session
from pages.shared.widget_values import keyed
from pages.tune import search

_ORDER = ("hidden_size", "num_layers", "window", "learning_rate", "dropout")
_STEPS = {"dropout": 0.05, "learning_rate": 1e-3}
_FORMATS = {"dropout": "%.2f", "learning_rate": "%e"}
_BUDGETS = ("trials", "minutes")


@st.fragment
def question(head: DeltaGenerator, dataset: str, shown: Run | None) -> None:
    """Draw it; `shown`: the search below."""
    with components.in_place():
        session = state.current()
        panel = services.panel(session.workspace, dataset)
        base = search.base_of(session, dataset)
        key = "tune_space" if shown is None else "tune_space_folded"  # it folds when there is something to see below
        with st.expander(t("tune.space"), key=key, icon=":material/tune:", expanded=shown is None):
            _base(base)
            values = _space(session, dataset, usual_space(panel, base))
            _budget(values)
        search.remember(session, dataset, values)
        config, problem = _config(panel, base, values)
        with head:
            _row(session, dataset, panel, config, shown)
        if problem is not None:
            components.error(problem)
    state.finish()


def _base(base: ForecastConfig) -> None:
    """What is searched around, with the way to change it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        line = jobs.VIEWS["forecast"].settings
        st.caption(t("tune.base", settings="" if line is None else plain(line(base.to_dict()))), width="stretch")
        st.page_link("pages/forecast/page.py", label=t("tune.base.change"), icon=":material/edit:", width="content")


def _space(session: Session, dataset: str, usual: SearchSpace) -> dict[str, Any]:
    """The ranges and cells as their widgets have them."""
    kept = {**usual.to_dict(), **search.remembered(session, dataset)}
    values: dict[str, Any] = {name: kept[name] for name in _BUDGETS if name in kept}
    values["budget"] = kept.get("budget", _BUDGETS[0])
    places = [place for _ in range(2) for place in st.columns(3, gap="medium")]
    for place, name in zip(places, _ORDER, strict=False):
        with place:
            values[name] = _range(name, kept[name], dataset)
    with places[-1]:
        start = [cell for cell in CELLS if cell in kept["cell"]]
        values["cell"] = choices.several(
            setting_label("cell"), CELLS, format_func=lambda cell: t(f"cell.{cell}"), default=start,
            key=f"tune_cell_{dataset}", help=t("tune.cell.help"),
        )  # fmt: skip
    return values


def _range(name: str, ends: list[Any], dataset: str) -> list[Any]:
    """Two fields beside each other under the name of a setting."""
    label = setting_label(name)
    found: list[Any] = []
    for place, end, value in zip(st.columns(2, gap="small"), ("low", "high"), ends, strict=True):
        with place:
            key = f"tune_{name}_{end}_{dataset}"
            shown = t(f"tune.{end}", setting=label)
            if name in WHOLE:
                found.append(fields.whole(shown, value=int(value), key=key))
            else:
                found.append(fields.real(shown, value=float(value), step=_STEPS[name], format=_FORMATS[name], key=key))
    return found


def _budget(values: dict[str, Any]) -> None:
    """Trials, or minutes from which their number follows."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        values["budget"] = components.one_of(
            t("tune.budget"), _BUDGETS, values["budget"], format_func=lambda name: t(f"tune.{name}"), key="tune_budget"
        )
        if values["budget"] == "trials":
            values["trials"] = fields.whole(
                t("tune.trials"), value=int(values.get("trials", 40)), key="tune_trials", width=160
            )
        else:
            values["minutes"] = fields.real(
                t("tune.minutes"), value=float(values.get("minutes", 5)), step=1.0, format="%.3g", key="tune_minutes",
                width=160, help=t("tune.minutes.help"),
            )  # fmt: skip


def _config(panel: Panel, base: ForecastConfig, values: dict[str, Any]) -> tuple[TuneConfig | None, str | None]:
    """(the question, None), or (None, why it cannot be asked)."""
    try:
        space = SearchSpace.from_dict({name: values[name] for name in (*RANGES, "cell")})
        config = TuneConfig(base=base, space=space, trials=values["trials"] if values["budget"] == "trials" else 1)
        check(panel, config, services.worker_memory())
        if values["budget"] == "minutes":
            trials = trials_within(
                values["minutes"], lambda trials: _seconds(panel, dataclasses.replace(config, trials=trials))
            )
            config = dataclasses.replace(config, trials=trials)
    except ForecastingError as problem:
        message = problem.message
        if isinstance(message, Message) and "setting" in message.values:
            return None, t(message.key, **{**message.values, "setting": setting_label(problem.field or "")})
        return None, translated(message)
    return config, None


def _seconds(panel: Panel, config: TuneConfig) -> float:
    return services.expected(search.KIND, config.to_dict(), panel) or 0.0


def _row(session: Session, dataset: str, panel: Panel, config: TuneConfig | None, shown: Run | None) -> None:
    """The button with the time to expect."""
    same = shown is not None and config is not None and shown.config == config.to_dict()
    busy = same and shown is not None and shown.active
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="tune_row"):
        pressed = st.button(
            t("tune.button"), key=keyed("tune"), type="primary", icon=":material/play_arrow:",
            disabled=config is None or busy, help=t("train.help"),
        )  # fmt: skip
        if config is not None:
            if busy:
                line = t("tune.busy")
            elif same and shown is not None and shown.state == "done":
                line = t("tune.done")
            else:
                line = t("tune.expected", count=config.trials, seconds=duration(_seconds(panel, config)))
            st.caption(line, width="content")
    if config is not None and not same:
        services.warm()
    if pressed and config is not None:
        with components.in_place():
            run = services.submit(session.workspace, search.KIND, config.to_dict(), dataset)
            session.shown = {**session.shown, search.KIND: run}
            st.rerun()
