"""Why the forecast is what it is, for a report."""

from __future__ import annotations

from forecasting import charts
from forecasting.export import Chart, Section, Text, drawing
from pages.shared.formats import moment
from pages.shared.i18n import t
from pages.shared.results.shown import Shown
from pages.shared.results.why import bars, of_series, sentence


def why_section(shown: Shown, live: bool) -> list[Section]:
    """The sentence and the waterfall of the first step; nothing where the run says nothing of it."""
    found = of_series(shown.record("explain"), shown.series) if "explain" in shown.run.artifacts else None
    if found is None:
        return []
    when = moment(shown.rows("forecast")["ds"].iloc[0], shown.notation)
    alt, rows = t("alt.explain.waterfall", when=when), bars(shown, found, 1)
    if live:
        chart = Chart(alt, figure=charts.in_theme(charts.waterfall_chart(*rows, shown.unit), "light"))
    else:
        chart = Chart(alt, drawing.waterfall(*rows))
    # Bold letters are of Markdown; the report makes its own text harmless.
    text = sentence(shown, found, 1, str).replace("**", "")
    return [Section(t("explain.why"), [Text(text), chart, Text(t("explain.sums"), quiet=True)])]
