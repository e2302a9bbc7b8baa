"""Past values that no forecast could expect: a list on the tab Errors, rings on a chart, a section of the report."""

from __future__ import annotations

import dataclasses

import pandas as pd
import streamlit as st

from forecasting.evaluation.findings.anomalies import Anomalies
from forecasting.export import FORMATS, Section, Table, Text, table_file
from pages.shared import components, services
from pages.shared.formats import moment, number, plain
from pages.shared.i18n import sentences, t, translated
from pages.shared.results.download import download, stem
from pages.shared.results.export_form import csv_form
from pages.shared.results.shown import Shown

ONE_IN = (100, 1_000, 10_000)
_USUAL = 1_000
_KEPT = "_false_alarms"  # in the session: other runs, and the chart, are shown at the rate that was chosen
_ROWS = 10  # of the report


def chosen() -> int:
    """One false alarm in so many values."""
    return int(st.session_state.get(_KEPT, _USUAL))


def of_series(shown: Shown) -> Anomalies:
    """Those of the series that is shown."""
    return services.anomalies_of(shown.access, shown.run.id, shown.series, chosen())


def of_all(shown: Shown, one_in: int) -> Anomalies:
    """Those of all series of the run, for its files."""
    return services.anomalies(shown.access, shown.run.id, one_in)


def anomaly_list(shown: Shown) -> None:
    """Draw it: how many there are, the list, and all of the run's series as a file."""
    components.heading(t("anomalies.heading"), t("anomalies.help"))
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        st.session_state[_KEPT] = components.one_of(
            t("anomalies.one_in"), ONE_IN, chosen(), key="false_alarms", format_func=lambda one: f"{one:,}"
        )
    with right:
        _download(shown)
    own = of_series(shown)
    st.markdown(plain(translated(own.message), 1_000))
    looked = own.looked
    notes = []
    if len(looked):
        start, end = (moment(shown.notation.clock(looked[end]).iloc[0], None) for end in ("start", "end"))
        notes.append(t("anomalies.looked", start=start, end=end, count=int(looked["errors"].iloc[0])))
    if after := len(own.table) - len(own.own):
        notes.append(t("anomalies.after", count=after))
    if notes:
        st.caption(sentences(notes))
    if len(own.own):
        table = _readable(shown, own.own)
        components.table(table, "anomalies", "content" if len(table) <= 10 else None)


def marked(shown: Shown) -> pd.DataFrame:
    """`ds, y` of those of the series, with the times of the file's own clock."""
    own = of_series(shown).own[["ds", "y"]]
    return own.assign(ds=shown.notation.clock(own["ds"]))


def anomaly_section(shown: Shown, *, many: bool) -> Section:
    """At most ten of the run, of the series that is shown or the worst of all series."""
    some = of_all(shown, chosen()) if many else of_series(shown)
    parts: list[Text | Table] = [Text(translated(some.message))]
    rows = some.own.head(_ROWS)
    if len(rows):
        head = [
            t("forecast.time"),
            t("errors.truth"),
            t("errors.predicted"),
            t("anomalies.band"),
            t("anomalies.spreads"),
        ]
        cells = [
            [
                *([str(row["unique_id"])] if many else []),
                moment(row["ds"], shown.notation),
                number(row["y"]),
                number(row["forecast"]),
                t("anomalies.range", low=number(row["low"]), high=number(row["high"])),
                f"{row['spreads']:+.1f}",
            ]
            for row in rows.to_dict("records")
        ]
        parts.append(Table([*([t("anomalies.series")] if many else []), *head], cells, left=2 if many else 1))
    return Section(t("anomalies.heading"), parts)


def _readable(shown: Shown, own: pd.DataFrame) -> pd.DataFrame:
    ranges = [
        t("anomalies.range", low=number(low), high=number(high))
        for low, high in zip(own["low"], own["high"], strict=True)
    ]
    rare = [t("anomalies.rare", one_in=f"{one:,.0f}" if one < 1e6 else f"{one:.0e}") for one in own["one_in"]]
    return pd.DataFrame(
        {
            t("forecast.time"): shown.notation.clock(own["ds"]),
            t("errors.truth"): own["y"].to_numpy(),
            t("errors.predicted"): own["forecast"].to_numpy(),
            t("anomalies.band"): ranges,
            t("anomalies.spreads"): [f"{spreads:+.1f}" for spreads in own["spreads"]],
            t("anomalies.rarity"): rare,
        }
    )


def _download(shown: Shown) -> None:
    """All series and the after-effects, looked for when the button is pressed."""
    if not services.exports(shown.access):
        return
    ending = components.one_of(
        t("export.format"), tuple(FORMATS), "csv", key="anomalies_format", format_func=str.upper,
        label_visibility="collapsed",
    )  # fmt: skip
    form = dataclasses.replace(csv_form(shown), columns="program", dates="iso")
    notation, one_in = shown.notation, chosen()
    download(
        t("anomalies.download", format=ending.upper()),
        lambda: table_file(of_all(shown, one_in).table, ending, "anomalies", notation, form),
        f"{stem(shown)}-anomalies.{ending}",
        FORMATS[ending],
        "download_anomalies",
    )
