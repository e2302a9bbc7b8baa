"""The Model section of the sidebar and the Train row at the head of the page: one fragment, so that typing a setting
redraws no chart."""

from __future__ import annotations

import dataclasses
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from forecasting import config as options
from forecasting.config import ForecastConfig
from forecasting.errors import ForecastingError, TooShortError
from forecasting.forecaster import check_length, expected_seconds
from forecasting.panel import Panel
from pages.ui import components, services, state
from pages.ui.components import plain
from pages.ui.fits import what_fits
from pages.ui.i18n import known, t
from pages.ui.state import Session

# setting, label, smallest, largest, step: the numbers that stand in view
_NUMBERS = (
    ("horizon", "model.horizon", 1, 10_000, 1),
    ("window", "model.window", 1, 20_000, 1),
    ("num_layers", "model.layers", 1, 8, 1),
    ("hidden_size", "model.hidden", 1, 2048, 1),
)
_SHORT = {"num_layers": "layers", "hidden_size": "hidden"}
_LEVELS = (50, 60, 70, 80, 90, 95, 98, 99)


@st.fragment
@components.in_place()
def model_section(head: DeltaGenerator, dataset: str) -> None:
    """The settings in the sidebar and, in `head`, Train with what it would take."""
    session = state.current()
    suggested, reasons = services.suggestion(session.workspace, dataset)
    subject = state.subject(services.dataset(session.workspace, dataset).choices)
    with st.sidebar:
        st.subheader(t("model.title"), anchor=False)
        chosen = _widgets(session, dataset, subject, suggested, reasons)
        config: ForecastConfig | None = None
        try:
            config = ForecastConfig.from_dict(chosen)
        except ForecastingError as problem:
            components.error(problem)
        if session.settings.get(subject):
            st.button(
                t("model.reset"), key="reset", type="tertiary", icon=":material/undo:", on_click=_reset, args=(subject,)
            )
    with head:
        _train_row(session, dataset, subject, config)
    state.finish()


def _train_row(session: Session, dataset: str, subject: str, config: ForecastConfig | None) -> None:
    """Train, the seconds to expect, and what stands between."""
    problem: TooShortError | None = None
    panel = services.panel(session.workspace, dataset)
    if config is not None:
        try:
            check_length(panel, config, folds=config.folds)
        except TooShortError as caught:
            problem = caught
    run = services.poll(session.workspace, session.run) if session.run else None
    same = run is not None and config is not None and run.config == config.to_dict()
    busy = same and run is not None and run.active
    done = same and run is not None and run.state == "done"
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="train_row"):
        pressed = st.button(
            t("train.button"),
            key="train",
            type="primary",
            icon=":material/play_arrow:",
            disabled=config is None or problem is not None or busy,
            help=t("train.help"),
        )
        if config is not None and problem is None:
            expected = components.duration(expected_seconds(panel, config))
            note = t("train.busy") if busy else t("train.done") if done else _would_take(expected, config)
            st.caption(note, width="content")
    if config is not None and problem is None and not busy and not done:
        services.warm()
    if problem is not None and config is not None:
        _offer(subject, panel, config, problem)
    elif run is not None and config is not None and not same and run.state == "done":
        st.caption(":material/info: " + t("train.changed", changes=_changes(run.config, config)))
    if pressed and config is not None:
        try:
            session.show_run(dataset, services.train(session.workspace, dataset, config))
        except ForecastingError as refused:
            components.error(refused)
            return
        st.rerun()


def _would_take(seconds: str, config: ForecastConfig) -> str:
    """The time to expect and the numbers it is for: a field with a number out of range goes on showing that number."""
    return t(
        "train.with", seconds=seconds, horizon=config.horizon, window=config.window, layers=config.num_layers,
        hidden=config.hidden_size,
    )  # fmt: skip


def _offer(subject: str, panel: Panel, config: ForecastConfig, problem: TooShortError) -> None:
    """Too few values: how many are needed, and a button for what fits."""
    st.warning(plain(problem.message, 1_000), icon=":material/straighten:")
    fitting = what_fits(panel, config)
    if fitting is not None:
        st.button(
            t("train.fit", horizon=fitting.horizon, window=fitting.window),
            key="use_fitting",
            icon=":material/auto_fix_high:",
            on_click=_use,
            args=(subject, {"horizon": fitting.horizon, "window": fitting.window, "folds": fitting.folds}),
        )


def _changes(before: dict[str, Any], config: ForecastConfig) -> str:
    """Which settings differ, with the value that the shown results have."""
    now = config.to_dict()
    return ", ".join(
        f"{setting_label(name)} {plain(setting_value(name, before[name]))}"
        for name in now
        if name in before and before[name] != now[name]
    )


def setting_label(name: str) -> str:
    """A setting of ForecastConfig in words."""
    key = f"model.{_SHORT.get(name, name)}"
    return t(key) if known(key) else name


def setting_value(name: str, value: Any) -> str:
    """Its value in words."""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "—"
    return t(f"{name}.{value}") if known(f"{name}.{value}") else str(value)


def _widgets(
    session: Session, dataset: str, subject: str, suggested: ForecastConfig, reasons: dict[str, str]
) -> dict[str, Any]:
    """All settings as the widgets have them."""
    values = {**suggested.to_dict(), **session.settings.get(subject, {})}
    if st.session_state.get("_settings_of") != dataset:  # other data: its own settings
        st.session_state["_settings_of"] = dataset
        for name in values:
            st.session_state.pop(f"set_{name}", None)

    def help_of(name: str) -> str:
        known = {"num_layers", "hidden_size", "horizon", "window", "dropout", "learning_rate", "schedule", "epochs"}
        known |= {"batch_size", "members", "loss", "seed", "levels", "folds"}
        said = [t(f"help.{name}")] if name in known else []
        if name in reasons:
            default = suggested.to_dict()[name]
            said.append(t("model.default", value=plain(default), reason=plain(reasons[name])))
        return "\n\n".join(said)

    def note(name: str) -> dict[str, Any]:
        return {"key": f"set_{name}", "on_change": _changed, "args": (subject, name)}

    def choice(name: str, choices: tuple[str, ...], prefix: str, help_text: str) -> None:
        _start(name, values[name])
        st.selectbox(
            t(f"model.{name}"), choices, format_func=lambda value: t(f"{prefix}.{value}"), help=help_text, **note(name)
        )

    def whole(name: str, label: str, low: int, high: int, step: int = 1) -> None:
        _start(name, int(values[name]))
        st.number_input(t(label), min_value=low, max_value=high, step=step, help=help_of(name), **note(name))

    choice("method", options.METHODS, "method", t("model.method.help"))
    choice("cell", options.CELLS, "cell", t("model.cell.help"))
    for row in (_NUMBERS[:2], _NUMBERS[2:]):
        for column, (name, label, low, high, step) in zip(st.columns(2), row, strict=True):
            with column:
                whole(name, label, low, high, step)
    with st.expander(t("model.advanced"), key="advanced"):
        left, right = st.columns(2)
        with left:
            whole("epochs", "model.epochs", 0, 10_000)
        with right:
            whole("batch_size", "model.batch_size", 1, 4096)
        left, right = st.columns(2)
        with left:
            _start("learning_rate", float(values["learning_rate"]))
            st.number_input(
                t("model.learning_rate"), min_value=1e-6, max_value=1.0, step=1e-3, format="%.4g",
                help=help_of("learning_rate"), **note("learning_rate"),
            )  # fmt: skip
        with right:
            _start("dropout", float(values["dropout"]))
            st.number_input(
                t("model.dropout"), min_value=0.0, max_value=0.9, step=0.05, help=help_of("dropout"), **note("dropout")
            )
        left, right = st.columns(2)
        with left:
            choice("schedule", options.SCHEDULES, "schedule", help_of("schedule"))
        with right:
            choice("loss", options.LOSSES, "loss", help_of("loss"))
        for column, (name, label, low, high) in zip(
            st.columns(3),
            (
                ("members", "model.members", 1, 20),
                ("seed", "model.seed", 0, 2**31 - 1),
                ("folds", "model.folds", 1, 50),
            ),
            strict=True,
        ):
            with column:
                whole(name, label, low, high)
        _start("levels", list(values["levels"]))
        st.multiselect(
            t("model.levels"),
            sorted({*_LEVELS, *values["levels"]}),
            format_func=lambda level: f"{level} %",
            help=help_of("levels"),
            **note("levels"),
        )
    names = [field.name for field in dataclasses.fields(ForecastConfig) if f"set_{field.name}" in st.session_state]
    return {**values, **{name: st.session_state[f"set_{name}"] for name in names}}


def _start(name: str, value: Any) -> None:
    """The widget's first value; afterwards it keeps its own."""
    st.session_state.setdefault(f"set_{name}", value)


def _changed(subject: str, name: str) -> None:
    state.current().change(subject, name, st.session_state[f"set_{name}"])


def _use(subject: str, values: dict[str, Any]) -> None:
    for name, value in values.items():
        state.current().change(subject, name, value)
        st.session_state[f"set_{name}"] = value


def _reset(subject: str) -> None:
    state.current().settings.pop(subject, None)
    st.session_state.pop("_settings_of", None)
