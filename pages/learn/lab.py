"""What the teaching pages share: settings as widgets, the row with Train, the lines of code, what diverged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from forecasting import charts
from forecasting.errors import ForecastingError
from forecasting.labs import sequences
from forecasting.labs.sequences import SYSTEMS, Settings, longest_window, merge_clock, snippet
from forecasting.runs import Run
from pages.shared import components, services, setting_words, state
from pages.shared.i18n import chart_words, known, t
from pages.shared.progress import BY_STEPS, ended, follow

RATES = (1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.02, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)


class Form:
    """The settings of the teaching system `kind`, each as its widget has it. Widgets are drawn where they are made."""

    def __init__(self, kind: str):
        self.kind = kind
        self.defaults = SYSTEMS[kind].config().to_dict()
        changed = state.current().form(kind)
        self.values = {**self.defaults, **{name: value for name, value in changed.items() if name in self.defaults}}

    def number(self, name: str, low: float, high: float, step: float, digits: str | None = None) -> None:
        """A slider."""
        kind = type(low)
        st.session_state.setdefault(self._key(name), min(max(kind(self.values[name]), low), high))
        self.values[name] = st.slider(
            label(self.kind, name), low, high, step=step, format=digits, key=self._key(name), help=self._help(name)
        )

    def rate(self) -> None:
        """The learning rate, by factors."""
        now = self.values["learning_rate"]
        st.session_state.setdefault(self._key("learning_rate"), now)
        self.values["learning_rate"] = st.select_slider(
            label(self.kind, "learning_rate"),
            sorted({*RATES, now, st.session_state[self._key("learning_rate")]}),
            format_func=lambda rate: f"{rate:g}",
            key=self._key("learning_rate"),
            help=self._help("learning_rate"),
        )

    def choice(self, name: str, choices: tuple[str, ...], prefix: str) -> None:
        """One of a few."""
        if st.session_state.get(self._key(name)) is None:  # at first, or where a click came before it was whole
            st.session_state[self._key(name)] = self.values[name]
        chosen = st.segmented_control(
            label(self.kind, name),
            list(choices),
            required=True,
            format_func=lambda value: t(f"{prefix}.{value}"),
            key=self._key(name),
            help=self._help(name),
            width="stretch",
        )
        self.values[name] = chosen or self.values[name]

    def switch(self, name: str) -> None:
        """On or off."""
        st.session_state.setdefault(self._key(name), self.values[name])
        self.values[name] = st.toggle(label(self.kind, name), key=self._key(name), help=self._help(name))

    def config(self) -> Settings | None:
        """The settings where they fit together; where not, that is said, with a button for what does."""
        session = state.current()
        session.forms = {**session.forms, self.kind: self.changed()}
        try:
            return SYSTEMS[self.kind].config.from_dict(self.values)
        except ForecastingError as problem:
            components.error(problem)
            field = problem.field
            if field in self.defaults:
                value = self.defaults[field]
                if field == "window" and "points" in self.values:
                    value = min(value, longest_window(self.values["points"]))
                st.button(
                    t("lab.offer", setting=label(self.kind, field), value=value),
                    key="lab_offer",
                    icon=":material/auto_fix_high:",
                    on_click=self.put,
                    args=({field: value},),
                )
            return None

    def changed(self) -> dict[str, Any]:
        """What is not as by default."""
        return {name: value for name, value in self.values.items() if value != self.defaults[name]}

    def put(self, values: dict[str, Any]) -> None:
        """Set settings; the widgets follow."""
        session = state.current()
        session.forms = {**session.forms, self.kind: {**session.form(self.kind), **values}}
        for name, value in values.items():
            st.session_state[self._key(name)] = value

    def try_rate(self, rate: float) -> None:
        """Train with another learning rate."""
        self.put_and_train({"learning_rate": rate})

    def put_and_train(self, values: dict[str, Any]) -> None:
        """Set settings and train with them."""
        self.put(values)
        st.session_state[f"_train_{self.kind}"] = True

    def _key(self, name: str) -> str:
        return f"{self.kind}_{name}"

    def _help(self, name: str) -> str | None:
        key = f"{self.kind}.{name}.help"
        return t(key) if known(key) else None


def label(kind: str, name: str) -> str:
    """A setting in words."""
    return t(f"{kind}.{name}") if known(f"{kind}.{name}") else setting_words.setting_label(name)


def train(form: Form, config: Settings | None) -> Run | None:
    """The button, what is under way, and the run to show. What a visitor sees first is trained without being asked."""
    session, kind = state.current(), form.kind
    shown = session.shown.get(kind)
    run = services.poll(session.workspace, shown) if shown else None
    values = None if config is None else config.to_dict()
    same = run is not None and run.config == values
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="train_row"):
        pressed = st.button(
            t("train.button"),
            key=f"{kind}_train",
            type="primary",
            icon=":material/play_arrow:",
            disabled=config is None or bool(same and run is not None and run.active),
        )
        if run is not None and not same and not run.active and config is not None:
            st.caption(":material/info: " + t("lab.changed"), width="content")
        elif run is not None and run.state == "done":
            st.caption(t("train.done"), width="content")
    asked = st.session_state.pop(f"_train_{kind}", False) or pressed or shown is None
    if values is not None and asked and not (same and run is not None and run.state in ("done", "queued", "running")):
        try:
            session.shown = {**session.shown, kind: services.teach(session.workspace, kind, values)}
        except ForecastingError as refused:
            components.error(refused)
            return None
        if pressed:
            st.rerun()
    elif values is not None and not same:
        services.warm()
    shown = session.shown.get(kind)
    words = {"epoch": chart_words()["step"]} if kind in BY_STEPS else None
    run = follow(session.workspace, shown, words=words) if shown else None
    if run is not None and not run.active:
        ended(run)
    return run


def task(kind: str, config: Settings | None, run: Run | None) -> None:
    """What is to be learned, as long as there is no result for these settings."""
    if config is None or (done(run) and run is not None and run.config == config.to_dict()):
        return
    words = chart_words()
    across = {"cosine": "x", "rollout": "steps"}.get(kind, "time_step")
    question(t("sine.data"))
    figure = charts.task_chart(sequences.task(config), words[across], words=words)
    components.chart(figure, f"chart_task_{kind}", t("alt.task"))


def result(access: str, run: Run) -> dict[str, Any]:
    """What a done run found. `access`: a workspace's token or a read-only link."""
    return merge_clock(services.record(access, run.id, "result"), services.record(access, run.id, "clock"))


def done(run: Run | None) -> bool:
    """Whether there is a result to draw."""
    return run is not None and run.state == "done"


def diverged(networks: Mapping[str, Any], kind: str, offer: Callable[[float], None] | None = None) -> None:
    """Say which trainings diverged, and with `offer`, which takes a learning rate, offer one that does not.

    networks: what each has under "diverged", by its name.
    """
    found = {name: about if isinstance(about, dict) else _UNKNOWN for name, about in networks.items() if about}
    if not found:
        return
    rate = min(about["learning_rate"] for about in found.values())
    lines = [
        t("lab.diverged.end", name=name)
        if about["step"] is None
        else t("lab.diverged.step", name=name, step=f"{about['step']:,}")
        for name, about in found.items()
    ]
    st.warning(" ".join([*lines, t("lab.diverged", rate=f"{rate:g}")]), icon=":material/trending_up:")
    if offer is not None:
        st.button(
            t("lab.try_rate", rate=f"{rate:g}"),
            key=f"{kind}_rate_offer",
            icon=":material/auto_fix_high:",
            on_click=offer,
            args=(rate,),
        )


_UNKNOWN = {"step": None, "learning_rate": 0.01}  # what a stored result says that only has true


def question(text: str) -> None:
    """The title line of a chart: what it answers."""
    st.markdown(f"**{text}**")


def findings(sentences: list[str]) -> None:
    """What was measured in this run, in words."""
    if sentences:
        with st.container(border=True, key="findings"):
            st.markdown("\n".join([f"**{t('lab.found')}**", "", *(f"- {one}" for one in sentences)]))


def code(kind: str, config: dict[str, Any]) -> None:
    """The lines that do this with Tidecast."""
    defaults = SYSTEMS[kind].config().to_dict()
    changed = {name: value for name, value in config.items() if value != defaults[name]}
    with st.expander(t("lab.code"), key="the_code", icon=":material/code:"):
        st.code(snippet(kind, changed), language="python")
        st.caption(t("lab.code.note"))


def scientific(value: float | None) -> str:
    """A mean squared error, which may be very small."""
    return components.number(value) if value is None or value >= 1e-3 else f"{value:.1e}"
