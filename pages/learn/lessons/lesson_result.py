"""The result of a lesson: whether its claim held, the errors, and the charts."""

from __future__ import annotations

from typing import Any

import streamlit as st

from forecasting import charts
from forecasting.labs.lessons import median
from forecasting.runs import Access, Run
from pages.learn import parts
from pages.learn.settings_form import Form
from pages.learn.training_row import result_of
from pages.shared import components
from pages.shared.formats import listed, number
from pages.shared.i18n import known, t

_AXES = {  # of the panels: across, upwards
    "forecast": ("step", "value"), "scaled": ("step", "scaled"), "rate": ("epoch", "rate"), "dropout": ("epoch", "mse"),
    "norm": ("training-step", "norm"), "missing": ("step", "value"), "outliers": ("step", "value"),
    "series": ("step", "value"), "coming": ("block", "mse"), "past": ("block", "mse"), "bits": ("bits", "mse"),
    "trials": ("trial", "mse"), "seeds": ("seed", "mse"), "loss": ("epoch", "mse"),
}  # fmt: skip
_MARKS = ("test", "best", "change")
_UNTOLD = ("usual-watched", "winner-watched")  # errors that a sentence tells, and no number


def of_run(access: Access, run: Run, form: Form | None = None) -> None:
    """The result of a done run."""
    kind, result = run.kind, result_of(access, run)
    parts.findings(_findings(kind, result))
    colours = charts.lesson_colours(result)
    panels = result["panels"]
    for row in range(0, len(panels), 2):
        columns = st.columns(2)
        for column, panel in zip(columns, panels[row : row + 2], strict=False):
            with column:
                _panel(kind, panel, colours)
    st.markdown(t(f"lesson.{kind}.why"))
    _numbers(kind, result)


def way_name(kind: str, way: str) -> str:
    """What a way, or a mark, of a lesson is called."""
    own = f"lesson.{kind}.way.{way}"
    return t(own) if known(own) else t(f"lesson.way.{way}")


def _panel(kind: str, panel: dict[str, Any], colours: dict[str, str]) -> None:
    title = t(f"lesson.{kind}.panel.{panel['name']}")
    names = {way: way_name(kind, way) for way in panel["lines"]}
    marks = {name: t(f"lesson.mark.{name}") for name in _MARKS if name in panel["marks"]}
    across, upwards = _AXES[panel["name"]]
    titles = (t(f"lesson.axis.{across}"), t(f"lesson.axis.{upwards}"))
    parts.question(title)
    figure = charts.lesson_chart(panel, colours, names | marks, titles)
    alt = t("alt.lesson", title=title, names=listed(names.values()))
    components.chart(figure, f"lesson_{kind}_{panel['name']}", alt)


def _numbers(kind: str, result: dict[str, Any]) -> None:
    """The error of each way that is compared; where there are files, their sizes."""
    compared = dict.fromkeys(way for one in result["found"] for way in (one["worse"], one["better"]))
    told = [way for way in compared if way not in _UNTOLD] + [way for way in ("naive",) if way in result["errors"]]
    with st.container(horizontal=True, gap="small", key="lesson_numbers"):
        for way in told:
            errors = result["errors"][way]
            middle, there = median(errors), [error for error in errors if error is not None]
            explained = t(
                "lesson.error.help", count=len(errors), low=number(min(there)) if there else t("lesson.infinite"),
                high=number(max(there)) if len(there) == len(errors) else t("lesson.infinite"),
            )  # fmt: skip
            value = t("lesson.infinite") if middle is None else parts.scientific(middle)
            st.metric(t("lesson.error", name=way_name(kind, way)), value, help=explained, border=True)
        for name, file in result.get("files", {}).items():
            spent = t("lesson.rounding.size.help", milliseconds=number(1000 * file["seconds"]))
            label = t("lesson.rounding.size", name=way_name(kind, name))
            st.metric(label, f"{file['bytes'] / 1000:.0f} kB", help=spent, border=True)


def _findings(kind: str, result: dict[str, Any]) -> list[str]:
    failed = [way for way, errors in result["errors"].items() if None in errors]
    sentences = [t("lesson.found.failed", name=way_name(kind, way)) for way in failed]
    for one in result["found"]:
        names = {end: way_name(kind, one[end]) for end in ("worse", "better")}
        if one["ratio"] is None or None in one["ratios"]:
            continue  # the sentence above says it
        ratio = one["ratio"] if one["grade"] != "no" else 1 / max(one["ratio"], 1e-9)
        sentences.append(
            t(
                f"lesson.found.{one['grade']}", **names, count=len(one["ratios"]), times=f"{ratio:.3g}",
                low=f"{min(one['ratios']):.2g}", high=f"{max(one['ratios']):.2g}",
            )
        )  # fmt: skip
    if kind == "search":
        searched, again = result["winner"]["watched"], median(result["errors"]["winner-watched"])
        sentences.append(t("lesson.search.lucky", searched=number(searched), again=number(again)))
    return sentences
