"""The result of the Sine wave page: the textbook's training beside Tidecast's, and what was measured."""

from __future__ import annotations

from typing import Any

import streamlit as st

from forecasting import charts
from forecasting.labs.sequences import learning, sine_limits
from forecasting.runs import Access, Run
from pages.learn import parts
from pages.learn.settings_form import Form
from pages.learn.training_row import result_of
from pages.shared import components
from pages.shared.formats import listed, percent
from pages.shared.i18n import chart_words, t

RUNAWAY = 2.0  # times the amplitude of the wave: beyond it a roll-out has run away


def of_run(access: Access, run: Run, form: Form | None = None) -> None:
    """The result of a done run."""
    result = result_of(access, run)
    _draw(result, form, "", None)


def of_two(access: Access, ours: Run, other: Run, form: Form) -> None:
    """The results of two done runs, each in a half of the page, on the same scales."""
    results = [result_of(access, run) for run in (ours, other)]
    parts.findings(_between(*results), "_two")
    for half, place, result in zip(st.columns(2, gap="medium"), ("_a", "_b"), results, strict=True):
        with half:
            st.markdown(f"**{place[1].upper()}**")
            _draw(result, form if place == "_a" else None, place, results[place == "_a"])


def _draw(result: dict[str, Any], form: Form | None, half: str, beside: dict[str, Any] | None) -> None:
    """`half`: of the page, which the result has to itself where empty; `beside`: the result of the other one."""
    words = chart_words()
    diverged = {charts.recipe_name(name, words): recipe["diverged"] for name, recipe in result["recipes"].items()}
    parts.diverged(diverged, f"sine{half}", form.try_rate if form else None)
    _numbers(result, words, half)
    parts.findings(_findings(result, words), half)
    left, right = (st.container(), st.container()) if half else st.columns([2, 1])
    with left:
        parts.question(t("sine.predicted"))
        components.chart(
            charts.sine_chart(result, words=words, beside=beside), f"sine_predicted{half}", t("alt.sine.predicted")
        )
        st.caption(t("sine.predicted.caption"))
    with right:
        parts.question(t("sine.loss"))
        components.chart(
            charts.recipe_loss_chart(result, words=words, beside=beside), f"sine_loss{half}", t("alt.sine.loss")
        )
        st.caption(t("sine.loss.caption"))
    if not result["rollout"]["x"]:
        return
    left, right = (st.container(), st.container()) if half else st.columns([2, 1])
    with left:
        parts.question(t("sine.rollout.title"))
        components.chart(
            charts.rollout_chart(result, words=words, beside=beside), f"sine_free{half}", t("alt.sine.rollout")
        )
        st.caption(t("sine.rollout.caption"))
    if all(recipe["diverged"] for recipe in result["recipes"].values()):
        return
    with right:
        parts.question(t("sine.phase"))
        if charts.with_phase(result):
            components.chart(charts.phase_chart(result, words=words), f"sine_phase{half}", t("alt.sine.phase"))
            st.caption(t("sine.phase.caption"))
        else:
            st.info(t("sine.phase.none"))


def _numbers(result: dict[str, Any], words: charts.Words, half: str) -> None:
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
    with st.container(horizontal=True, gap="small", key=f"sine_numbers{half}"):
        for label, value, explained in facts:
            st.metric(label, value, help=explained, border=True)


def _findings(result: dict[str, Any], words: charts.Words) -> list[str]:
    """What this run measured; nothing of recipes that diverged, and of those that learned nothing only that."""
    guess, noise = sine_limits(result)
    kept = {name: recipe for name, recipe in result["recipes"].items() if not recipe["diverged"]}
    names = {name: charts.recipe_name(name, words) for name in kept}
    able, findings = parts.learned(
        {names[name]: learning(recipe["test_mse"], guess, noise) for name, recipe in kept.items()}
    )
    recipes = {name: recipe for name, recipe in kept.items() if names[name] in able}
    classic, tidecast = (recipes.get(name, {}).get("test_mse") for name in ("classic", "tidecast"))
    if classic and tidecast:
        ratio = classic / tidecast
        key = "smaller" if ratio > 1.1 else "larger" if ratio < 1 / 1.1 else "same"
        findings.append(t(f"sine.found.{key}", times=two_digits(max(ratio, 1 / ratio))))
    if noise and classic and tidecast:
        shares = {"classic": f"{classic / noise:.3g}", "tidecast": f"{tidecast / noise:.3g}"}
        variance = parts.scientific(result["config"]["noise"] ** 2)
        findings.append(t("sine.found.noise", noise=parts.scientific(noise), variance=variance, **shares))
        if min(classic, tidecast) < noise:
            findings.append(t("sine.found.luck"))
    worse = [names[name] for name, recipe in recipes.items() if recipe["test_mse"] >= result["naive_mse"]]
    if worse:
        findings.append(t("sine.found.naive", names=listed(worse)))
    return [*findings, *(_drift(names[name], recipe["phase"]) for name, recipe in recipes.items() if recipe["phase"])]


def _drift(name: str, phase: dict[str, Any]) -> str:
    """Where the roll-out has gone: a wave that is far larger than the true one has no phase to speak of."""
    far = next((at for at, kept in enumerate(phase["amplitude"]) if not kept <= RUNAWAY), None)
    if far is not None:
        return t("sine.found.runaway", name=name, steps=f"{phase['steps'][far]:,}", share=percent(RUNAWAY))
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


def _between(ours: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """How the test errors of two results differ, by recipe; of unlike noise each is over its own."""
    words, sentences = chart_words(), []
    unlike = ours["config"]["noise"] != other["config"]["noise"]
    if unlike:
        sentences.append(t("beside.found.noise"))
    for name in (name for name in ours["recipes"] if name in other["recipes"]):
        pair = [result["recipes"][name] for result in (ours, other)]
        errors = [one["test_mse"] for one in pair]
        if any(one["diverged"] for one in pair) or not all(errors):
            continue
        if unlike:
            shares = [error / result["naive_mse"] for error, result in zip(errors, (ours, other), strict=True)]
            said = {"ours": percent(shares[0]), "other": percent(shares[1])}
            sentences.append(t("beside.found.shares", recipe=charts.recipe_name(name, words), **said))
            continue
        ratio = errors[1] / errors[0]
        key = "smaller" if ratio > 1.1 else "larger" if ratio < 1 / 1.1 else "same"
        times = two_digits(max(ratio, 1 / ratio))
        sentences.append(t(f"beside.found.{key}", recipe=charts.recipe_name(name, words), times=times))
    return sentences


def two_digits(ratio: float) -> str:
    """A ratio with two significant digits."""
    return f"{float(f'{ratio:.2g}'):,.4g}" if ratio < 1000 else f"{float(f'{ratio:.2g}'):,.0f}"
