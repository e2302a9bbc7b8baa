"""Of the tab Errors: errors by kind of value, and the kind that is worse than the rest."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from forecasting import charts
from pages.shared import choices, components, services
from pages.shared.formats import number, plain
from pages.shared.i18n import chart_words, stored, t, translated
from pages.shared.results.shown import Shown


def by_slice(shown: Shown) -> None:
    """Draw it."""
    components.heading(t("errors.calendar"), t("errors.calendar.help"))
    st.markdown(_sentence(shown))
    features = tuple(shown.run.config.get("features") or ())
    table = services.errors_by_slice(shown.access, shown.run.id, shown.dataset, shown.series, features).table
    if table.empty:
        return
    kinds = {
        f"{name}:{column}": (name, column) for name, column in zip(table["dimension"], table["column"], strict=True)
    }
    chosen = choices.select(
        t("errors.unit"), list(kinds), key="unit", format_func=lambda key: _name(*kinds[key]),
        label_visibility="collapsed",
    )  # fmt: skip
    name, column = kinds.get(chosen) or next(iter(kinds.values()))
    shares = table[(table["dimension"] == name) & (table["column"] == column)]
    words = chart_words()
    figure = charts.errors_by_slice(
        _short(name, shares), {"forecast": shares["mae"].tolist(), "naive": shares["naive"].tolist()},
        _name(name, column), words=words,
    )  # fmt: skip
    alt = t("alt.errors.calendar", unit=charts.escape(_name(name, column)))
    components.chart(figure, "chart_by_calendar", alt)
    components.table(_figures(name, column, shares), "by_slice", "content" if len(shares) <= 12 else None)


def _sentence(shown: Shown) -> str:
    """What the worker found over all series."""
    if "slices" not in shown.run.artifacts:
        return t("errors.calendar.old")
    record = shown.record("slices")
    return plain(stored(record["text"], record.get("message")), 1_000)


def _name(name: str, column: str) -> str:
    return " ".join(column.split())[:60] if column else t(f"unit.{name}")


def _short(name: str, shares: pd.DataFrame) -> list[str]:
    """The labels as an axis has room for them."""
    if name == "weekday":
        days = chart_words()["weekdays"].split(",")
        keys = [str(label.key) for label in shares["label"]]
        return [days[int(key.rpartition("-")[2])] for key in keys]
    if name == "month":
        months = chart_words()["months"].split(",")
        return [months[int(str(label.key).rpartition("-")[2]) - 1] for label in shares["label"]]
    if name == "size":
        return [t("errors.fifth", number=str(label.key).rpartition("-")[2]) for label in shares["label"]]
    return [translated(label) for label in shares["label"]]


def _figures(name: str, column: str, shares: pd.DataFrame) -> pd.DataFrame:
    """Each group with its error, how many values it rests on, and the ratio to the rest with its interval."""
    ratios = [
        number(ratio)
        if low != low
        else t("errors.ratio.interval", ratio=number(ratio), low=number(low), high=number(high))
        for ratio, low, high in zip(shares["ratio"], shares["low"], shares["high"], strict=True)
    ]
    return pd.DataFrame(
        {
            _name(name, column): [translated(label)[:1].upper() + translated(label)[1:] for label in shares["label"]],
            t("errors.mean"): shares["mae"].to_numpy(),
            t("errors.values"): shares["count"].to_numpy(),
            t("errors.ratio"): ratios,
        }
    )
