"""The tab Training: its time, its loss curves, its settings."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from forecasting import charts
from forecasting.runs import Run
from pages.shared import choices, components
from pages.shared.formats import duration, listed, plain
from pages.shared.i18n import chart_words, t
from pages.shared.results.shown import Shown, noted
from pages.shared.setting_words import setting_label, setting_value


def training(shown: Shown) -> None:
    """Draw it."""
    record, run = shown.record("training"), shown.run
    with st.container(horizontal=True, gap="small", key="training_facts"):
        for label, value in _facts(record, run):
            st.metric(label, value, border=True)
    if record.get("fallback"):
        st.info(t("training.fallback"), icon=":material/toggle_off:")
    elif record["share"] == 0:
        st.info(t("training.off"), icon=":material/toggle_off:")
    for note in noted(record):
        st.caption(f":material/info: {plain(note, 600)}")
    points = _points(record["curves"], run)
    if points:
        words = chart_words()
        left, right = st.columns([2, 1])
        with left:
            components.heading(t("training.loss"))
            losses = [(int(p["epoch"]), p["train_loss"], p["valid_loss"]) for p in points]
            components.chart(charts.loss_chart(losses, height=300, words=words), "chart_loss", t("alt.loss"))
        with right:
            components.heading(t("training.rate"))
            rates = [float(p["learning_rate"]) for p in points]
            figure = charts.learning_rate_chart([int(p["epoch"]) for p in points], rates, height=300, words=words)
            components.chart(figure, "chart_rate", t("alt.rate"))
    components.heading(t("training.settings"))
    settings = {
        t("training.setting"): [setting_label(name) for name in run.config],
        t("training.value"): [setting_value(name, value) for name, value in run.config.items()],
    }
    components.table(pd.DataFrame(settings), "settings_used")


def _facts(record: dict[str, Any], run: Run) -> list[tuple[str, str]]:
    waited = run.finished - run.started if run.started and run.finished else None
    return [
        (t("training.seconds"), duration(float(record["seconds"])))
        if waited is None
        else (t("training.waited"), duration(waited)),
        (t("training.parameters"), f"{int(record['parameters']):,}"),
        (t("training.best_epoch"), listed(map(str, record["best_epochs"])) or t("training.periods.none")),
        (t("training.periods"), listed(map(str, record["periods"])) or t("training.periods.none")),
    ]


def _points(curves: list[dict[str, Any]], run: Run) -> list[dict[str, Any]]:
    """The epochs of the stage and the network chosen."""
    stages = list(dict.fromkeys(str(point["stage"]) for point in curves))
    members = sorted({int(point["member"]) for point in curves})
    stage, member = stages[0] if stages else "", 0
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="training_which"):
        if len(stages) > 1:
            stage = components.one_of(
                t("training.stage"), stages, stage, key="stage",
                format_func=lambda name: t(f"run.stage.{name}"), label_visibility="collapsed",
            )  # fmt: skip
        if len(members) > 1:
            member = choices.select(
                t("training.member"), members, key="member", format_func=lambda place: _member(place, run),
                label_visibility="collapsed", width=220,
            )  # fmt: skip
    return [point for point in curves if point["stage"] == stage and point["member"] == member]


def _member(place: int, run: Run) -> str:
    """A network by its number, and by its window where they differ."""
    windows = [run.config["window"], *(run.config.get("lookbacks") or [])]
    number = t("training.member.number", number=place + 1)
    if len(windows) == 1:
        return number
    each = int(run.config["members"])
    return f"{number} · {t('runs.window', window=windows[min(place // each, len(windows) - 1)])}"
