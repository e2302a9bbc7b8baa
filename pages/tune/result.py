"""What a search has found: the verdict, the settings to use, and the trials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from forecasting import charts
from forecasting.config import ForecastConfig
from forecasting.messages import restored
from forecasting.runs import Access, Link, Run
from forecasting.tuning import RANGES, sentence
from pages.shared import components, services, state
from pages.shared.formats import listed, number, percent, plain
from pages.shared.i18n import chart_words, t, translated
from pages.shared.reading.what_was_read import what_was_read
from pages.shared.setting_words import setting_label, setting_value
from pages.shared.settings.model_widgets import set_settings
from pages.tune import search

_NAMES = ("cell", *RANGES)


def of_run(access: Access, run: Run) -> None:
    """A done search as a read-only link shows it."""
    what_was_read(access, run.dataset_id or "")
    result(access, run, None)


def result(access: Access, run: Run, dataset: str | None) -> None:
    """Draw it; with a `dataset`, the button that takes the settings over."""
    found = services.record(access, run.id, "result")
    _verdict(found)
    if found["best"] is not None:
        _best(found, None if isinstance(access, Link) else dataset)
        _held_out(found)
    components.heading(t("tune.history"), t("tune.history.help"))
    trials, default = found["trials"], found["default"]["errors"]
    components.chart(charts.trials_chart(trials, default, words=chart_words()), "tune_history", t("alt.tune.history"))
    if found["importance"]:
        _which_matter(found)
    clock = services.record(access, run.id, "clock")
    with st.expander(t("tune.table"), key="tune_table"):
        components.table(_table(trials, clock), "tune_trials")
        st.caption(t("tune.table.note"))


def _verdict(found: Mapping[str, Any]) -> None:
    show, icon = {
        "better": (st.success, ":material/check_circle:"),
        "same": (st.info, ":material/drag_handle:"),
        "none": (st.info, ":material/drag_handle:"),
        "worse": (st.warning, ":material/warning:"),
    }[found["verdict"]]
    show(plain(translated(sentence(found)), 1_000), icon=icon)


def _best(found: Mapping[str, Any], dataset: str | None) -> None:
    """The settings that were best in the search."""
    settings, better = found["best"]["settings"], found["verdict"] == "better"
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="tune_best"):
        if dataset is not None:
            pressed = st.button(
                t("tune.use"), key="tune_use", icon=":material/check:", type="primary" if better else "secondary",
                help=None if better else t("tune.use.not_better"), on_click=_use, args=(found, dataset),
            )  # fmt: skip
            if pressed:
                st.switch_page("pages/forecast/page.py")
        shown = listed(f"{setting_label(name)} {_written(name, settings[name])}" for name in _NAMES)
        st.caption(t("tune.best.settings", number=found["best"]["number"], settings=plain(shown)), width="stretch")


def _use(found: Mapping[str, Any], dataset: str) -> None:
    """Have the settings, and those that they were searched around, in the widgets of the Forecast page."""
    session = state.current()
    wanted = ForecastConfig.from_dict({**found["config"]["base"], **found["best"]["settings"]}).to_dict()
    subject = search.subject_of(session, dataset)
    suggested = services.suggestion(session.workspace, dataset)[0].to_dict()
    shown = {**suggested, **session.settings.get(subject, {})}
    set_settings(subject, {name: value for name, value in wanted.items() if shown.get(name) != value})


def _held_out(found: Mapping[str, Any]) -> None:
    """The numbers behind the verdict."""
    held = found["held_out"]
    rows = []
    for name, errors in (("default", held["default"]), ("best", held["best"])):
        own = found["default" if name == "default" else "best"]["errors"]
        label = t("tune.row.default") if name == "default" else t("tune.row.best", number=found["best"]["number"])
        rows.append((label, _spread(own), _spread(errors)))
    names = [t("tune.row"), t("tune.searched"), t("tune.held_out")]
    components.table(pd.DataFrame(rows, columns=names), "tune_held_out", height="content")
    low, high = held["interval"]
    by_seeds = [percent(end, 1) for end in held["seeds"]]
    over_origins = t("number.none") if low is None else f"{percent(low, 1)} … {percent(high, 1)}"
    st.caption(
        t(
            "tune.intervals", gain=percent(held["gain"], 1), origins=over_origins,
            seeds=f"{by_seeds[0]} … {by_seeds[1]}",
        )
    )  # fmt: skip


def _spread(errors: list[float]) -> str:
    """A mean with the ends that it is of."""
    mean = sum(errors) / len(errors)
    return f"{mean:.4g} ({min(errors):.4g} … {max(errors):.4g})"


def _which_matter(found: Mapping[str, Any]) -> None:
    left, right = st.columns([2, 3], gap="medium")
    shares = [(setting_label(name), share) for name, share in found["importance"].items()]
    with left:
        components.heading(t("tune.importance"), t("tune.importance.help"))
        components.chart(charts.shares_chart(shares, t("tune.share")), "tune_importance", t("alt.tune.importance"))
    done = [trial for trial in found["trials"] if trial["error"] is not None]
    if len(done) < 2:
        return
    varied = [name for name in _NAMES if len({trial["settings"][name] for trial in done}) > 1]
    with right:
        components.heading(t("tune.parallel"), t("tune.parallel.help"))
        cells = {cell: t(f"cell.{cell}") for cell in {trial["settings"]["cell"] for trial in done}}
        figure = charts.parallel_chart(done, {name: setting_label(name) for name in varied}, cells, words=chart_words())
        components.chart(figure, "tune_parallel", t("alt.tune.parallel"), bar=False)


def _table(trials: list[Mapping[str, Any]], clock: Mapping[str, Any]) -> pd.DataFrame:
    """A row a trial."""
    words = chart_words()
    rows = []
    for trial in trials:
        remarks = []
        if asked := trial.get("asked"):
            smaller = [
                f"{setting_label(name)} {asked[name]}" for name in asked if asked[name] != trial["settings"][name]
            ]
            remarks.append(t("tune.asked", settings=listed(smaller)))
        if "why" in trial:
            remarks.append(translated(restored("", trial["why"])))
        rows.append(
            {
                words["trial"]: trial["number"],
                t("tune.state"): t(f"tune.state.{trial['state']}"),
                words["mase"]: trial["error"],
                t("tune.early"): trial.get("early"),
                **{setting_label(name): _written(name, trial["settings"][name]) for name in _NAMES},
                t("tune.seconds"): clock["trials"].get(str(trial["number"])),
                t("tune.remark"): " ".join(remarks),
            }
        )
    return pd.DataFrame(rows)


def _written(name: str, value: Any) -> str:
    return number(value) if isinstance(value, float) else str(setting_value(name, value))
