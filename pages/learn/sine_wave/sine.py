"""The Sine wave page: settings, presets, the textbook's training beside Tidecast's, and why they differ."""

from __future__ import annotations

import statistics
from typing import Any

import streamlit as st

from forecasting import charts
from forecasting.labs.sequences import CELLS, RECIPES, SineConfig, effects, wave
from forecasting.runs import Run
from pages.learn import lab
from pages.learn.lab import Form, scientific
from pages.shared import components, services, state
from pages.shared.components import percent
from pages.shared.i18n import chart_words, t
from pages.shared.progress import follow

PRESETS: dict[str, dict[str, Any]] = {
    "classic": {},
    "noise": {"noise": 0.2},
    "longer": {"noise": 0.2, "window": 50},
    "stacked": {"num_layers": 3},
    "rnn": {"cell": "rnn"},
    "two": {"second_amplitude": 0.5},
}
REPEATS = 3  # trainings of each recipe when they are compared


def page() -> None:
    """Draw it."""
    st.header(t("sine.title"), anchor=False)
    form = Form("sine")
    with st.sidebar:
        config = _settings(form)
    _presets(form)
    run = lab.train(form, config)
    if isinstance(config, SineConfig) and not (lab.done(run) and run is not None and run.config == config.to_dict()):
        _wave(config)
    if run is not None and lab.done(run):
        with components.in_place():
            of_run(state.current().workspace, run, form)
            _recipes(run)
            lab.code("sine", run.config)


def _presets(form: Form) -> None:
    """Settings worth trying; the one that the settings are, and what to look for in it."""
    now = {name: value for name, value in form.changed().items() if name not in ("seed", "rollout")}
    chosen = next((name for name, preset in PRESETS.items() if preset == now), None)
    st.session_state["sine_preset"] = chosen

    def use() -> None:
        preset = PRESETS.get(st.session_state["sine_preset"] or chosen or "")
        if preset is not None:
            form.put_and_train({**form.defaults, **preset})

    st.pills(
        t("sine.presets"), list(PRESETS), format_func=lambda name: t(f"preset.{name}"), key="sine_preset", on_change=use
    )
    st.caption(t(f"preset.{chosen}.look") if chosen else t("sine.lead", window=form.values["window"]))


def _settings(form: Form) -> Any:
    st.subheader(t("sine.wave"), anchor=False)
    form.number("period", 0.5, 50.0, 0.1, "%.2f")
    form.number("amplitude", 0.0, 5.0, 0.1, "%.1f")
    form.number("noise", 0.0, 2.0, 0.05, "%.2f")
    form.number("trend", -0.5, 0.5, 0.01, "%.2f")
    form.number("second_amplitude", 0.0, 2.0, 0.1, "%.1f")
    if form.values["second_amplitude"]:
        form.number("second_period", 0.5, 20.0, 0.1, "%.2f")
    form.number("points", 100, 5000, 100)
    st.subheader(t("sine.network"), anchor=False)
    form.number("window", 1, 500, 1)
    form.choice("cell", CELLS, "cell")
    form.number("num_layers", 1, 4, 1)
    form.number("hidden_size", 1, 128, 1)
    form.number("epochs", 1, 300, 1)
    form.rate()
    form.number("rollout", 0, 2000, 50)
    form.number("seed", 0, 20, 1)
    return form.config()


def _wave(config: SineConfig) -> None:
    x, y = wave(config)
    lab.question(t("sine.data"))
    figure = charts.wave_chart(x.tolist(), y.tolist(), words=chart_words())
    components.chart(figure, "chart_wave", t("alt.sine.wave"))


def of_run(access: str, run: Run, form: Form | None = None) -> None:
    """The result of a done run. `access`: a workspace's token or a read-only link."""
    result, words = lab.result(access, run), chart_words()
    diverged = {charts.recipe_name(name, words): recipe["diverged"] for name, recipe in result["recipes"].items()}
    lab.diverged(diverged, "sine", form.try_rate if form else None)
    _numbers(result, words)
    lab.findings(_found(result, words))
    left, right = st.columns([2, 1])
    with left:
        lab.question(t("sine.predicted"))
        components.chart(charts.sine_chart(result, words=words), "sine_predicted", t("alt.sine.predicted"))
        st.caption(t("sine.predicted.caption"))
    with right:
        lab.question(t("sine.loss"))
        components.chart(charts.recipe_loss_chart(result, words=words), "sine_loss", t("alt.sine.loss"))
        st.caption(t("sine.loss.caption"))
    if not result["rollout"]["x"]:
        return
    left, right = st.columns([2, 1])
    with left:
        lab.question(t("sine.rollout.title"))
        components.chart(charts.rollout_chart(result, words=words), "sine_free", t("alt.sine.rollout"))
        st.caption(t("sine.rollout.caption"))
    with right:
        lab.question(t("sine.phase"))
        if any(recipe["phase"] and recipe["phase"]["degrees"] for recipe in result["recipes"].values()):
            components.chart(charts.phase_chart(result, words=words), "sine_phase", t("alt.sine.phase"))
            st.caption(t("sine.phase.caption"))
        else:
            st.info(t("sine.phase.none"))


def _numbers(result: dict[str, Any], words: charts.Words) -> None:
    recipes = result["recipes"]
    facts = [
        (f"{t('sine.mse')}, {charts.recipe_name(name, words)}", scientific(one["test_mse"]), t("sine.mse.help"))
        for name, one in recipes.items()
    ]
    facts.append((t("sine.naive"), scientific(result["naive_mse"]), t("sine.naive.help")))
    seconds = " · ".join(f"{one['seconds']:.2f} s" for one in recipes.values())
    facts.append((t("sine.seconds"), seconds, t("sine.seconds.help")))
    facts.append((t("sine.parameters"), f"{next(iter(recipes.values()))['parameters']:,}", t("sine.parameters.help")))
    with st.container(horizontal=True, gap="small", key="sine_numbers"):
        for label, value, explained in facts:
            st.metric(label, value, help=explained, border=True)


def _found(result: dict[str, Any], words: charts.Words) -> list[str]:
    """What this run shows, from its own numbers."""
    recipes = {name: recipe for name, recipe in result["recipes"].items() if not recipe["diverged"]}
    found = []
    classic, tidecast = (recipes.get(name, {}).get("test_mse") for name in ("classic", "tidecast"))
    if classic and tidecast:
        times = classic / tidecast
        key = "smaller" if times > 1.1 else "larger" if times < 1 / 1.1 else "same"
        found.append(t(f"sine.found.{key}", times=_times(max(times, 1 / times))))
    variance = result["config"]["noise"] ** 2
    if variance and classic and tidecast:
        shares = {"classic": f"{classic / variance:.2g}", "tidecast": f"{tidecast / variance:.2g}"}
        found.append(t("sine.found.noise", variance=scientific(variance), **shares))
    worse = [
        charts.recipe_name(name, words)
        for name, recipe in recipes.items()
        if recipe["test_mse"] is None or recipe["test_mse"] >= result["naive_mse"]
    ]
    if worse:
        found.append(t("sine.found.naive", names=", ".join(worse)))
    for name, recipe in recipes.items():
        phase = recipe["phase"]
        if phase is None:
            continue
        said = {"name": charts.recipe_name(name, words), "steps": f"{phase['steps'][-1]:,}"}
        if phase["faded"] is not None:
            found.append(t("sine.found.faded", **{**said, "steps": f"{phase['faded']:,}"}))
        else:
            degrees, kept = phase["degrees"][-1], percent(phase["amplitude"][-1])
            key = "sine.found.ahead" if degrees > 0 else "sine.found.behind"
            found.append(t(key, **said, degrees=f"{abs(degrees):.3g}", share=percent(abs(degrees) / 360, 1), kept=kept))
    return found


def _times(ratio: float) -> str:
    """A ratio with two digits that count."""
    return f"{float(f'{ratio:.2g}'):,.4g}" if ratio < 1000 else f"{float(f'{ratio:.2g}'):,.0f}"


def _recipes(run: Run) -> None:
    """Which of the three changes does how much: every combination trained, on request."""
    session = state.current()
    lab.question(t("recipes.title"))
    asked = {**run.config, "recipes": list(RECIPES), "repeats": REPEATS, "rollout": 0}
    shown = session.shown.get("recipes")
    compared = services.poll(session.workspace, shown) if shown else None
    same = compared is not None and compared.config == asked
    if not same or compared is None or compared.state in ("failed", "cancelled"):
        st.caption(t("recipes.lead", count=len(RECIPES) * REPEATS))
        if st.button(t("recipes.button"), key="recipes_train", icon=":material/science:"):
            session.shown = {**session.shown, "recipes": services.teach(session.workspace, "recipes", asked)}
            st.rerun()
        return
    compared = follow(session.workspace, compared.id)
    if compared is not None and compared.state == "done":
        of_recipes(session.workspace, compared)


def of_recipes(access: str, run: Run) -> None:
    """The result of a done comparison of recipes."""
    result, words = lab.result(access, run), chart_words()
    diverged = {charts.recipe_name(name, words): recipe["diverged"] for name, recipe in result["recipes"].items()}
    lab.diverged(diverged, "recipes")
    components.chart(charts.recipes_chart(result, words=words), "sine_recipes", t("alt.sine.recipes"))
    lines = []
    for change, ratios in effects(result).items():
        middle = statistics.geometric_mean(ratios)
        low, high = _times(min(ratios)), _times(max(ratios))
        key, times = ("recipes.gain", middle) if middle >= 1 else ("recipes.loss", 1 / middle)
        lines.append(t(key, change=t(f"change.{change}"), times=_times(times), low=low, high=high))
    st.markdown("\n".join(f"- {one}" for one in lines))
    st.caption(t("recipes.note", repeats=run.config["repeats"]))
