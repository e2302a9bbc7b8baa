"""The result of the Sine wave page: the textbook's training beside Tidecast's, and what was measured."""

from __future__ import annotations

from typing import Any

import streamlit as st

from forecasting import charts
from forecasting.runs import Access, Run
from pages.learn import parts
from pages.learn.settings_form import Form
from pages.learn.training_row import result_of
from pages.shared import components
from pages.shared.formats import percent
from pages.shared.i18n import chart_words, t


def of_run(access: Access, run: Run, form: Form | None = None) -> None:
    """The result of a done run."""
    result, words = result_of(access, run), chart_words()
    diverged = {charts.recipe_name(name, words): recipe["diverged"] for name, recipe in result["recipes"].items()}
    parts.diverged(diverged, "sine", form.try_rate if form else None)
    _numbers(result, words)
    parts.findings(_findings(result, words))
    left, right = st.columns([2, 1])
    with left:
        parts.question(t("sine.predicted"))
        components.chart(charts.sine_chart(result, words=words), "sine_predicted", t("alt.sine.predicted"))
        st.caption(t("sine.predicted.caption"))
    with right:
        parts.question(t("sine.loss"))
        components.chart(charts.recipe_loss_chart(result, words=words), "sine_loss", t("alt.sine.loss"))
        st.caption(t("sine.loss.caption"))
    if not result["rollout"]["x"]:
        return
    left, right = st.columns([2, 1])
    with left:
        parts.question(t("sine.rollout.title"))
        components.chart(charts.rollout_chart(result, words=words), "sine_free", t("alt.sine.rollout"))
        st.caption(t("sine.rollout.caption"))
    phases = [recipe["phase"] for recipe in result["recipes"].values() if not recipe["diverged"]]
    if not phases:
        return
    with right:
        parts.question(t("sine.phase"))
        if any(phase and phase["degrees"] for phase in phases):
            components.chart(charts.phase_chart(result, words=words), "sine_phase", t("alt.sine.phase"))
            st.caption(t("sine.phase.caption"))
        else:
            st.info(t("sine.phase.none"))


def _numbers(result: dict[str, Any], words: charts.Words) -> None:
    recipes = result["recipes"]
    facts = [
        (
            f"{t('sine.mse')}, {charts.recipe_name(name, words)}",
            parts.scientific(recipe["test_mse"]),
            t("sine.mse.help"),
        )
        for name, recipe in recipes.items()
    ]
    facts.append((t("sine.naive"), parts.scientific(result["naive_mse"]), t("sine.naive.help")))
    seconds = " · ".join(f"{recipe['seconds']:.2f} s" for recipe in recipes.values())
    facts.append((t("sine.seconds"), seconds, t("sine.seconds.help")))
    facts.append((t("sine.parameters"), f"{next(iter(recipes.values()))['parameters']:,}", t("sine.parameters.help")))
    with st.container(horizontal=True, gap="small", key="sine_numbers"):
        for label, value, explained in facts:
            st.metric(label, value, help=explained, border=True)


def _findings(result: dict[str, Any], words: charts.Words) -> list[str]:
    """What this run measured; nothing of recipes that diverged."""
    recipes = {name: recipe for name, recipe in result["recipes"].items() if not recipe["diverged"]}
    findings = []
    classic, tidecast = (recipes.get(name, {}).get("test_mse") for name in ("classic", "tidecast"))
    if classic and tidecast:
        ratio = classic / tidecast
        key = "smaller" if ratio > 1.1 else "larger" if ratio < 1 / 1.1 else "same"
        findings.append(t(f"sine.found.{key}", times=two_digits(max(ratio, 1 / ratio))))
    variance = result["config"]["noise"] ** 2
    if variance and classic and tidecast:
        shares = {"classic": f"{classic / variance:.2g}", "tidecast": f"{tidecast / variance:.2g}"}
        findings.append(t("sine.found.noise", variance=parts.scientific(variance), **shares))
    worse = [
        charts.recipe_name(name, words)
        for name, recipe in recipes.items()
        if recipe["test_mse"] is None or recipe["test_mse"] >= result["naive_mse"]
    ]
    if worse:
        findings.append(t("sine.found.naive", names=", ".join(worse)))
    return [*findings, *(_drift(name, recipe["phase"], words) for name, recipe in recipes.items() if recipe["phase"])]


def _drift(recipe: str, phase: dict[str, Any], words: charts.Words) -> str:
    name = charts.recipe_name(recipe, words)
    if phase["faded"] is not None:
        return t("sine.found.faded", name=name, steps=f"{phase['faded']:,}")
    degrees = phase["degrees"][-1]
    return t(
        "sine.found.ahead" if degrees > 0 else "sine.found.behind",
        name=name,
        steps=f"{phase['steps'][-1]:,}",
        degrees=f"{abs(degrees):.3g}",
        share=percent(abs(degrees) / 360, 1),
        kept=percent(phase["amplitude"][-1]),
    )


def two_digits(ratio: float) -> str:
    """A ratio with two significant digits."""
    return f"{float(f'{ratio:.2g}'):,.4g}" if ratio < 1000 else f"{float(f'{ratio:.2g}'):,.0f}"
