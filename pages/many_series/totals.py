"""The tab Totals: by which keys series are summed, how well each level is forecast, and a way to walk the sums."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from forecasting import charts
from forecasting.hierarchy import ALL, levels_of
from forecasting.panel import Panel
from pages.many_series.table import series_list
from pages.many_series.view import TOTALS, View
from pages.shared import choices, components, services, state
from pages.shared.formats import change, number, percent, plain, plain_option
from pages.shared.i18n import chart_words, t
from pages.shared.results.shown import noted
from pages.shared.services.portfolio import Portfolio
from pages.shared.state import Session
from pages.shared.widget_values import show

_MOST = 500  # totals listed
_KEY = "many_totals"


def totals(session: Session, shown: Portfolio) -> None:
    """Draw it."""
    panel = services.panel(session.workspace, shown.dataset)
    asked = _asked(session, shown, panel)
    table = shown.table
    levels = {} if shown.run is None else services.backtest(session.workspace, shown.run).scores.get("levels") or {}
    if not levels:
        st.info(t("totals.train" if asked else "totals.none"))
        return
    for note in _notes(session, shown):
        st.caption(f":material/info: {plain(note, 600)}")
    components.heading(t("totals.levels"), t("totals.levels.help"))
    components.table(_levels(levels), "totals_levels", height="content")
    view = View.of(session, TOTALS).within(shown)
    places = view.ordered(table, np.flatnonzero((table["total_of"] != "").to_numpy()))
    if len(places) > _MOST:
        st.caption(t("totals.most", shown=_MOST, count=len(places)))
    components.heading(t("totals.list"))
    with st.container(key="many_list_of_totals"):
        series_list(session, shown, view, places[:_MOST], grid="totals_grid")
    if panel.keys is not None:
        own = shown.own
        components.heading(t("totals.tree"), t("totals.tree.help"))
        figure = charts.sums_chart(panel.keys, own["total"].to_numpy(), own["before"].to_numpy(), words=chart_words())
        components.chart(figure, "chart_sums", t("alt.sums", count=len(own)), bar=False)


def _notes(session: Session, shown: Portfolio) -> list[str]:
    """Which series are in no total, and which began late."""
    assert shown.run is not None  # noqa: S101 - it has levels
    record = services.record(session.workspace, shown.run, "training")
    messages = record.get("messages", {}).get("notes") or []
    notes = zip(noted(record), messages, strict=False)
    return [note for note, message in notes if str((message or {}).get("key", "")).startswith("totals.")]


def _asked(session: Session, shown: Portfolio, panel: Panel) -> list[str]:
    """The widget; the sums that are asked for."""
    subject = state.subject(services.dataset(session.workspace, shown.dataset).choices)
    options = levels_of(panel)
    asked = [name for name in session.settings.get(subject, {}).get("totals") or [] if name in options]
    show(_KEY, asked)
    choices.several(
        t("model.totals"), options, key=_KEY, help=t("totals.help"), on_change=_changed, args=(subject,),
        format_func=lambda name: t("totals.all") if name == ALL else plain_option(name),
    )  # fmt: skip
    return asked


def _changed(subject: str) -> None:
    session = state.current()
    session.change(subject, "totals", list(st.session_state[_KEY]))
    st.session_state.pop("_settings_of", None)


def _levels(levels: dict[str, dict[str, object]]) -> pd.DataFrame:
    """Level by level: how many series, their error, and what their intervals held."""
    rows = []
    for name, score in levels.items():
        coverage = score["coverage"]
        assert isinstance(coverage, dict)  # noqa: S101 - see evaluation.backtests.level_scores
        changed = score.get("reconciled_change")
        rows.append(
            {
                t("totals.column.level"): t("totals.all") if name == ALL else plain_option(name),
                t("totals.column.series"): str(score["series"]),
                "MASE": number(_real(score["mase"])),
                **{
                    t("totals.column.held", level=level): percent(share)
                    for level, share in sorted(coverage.items(), key=lambda item: int(item[0]))
                },
                t("totals.column.change"): change(_real(changed) or 0.0) if changed is not None else "",
            }
        )
    return pd.DataFrame(rows)


def _real(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
