"""Lessons of one claim each: small networks that are trained in two or more ways, several times, and compared.

Every `run_...` takes its config (or a mapping of settings) and returns a dictionary that JSON can hold:

    panels: charts to draw, see `telling.panel`
    errors: {way: error of each repeat}; None where a training ended beyond all bounds
    found: what is compared, see `telling.found`
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from forecasting.labs.lessons.clipping import ClippingConfig, run_clipping
from forecasting.labs.lessons.drift import DriftConfig, run_drift
from forecasting.labs.lessons.repairs import RepairsConfig, run_repairs
from forecasting.labs.lessons.rounding import RoundingConfig, run_rounding
from forecasting.labs.lessons.scaling import ScalingConfig, run_scaling
from forecasting.labs.lessons.schedules import SchedulesConfig, run_schedules
from forecasting.labs.lessons.search import SearchConfig, run_search
from forecasting.labs.lessons.stopping import StoppingConfig, run_stopping
from forecasting.labs.sequences import SYSTEMS, System

__all__ = [
    "LABS",
    "LESSONS",
    "ClippingConfig",
    "DriftConfig",
    "RepairsConfig",
    "RoundingConfig",
    "ScalingConfig",
    "SchedulesConfig",
    "SearchConfig",
    "StoppingConfig",
    "lines_of",
    "run_clipping",
    "run_drift",
    "run_repairs",
    "run_rounding",
    "run_scaling",
    "run_schedules",
    "run_search",
    "run_stopping",
]


def _scores(result: Mapping[str, Any]) -> dict[str, Any]:
    """The median error of what is compared first."""
    first = result["found"][0]
    return {way: median(result["errors"][way]) for way in (first["worse"], first["better"])}


def median(errors: list[float | None]) -> float | None:
    """Of the errors of one way; None where half of the trainings or more have none."""
    middle = float(np.median([np.inf if error is None else error for error in errors]))
    return middle if np.isfinite(middle) else None


LESSONS = {  # in the order in which they are taught
    "scaling": System(ScalingConfig, run_scaling, _scores),
    "schedules": System(SchedulesConfig, run_schedules, _scores),
    "stopping": System(StoppingConfig, run_stopping, _scores),
    "clipping": System(ClippingConfig, run_clipping, _scores),
    "repairs": System(RepairsConfig, run_repairs, _scores),
    "drift": System(DriftConfig, run_drift, _scores),
    "rounding": System(RoundingConfig, run_rounding, _scores),
    "search": System(SearchConfig, run_search, _scores),
}
LABS = {**SYSTEMS, **LESSONS}  # everything that a teaching page with sliders trains


def lines_of(kind: str, changed: Mapping[str, Any]) -> str:
    """Runnable lines that train the lesson `kind` with the settings that were `changed`, and print its errors."""
    config = f"{kind.capitalize()}Config"
    settings = ", ".join(f"{name}={value!r}" for name, value in changed.items())
    return (
        f"from forecasting.labs.lessons import {config}, run_{kind}\n\n"
        f"result = run_{kind}({config}({settings}))\n"
        'for way, errors in result["errors"].items():\n'
        "    print(way, errors)\n"
    )
