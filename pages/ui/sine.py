"""The Sine wave page: settings in the sidebar, the wave, a training of about a second, what was learned."""

from __future__ import annotations

import dataclasses
from typing import Any

import streamlit as st

from forecasting import charts
from forecasting.errors import ForecastingError
from forecasting.runs import Run
from forecasting.sequences import RECIPES, SineConfig, wave
from pages.ui import components, services, state
from pages.ui.components import number
from pages.ui.i18n import chart_words, t
from pages.ui.progress import ended, follow


def page() -> None:
    """Draw it."""
    session = state.current()
    st.header(t("sine.title"), anchor=False)
    config = _settings(session.form("sine"))
    if config is not None:
        values = dataclasses.asdict(config)
        changed = {name: value for name, value in values.items() if value != getattr(SineConfig(), name)}
        session.forms = {**session.forms, "sine": changed}
        st.caption(t("sine.lead", window=config.window))
        _train(values)
    shown = session.shown.get("sine")
    run = follow(session.workspace, shown) if shown else None
    if run is not None and run.state == "done":
        with components.in_place():
            of_run(session.workspace, run)
        return
    if config is not None:
        _wave(config)
    if run is None:
        st.caption(t("sine.none"))
    elif not run.active:
        ended(run)


def _settings(changed: dict[str, Any]) -> SineConfig | None:
    """The sidebar's settings; None where they do not fit together, which is then said."""
    values = {**dataclasses.asdict(SineConfig()), **changed}

    def real(name: str, low: float, high: float, step: float) -> None:
        st.session_state.setdefault(f"sine_{name}", float(values[name]))
        values[name] = st.number_input(
            t(f"sine.{name}"), low, high, step=step, format="%.3f", key=f"sine_{name}", help=t(f"sine.{name}.help")
        )

    def whole(name: str, label: str, low: int, high: int, step: int = 1, help_key: str | None = None) -> None:
        st.session_state.setdefault(f"sine_{name}", int(values[name]))
        values[name] = st.number_input(
            t(label), low, high, step=step, key=f"sine_{name}", help=t(help_key) if help_key else None
        )

    with st.sidebar:
        st.subheader(t("sine.wave"), anchor=False)
        real("period", 0.5, 50.0, 0.5)
        real("noise", 0.0, 2.0, 0.05)
        whole("points", "sine.points", 100, 5000, 100, "sine.points.help")
        st.subheader(t("sine.network"), anchor=False)
        whole("window", "sine.window", 1, 500, 1, "help.window")
        left, right = st.columns(2)
        with left:
            whole("num_layers", "sine.layers", 1, 4)
        with right:
            whole("hidden_size", "sine.hidden", 1, 256)
        recipes = list(RECIPES)
        st.session_state.setdefault("sine_recipe", values["recipe"])
        values["recipe"] = st.segmented_control(
            t("sine.recipe"),
            recipes,
            required=True,
            format_func=lambda name: t(f"recipe.{name}"),
            key="sine_recipe",
            help=t("sine.recipe.help"),
            width="stretch",
        )
        try:
            return SineConfig.from_dict(values)
        except ForecastingError as problem:
            components.error(problem)
            return None


def _train(values: dict[str, Any]) -> None:
    """The button at the head, and whether what is shown below belongs to these settings."""
    session = state.current()
    shown = session.shown.get("sine")
    run = services.poll(session.workspace, shown) if shown else None
    same = run is not None and run.config == values
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="train_row"):
        pressed = st.button(
            t("sine.train"),
            key="sine_train",
            type="primary",
            icon=":material/play_arrow:",
            disabled=bool(same and run is not None and run.active),
        )
        if run is None:
            st.caption(t("train.expected", seconds=t("seconds.one")), width="content")
        elif not same and not run.active:
            st.caption(":material/info: " + t("sine.changed"), width="content")
    if not same:
        services.warm()
    if pressed:
        try:
            session.shown = {**session.shown, "sine": services.train_sine(session.workspace, values)}
        except ForecastingError as refused:
            components.error(refused)
            return
        st.rerun()


def _wave(config: SineConfig) -> None:
    x, y = wave(config)
    st.markdown(f"**{t('sine.data')}**")
    figure = charts.wave_chart(x.tolist(), y.tolist(), words=chart_words())
    components.chart(figure, "chart_wave", t("alt.sine.wave"))


def of_run(access: str, run: Run) -> None:
    """The result of a done run. `access`: a workspace's token or a read-only link."""
    result = services.record(access, run.id, "result")
    words = chart_words()
    if result["diverged"]:
        st.warning(t("sine.diverged"), icon=":material/warning:")
    facts = [
        (t("sine.mse"), _scientific(result["test_mse"]), t("sine.mse.help")),
        (t("sine.naive"), _scientific(result["naive_mse"]), t("sine.naive.help")),
        (t("sine.seconds"), f"{result['seconds']:.2f} s", None),
        (t("sine.parameters"), f"{result['parameters']:,}", None),
    ]
    with st.container(horizontal=True, gap="small", key="sine_numbers"):
        for label, value, explained in facts:
            st.metric(label, value, help=explained, border=True)
    left, right = st.columns([2, 1])
    with left:
        st.markdown(f"**{t('sine.predicted')}**")
        components.chart(charts.sine_chart(result, words=words), "sine_predicted", t("alt.sine.predicted"))
        st.caption(t("sine.predicted.caption"))
    with right:
        st.markdown(f"**{t('sine.loss')}**")
        points = [
            (epoch, train, test)
            for epoch, (train, test) in enumerate(zip(result["losses"], result["test_losses"], strict=True), start=1)
        ]
        figure = charts.loss_chart(points, height=320, log=True, words={**words, "valid_loss": words["test_loss"]})
        components.chart(figure, "sine_loss", t("alt.sine.loss"))
    st.markdown(f"**{t('sine.rollout')}**")
    components.chart(charts.rollout_chart(result, words=words), "sine_rollout", t("alt.sine.rollout"))
    st.caption(t("sine.rollout.caption"))


def _scientific(value: float | None) -> str:
    return number(value) if value is None or value >= 1e-4 else f"{value:.1e}"
