"""The character LSTM of the Text lab: a text, the training, the comparison with n-grams."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import streamlit as st

from forecasting import charts
from forecasting.errors import ForecastingError
from forecasting.labs.text import TextConfig, expected_seconds, learning
from forecasting.runs import Access, Run, Workspace
from pages.learn import parts
from pages.learn.settings_form import differences
from pages.learn.text_lab import surprise, text_code, text_source, units_view, writing
from pages.learn.text_lab.pair_view import try_rate
from pages.learn.training_row import NOTHING_TO_DO, give_up
from pages.learn.watching import watch
from pages.shared import components, services, state
from pages.shared.fields import Fields, correct_first
from pages.shared.formats import duration, number, percent
from pages.shared.i18n import chart_words, sentences, t
from pages.shared.progress import ended
from pages.shared.services import texts
from pages.shared.services.texts import Facts
from pages.shared.widget_values import now, show


def view() -> None:
    """Draw it."""
    session = state.current()
    st.caption(t("text.lead"))
    with st.sidebar:
        dataset = text_source.source()
    if dataset is None:
        st.info(t("text.none"), icon=":material/edit_note:")
        return
    try:
        with st.spinner(t("text.counting")):
            facts = texts.facts(session.workspace, dataset)
    except ForecastingError as problem:
        text_source.refused(dataset, problem)
        return
    with st.sidebar:
        config, refused = _settings(dataset)
    run = _train(dataset, config, refused)
    _facts(facts)
    if run is not None and run.state == "done" and run.dataset_id == dataset:
        with components.in_place():
            if config is None or run.config != dataclasses.asdict(config):
                now = {} if config is None else dataclasses.asdict(config)
                parts.of_other_settings(differences("text", run.config, now))
            of_run(session.workspace, run, offer=True)
        with components.in_place():
            st.fragment(surprise.reading)(session.workspace, dataset, run.id)
    else:
        if run is not None and not run.active and run.state != "done":
            ended(run)
        components.heading(t("text.naive"))
        figure = charts.bits_bars(facts.ngrams, words=chart_words(), height=260)
        components.chart(figure, "text_ngrams", t("alt.text.bits"))
        st.caption(t("text.naive.caption"))
        st.fragment(surprise.reading)(session.workspace, dataset, None)
    parts.code(text_code.TEXT)


def of_run(access: Access, run: Run, offer: bool = False) -> None:
    """The result of a done run."""
    result = services.record(access, run.id, "result")
    words = chart_words()
    best = min(result["ngrams"].values())
    parts.diverged({words["text_network"]: result["diverged"]}, run.kind, try_rate(run.kind) if offer else None)
    _verdict(result, best)
    facts = [
        (t("text.bits"), number(result["bits"]), sentences([t("text.bits.help"), *_nats(result["bits"])])),
        (t("text.ngram", order=result["best_order"]), number(best), t("text.ngram.help")),
        (t("sine.seconds"), f"{float(run.progress.get('seconds') or 0):.1f} s", None),
        (t("sine.parameters"), f"{result['parameters']:,}", None),
    ]
    with st.container(horizontal=True, gap="small", key="text_numbers"):
        for label, value, explained in facts:
            st.metric(label, value, help=explained, border=True)
    left, right = st.columns(2)
    with left:
        components.heading(t("text.curve"))
        components.chart(charts.text_curve(result, words=words), "text_curve", t("alt.text.curve"))
    with right:
        components.heading(t("text.naive"))
        ngrams = {int(order): bits for order, bits in result["ngrams"].items()}
        figure = charts.bits_bars(ngrams, result["bits"], words=words)
        components.chart(figure, "text_bits", t("alt.text.bits"))
    st.caption(t("text.bits.caption", unknown=f"{result['unknown']:,}"))
    place = st.container()  # filled last: a large network writes for seconds
    if isinstance(access, Workspace):
        with components.in_place():
            units_view.section(run)
    with place:
        st.fragment(writing.writing)(access, run.id)


def _nats(bits: float | None) -> list[str]:
    """The same in the unit of the losses of most training code."""
    return [] if bits is None else [t("text.bits.nats", nats=number(bits * math.log(2)))]


def _verdict(result: dict[str, Any], best: float) -> None:
    if result["bits"] is None or result["diverged"]:
        return
    most = result["ngrams"]["1"]
    how = learning(result["bits"], most)
    if how != "learned":
        st.warning(t(f"text.unlearned.{how}", bits=number(result["bits"]), most=number(most)), icon=":material/info:")
        return
    gain = 1 - result["bits"] / best if best > 0 else 0.0
    values = {"gain": percent(abs(gain), 1), "order": result["best_order"]}
    if gain > 0.01:
        st.success(t("text.verdict.better", **values), icon=":material/trending_down:")
    elif gain < -0.01:
        st.warning(t("text.verdict.worse", **values), icon=":material/info:")
    else:
        st.info(t("text.verdict.same", **values), icon=":material/info:")


def _facts(facts: Facts) -> None:
    characters, tail = len(facts.characters), len(facts.characters) - facts.split
    st.caption(
        t(
            "text.facts",
            characters=f"{characters:,}",
            alphabet=f"{len(facts.alphabet) - 1:,}",
            tail=f"{tail:,}",
            unknown=f"{facts.unknown:,}",
        )
    )


def _settings(dataset: str) -> tuple[TextConfig | None, list[str]]:
    """The settings in the sidebar, whose defaults depend on the text; None where they cannot be so, and the labels of
    numbers that are out of range."""
    session, fields = state.current(), Fields(TextConfig)
    suggested = dataclasses.asdict(texts.suggestion(session.workspace, dataset))
    values = {**suggested, **session.form("text")}

    if st.session_state.get("_text_suggested") != suggested:  # another text: settings that were not changed follow it
        st.session_state["_text_suggested"] = suggested
        for name, value in values.items():
            show(f"text_{name}", type(suggested[name])(value))

    def integer(name: str, step: int = 1) -> None:
        key = f"text_{name}"
        start = now(key, int(values[name]))
        help_text = t(f"text.{name}.help") if name in ("steps", "batch_size", "sequence_length") else None
        values[name] = fields.whole(name, t(f"text.{name}"), step=step, value=start, key=key, help=help_text)

    st.subheader(t("text.network"), anchor=False)
    left, right = st.columns(2)
    with left:
        integer("num_layers")
    with right:
        integer("hidden_size", 8)
    integer("steps", 100)
    fields.say()
    with st.expander(t("text.more"), key="text_more"):
        rate = now("text_learning_rate", float(values["learning_rate"]))
        values["learning_rate"] = fields.real(
            "learning_rate", t("text.learning_rate"), step=0.005, value=rate, format="%.4f", key="text_learning_rate"
        )
        dropout = now("text_dropout", float(values["dropout"]))
        values["dropout"] = st.slider(t("text.dropout"), 0.0, 0.9, dropout, 0.05, key="text_dropout")
        integer("batch_size")
        integer("sequence_length", 8)
        integer("seed")
        fields.say()
    changed = {name: value for name, value in values.items() if value != suggested[name]}
    session.forms = {**session.forms, "text": changed}
    if fields.refused:
        return None, fields.refused
    try:
        return TextConfig.from_dict(values), []
    except ForecastingError as problem:
        components.error(problem)
        return None, []


def _train(dataset: str, config: TextConfig | None, refused: list[str]) -> Run | None:
    """The button with the expected time beside it, and the run to show."""
    session = state.current()
    shown = session.shown.get("text")
    run = services.poll(session.workspace, shown) if shown else None
    values = None if config is None else dataclasses.asdict(config)
    same = run is not None and run.config == values and run.dataset_id == dataset
    known = run.state if same and run is not None else None  # of the run of just these settings
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="train_row"):
        pressed = st.button(
            t("train.button"),
            key="text_train",
            type="primary",
            icon=":material/play_arrow:",
            disabled=config is None or known in NOTHING_TO_DO,
        )
        if refused:
            st.caption(correct_first(refused), width="content")
        if known == "done":
            st.caption(t("lab.done"), width="content")
        elif config is not None:
            text = texts.text(session.workspace, dataset)
            seconds = duration(expected_seconds(text, config))
            st.caption(t("train.expected", seconds=seconds), width="content")
        if run is not None and not same and run.state == "done" and run.dataset_id == dataset:
            st.caption(":material/info: " + t("lab.changed"), width="content")
    pressed = st.session_state.pop("_train_text", False) or pressed
    if pressed and values is not None and known not in NOTHING_TO_DO:
        give_up(session, "text", state.UNITS)
        try:
            run_id = services.submit(session.workspace, "text", values, dataset)
        except ForecastingError as refused:
            components.error(refused)
            return run
        session.shown = {**session.shown, "text": run_id}
        st.rerun()
    if not same:
        services.warm()
    return watch(session.workspace, shown) if shown else None
