"""How the lines of a film are drawn, by the names of `forecasting.labs.frames`: the same colours as in the figures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from forecasting.charts import lab_colours, sine_wave
from forecasting.charts.style import FORECAST, NAIVE, TRUTH
from forecasting.charts.words import ENGLISH, Words

_NETWORKS = {
    **lab_colours.RECIPES,
    **lab_colours.WAYS,
    **lab_colours.METHODS,
    **lab_colours.CELLS,
    **lab_colours.READERS,
    "pair": FORECAST,
    "text": FORECAST,
}
_GIVEN = {  # line -> colour, width, dashes
    "truth": (TRUTH, 4.0, None),  # wide: to be seen below what meets it
    "target": (TRUTH, 2.4, None),
    "read": (NAIVE, 1.4, "2 4"),
    "sin": (NAIVE, 1.4, "2 4"),
    "history": (NAIVE, 1.4, None),
}
_WORD = {"target": "asked", "pair": "text_network", "text": "text_network"}  # where it is not the name


def film_tracks(names: Iterable[str], words: Words = ENGLISH) -> list[dict[str, Any]]:
    """{name, label, color, width} of networks, in their order."""
    rest = iter(lab_colours.OTHER_RECIPES)
    return [
        {
            "name": name,
            "label": sine_wave.recipe_name(name, words) if name not in _NETWORKS else _label(name, words),
            "color": _NETWORKS.get(name) or next(rest),
            "width": 1.9,
        }
        for name in names
    ]


def film_given(words: Words = ENGLISH) -> dict[str, dict[str, Any]]:
    """{label, color, width, dash} of the lines that stand still, by name."""
    return {
        name: {"label": _label(name, words), "color": colour, "width": width, "dash": dash}
        for name, (colour, width, dash) in _GIVEN.items()
    }


def _label(name: str, words: Words) -> str:
    return words[_WORD.get(name, name)]
