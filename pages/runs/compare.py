"""Several runs on one chart, and where their settings and scores differ."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pandas as pd
import streamlit as st

from forecasting import charts
from forecasting.runs import Run, Workspace
from pages.runs.comparable import comparable
from pages.shared import components, jobs, services
from pages.shared.formats import number, percent, plain, plain_option
from pages.shared.i18n import chart_words, t
from pages.shared.setting_words import setting_value


@components.in_place()
def comparison(workspace: Workspace, ticked: list[Run]) -> None:
    """Draw it: a chart of the runs, and a table of the settings that differ and the scores."""
    names = _names(ticked)
    chosen = comparable(workspace, ticked)
    views = ["predicted", "forecast", "loss"] if len(chosen.same) > 1 else ["loss"]
    view = views[0]
    if len(views) > 1:
        view = components.one_of(
            t("runs.compare.view"), views, view, key="compare_view",
            format_func=lambda name: t(f"runs.view.{name}"), label_visibility="collapsed",
        )  # fmt: skip
    if view == "loss":
        _losses(workspace, ticked, names)
    else:
        _series(workspace, chosen.same, names, view)
    if chosen.others:
        lines = [f"- {plain(names[run.id], 80)}: {reason}" for run, reason in chosen.others]
        st.markdown("\n".join([f"**{t('runs.other')}**", "", *lines]))
    table = _table(ticked, names, {run.id for run, _ in chosen.others} if len(chosen.same) > 1 else set())
    components.table(table, "compare_settings", height=38 + 35 * len(table))


def _series(workspace: Workspace, same: list[Run], names: dict[str, str], view: str) -> None:
    """Predictions or forecasts of runs on the same data beside the truth, and what lies between them."""
    dataset = str(same[0].dataset_id)
    series = services.panel(workspace, dataset).series_ids
    shown = series[0]
    if len(series) > 1:
        shown = st.selectbox(t("read.shown"), series, format_func=plain_option, key="compare_series")
    if view == "forecast":
        frames = [services.forecast(workspace, run.id) for run in same]
    else:
        tests = [services.backtest(workspace, run.id).frame for run in same]
        step = min(int(test["step"].max()) for test in tests)
        if step > 1:
            step = st.slider(t("runs.compare.step"), 1, step, (step + 1) // 2, key="compare_step")
        frames = [test[test["step"] == step] for test in tests]
    clock = services.notation(workspace, dataset).clock
    lines = [
        (
            names[run.id],
            frame.loc[frame["unique_id"] == shown, ["ds", "forecast"]]
            .assign(ds=lambda rows: clock(rows["ds"]))
            .rename(columns={"forecast": "y"}),
        )
        for run, frame in zip(same, frames, strict=True)
    ]
    figure = charts.runs_chart(services.one_series(workspace, dataset, shown), lines, words=chart_words())
    components.chart(figure, f"compare_{view}", t("alt.compare.runs", count=len(lines)))
    first = lines[0][0]
    st.markdown(f"**{t('runs.difference', name=plain(first, 80))}**")
    difference = charts.differences_chart(lines, words=chart_words())
    components.chart(difference, f"compare_difference_{view}", t("alt.compare.difference", name=first))


def _losses(workspace: Workspace, ticked: list[Run], names: dict[str, str]) -> None:
    """The losses of runs of any kind, each of its first stage, which all runs of a kind have."""
    lines = []
    for run in ticked:
        polled = services.poll(workspace, run.id)  # lists are without curves
        curve = polled.curve if polled is not None else []
        points = [(int(point[1]), point[2], point[3]) for point in curve if point[0] == curve[0][0]]
        if points:
            lines.append((names[run.id], points))
    if not lines:
        st.caption(t("runs.compare.waiting"))
        return
    figure = charts.losses_chart(lines, words=chart_words())
    components.chart(figure, "compare_loss", t("alt.compare.runs", count=len(lines)))
    st.caption(t("runs.compare.loss"))


def _table(ticked: list[Run], names: dict[str, str], apart: set[str]) -> pd.DataFrame:
    """A row for each setting that differs and for the scores, a column for each run; no scores of those `apart`."""
    rows: dict[str, list[str]] = {t("runs.compare.data"): [jobs.title(run) for run in ticked]}
    if len({run.kind for run in ticked}) > 1:
        rows[t("compare.method")] = [jobs.name_of(run.kind) for run in ticked]
    for name in dict.fromkeys(name for run in ticked for name in run.config):
        values = [run.config.get(name) for run in ticked]
        if len({json.dumps(value, sort_keys=True) for value in values}) > 1:
            kind = next(run.kind for run in ticked if name in run.config)
            rows[jobs.setting_label(kind, name)] = [_value(name, value) for value in values]
    rows |= _scores(ticked, apart)
    columns = {names[run.id]: [row[at] for row in rows.values()] for at, run in enumerate(ticked)}
    return pd.DataFrame({t("runs.compare.setting"): list(rows), **columns})


def _scores(ticked: list[Run], apart: set[str]) -> dict[str, list[str]]:
    """The scores that runs have: MAE, MASE, skill and coverage, or each other kind's own line."""
    scores: dict[str, list[str]] = {}
    for at, run in enumerate(ticked):
        for label, value in _score(run).items():
            row = scores.setdefault(label, ["—"] * len(ticked))
            row[at] = t("runs.compare.not") if run.id in apart else value
    return scores


def _score(run: Run) -> dict[str, str]:
    if run.kind != "forecast" or not run.scores:
        line = jobs.score_line(run)
        return {jobs.name_of(run.kind): line} if line else {}
    return {
        t("number.mae"): number(run.scores["mae"]),
        t("number.mase"): number(run.scores["mase"]),
        t("number.skill"): percent(run.scores["skill"]),
        **{t("number.coverage.level", level=level): percent(share) for level, share in run.scores["coverage"].items()},
    }


def _names(ticked: list[Run]) -> dict[str, str]:
    """A name for each run that no other has: its title, else its settings, else its title with a number."""
    titles = Counter(jobs.title(run) for run in ticked)
    settings = Counter(jobs.settings_line(run) for run in ticked)
    seen: Counter[str] = Counter()
    names = {}
    for run in ticked:
        title, line = jobs.title(run), jobs.settings_line(run)
        seen[title] += 1
        if titles[title] == 1:
            names[run.id] = title
        else:
            names[run.id] = line if settings[line] == 1 else f"{title} ({seen[title]})"
    return names


def _value(name: str, value: Any) -> str:
    return "—" if value is None else setting_value(name, value)
