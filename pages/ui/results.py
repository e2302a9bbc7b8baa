"""What a done run says: verdict, five numbers, and a tab for each question."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from forecasting import charts, export
from forecasting.runs import Run
from pages.ui import components, services
from pages.ui.choices import plain_option
from pages.ui.components import duration, number, percent, plain
from pages.ui.i18n import chart_words, known, t
from pages.ui.runs_manage import links
from pages.ui.settings import setting_label, setting_value

Shown = tuple[str, Run, str]  # workspace, run, name of the series


def results(workspace: str, run: Run, series: str) -> None:
    """The verdict and everything behind it, for one of the run's series."""
    backtest = services.backtest(workspace, run.id)
    _verdict(backtest.verdict)
    _numbers(backtest.scores, run)
    count = len(services.panel(workspace, run.dataset_id or "").series_ids)
    if count > 1:
        st.caption(t("number.all", count=count))
    _tabs((workspace, run, series))


def of_run(access: str, run: Run) -> None:
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
    key = f"verdict.{verdict.key}"
    shown = {name: f"{value:,.0f}" for name, value in verdict.values.items()}
    text = t(key, **shown) if known(key) else verdict.text
    show, icon = {
        "better": (st.success, ":material/check_circle:"),
        "same": (st.info, ":material/drag_handle:"),
        "worse": (st.warning, ":material/warning:"),
    }[verdict.grade]
    show(plain(text, 1_000), icon=icon)


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
        "tab.errors": _errors,
        "tab.training": _training,
        "tab.compare": _compare,
        "tab.export": _export,
    }
    for tab, draw in zip(
        st.tabs([t(key) for key in rooms], key="tabs", on_change="rerun"), rooms.values(), strict=True
    ):
        if tab.open:
            with tab, components.in_place():
                draw(shown)


def _of_series(frame: pd.DataFrame, series: str) -> pd.DataFrame:
    return frame[frame["unique_id"] == series]


def steps(count: int) -> str:
    return t("steps.one") if count == 1 else t("steps.many", steps=count)


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
        _of_series(backtest, series),
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
    forecast = _of_series(services.forecast(workspace, run.id), series)
    horizon = len(forecast)
    figure = charts.forecast_chart(
        services.one_series(workspace, run.dataset_id or "", series),
        forecast,
        series,
        tail=max(4 * horizon, int(run.config.get("window", 60)), 30),
        words=chart_words(),
    )
    components.chart(figure, "chart_forecast", t("alt.forecast", name=charts.escape(series), horizon=horizon))
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


def _errors(shown: Shown) -> None:
    workspace, run, series = shown
    whole = services.backtest(workspace, run.id)
    backtest = _of_series(whole, series)
    words = chart_words()
    left, right = st.columns(2)
    with left:
        st.markdown(f"**{t('errors.step')}**")
        components.chart(
            charts.errors_by_step(whole.scores["by_step"], words=words), "chart_by_step", t("alt.errors.step")
        )
    with right:
        st.markdown(f"**{t('errors.residuals')}**")
        components.chart(
            charts.residual_histogram(backtest, height=320, words=words), "chart_residuals", t("alt.errors.residuals")
        )
    units = charts.calendar_units(backtest, services.panel(workspace, run.dataset_id or "").frequency)
    left, right = st.columns(2)
    if units:
        with left:
            st.markdown(f"**{t('errors.calendar')}**")
            unit = units[0]
            if len(units) > 1:
                unit = st.segmented_control(
                    t("errors.unit"), units, default=units[0], required=True, key="unit",
                    format_func=lambda name: t(f"unit.{name}"), label_visibility="collapsed",
                )  # fmt: skip
            figure = charts.errors_by_calendar(backtest, unit, words=words)
            components.chart(figure, "chart_by_calendar", t("alt.errors.calendar", unit=t(f"unit.{unit}")))
    with right if units else left:
        st.markdown(f"**{t('errors.worst')}**")
        components.table(_worst(backtest), "worst")


def _worst(backtest: pd.DataFrame, most: int = 8) -> pd.DataFrame:
    """The largest misses, each time step once."""
    missed = pd.DataFrame(backtest[["ds", "cutoff", "y", "forecast"]]).assign(miss=backtest["y"] - backtest["forecast"])
    order = missed["miss"].abs().sort_values(ascending=False).index
    missed = missed.loc[order].drop_duplicates("ds").head(most)
    missed.columns = pd.Index(
        [t("forecast.time"), t("errors.origin"), t("errors.truth"), t("errors.predicted"), t("errors.miss")]
    )
    return missed


def _training(shown: Shown) -> None:
    workspace, run, _ = shown
    training = services.record(workspace, run.id, "training")
    words = chart_words()
    waited = run.finished - run.started if run.started and run.finished else None
    facts = [
        (t("training.seconds"), duration(float(training["seconds"])))
        if waited is None
        else (t("training.waited"), duration(waited)),
        (t("training.parameters"), f"{int(training['parameters']):,}"),
        (t("training.best_epoch"), ", ".join(map(str, training["best_epochs"]))),
        (t("training.periods"), ", ".join(map(str, training["periods"])) or t("training.periods.none")),
    ]
    with st.container(horizontal=True, gap="small", key="training_facts"):
        for label, value in facts:
            st.metric(label, value, border=True)
    if training["share"] == 0:
        st.info(t("training.off"), icon=":material/toggle_off:")
    stages = list(dict.fromkeys(str(point["stage"]) for point in training["curves"]))
    stage = stages[0] if stages else ""
    if len(stages) > 1:
        stage = st.segmented_control(
            t("training.stage"), stages, default=stages[0], required=True, key="stage",
            format_func=lambda name: t(f"run.stage.{name}"), label_visibility="collapsed",
        )  # fmt: skip
    points = [point for point in training["curves"] if point["stage"] == stage and point["member"] == 0]
    if points:
        left, right = st.columns([2, 1])
        with left:
            st.markdown(f"**{t('training.loss')}**")
            losses = [(int(p["epoch"]), p["train_loss"], p["valid_loss"]) for p in points]
            components.chart(charts.loss_chart(losses, height=300, words=words), "chart_loss", t("alt.loss"))
        with right:
            st.markdown(f"**{t('training.rate')}**")
            rates = [float(p["learning_rate"]) for p in points]
            figure = charts.learning_rate_chart([int(p["epoch"]) for p in points], rates, height=300, words=words)
            components.chart(figure, "chart_rate", t("alt.rate"))
    st.markdown(f"**{t('training.settings')}**")
    settings = {
        t("training.setting"): [setting_label(name) for name in run.config],
        t("training.value"): [setting_value(name, value) for name, value in run.config.items()],
    }
    components.table(pd.DataFrame(settings), "settings_used")


def _compare(shown: Shown) -> None:
    workspace, run, _ = shown
    scores = services.backtest(workspace, run.id).scores
    methods = scores["methods"]
    words = {**chart_words(), "forecast": t("compare.whole")}
    st.markdown(f"**{t('compare.title', origins=int(scores['origins']))}**")
    components.chart(charts.compare_bars(methods, words=words), "chart_compare", t("alt.compare"))
    ranked = sorted(methods, key=lambda method: (methods[method]["mae"] is None, methods[method]["mae"]))
    rows = [
        {
            t("compare.method"): words.get(method, method),
            "MAE": methods[method]["mae"],
            "RMSE": methods[method]["rmse"],
            "MASE": methods[method]["mase"],
            "sMAPE": methods[method]["smape"],
            t("compare.against"): "—" if method == "naive" else percent(methods[method]["skill"]),
        }
        for method in ranked
    ]
    components.table(pd.DataFrame(rows), "compare_table")
    if scores["recurrent_adds"] is not None:
        st.markdown(_recurrent_adds(float(scores["recurrent_adds"])))
    st.caption(t("compare.explain"))


def _recurrent_adds(share: float) -> str:
    if share >= 0.005:
        return t("compare.adds", percent=percent(share, 1))
    return t("compare.nothing" if share > -0.005 else "compare.worse", percent=percent(abs(share), 1))


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

    if not workspace.startswith(services.LINK):
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
