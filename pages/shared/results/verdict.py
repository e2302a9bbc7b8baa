"""Whether the forecast is any good: the verdict in a sentence, what it adds up to, and the scores behind Details."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from forecasting import Verdict
from forecasting.config import ForecastConfig
from forecasting.outlook import outlook
from forecasting.spans import copying, steps
from forecasting.units import amount, with_unit
from pages.shared import services
from pages.shared.formats import change, number, percent, plain, plain_option
from pages.shared.i18n import sentences, t, translated
from pages.shared.results.shown import Shown, noted

_ALL = 0.995  # a share that is shown as 100 %


def verdict(shown: Shown, headline: Verdict | str | None = None) -> None:
    """Draw it. headline: what is said of the series instead of the verdict on all, or why there is none."""
    backtest = shown.backtest()
    judged = backtest.verdict_in(shown.unit) if shown.unit else backtest.verdict
    with st.container(key="verdict"):
        sentence, numbers, more = st.columns([9, 3, 2], vertical_alignment="center", gap="small")
        with sentence:
            if isinstance(headline, str):
                st.info(headline, icon=":material/info:")
            else:
                _callout(headline or judged)
        with numbers, st.container(key="numbers"):
            _adds_up_to(shown)
        with more, st.popover(t("details.title"), key="details"):
            _details(shown, judged)


def _callout(judged: Verdict) -> None:
    """The verdict: green, grey or amber."""
    text = sentences(translated(message) for message in judged.messages)
    show, icon = {
        "better": (st.success, ":material/check_circle:"),
        "same": (st.info, ":material/drag_handle:"),
        "worse": (st.warning, ":material/warning:"),
    }[judged.grade]
    show(plain(text, 1_000), icon=icon)


def _adds_up_to(shown: Shown) -> None:
    """The total over the horizon and its change; of a level the value at its end and its change from the last one."""
    ahead = shown.rows("forecast")["forecast"].to_numpy(dtype=float)
    found = outlook(shown.history()["y"].to_numpy(dtype=float), ahead, shown.column, shown.unit)
    kind = "total" if found.total else "level"
    span = translated(steps(services.panel(shown.access, shown.dataset).frequency, found.steps))

    def written(value: float) -> str:  # a level has the decimals of the history, a total those that are worth reading
        text = shown.notation.number(value, shown.column)
        return amount(value, shown.unit) if found.total else with_unit(text, shown.unit)

    changed = None if found.change is None else change(found.change)
    st.metric(
        t(f"outlook.{kind}", span=span),
        plain_option(written(found.value)),
        changed,
        delta_color="off",
        help=plain(t(f"outlook.{kind}.help", span=span, before=written(found.before))),
    )


def _details(shown: Shown, judged: Verdict) -> None:
    """Every score with a sentence that says what it is, and what was done to get it."""
    backtest, record = shown.backtest(), shown.record("training")
    scores = backtest.scores
    many = int(scores["series"]) > 1
    if record.get("fallback"):
        config = ForecastConfig.from_dict(shown.run.config)
        longest = int(services.panel(shown.access, shown.dataset).lengths.max())
        st.markdown(t("result.fallback", available=longest, window=config.window, horizon=config.horizon))
    for note in noted(record):
        st.caption(f":material/info: {plain(note, 600)}")
    if many:
        st.caption(t("number.all", count=int(scores["series"])))
    for label, value, explained in _scores(shown, judged):
        st.markdown(f"**{label}**   {plain(value)}  \n:gray[{plain(explained, 600)}]")
    if note := _shrinkage(scores, record):
        st.caption(note)


def _scores(shown: Shown, judged: Verdict) -> list[tuple[str, str, str]]:
    """(Name, value, what it means). What has a unit is of the series shown, the rest of all series."""
    scores = shown.backtest().scores
    own, season = scores["methods"]["forecast"], int(scores["season"])
    errors = shown.backtest().of_series(shown.series)
    of_one = f" · {plain(shown.series, 40)}" if int(scores["series"]) > 1 else ""
    frequency = scores.get("frequency") or ""
    value, again = (translated(copying(frequency, length)) for length in (1, season))
    naive = [t("number.mae.naive", rule=value, error=amount(errors.mae["naive"], shown.unit))]
    if season > 1:
        naive.append(t("number.mae.naive", rule=again, error=amount(errors.mae["seasonal-naive"], shown.unit)))
    reference = translated(judged.reference)
    low, high = (judged.values.get(end) for end in ("low", "high"))
    rows = [
        (
            t("number.mae") + of_one,
            amount(errors.mae["forecast"], shown.unit),
            sentences([t("number.mae.help"), *naive]),
        ),
        (t("number.rmse") + of_one, amount(errors.rmse["forecast"], shown.unit), t("number.rmse.help")),
        (t("number.mase"), number(own["mase"]), t("number.mase.help")),
        (t("number.smape"), _smape(own["smape"]), t("number.smape.help")),
        (
            t("number.skill"),
            percent(judged.values["skill"] / 100),
            t("number.skill.unknown", reference=reference)
            if low is None or high is None
            else t("number.skill.help", reference=reference, low=percent(low / 100), high=percent(high / 100)),
        ),
    ]
    rows += [
        (t("number.coverage.level", level=level), percent(share), t("number.coverage.help", level=level))
        for level, share in sorted(scores["coverage"].items(), key=lambda item: int(item[0]))
    ]
    return [
        *rows,
        (t("details.trainings"), f"{int(scores['trainings']):,}", t("details.trainings.help")),
        (t("details.origins"), f"{int(scores['origins']):,}", t("details.origins.help")),
    ]


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


def _smape(value: float | None) -> str:
    """sMAPE is in percent already."""
    return number(value) if value is None or value != value else f"{value:.3g} %"
