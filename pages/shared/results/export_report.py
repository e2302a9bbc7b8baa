"""The report of a run in the session's language: what was read, what comes next, and how far to trust it."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from forecasting import charts, portfolio
from forecasting.errors import StoreError
from forecasting.export import Chart, Section, Table, Text, drawing, report
from forecasting.intake import message_of
from forecasting.spans import steps
from pages.shared import services
from pages.shared.formats import moment, number, percent
from pages.shared.i18n import chart_words, language, sentences, t, translated
from pages.shared.results.anomalies import anomaly_section
from pages.shared.results.compare import ranking
from pages.shared.results.errors import coverage_note
from pages.shared.results.export_why import why_section
from pages.shared.results.made_with import made_with, signature
from pages.shared.results.shown import Shown
from pages.shared.results.what_if_kept import what_if_section
from pages.shared.setting_words import setting_label, setting_value

_ROWS = 31  # of a table of the forecast or of steps: a month of days
_NOTES = 25  # of the report of reading
_ATTENTION = 10  # series that are shown by themselves
_HALF = 325  # pixels of a chart beside another


def made(shown: Shown, *, live: bool) -> bytes:
    """The file. live: charts that can be zoomed, by a library of 4.5 MB within the file; else they are drawn."""
    backtest, panel = shown.backtest(), services.panel(shown.access, shown.dataset)
    judged = backtest.verdict_in(shown.unit) if shown.unit else backtest.verdict
    many = len(panel.series_ids) > 1
    sections = [
        *(_portfolio(shown, live) if many else []),
        _forecast(shown, live, many),
        *why_section(shown, live),
        *what_if_section(shown),
        _read(shown),
        *_trust(shown, live),
        anomaly_section(shown, many=many),
        _settings(shown),
        _made_with(shown),
    ]
    return report(
        services.dataset(shown.access, shown.dataset).name or t("report.title"),
        _lead(shown),
        (judged.grade, sentences(translated(message) for message in judged.messages)),
        sections,
        signature(shown.run),
        language(),
    )


def _lead(shown: Shown) -> list[str]:
    """How many values from when to when, and what is forecast."""
    panel, notation = services.panel(shown.access, shown.dataset), shown.notation
    count, series, ds = len(panel.frame), len(panel.series_ids), panel.frame["ds"]
    ahead = shown.rows("forecast")["ds"]
    span = translated(steps(panel.frequency, len(ahead)))
    held = t("read.rows", count=count) if series == 1 else t("read.rows.series", count=count, series=series)
    first = [held, t("read.range", start=moment(ds.min(), notation), end=moment(ds.max(), notation))]
    return [
        " · ".join([*first, *([notation.zone] if notation.zone else []), *([shown.unit] if shown.unit else [])]),
        t("report.ahead", span=span, start=moment(ahead.iloc[0]), end=moment(ahead.iloc[-1])),
    ]


def _forecast(shown: Shown, live: bool, many: bool) -> Section:
    """The chart of history and forecast, and the values."""
    rows, notation = shown.rows("forecast"), shown.notation
    levels = charts.levels_of(rows)
    names = ["forecast", *(f"forecast-{end}-{level}" for level in levels for end in ("lo", "hi"))]
    head = [t("forecast.time"), t("forecast.value")]
    head += [t(f"forecast.{end}", level=level) for level in levels for end in ("low", "high")]
    digits = notation.column_digits(rows[names].to_numpy(), notation.target_of(shown.series))
    table = [
        [moment(ds), *(f"{round(float(value), digits) + 0.0:,.{digits}f}" for value in values)]
        for ds, values in zip(rows["ds"].iloc[:_ROWS], rows[names].to_numpy()[:_ROWS], strict=True)
    ]
    parts: list[Text | Table | Chart] = [
        _fan(shown, shown.series, live),
        Text(coverage_note(shown), quiet=True),
        Table(head, table),
    ]
    if len(rows) > _ROWS:
        parts.append(Text(t("report.more", count=len(rows) - _ROWS), quiet=True))
    heading = t("tab.forecast")
    return Section(f"{heading}: {shown.series}" if many else heading, parts)


def _fan(shown: Shown, series: str, live: bool, *, half: bool = False) -> Chart:
    """One series and its forecast, by the clock of its file; of half the width without a legend."""
    one = Shown(shown.access, shown.run, series)
    history, ahead, words = one.history(), one.rows("forecast"), chart_words()
    tail = max(4 * len(ahead), int(shown.run.config.get("window", 60)), 30)
    alt = t("alt.forecast", name=series, count=len(ahead))
    width, height = (_HALF, 150) if half else (drawing.WIDTH, 280)
    if live:
        figure = charts.forecast_chart(history, ahead, series, tail=tail, height=height, words=words)
        if half:
            figure.update_layout(showlegend=False, width=width, yaxis_title=None, margin_t=charts.BARE)
        return Chart(alt, figure=charts.in_theme(figure, "light"))

    def write(times: pd.Series) -> list[str]:
        return [moment(ds) for ds in times]

    drawn = drawing.fan(
        history, ahead, words, tail=tail, write=write, height=height, width=width, legend=not half
    )  # fmt: skip
    return Chart(alt, drawn)


def _read(shown: Shown) -> Section:
    """What reading assumed and repaired."""
    about = services.dataset(shown.access, shown.dataset).report or {}
    notes = about.get("notes") or []
    if not notes:
        return Section(t("report.read"), [Text(t("read.none"))])
    parts: list[Text | Table | Chart] = [Text(translated(message_of(about, "summary")))]
    parts += [Text("· " + translated(message_of(note, "message")), quiet=True) for note in notes[:_NOTES]]
    if len(notes) > _NOTES:
        parts.append(Text(t("report.more", count=len(notes) - _NOTES), quiet=True))
    return Section(t("report.read"), parts)


def _trust(shown: Shown, live: bool) -> list[Section]:
    """Errors by step, coverage, and the comparison with naive forecasts and members."""
    backtest, words = shown.backtest(), chart_words()
    scores, own = backtest.scores, backtest.of_series(shown.series)
    shown_steps = {name: own.by_step[name] for name in ("forecast", "naive", "seasonal-naive") if own.by_step[name]}
    count = max((len(values) for values in shown_steps.values()), default=0)
    sections = []
    if count:
        if live:
            chart = Chart(t("alt.errors.step"), figure=charts.in_theme(
                charts.errors_by_step(own.by_step, height=250, words=words), "light"
            ))  # fmt: skip
        else:
            chart = Chart(t("alt.errors.step"), drawing.errors(shown_steps, words))
        places = np.unique(np.linspace(0, count - 1, min(count, _ROWS)).round().astype(int))
        table = [
            [f"{place + 1:,}", *(number(values[place]) for values in shown_steps.values())] for place in places.tolist()
        ]
        head = [t("chart.steps"), *(words[name] for name in shown_steps)]
        sections.append(Section(f"{t('report.steps')}: MAE", [chart, Table(head, table)]))
    levels = sorted(scores["coverage"], key=int)
    covered = [[f"{level} %", percent(scores["coverage"][level], 1)] for level in levels]
    sections.append(Section(t("errors.intervals"), [Table([t("errors.nominal"), t("errors.reached")], covered)]))
    ranked = ranking(scores, shown.run.config)
    errors = ("mae", "rmse", "mase", "smape") if int(scores["series"]) == 1 else ("mase", "smape")
    weighed = any(row.weight is not None for row in ranked)
    rows = [
        [
            t("compare.used", method=row.label) if row.used else row.label,
            *(number(row.scores[name]) for name in errors),
            "—" if row.method == "naive" else percent(row.scores["skill"]),
            *([percent(row.weight) if row.weight is not None else "—"] if weighed else []),
        ]
        for row in ranked
    ]
    head = [t("compare.method"), *({"smape": "sMAPE"}.get(name, name.upper()) for name in errors)]
    head += [t("compare.against"), *([t("compare.weight")] if weighed else [])]
    rests = t("report.rests", trainings=int(scores["trainings"]), origins=int(scores["origins"]))
    return [*sections, Section(t("tab.compare"), [Table(head, rows), Text(rests, quiet=True)])]


def _portfolio(shown: Shown, live: bool) -> list[Section]:
    """Of many series: how many are forecast how well, and those that somebody should look at."""
    try:
        table = portfolio.stored_table(services.artifact(shown.access, shown.run.id, "series"))
    except StoreError:  # a run of an older version
        return []
    own = table[table["total_of"] == ""] if "total_of" in table else table
    summary, found = portfolio.summarise(own), portfolio.needs_attention(own, _ATTENTION)
    verdicts = [
        [t(f"many.verdict.{name}"), f"{summary.verdicts[name]:,}", percent(summary.shares[name])]
        for name in portfolio.VERDICTS
        if summary.verdicts.get(name)
    ]
    wape = [t("many.wape"), percent(summary.wape, 1), t("many.wape.naive", wape=percent(summary.naive_wape, 1))]
    sections = [
        Section(
            t("report.summary", count=summary.series),
            [Table([t("many.verdicts"), t("report.series"), t("report.volume")], [*verdicts, wape])],
        )
    ]
    lead = t("report.attention.lead") if found else t("many.attention.none")
    sections.append(Section(t("report.attention"), [Text(lead, quiet=True)]))
    for place, one in enumerate(found):
        reasons = sentences(translated(reason) for reason in (one.reason, *one.further))
        chart = _fan(shown, one.series, live, half=True)
        sections.append(Section(f"{place + 1} · {one.series}", [Text(reasons, quiet=True), chart], half=True))
    return sections


def _settings(shown: Shown) -> Section:
    """Two settings in a row, first all of the left."""
    pairs = [[setting_label(name), setting_value(name, value)] for name, value in shown.run.config.items()]
    half = (len(pairs) + 1) // 2
    rows = [left + right for left, right in itertools.zip_longest(pairs[:half], pairs[half:], fillvalue=["", ""])]
    head = [t("training.setting"), t("training.value")]
    return Section(t("training.settings"), [Table(head * 2, rows, left=4)])


def _made_with(shown: Shown) -> Section:
    return Section(t("report.made"), [Table([t("report.what"), t("training.value")], made_with(shown), left=2)])
