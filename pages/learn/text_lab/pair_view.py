"""The word pair of the Text lab: what the network answers, and how sure it is."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any

import streamlit as st

from forecasting import charts
from forecasting.errors import ForecastingError
from forecasting.labs.text import LONGEST, PairConfig, rotated, split
from forecasting.runs import Access, Run
from pages.learn import parts, resting
from pages.learn.settings_form import differences
from pages.learn.text_lab import text_code
from pages.learn.training_row import NOTHING_TO_DO, give_up
from pages.learn.watching import watch
from pages.shared import components, services, state
from pages.shared.fields import Fields, correct_first
from pages.shared.formats import duration, listed, number, plain
from pages.shared.i18n import chart_words, sentences, t
from pages.shared.progress import ended
from pages.shared.widget_values import now

NUMBERS = (("hidden_size", 1), ("epochs", 10), ("seed", 1))  # settings, and how far a click goes


def view() -> None:
    """Draw it."""
    session = state.current()
    config, refused = _settings()
    shown = config or PairConfig()
    st.caption(sentences([t("pair.lead"), *_told_apart(shown)]))
    values = None if config is None else dataclasses.asdict(config)
    run = _train(values, refused)
    if run is not None and run.state == "done":
        with components.in_place():
            if run.config != values:
                parts.of_other_settings(differences("pair", run.config, {**shown.to_dict(), **session.form("pair")}))
            of_run(session.workspace, run, offer=True)
    elif run is not None and not run.active:
        ended(run)
    elif config is not None:
        _task(config)
    code = {"source": shown.source, "target": shown.target, "epochs": shown.epochs, "seed": shown.seed}
    parts.code(text_code.PAIR.format(**code))


def _told_apart(config: PairConfig) -> list[str]:
    """A sentence on the letters of this pair that come more than once and need different answers."""
    answers: dict[str, set[str]] = {}
    for read, answer in zip(split(config.source), split(config.target), strict=True):
        answers.setdefault(read, set()).add(answer)
    several = [plain(read) for read, said in answers.items() if len(said) > 1]
    return [t("pair.lead.same", letters=listed(several), count=len(several))] if several else []


def try_rate(kind: str) -> Callable[[float], None]:
    """A function that trains the network `kind` of this page with another learning rate."""

    def put(rate: float) -> None:
        st.session_state[f"{kind}_learning_rate"] = rate
        st.session_state[f"_train_{kind}"] = True

    return put


def _settings() -> tuple[PairConfig | None, list[str]]:
    """The settings in the sidebar, None where they cannot be so; and the labels of numbers that are out of range."""
    session, fields = state.current(), Fields(PairConfig)
    values = {**dataclasses.asdict(PairConfig()), **session.form("pair")}
    with st.sidebar:
        places = {}
        for field in ("source", "target"):
            key = f"pair_{field}"
            start = now(key, str(values[field]))
            values[field] = st.text_input(t(f"pair.{field}"), start, key=key, help=t(f"pair.{field}.help"))
            places[field] = st.container()
        with st.expander(t("text.network"), key="pair_network"):
            for name, step in NUMBERS:
                key = f"pair_{name}"
                value = now(key, int(values[name]))
                values[name] = fields.whole(name, t(f"text.{name}"), step=step, value=value, key=key)
            rate = now("pair_learning_rate", float(values["learning_rate"]))
            values["learning_rate"] = fields.real(
                "learning_rate", t("text.learning_rate"), step=0.05, value=rate, format="%.4f", key="pair_learning_rate"
            )
            fields.say()
        default = PairConfig()
        changed = {name: value for name, value in values.items() if value != getattr(default, name)}
        session.forms = {**session.forms, "pair": changed}
        if fields.refused:
            return None, fields.refused
        try:
            return PairConfig.from_dict(values), []
        except ForecastingError as problem:
            with places.get(problem.field or "", st.container()):
                components.error(problem)
                source, target = _fitting(str(values["source"]), str(values["target"]))
                if problem.field in places:
                    st.button(
                        t("pair.offer", source=plain(source, 40), target=plain(target, 40)), key="pair_offer",
                        icon=":material/auto_fix_high:", on_click=_take, args=(source, target),
                    )  # fmt: skip
            return None, [t(f"pair.{problem.field}")] if problem.field in places else []


def _fitting(source: str, target: str) -> tuple[str, str]:
    """The words as far as they make a pair: cut to one length, a missing one made of the other."""
    if not source and not target:
        return PairConfig.source, PairConfig.target
    read, said = split(source or rotated(target, by=-1)), split(target or rotated(source))
    both = min(len(read), len(said), LONGEST)
    return "".join(read[:both]), "".join(said[:both])


def _take(source: str, target: str) -> None:
    st.session_state["pair_source"], st.session_state["pair_target"] = source, target


def _train(values: dict[str, Any] | None, refused: list[str]) -> Run | None:
    """The button, and the run to show. The pair of the first visit is trained without a click."""
    session = state.current()
    shown = session.shown.get("pair")
    run = services.poll(session.workspace, shown) if shown else None
    same = run is not None and run.config == values
    known = run.state if same and run is not None else None  # of the run of just these settings
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="train_row"):
        pressed = st.button(
            t("train.button"),
            key="pair_train",
            type="primary",
            icon=":material/play_arrow:",
            disabled=values is None or known in NOTHING_TO_DO,
        )
        if refused:
            st.caption(correct_first(refused), width="content")
        elif run is None:
            st.caption(t("train.expected", seconds=duration(1)), width="content")
        elif known == "done":
            st.caption(t("lab.done"), width="content")
        itself = resting.by_itself("pair", values)
        if run is not None and values is not None and not same and run.state == "done" and not itself:
            st.caption(":material/info: " + t("lab.changed"), width="content")
    settling = st.container()  # always there, so that what follows keeps its place in the page
    pressed = st.session_state.pop("_train_pair", False) or pressed
    if values is not None and (pressed or shown is None) and known not in NOTHING_TO_DO:
        if run is not None and not same:
            resting.let_go("pair", run.id, run.active)
        give_up(session, "pair")
        try:
            run_id = services.submit(
                session.workspace, "pair", values, None, f"{values['source']} → {values['target']}"
            )
            resting.began("pair", run_id)
        except ForecastingError as refused:
            components.error(refused)
            return None
        session.shown = {**session.shown, "pair": run_id}
        if pressed:
            st.rerun()
    elif values is not None and not same and itself:
        with settling:
            resting.at_rest("pair", values)
    elif not same:
        services.warm()
    shown = session.shown.get("pair")
    return watch(session.workspace, shown) if shown else None


def _task(config: PairConfig) -> None:
    """The pair before any training."""
    source, target = split(config.source), split(config.target)
    letters = sorted({*source, *target})
    untrained = [[[0] * len(letters)] * len(source)]
    empty = {"letters": letters, "source": source, "target": target, "probabilities": untrained}
    components.heading(t("pair.asked"))
    components.chart(charts.pair_map(empty, 1, words=chart_words()), "pair_asked", t("alt.pair.asked"))


def of_run(access: Access, run: Run, offer: bool = False) -> None:
    """The result of a done run."""
    result = services.record(access, run.id, "result")
    parts.diverged({t("kind.pair"): result["diverged"]}, run.kind, try_rate(run.kind) if offer else None)
    learned = result["learned_at"]
    facts = [
        (
            t("pair.learned"),
            t("pair.learned.never") if learned is None else t("pair.learned.epoch", epoch=learned),
            t("pair.learned.help"),
        ),
        (t("pair.loss"), number(result["losses"][-1]), t("pair.loss.help")),
        (t("pair.loss.nats"), _in_nats(result["losses"][-1]), t("pair.loss.nats.help")),
        (t("sine.parameters"), f"{result['parameters']:,}", None),
        (t("sine.seconds"), f"{float(run.progress.get('seconds') or 0):.2f} s", None),
    ]
    with st.container(horizontal=True, gap="small", key="pair_numbers"):
        for label, value, explained in facts:
            st.metric(label, value, help=explained, border=True)
    if learned is None and not result["diverged"]:
        st.info(_not_learned(result), icon=":material/info:")
    _after_training(result)


def _not_learned(result: dict[str, Any]) -> str:
    """Which letters are wrong at the end, and what may teach this pair."""
    letters, right = result["letters"], result["target"]
    said = [letters[max(range(len(letters)), key=shares.__getitem__)] for shares in result["probabilities"][-1]]
    wrong = sum(one != other for one, other in zip(said, right, strict=True))
    return t("pair.unlearned", wrong=wrong, letters=len(right))


def _in_nats(loss: float | None) -> str:
    return number(None if loss is None else loss * math.log(2))


def _classes(result: dict[str, Any]) -> str:
    """What guessing costs with a class for each distinct letter, and with one for each place, as some code has it."""
    letters, places = len(result["letters"]), len(result["target"])
    costs = {"bits": math.log2(letters), "nats": math.log(letters)}
    more = {"place_bits": math.log2(places), "place_nats": math.log(places)}
    values = {name: f"{cost:.3g}" for name, cost in (costs | more).items()}
    return t("pair.classes", letters=letters, places=places, **values)


def _after_training(result: dict[str, Any]) -> None:
    """The answer of the trained network with its numbers, and the loss; the player has what was before."""
    st.code("\n".join(_answer(result)), language=None)
    left, right = st.columns(2)
    words = chart_words()
    with left:
        components.heading(t("pair.map"))
        figure = charts.pair_map(result, len(result["losses"]), ink=components.ink(), words=words)
        components.chart(figure, "pair_map", t("alt.pair.map"))
        st.caption(t("pair.map.caption"))
    with right:
        components.heading(t("pair.loss.title"))
        components.chart(charts.pair_loss(result, ink=components.ink(), words=words), "pair_loss", t("alt.pair.loss"))
        dot = [t("pair.loss.caption")] if result["learned_at"] is not None else []
        st.caption(sentences([*dot, _classes(result)]))


def _answer(result: dict[str, Any]) -> list[str]:
    """The last answer beside the right one, as plain text."""
    words = {
        "read": "".join(result["source"]),
        "answer": result["predictions"][-1],
        "right": "".join(result["target"]),
    }
    mark = "✓" if words["answer"] == words["right"] else "✗"
    return [
        f"{t('pair.read')}: {words['read']}",
        f"{t('pair.said')}: {words['answer']}  {mark}",
        f"{t('pair.right')}: {words['right']}",
    ]
