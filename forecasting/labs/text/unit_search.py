"""The unit finder as a run of its own: what it is asked, what it computes, and how its result is kept.

Axes: N characters, L layers, H hidden size.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from forecasting.errors import ConfigError
from forecasting.labs.lab_settings import Settings
from forecasting.labs.text.alphabet import split
from forecasting.labs.text.character_training import split_at
from forecasting.labs.text.text_model import TextModel
from forecasting.labs.text.units import LEAD, SHORT, STREAMS, Followed, search, searched
from forecasting.messages import Message
from forecasting.progress import Progress


@dataclasses.dataclass(frozen=True, kw_only=True)
class UnitConfig(Settings):
    """Which training's units are looked for."""

    run: str = ""  # the id of a done run of the kind "text"

    def __post_init__(self) -> None:
        if not re.fullmatch("[0-9a-f]{64}", str(self.run)):
            raise ConfigError(Message("runs.no_run"), field="run")


def run_units(
    given: Mapping[str, bytes], _config: Mapping[str, Any], report: Callable[[Progress], None]
) -> dict[str, bytes]:
    """Look in the last 10 % of the UTF-8 text "data" for units of the network "model": `result` and `scores` (JSON),
    `cells` (safetensors).

    result: found (a `Followed` each, as dictionaries), first (the place of the first character that was read), count.
    scores: found, properties (how many).
    """
    from safetensors.numpy import save

    model = TextModel.from_bytes(given["model"])
    characters, first = _held_out(given["data"])

    def watch(done: float) -> None:
        report(Progress("units", 0, 0, 0, 0, None, None, done))

    watch(0.0)
    done = search(model, characters[first:], characters[max(0, first - LEAD) : first], watch)
    result = {
        "found": [dataclasses.asdict(one) for one in done.found],
        "first": first,
        "count": len(done.cells),
    }
    scores = {"found": sum(one.state == "found" for one in done.found), "properties": len(done.found)}
    return {
        "result": json.dumps(result, sort_keys=True).encode(),
        "scores": json.dumps(scores, sort_keys=True).encode(),
        "cells": save({"cells": done.cells}),
    }


def found_in(result: Mapping[str, Any]) -> list[Followed]:
    """What was found, of a `result` that JSON has held."""
    return [Followed(**one) for one in result["found"]]


def cells_of(stored: bytes) -> npt.NDArray[np.int8]:
    """The cells [N, L, H] of the artifact `cells`: between -1 and 1 once divided by `CELL_STEPS`."""
    from safetensors.numpy import load

    cells: npt.NDArray[np.int8] = load(stored)["cells"]
    return cells


def units_work(given: Mapping[str, bytes], _config: Mapping[str, Any]) -> dict[str, float]:
    """How many seconds `run_units` is likely to take on one core."""
    model = TextModel.from_bytes(given["model"])
    characters, first = _held_out(given["data"])
    layers, hidden = model.shape
    read = searched(model, len(characters) - first)
    steps = read + (STREAMS if read > SHORT else 1) * LEAD
    return {"units": 0.1 + 2e-9 * steps * layers * hidden**2 + 4.2e-7 * read * layers * hidden}


def _held_out(text: bytes) -> tuple[list[str], int]:
    """The characters of a text, and where those begin that its network did not learn from."""
    characters = split(text.decode("utf-8", errors="replace"))
    return characters, split_at(len(characters))
