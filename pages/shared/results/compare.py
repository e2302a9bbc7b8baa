"""The tab Compare: every method on the same origins, and the network taken apart."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from forecasting import charts
from pages.shared import components, services
from pages.shared.formats import percent
from pages.shared.i18n import chart_words, t
from pages.shared.results import textbook, use_method
from pages.shared.results.shown import Shown
from pages.shared.setting_words import method_name

_STAGES = ("anchor", "anchor-linear", "recurrent")


@dataclasses.dataclass(frozen=True)
class Ranked:
    """A method: its scores, its weight in the pool, and whether it made the forecast that is shown."""

    method: str
    label: str
    scores: Mapping[str, float | None]
    weight: float | None = None
    used: bool = False

    @property
    def colour(self) -> str:
        return "forecast" if self.used else self.method if self.method == "textbook" else ""


def compare(shown: Shown) -> None:
    """Draw it."""
    access, run = shown.access, shown.run
    scores = shown.backtest().scores
    other = textbook.textbook_run(shown)
    beside = services.backtest(access, other.id).scores if other is not None and other.state == "done" else None
    rows, score = ranking(scores, run.config, beside), score_of(scores)
    components.heading(t("compare.title", count=int(scores["origins"])), t("compare.members"))
    use_method.offer(shown, other if beside is not None else None)
    bars = [(row.label, float(row.scores[score] or 0.0), row.colour) for row in rows if row.scores[score] is not None]
    figure = charts.ranking_chart(bars, score=score, words=chart_words())
    components.chart(figure, "chart_compare", t("alt.compare"))
    st.space("small")  # a touch screen shows a table's buttons all the time, over what is right above it
    components.table(_table(rows, score), "compare_table", height="content", wide=t("compare.method"))
    if any(row.weight is not None for row in rows):
        pooled = any(row.used and row.method == "best" for row in rows) or run.config.get("method") == "best"
        st.caption(t("compare.pool" if pooled else "compare.pool.beside"))
    if beside is not None and beside["origins"] != scores["origins"]:
        st.caption(t("textbook.other", count=int(beside["origins"])))
    textbook.offer(shown, other)
    _stages(shown, scores, score)


def score_of(scores: Mapping[str, Any]) -> str:
    """By which error methods are ranked: over several series a scaled one, since their units may differ."""
    return "mase" if int(scores.get("series") or 1) > 1 else "mae"


def ranking(
    scores: Mapping[str, Any], config: Mapping[str, Any], beside: Mapping[str, Any] | None = None
) -> list[Ranked]:
    """All methods, best first. `beside`: the scores of the textbook's run."""
    methods: dict[str, Any] = dict(scores["methods"])
    score = score_of(scores)
    season = int(scores.get("season") or 1)
    weights = dict(scores.get("weights") or {})
    # The pool has other names for what is scored already.
    for pooled, scored in (("linear", "anchor-linear"), (f"seasonal-naive-{season}", "seasonal-naive")):
        if pooled in weights:
            weights[scored] = weights.pop(pooled)
    if season <= 1:
        methods.pop("seasonal-naive", None)  # the last value once more
    own = "best" if config.get("method") == "best" or "recurrent" not in methods else "recurrent"
    used = "forecast"
    if own in methods and _same(methods[own], methods["forecast"]):
        methods.pop("forecast")
        used = own
    names = {"seasonal-naive": f"seasonal-naive-{season}"}
    rows = [
        Ranked(method, method_name(names.get(method, method)), own_scores, weights.get(method), method == used)
        for method, own_scores in methods.items()
    ]
    of_textbook = (beside or {}).get("methods", {})
    if "recurrent" in of_textbook:
        rows.append(Ranked("textbook", t("rank.textbook"), of_textbook["recurrent"]))
    unit = methods["naive"][score] or 1.0  # errors that differ by rounding alone are equal: the forecast comes first

    def place(row: Ranked) -> tuple[bool, float, bool]:
        error = row.scores[score]
        return error is None, round((error or 0.0) / unit, 9), not row.used

    return sorted(rows, key=place)


def _same(scores: Mapping[str, float | None], other: Mapping[str, float | None]) -> bool:
    """Whether the scores of two methods differ by rounding alone."""
    a, b = scores["mae"], other["mae"]
    return a == b or (a is not None and b is not None and abs(a - b) <= 1e-9 * abs(a))


def _table(rows: list[Ranked], score: str) -> pd.DataFrame:
    names = {"mae": "MAE", "rmse": "RMSE", "mase": "MASE", "smape": "sMAPE"}
    shown = list(names) if score == "mae" else ["mase", "smape"]
    pooled = any(row.weight is not None for row in rows)
    return pd.DataFrame(
        [
            {
                t("compare.method"): t("compare.used", method=row.label) if row.used else row.label,
                **{names[one]: row.scores[one] for one in shown},
                t("compare.against"): "—" if row.method == "naive" else percent(row.scores["skill"]),
            }
            | ({t("compare.weight"): _weight(row.weight)} if pooled else {})
            for row in rows
        ]
    )


def _weight(weight: float | None) -> str:
    if weight is None:
        return "—"
    return "< 1 %" if 0 < weight < 0.005 else percent(weight)


def _stages(shown: Shown, scores: Mapping[str, Any], score: str) -> None:
    """Anchor, anchor + linear, whole network, and what the recurrent part adds."""
    methods = scores["methods"]
    if "anchor" not in methods or "anchor-linear" not in methods:
        st.caption(t("compare.no_network"))
        return
    components.heading(t("compare.apart"))
    left, right = st.columns([3, 2], vertical_alignment="center")
    stages = [stage for stage in _STAGES if methods.get(stage, {}).get(score) is not None]
    with left:
        bars = [(method_name(stage), float(methods[stage][score]), stage) for stage in stages]
        components.chart(charts.stages_chart(bars, score=score, words=chart_words()), "chart_apart", t("alt.apart"))
    with right:
        if scores["recurrent_adds"] is not None:
            st.markdown(_recurrent_adds(float(scores["recurrent_adds"])))
        if shown.record("training")["share"] == 0:
            st.markdown(t("training.off"))
        st.caption(t("compare.explain"))


def _recurrent_adds(share: float) -> str:
    if share >= 0.005:
        return t("compare.adds", percent=percent(share, 1))
    return t("compare.nothing" if share > -0.005 else "compare.worse", percent=percent(abs(share), 1))
