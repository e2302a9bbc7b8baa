"""What a done run says: verdict, five numbers, and a tab for each question."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from forecasting import charts, export
from forecasting.config import ForecastConfig
from forecasting.runs import Access, Link, Run
from pages.forecast.results.compare import compare
from pages.forecast.results.errors import errors, reached
from pages.forecast.results.explain import explain
from pages.forecast.results.shown import Shown, of_series, steps
from pages.forecast.results.training import training
from pages.runs.manage import links
from pages.shared import components, services
from pages.shared.choices import plain_option
from pages.shared.components import number, percent, plain
from pages.shared.i18n import chart_words, sentence, t

_WHOLE = 0.995  # a share that is said as 100 %


def results(workspace: Access, run: Run, series: str) -> None:
    """The verdict and everything behind it, for one of the run's series."""
    backtest = services.backtest(workspace, run.id)
    record = services.record(workspace, run.id, "training")
    _verdict(backtest.verdict)
    if said := _kept(backtest.scores, record):
        st.caption(said)
    if record.get("fallback"):
        st.info(t("result.fallback", **_lengths(workspace, run)), icon=":material/straighten:")
    _numbers(backtest.scores, run)
    count = len(services.panel(workspace, run.dataset_id or "").series_ids)
    if count > 1:
        st.caption(t("number.all", count=count))
    _tabs((workspace, run, series))


def of_run(access: Access, run: Run) -> None:
    """The result of a done run and nothing around it, as a read-only link shows it."""
    names = services.panel(access, run.dataset_id or "").series_ids
    series = (
        names[0]
        if len(names) == 1
        else st.selectbox(t("read.shown"), names, format_func=plain_option, key="series_shown")
    )
    results(access, run, series)


def _verdict(verdict: Any) -> None:
    """One sentence: green, grey or amber."""
    text = " ".join(sentence(message) for message in verdict.messages)
    show, icon = {
        "better": (st.success, ":material/check_circle:"),
        "same": (st.info, ":material/drag_handle:"),
        "worse": (st.warning, ":material/warning:"),
    }[verdict.grade]
    show(plain(text, 1_000), icon=icon)


def _kept(scores: dict[str, Any], record: dict[str, Any]) -> str:
    """How much of its own forecast the method kept, where that is not all: in the forecast, and in the backtest."""
    shares = scores.get("shrink") or [1.0]
    tested = sum(shares) / len(shares)
    ahead = record.get("shrink") or {"share": tested, "period": 1}
    share = float(ahead["share"])
    towards = t("kept.season") if int(ahead["period"]) > 1 else t("kept.value")
    said = []
    if share == 0:
        said.append(t("kept.none", towards=towards))
    elif share < _WHOLE:
        said.append(t("kept.part", percent=percent(share), towards=towards))
    if tested < _WHOLE:
        said.append(t("kept.tested", percent=percent(tested), trainings=len(shares)))
    return " ".join(said)


def _lengths(workspace: Access, run: Run) -> dict[str, int]:
    """What a network would have needed, and what there was."""
    config = ForecastConfig.from_dict(run.config)
    longest = int(services.panel(workspace, run.dataset_id or "").lengths.max())
    return {"available": longest, "window": config.window, "horizon": config.horizon}


def _numbers(scores: dict[str, Any], run: Run) -> None:
    mine, naive = scores["methods"]["forecast"], scores["methods"]["naive"]
    low, high = scores.get("skill_interval") or (None, None)
    coverage = {int(level): share for level, share in scores["coverage"].items()}
    level = 80 if 80 in coverage else next(iter(coverage), None)
    shown = [
        (t("number.mae"), number(mine["mae"]), t("number.mae.help", naive=number(naive["mae"]))),
        (t("number.mase"), number(mine["mase"]), t("number.mase.help")),
        (t("number.smape"), _points(mine["smape"]), t("number.smape.help")),
        (t("number.skill"), percent(mine["skill"]), t("number.skill.help", low=percent(low), high=percent(high))),
    ]
    if level is not None:
        shown.append((t("number.coverage"), percent(coverage[level]), t("number.coverage.help", level=level)))
    with st.container(horizontal=True, gap="small", key="numbers"):
        for label, value, explained in shown:
            st.metric(label, value, help=explained, border=True)


def _points(value: float | None) -> str:
    """sMAPE is in percent already."""
    return number(value) if value is None or value != value else f"{value:.3g} %"


@st.fragment
@components.in_place()
def _tabs(shown: Shown) -> None:
    """Only the open tab is drawn: a hidden figure costs the browser as much as a seen one."""
    rooms: dict[str, Callable[[Shown], None]] = {
        "tab.predicted": _predicted,
        "tab.forecast": _forecast,
        "tab.errors": errors,
        "tab.training": training,
        "tab.explain": explain,
        "tab.compare": compare,
        "tab.export": _export,
    }
    for tab, draw in zip(
        st.tabs([t(key) for key in rooms], key="tabs", on_change="rerun"), rooms.values(), strict=True
    ):
        if tab.open:
            with tab, components.in_place():
                draw(shown)


def _predicted(shown: Shown) -> None:
    workspace, run, series = shown
    backtest = services.backtest(workspace, run.id)
    horizon = int(backtest["step"].max())
    step = 1
    if horizon > 1:
        step = st.slider(t("predicted.step"), 1, horizon, min(horizon, st.session_state.get("_step", 1)), key="step")
        st.session_state["_step"] = step
    figure = charts.true_vs_predicted(
        services.one_series(workspace, run.dataset_id or "", series),
        of_series(backtest, series),
        step,
        series,
        folds=backtest.scores["folds"],
        words=chart_words(),
    )
    components.chart(figure, "chart_predicted", t("alt.predicted", name=charts.escape(series), step=steps(step)))
    said = t("predicted.caption", step=steps(step))
    if step < horizon:
        said += " " + t("predicted.end", end=steps(horizon - step), horizon=steps(horizon))
    st.caption(said)


def _forecast(shown: Shown) -> None:
    workspace, run, series = shown
    forecast = of_series(services.forecast(workspace, run.id), series)
    horizon = len(forecast)
    figure = charts.forecast_chart(
        services.one_series(workspace, run.dataset_id or "", series),
        forecast,
        series,
        tail=max(4 * horizon, int(run.config.get("window", 60)), 30),
        words=chart_words(),
    )
    components.chart(figure, "chart_forecast", t("alt.forecast", name=charts.escape(series), horizon=horizon))
    st.caption(reached(services.backtest(workspace, run.id).scores))
    height = min(36 + 35 * horizon, 320)
    components.table(_table(forecast), "forecast_table", height=height)
    _download_forecast(shown, "download_forecast_here")


def _table(forecast: pd.DataFrame) -> pd.DataFrame:
    """A Forecast with headings for people."""
    names = {"ds": t("forecast.time"), "forecast": t("forecast.value")}
    levels = charts.levels_of(forecast)
    for level in levels:
        names[f"forecast-lo-{level}"] = t("forecast.low", level=level)
        names[f"forecast-hi-{level}"] = t("forecast.high", level=level)
    return forecast[list(names)].rename(columns=names)


def _export(shown: Shown) -> None:
    workspace, run, _ = shown
    left, right = st.columns(2)
    with left:
        _download_forecast(shown, "download_forecast")
        st.caption(t("export.forecast.note", rows=len(services.forecast(workspace, run.id))))
    data = services.dataset(workspace, run.dataset_id or "")
    about = {"program": "Tidecast", "run": run.id, "data": data.name, "dataset": data.id, "reading": data.choices}
    with right:
        st.download_button(
            t("export.settings"),
            export.settings_json(run.config, about),
            file_name=f"{export.file_stem(data.name)}-settings.json",
            mime="application/json",
            key="download_settings",
            icon=":material/settings:",
            on_click="ignore",
        )
        st.caption(t("export.settings.note"))

    if not isinstance(workspace, Link):
        with st.container(width=420, key="share_here"):
            links(workspace, run)


def _download_forecast(shown: Shown, key: str) -> None:
    workspace, run, _ = shown
    name = services.dataset(workspace, run.dataset_id or "").name
    st.download_button(
        t("export.forecast"),
        export.forecast_csv(services.forecast(workspace, run.id)),
        file_name=f"{export.file_stem(name)}-forecast.csv",
        mime="text/csv",
        key=key,
        icon=":material/download:",
        on_click="ignore",
    )
