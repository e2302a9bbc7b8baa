"""The Model section of the sidebar and the Train row at the head of the page: one fragment, so that typing a setting
redraws no chart."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from forecasting.config import ForecastConfig
from forecasting.errors import ForecastingError, TooShortError
from forecasting.forecaster import check_least, check_length, expected_seconds
from forecasting.panel import Panel
from pages.forecast.fits import what_fits
from pages.forecast.model_widgets import put, widgets
from pages.shared import components, services, state
from pages.shared.components import plain
from pages.shared.i18n import sentence, t
from pages.shared.setting_words import changes, completed
from pages.shared.state import Session


@st.fragment
@components.in_place()
def model_section(head: DeltaGenerator, dataset: str) -> None:
    """The settings in the sidebar and, in `head`, Train with what it would take."""
    session = state.current()
    suggested, reasons = services.suggestion(session.workspace, dataset)
    subject = state.subject(services.dataset(session.workspace, dataset).choices)
    panel = services.panel(session.workspace, dataset)
    with st.sidebar:
        st.subheader(t("model.title"), anchor=False)
        chosen = widgets(dataset, panel, subject, session.settings.get(subject, {}), suggested, reasons)
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
        _train_row(session, dataset, subject, panel, config)
    state.finish()


def _train_row(session: Session, dataset: str, subject: str, panel: Panel, config: ForecastConfig | None) -> None:
    """Train, the seconds to expect, and what stands between."""
    short, least = (
        (None, None) if config is None else (_too_short(panel, config), _too_short(panel, config, least=True))
    )
    run = services.poll(session.workspace, session.run) if session.run else None
    same = run is not None and config is not None and completed(run.config) == config.to_dict()
    busy = same and run is not None and run.active
    done = same and run is not None and run.state == "done"
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="train_row"):
        pressed = st.button(
            t("train.button"),
            key="train",
            type="primary",
            icon=":material/play_arrow:",
            disabled=config is None or least is not None or busy,
            help=t("train.help"),
        )
        if config is not None and least is None:
            would_take = _would_take(panel, config, network=short is None)
            st.caption(t("train.busy") if busy else t("train.done") if done else would_take, width="content")
    if config is not None and least is None and not busy and not done:
        services.warm()
    problem = least or short
    if problem is not None and config is not None:
        _offer(subject, panel, config, problem, refused=least is not None)
    if run is not None and config is not None and least is None and not same and run.state == "done":
        said = changes(completed(run.config), config.to_dict())
        st.caption(":material/info: " + t("train.changed", changes=said))
    if pressed and config is not None:
        try:
            session.show_run(dataset, services.submit(session.workspace, "forecast", config.to_dict(), dataset))
        except ForecastingError as refused:
            components.error(refused)
            return
        st.rerun()


def _too_short(panel: Panel, config: ForecastConfig, *, least: bool = False) -> TooShortError | None:
    """What a network lacks, or with `least` what any forecast does."""
    try:
        (check_least if least else check_length)(panel, config, folds=config.folds)
    except TooShortError as problem:
        return problem
    return None


def _would_take(panel: Panel, config: ForecastConfig, *, network: bool) -> str:
    """The time to expect and the numbers it is for: a field with a number out of range goes on showing that number."""
    if not network:
        return t("train.without", horizon=config.horizon)
    seconds = components.duration(expected_seconds(panel, config))
    return t(
        "train.with", seconds=seconds, horizon=config.horizon, window=config.window, layers=config.num_layers,
        hidden=config.hidden_size,
    )  # fmt: skip


def _offer(subject: str, panel: Panel, config: ForecastConfig, problem: TooShortError, *, refused: bool) -> None:
    """Too few values: how many are needed, and a button for what fits."""
    said = plain(sentence(problem.message), 1_000)
    st.warning(said if refused else f"{said} {t('train.short')}", icon=":material/straighten:")
    fitting = what_fits(panel, config)
    if fitting is not None:
        st.button(
            t("train.fit", horizon=fitting.horizon, window=fitting.window),
            key="use_fitting",
            icon=":material/auto_fix_high:",
            on_click=put,
            args=(subject, {"horizon": fitting.horizon, "window": fitting.window, "folds": fitting.folds}),
        )


def _reset(subject: str) -> None:
    state.current().settings.pop(subject, None)
    st.session_state.pop("_settings_of", None)
