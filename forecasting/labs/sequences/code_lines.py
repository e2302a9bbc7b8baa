"""The lines of Python that repeat what a page has just trained, with its settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_PRINT = {  # lines that print the scores of a result
    "sine": (
        'for name, recipe in result["recipes"].items():',
        '    print(name, recipe["test_mse"], recipe["seconds"])',
    ),
    "sine_grid": (
        'for name, part in result["parts"].items():',
        '    print(name, part["test_mse"], "naive:", part["naive_mse"])',
    ),
    "cosine": (
        'for name, way in result["ways"].items():',
        '    print(name, way["error_by_position"])',
    ),
    "one_cell": (
        'for name, cell in result["cells"].items():',
        '    print(name, cell["loss"], cell["weights"]["weight_hh"][0])',
    ),
    "cells": (
        'for name, cell in result["cells"].items():',
        '    print(name, cell["test_mse"], "guessing:", result["guess_mse"])',
    ),
    "rollout": (
        'for name, method in result["methods"].items():',
        '    print(name, method["rmse"][0], "one step ahead,", method["rmse"][-1], "at the end")',
    ),
    "marker": (
        'for name, reader in result["readers"].items():',
        '    print(name, reader["rmse_before"], "before the marker,", reader["rmse_after"], "from it on")',
    ),
}
_LINE = 88


def snippet(kind: str, changed: Mapping[str, Any]) -> str:
    """Runnable lines that train the lab `kind` with the settings that were `changed`, and print its scores."""
    config = f"{kind.title().replace('_', '')}Config"
    settings = [f"{name}={value!r}" for name, value in changed.items()]
    call = f"{config}({', '.join(settings)})"
    if len(call) > _LINE:
        call = "\n".join([f"{config}(", *(f"    {setting}," for setting in settings), ")"])
    lines = [
        f"from forecasting import {config}, run_{kind}",
        "",
        f"config = {call}",
        f"result = run_{kind}(config)",
        *_PRINT[kind],
    ]
    return "\n".join(lines) + "\n"
