"""The settings of the Sine wave page, and presets of them."""

from __future__ import annotations

from typing import Any

import streamlit as st

from forecasting.labs.sequences import CELLS, SineConfig
from pages.learn.settings_form import Form
from pages.learn.sine_wave import beside
from pages.shared.choices import pills
from pages.shared.i18n import t

PRESETS: dict[str, dict[str, Any]] = {
    "classic": {},
    "noise": {"noise": 0.2},
    "longer": {"window": 50},
    "stacked": {"num_layers": 3},
    "rnn": {"cell": "rnn"},
    "two": {"second_amplitude": 0.5},
}


def presets(form: Form) -> None:
    """Settings worth trying; what to look for in the preset that the settings are."""
    changed = {name: value for name, value in form.changed().items() if name not in ("seed", "rollout")}
    chosen = next((name for name, preset in PRESETS.items() if preset == changed), None)
    st.session_state["sine_preset"] = chosen

    def use() -> None:
        preset = PRESETS.get(st.session_state["sine_preset"] or chosen or "")
        if preset is not None:
            if preset:
                beside.stand_beside("classic")
            form.put_and_train({**form.defaults, **preset})

    pills(
        t("sine.presets"), list(PRESETS), format_func=lambda name: t(f"preset.{name}"), key="sine_preset", on_change=use
    )
    st.caption(t(f"preset.{chosen}.look") if chosen else t("sine.lead", window=form.values["window"]))


def sidebar(form: Form) -> SineConfig | None:
    """Draw the settings; None where they do not fit together."""
    st.subheader(t("sine.wave"), anchor=False)
    form.number("noise", 0.0, 2.0, 0.05, "%.2f")
    form.number("period", 0.5, 50.0, 0.1, "%.2f")
    form.number("amplitude", 0.0, 5.0, 0.1, "%.1f")
    form.number("second_amplitude", 0.0, 2.0, 0.1, "%.1f")
    if form.values["second_amplitude"]:
        form.number("second_period", 0.5, 20.0, 0.1, "%.2f")
    st.subheader(t("sine.network"), anchor=False)
    form.number("window", 1, 500, 1)
    form.choice("cell", CELLS, "cell")
    form.number("epochs", 1, 300, 1)
    form.rate()
    with form.folded():
        form.number("hidden_size", 1, 128, 1)
        form.number("num_layers", 1, 4, 1)
        form.number("points", 100, 5000, 100)
        form.number("trend", -0.5, 0.5, 0.01, "%.2f")
        form.number("rollout", 0, 2000, 50)
        form.number("seed", 0, 20, 1)
    config = form.config()
    return config if isinstance(config, SineConfig) else None
