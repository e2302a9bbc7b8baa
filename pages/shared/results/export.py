"""The tab Export: forecast, backtest and the whole run as files, its charts, weights and settings, and links."""

from __future__ import annotations

import dataclasses
from typing import Literal

import streamlit as st

from forecasting.export import FORMATS, MOST, forecast_csv, run_sheets, settings_json, table_file, workbook
from pages.shared import components, services
from pages.shared.i18n import t, translated
from pages.shared.results import anomalies, export_report
from pages.shared.results.download import download, stem
from pages.shared.results.export_charts import chart_files
from pages.shared.results.export_code import code_buttons
from pages.shared.results.export_form import csv_form, form_widgets
from pages.shared.results.export_weights import weights
from pages.shared.results.shown import Shown
from pages.shared.results.what_if_kept import adjusted_forecast, plan_of, scenario_sheet
from pages.shared.sharing import share_buttons

_SHEETS = 10  # of a run's workbook without scenarios


def export(shown: Shown) -> None:
    """Draw it."""
    left, right = st.columns(2)
    with left:
        _tables(shown)
    with right:
        _report(shown)
        _workbook(shown)
        _download_settings(shown)
        st.caption(t("export.settings.note"))
        code_buttons(shown)
    chart_files(shown)
    weights(shown)
    if shown.workspace is not None:
        with st.container(width=420, key="share_here"):
            share_buttons(shown.workspace, shown.run)


def download_forecast(shown: Shown, key: str, width: Literal["content", "stretch"] = "content") -> None:
    """The button that downloads the forecast as CSV."""
    download(
        t("export.forecast", format="CSV"),
        forecast_csv(adjusted_forecast(shown), shown.notation, csv_form(shown)),
        f"{stem(shown)}-forecast.csv",
        FORMATS["csv"],
        key,
        width=width,
    )


def _tables(shown: Shown) -> None:
    """Forecast and backtest in the format that is chosen; a CSV in the form that is."""
    ending = components.one_of(t("export.format"), tuple(FORMATS), "csv", key="export_format", format_func=str.upper)
    forecast, backtest = adjusted_forecast(shown), shown.backtest()
    if ending == "csv":
        form_widgets(shown, csv_form(shown))
        download_forecast(shown, "download_forecast", "stretch")
    else:
        download(
            t("export.forecast", format=ending.upper()),
            lambda: table_file(forecast, ending, "forecast", shown.notation),
            f"{stem(shown)}-forecast.{ending}",
            FORMATS[ending],
            "download_forecast_table",
        )
    st.caption(t("export.forecast.note", count=len(forecast), columns=len(forecast.columns)))
    # Its columns are those of programs: no file of a user's has cutoffs and naive forecasts.
    form = dataclasses.replace(csv_form(shown), columns="program", dates="iso")
    notation = shown.notation
    download(
        t("export.backtest", format=ending.upper()),
        lambda: table_file(backtest.frame, ending, "backtest", notation, form, _cut),
        f"{stem(shown)}-backtest.{ending}",
        FORMATS[ending],
        "download_backtest",
    )
    st.caption(t("export.backtest.note", rows=len(backtest), columns=len(backtest.columns)))


def _report(shown: Shown) -> None:
    """The page that goes to somebody else."""
    kind = components.one_of(
        t("report.charts"), ("live", "static"), "live", key="report_charts",
        format_func=lambda name: t(f"report.charts.{name}"),
    )  # fmt: skip
    download(
        t("export.report"),
        lambda: export_report.made(shown, live=kind == "live"),
        f"{stem(shown)}-report.html",
        "text/html",
        "download_report_page",
        icon=":material/article:",
    )
    st.caption(t(f"export.report.{kind}"))


def _workbook(shown: Shown) -> None:
    """Everything in one file for Excel."""
    data = services.dataset(shown.access, shown.dataset)
    forecast, backtest, notation = adjusted_forecast(shown), shown.backtest(), shown.notation
    plan = plan_of(shown)
    about = {"program": "Tidecast", "run": shown.run.id, "data": data.name, "dataset": data.id, **data.choices}
    config, one_in = shown.run.config, anomalies.chosen()
    explained = shown.record("explain") if "explain" in shown.run.artifacts else None

    def made() -> bytes:
        sheets = run_sheets(
            forecast, backtest.frame, backtest.scores, config, data.report, about, translated,
            anomalies=anomalies.of_all(shown, one_in).table, explained=explained, scenarios=scenario_sheet(shown, plan),
        )  # fmt: skip
        return workbook(sheets, notation, most=MOST, cut=_cut)

    download(t("export.workbook"), made, f"{stem(shown)}.xlsx", FORMATS["xlsx"], "download_workbook")
    st.caption(t("export.workbook.note", sheets=_SHEETS + bool(plan.scenarios), rows=len(forecast) + len(backtest)))


def _download_settings(shown: Shown) -> None:
    data = services.dataset(shown.access, shown.dataset)
    about = {"program": "Tidecast", "run": shown.run.id, "data": data.name, "dataset": data.id, "reading": data.choices}
    download(
        t("export.settings"),
        settings_json(shown.run.config, about),
        f"{stem(shown)}-settings.json",
        "application/json",
        "download_settings",
        icon=":material/settings:",
    )


def _cut(held: int, rows: int) -> str:
    """What a sheet says that holds the first rows only."""
    return t("export.sheet-cut", held=held, rows=rows)
