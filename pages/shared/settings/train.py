"""The button Train, the seconds to expect, and the reason where there are too few values."""

from __future__ import annotations

import streamlit as st

from forecasting.config import ForecastConfig
from forecasting.errors import TooShortError
from forecasting.forecaster import check_least, check_length
from forecasting.panel import Panel
from pages.shared import components, fields, services
from pages.shared.formats import duration, plain
from pages.shared.i18n import sentences, t, translated
from pages.shared.settings.changed_settings import changes, completed
from pages.shared.settings.fitting_settings import fitting_settings
from pages.shared.settings.model_widgets import set_settings
from pages.shared.state import Session
from pages.shared.widget_values import keyed


def train_row(
    session: Session, dataset: str, subject: str, panel: Panel, config: ForecastConfig | None, refused: list[str]
) -> None:
    """Draw it; `config` is None where the settings are not valid, `refused` names the fields where they are not."""
    no_network = None if config is None else _too_short(panel, config)
    no_forecast = None if config is None else _too_short(panel, config, least=True)
    trainable = config is not None and no_forecast is None
    run = services.poll(session.workspace, session.run) if session.run else None
    same = run is not None and config is not None and completed(run.config) == config.to_dict()
    busy = same and run is not None and run.active
    done = same and run is not None and run.state == "done"
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="train_row"):
        pressed = st.button(
            t("train.button"),
            key=keyed("train"),
            type="primary",
            icon=":material/play_arrow:",
            disabled=not trainable or busy,
            help=t("train.help"),
        )
        if config is not None and trainable:
            expected = _expected(panel, config, network=no_network is None)
            st.caption(t("train.busy") if busy else t("train.done") if done else expected, width="content")
        elif refused:
            st.caption(fields.correct_first(refused), width="content")
    if trainable and not busy and not done:
        services.warm()
    problem = no_forecast or no_network
    if config is not None and problem is not None:
        _offer(subject, panel, config, problem, refused=no_forecast is not None)
    if config is not None and trainable and run is not None and run.state == "done" and not same:
        different = changes(completed(run.config), config.to_dict())
        st.caption(":material/info: " + t("train.changed", changes=different))
    if pressed and config is not None:
        _train(session, dataset, config)


@components.in_place()
def _train(session: Session, dataset: str, config: ForecastConfig) -> None:
    session.show_run(dataset, services.submit(session.workspace, "forecast", config.to_dict(), dataset))
    st.rerun()


def _too_short(panel: Panel, config: ForecastConfig, *, least: bool = False) -> TooShortError | None:
    """Why there are too few values for a network, or with `least` for any forecast."""
    try:
        (check_least if least else check_length)(panel, config, folds=config.folds)
    except TooShortError as problem:
        return problem
    return None


def _expected(panel: Panel, config: ForecastConfig, *, network: bool) -> str:
    """The time to expect and the numbers it is for: a field with a number out of range goes on showing that number."""
    if not network:
        return t("train.without", horizon=config.horizon)
    seconds = duration(services.expected("forecast", config.to_dict(), panel) or 0.0)
    return t(
        "train.with", seconds=seconds, horizon=config.horizon, window=config.window, layers=config.num_layers,
        hidden=config.hidden_size,
    )  # fmt: skip


def _offer(subject: str, panel: Panel, config: ForecastConfig, problem: TooShortError, *, refused: bool) -> None:
    """How many values are needed, and a button for settings that fit."""
    reason = plain(translated(problem.message), 1_000)
    st.warning(reason if refused else sentences([reason, t("train.short")]), icon=":material/straighten:")
    fitting = fitting_settings(panel, config)
    if fitting is not None:
        st.button(
            t("train.fit", horizon=fitting.horizon, window=fitting.window),
            key=keyed("use_fitting"),
            icon=":material/auto_fix_high:",
            on_click=set_settings,
            args=(subject, {"horizon": fitting.horizon, "window": fitting.window, "folds": fitting.folds}),
        )
