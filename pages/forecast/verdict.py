"""Whether the forecast is any good: the verdict in a sentence, what was shrunk, and five numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from forecasting import Backtest
from forecasting.config import ForecastConfig
from pages.forecast.results.shown import Shown
from pages.shared import services
from pages.shared.formats import number, percent, plain
from pages.shared.i18n import sentences, t, translated

_ALL = 0.995  # a share that is shown as 100 %


def verdict(shown: Shown) -> None:
    """Draw it."""
    backtest, record = shown.backtest(), shown.record("training")
    panel = services.panel(shown.access, shown.dataset)
    _callout(backtest)
    if note := _shrinkage(backtest.scores, record):
        st.caption(note)
    if record.get("fallback"):
        config = ForecastConfig.from_dict(shown.run.config)
        longest = int(panel.lengths.max())
        note = t("result.fallback", available=longest, window=config.window, horizon=config.horizon)
        st.info(note, icon=":material/straighten:")
    _numbers(backtest.scores)
    if len(panel.series_ids) > 1:
        st.caption(t("number.all", count=len(panel.series_ids)))


def _callout(backtest: Backtest) -> None:
    """The verdict: green, grey or amber."""
    text = sentences(translated(message) for message in backtest.verdict.messages)
    show, icon = {
        "better": (st.success, ":material/check_circle:"),
        "same": (st.info, ":material/drag_handle:"),
        "worse": (st.warning, ":material/warning:"),
    }[backtest.verdict.grade]
    show(plain(text, 1_000), icon=icon)


def _shrinkage(scores: Mapping[str, Any], record: Mapping[str, Any]) -> str:
    """How much of the method's own forecast was kept, where that is not all: in the forecast, and in the backtest."""
    factors = scores.get("shrink") or [1.0]
    tested = sum(factors) / len(factors)
    ahead = record.get("shrink") or {"share": tested, "period": 1}
    factor = float(ahead["share"])
    naive = t("shrunk.season") if int(ahead["period"]) > 1 else t("shrunk.value")
    notes = []
    if factor == 0:
        notes.append(t("shrunk.wholly", naive=naive))
    elif factor < _ALL:
        notes.append(t("shrunk.partly", percent=percent(factor), naive=naive))
    if tested < _ALL:
        notes.append(t("shrunk.backtest", percent=percent(tested), count=len(factors)))
    return sentences(notes)


def _numbers(scores: Mapping[str, Any]) -> None:
    own, naive = scores["methods"]["forecast"], scores["methods"]["naive"]
    low, high = scores.get("skill_interval") or (None, None)
    coverage = {int(level): share for level, share in scores["coverage"].items()}
    level = 80 if 80 in coverage else next(iter(coverage), None)
    metrics = [
        (t("number.mae"), number(own["mae"]), t("number.mae.help", naive=number(naive["mae"]))),
        (t("number.mase"), number(own["mase"]), t("number.mase.help")),
        (t("number.smape"), _smape(own["smape"]), t("number.smape.help")),
        (t("number.skill"), percent(own["skill"]), t("number.skill.help", low=percent(low), high=percent(high))),
    ]
    if level is not None:
        metrics.append((t("number.coverage"), percent(coverage[level]), t("number.coverage.help", level=level)))
    with st.container(horizontal=True, gap="small", key="numbers"):
        for label, value, explained in metrics:
            st.metric(label, value, help=explained, border=True)


def _smape(value: float | None) -> str:
    """sMAPE is in percent already."""
    return number(value) if value is None or value != value else f"{value:.3g} %"
