"""The sliders of each lesson."""

from __future__ import annotations

import streamlit as st

from forecasting.labs.sequences import Settings
from pages.learn.settings_form import Form
from pages.shared.i18n import t

_SLIDERS: dict[str, dict[str, tuple[float, float, float, str | None]]] = {  # lowest, highest, step, how it is written
    "scaling": {"growth": (-1.0, 1.0, 0.1, "%.1f"), "noise": (0.1, 5.0, 0.1, "%.1f")},
    "schedules": {"noise": (0.0, 1.0, 0.05, "%.2f")},
    "stopping": {"noise": (0.0, 1.0, 0.05, "%.2f"), "epochs": (2, 300, 1, None), "dropout": (0.05, 0.9, 0.05, "%.2f")},
    "clipping": {"length": (5, 100, 5, None), "gain": (0.5, 2.0, 0.1, "%.1f"), "clip": (0.1, 20.0, 0.1, "%.1f")},
    "repairs": {
        "missing": (0.0, 0.8, 0.05, "%.2f"), "outliers": (0.0, 0.4, 0.01, "%.2f"), "size": (0.0, 20.0, 0.5, "%.1f"),
        "noise": (0.0, 1.0, 0.05, "%.2f"),
    },
    "drift": {"period": (4.0, 60.0, 1.0, "%.0f"), "noise": (0.0, 1.0, 0.05, "%.2f"), "steps": (1, 50, 1, None)},
    "rounding": {"hidden_size": (4, 128, 4, None), "noise": (0.0, 1.0, 0.05, "%.2f")},
    "search": {"trials": (2, 40, 1, None), "noise": (0.0, 1.0, 0.05, "%.2f")},
}  # fmt: skip
_RATES = ("schedules",)  # lessons with a learning rate to choose


def sidebar(form: Form) -> Settings | None:
    """Draw them; None where they do not fit together."""
    st.subheader(t(f"lesson.{form.kind}.title"), anchor=False)
    for name, (low, high, step, digits) in _SLIDERS[form.kind].items():
        form.number(name, low, high, step, digits)
    if form.kind in _RATES:
        form.rate()
    form.number("repeats", 2 if form.kind == "search" else 1, 5, 1)
    form.number("seed", 0, 20, 1)
    return form.config()
