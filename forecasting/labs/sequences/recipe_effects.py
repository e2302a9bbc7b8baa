"""What each of the three changes from the textbook's training to Tidecast's does to the error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from forecasting.labs.sequences.sine_recipes import CHANGES


def effects(result: Mapping[str, Any]) -> dict[str, list[float]]:
    """How many times smaller the test MSE gets by each change, added to each of the four recipes without it.

    Of a result with all recipes; between the medians of their repeats. A change is left out where a recipe diverged or
    has no MSE.
    """
    by_change: dict[str, list[float]] = {}
    medians = {
        frozenset(recipe["changes"]): np.nan
        if recipe["diverged"]
        else float(np.median([np.nan if mse is None else mse for mse in recipe["test_mses"]]))
        for recipe in result["recipes"].values()
    }
    for change in CHANGES:
        ratios = [mse / medians[added] for changes, mse in medians.items() if (added := changes | {change}) != changes]
        if len(ratios) == 4 and np.isfinite(ratios).all():
            by_change[change] = ratios
    return by_change
