"""The forecast as a sum, in words and figures: the base, and what each part of the past and each input adds to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from forecasting import charts
from forecasting.spans import season
from pages.shared import components, services
from pages.shared.formats import moment, number, percent, plain
from pages.shared.i18n import chart_words, sentences, t, translated
from pages.shared.results.shown import Shown
from pages.shared.setting_words import country_name
from pages.shared.widget_values import now

_BARS = 9  # of a waterfall between base and forecast; what adds least is drawn as one
_STACKED = 7  # parts in a stack; the others are one
_NAMED = 3  # parts that the sentence names
_LEAST = 0.01  # of all that is added: less is not named
_NOTHING = 0.005  # of what all parts add, below which the network adds nothing
_SIDES = {"0": "on", "-1": "before", "1": "after"}

Bar = tuple[str, float]  # label and value


class Part(NamedTuple):
    """One part of a forecast."""

    label: str
    kind: str
    values: Sequence[float]  # at each step
    usual: float | None  # mean size over the last origins


def of_series(explanation: dict[str, Any], series: str) -> dict[str, Any] | None:
    """What adds up to the forecast of a series; None where it is not explained, or by an older version."""
    found: dict[str, Any] | None = explanation.get("contributions", {}).get("series", {}).get(series)
    return found


def why(shown: Shown, explanation: dict[str, Any]) -> None:
    """Draw it: the sentence and the waterfall of a step, all steps stacked, and what counts in general."""
    found = of_series(explanation, shown.series)
    if found is None:
        components.heading(t("explain.why"))
        st.caption(_not_there(explanation))
        return
    ds, parts = list(shown.rows("forecast")["ds"]), parts_of(shown, found)
    components.heading(t("explain.why"), t("explain.why.help"))
    step = 1
    if len(ds) > 1:
        step = st.select_slider(
            t("explain.step"), range(1, len(ds) + 1), min(len(ds), now("explain_step", 1)), key="explain_step",
            format_func=lambda one: moment(ds[one - 1], shown.notation),
        )  # fmt: skip
    st.markdown(sentence(shown, found, step))
    components.heading(t("explain.waterfall"))
    when = moment(ds[step - 1], shown.notation)
    alt = t("alt.explain.waterfall", when=charts.escape(when))
    figure = charts.waterfall_chart(*bars(shown, found, step), shown.unit)
    components.chart(figure, "chart_waterfall", alt)
    if len(ds) > 1:
        components.heading(t("explain.stacked"))
        figure = charts.stacked_chart(ds, _drawn(parts), found["forecast"], found["base"], words=chart_words())
        components.chart(figure, "chart_stacked", t("alt.explain.stacked"))
    st.caption(_notes(shown, explanation, found))
    _usual(parts, int(explanation["contributions"]["origins"]))


def parts_of(shown: Shown, found: dict[str, Any]) -> list[Part]:
    """The parts in words, those that add most over all steps first."""
    frequency = services.panel(shown.access, shown.dataset).frequency
    parts: dict[tuple[str, str], Part] = {}
    for one in found["parts"]:
        part = Part(_label(one["kind"], one["name"], frequency), one["kind"], one["values"], one["usual"])
        same = parts.get((part.label, part.kind))  # 364 and 365 days are both a year
        if same is not None:
            values = [a + b for a, b in zip(same.values, part.values, strict=True)]
            part = Part(part.label, part.kind, values, (same.usual or 0.0) + (part.usual or 0.0))
        parts[part.label, part.kind] = part
    return sorted(parts.values(), key=lambda part: -float(np.abs(part.values).sum()))


def sentence(
    shown: Shown, found: dict[str, Any], step: int, write: Callable[[str], str] = lambda text: plain(text, 60)
) -> str:
    """Why the forecast of a step is what it is, for Markdown, in which `write` makes text from a file harmless."""
    ds = shown.rows("forecast")["ds"]
    ranked = sorted(parts_of(shown, found), key=lambda part: -abs(part.values[step - 1]))
    least = _LEAST * sum(abs(part.values[step - 1]) for part in ranked)
    named = tuple(
        t("explain.adds", part=write(part.label), size=signed(part.values[step - 1]))
        for part in ranked[:_NAMED]
        if abs(part.values[step - 1]) > least
    )
    first = t(
        "explain.sentence", when=write(moment(ds.iloc[step - 1], shown.notation)),
        forecast=number(found["forecast"][step - 1]), base=number(found["base"]), count=found["values"],
    )  # fmt: skip
    return sentences([first, t("explain.sentence.parts", parts=named)] if named else [first])


def bars(shown: Shown, found: dict[str, Any], step: int) -> tuple[Bar, list[Bar], Bar]:
    """(The base, what each part adds to it, the forecast) of a step."""
    ranked = sorted(parts_of(shown, found), key=lambda part: -abs(part.values[step - 1]))
    rows = [(part.label, float(part.values[step - 1])) for part in ranked if part.values[step - 1]]
    if len(rows) > _BARS:
        rest = rows[_BARS - 1 :]
        rows = [*rows[: _BARS - 1], (t("explain.rest", count=len(rest)), sum(value for _, value in rest))]
    base = (t("explain.base", count=found["values"]), float(found["base"]))
    return base, rows, (t("explain.total"), float(found["forecast"][step - 1]))


def signed(value: float) -> str:
    """A number with its sign."""
    return ("+" if value >= 0 else "-") + number(abs(value))


def holiday_name(name: str) -> str:
    """A holiday or an event, or the day before or after it, in words; `name` is "US -1 Christmas Day"."""
    _, side, day = name.split(" ", 2)
    return t(f"explain.holiday.{_SIDES[side]}", day=day)


def _not_there(explanation: dict[str, Any]) -> str:
    if "contributions" not in explanation:
        return t("explain.why.old")
    return t("explain.more", count=len(explanation["contributions"]["series"]))


def _label(kind: str, name: str, frequency: str) -> str:
    """A part in words."""
    match kind:
        case "covariate":
            return name
        case "season":
            label = translated(season(frequency, int(name)))
        case "calendar" | "indicator":
            label = t(f"feature.{name}")
        case "holiday":
            label = holiday_name(name)
        case "leader":
            label = t("explain.part.leader", name=name)
        case "event":
            label = t("explain.part.event", event=name)
        case "holidays":
            label = t("explain.part.holidays", country=country_name(name))
        case _:
            label = t(f"explain.part.{kind}")
    return label[:1].upper() + label[1:]


def _drawn(parts: Sequence[Part]) -> list[tuple[str, str, Sequence[float]]]:
    """The parts that are drawn, those that add least as one."""
    rows = [(part.label, part.kind, part.values) for part in parts if any(part.values)]
    if len(rows) <= _STACKED:
        return rows
    rest = rows[_STACKED - 1 :]
    summed = np.sum([values for _, _, values in rest], axis=0).tolist()
    return [*rows[: _STACKED - 1], (t("explain.rest", count=len(rest)), "rest", summed)]


def _notes(shown: Shown, explanation: dict[str, Any], found: dict[str, Any]) -> str:
    """What the network adds, and how far held-out errors drew the forecast towards a naive one."""
    notes = [t("explain.sums")]
    all_added = float(np.abs([part["values"] for part in found["parts"]]).sum(axis=0).mean()) if found["parts"] else 0.0
    moved = float(np.abs(found["network"]).mean())
    if not shown.record("training").get("fallback"):
        if moved <= _NOTHING * all_added:
            notes.append(t("explain.network.nothing"))
        else:
            notes.append(t("explain.network.moves", size=number(moved)))
    kept = float(explanation["contributions"]["kept"])
    reference = t("explain.kept.season" if explanation["contributions"]["season"] > 1 else "explain.kept.last")
    if kept == 0:
        notes.append(t("explain.kept.none", reference=reference))
    elif kept < 1:
        notes.append(t("explain.kept", share=percent(kept), reference=reference))
    return sentences(notes)


def _usual(parts: Sequence[Part], origins: int) -> None:
    """What counts in general."""
    sizes = [(part.label, part.usual) for part in parts if part.usual]
    whole = sum(size for _, size in sizes)
    if not whole:
        return
    components.heading(t("explain.usual"))
    rows = [(label, size / whole) for label, size in sizes if size >= _LEAST / 2 * whole]
    figure = charts.shares_chart(sorted(rows, key=lambda row: -row[1])[: 2 * _BARS], t("explain.usual.axis"))
    components.chart(figure, "chart_usual", t("alt.explain.usual"))
    st.caption(t("explain.usual.note", count=origins))
