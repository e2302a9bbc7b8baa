"""Every combination of the three changes from the textbook's training to Tidecast's, compared."""

from __future__ import annotations

import statistics

import streamlit as st

from forecasting import charts
from forecasting.labs.sequences import RECIPES, effects, learning, sine_limits
from forecasting.runs import Access, Run
from pages.learn import parts
from pages.learn.sine_wave.sine_result import two_digits
from pages.learn.training_row import result_of
from pages.shared import components, services, state
from pages.shared.i18n import chart_words, t
from pages.shared.progress import follow

REPEATS = 3  # trainings of each recipe


def comparison(run: Run) -> None:
    """Train every combination on request, and show which of the three changes does how much."""
    session = state.current()
    parts.question(t("recipes.title"))
    asked = {**run.config, "recipes": list(RECIPES), "repeats": REPEATS, "rollout": 0}
    shown = session.shown.get("recipes")
    compared = services.poll(session.workspace, shown) if shown else None
    same = compared is not None and compared.config == asked
    if not same or compared is None or compared.state in ("failed", "cancelled"):
        st.caption(t("recipes.lead", count=len(RECIPES) * REPEATS))
        if st.button(t("recipes.button"), key="recipes_train", icon=":material/science:"):
            session.shown = {**session.shown, "recipes": services.submit(session.workspace, "recipes", asked)}
            st.rerun()
        return
    compared = follow(session.workspace, compared.id, place="_recipes")
    if compared is not None and compared.state == "done":
        of_run(session.workspace, compared)


def of_run(access: Access, run: Run) -> None:
    """The result of a done comparison of recipes."""
    result, words = result_of(access, run), chart_words()
    diverged = {charts.recipe_name(name, words): recipe["diverged"] for name, recipe in result["recipes"].items()}
    parts.diverged(diverged, "recipes")
    components.chart(charts.recipes_chart(result, words=words), "sine_recipes", t("alt.sine.recipes"))
    guess, noise = sine_limits(result)
    states = {
        charts.recipe_name(name, words, combination=True): learning(_median(recipe["test_mses"]), guess, noise)
        for name, recipe in result["recipes"].items()
        if not recipe["diverged"]
    }
    able, lines = parts.learned(states)
    for change, ratios in (effects(result) if len(able) == len(states) else {}).items():
        mean = statistics.geometric_mean(ratios)
        low, high = two_digits(min(ratios)), two_digits(max(ratios))
        key, times = ("recipes.gain", mean) if mean >= 1 else ("recipes.loss", 1 / mean)
        lines.append(t(key, change=t(f"change.{change}"), times=two_digits(times), low=low, high=high))
    st.markdown("\n".join(f"- {line}" for line in lines))
    st.caption(t("recipes.note", repeats=run.config["repeats"]))


def _median(errors: list[float | None]) -> float | None:
    """The median of the errors of one recipe; None where one of them is none."""
    known = [error for error in errors if error is not None]
    return statistics.median(known) if len(known) == len(errors) else None
