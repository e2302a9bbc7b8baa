"""Frames: what a network does at some moments of its training, small enough to be sent while it trains.

A *scene* is what stands still, made from the settings alone: {unit, total, tracks, panels}. `tracks` are the names of
the networks in the order in which they train; each panel has a name, the `x` of its first and last value, the `y` of
its lower and upper edge, `count` values, `begin` (where the lines of the networks begin) and what is `given`: lines of
all `count` values by name.

A *frame* is of one network at one moment: {track, at, loss, test, lines, texts, given}. `at` is the epoch or step, 0
before the first; `lines` has a line, or several in a list, for some of the panels, `texts` what the network says.
`given` stands in the first frame where the scene needs what only the training knows: its lines are added to those of
the panels. Values of lines are whole thousandths of the way from the lower edge of their panel to the upper one.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from forecasting.labs.json_values import Values, finite

MOST = 40  # frames of a network
UNITS = 8  # of its hidden states that are shown
MOST_VALUES = 240  # of a line
MOST_STATES = 60  # values of a hidden unit
FAR = 9_999  # thousandths: a line that runs away is cut off here, well outside of its panel
ROOM = 0.25  # of the height of what is known, above and below it


def moments(total: int, most: int = MOST) -> tuple[int, ...]:
    """At most `most` epochs (or steps) of 0 to `total`, both included: close together at first, where most happens."""
    spaced = np.linspace(0, math.sqrt(total), most) ** 2
    return tuple(int(at) for at in np.unique(np.round(spaced)))


def edges(*known: npt.ArrayLike) -> tuple[float, float]:
    """The lower and the upper edge of a panel in which these values stand with room around them."""
    values = np.concatenate([np.ravel(np.asarray(one, dtype=np.float64)) for one in known])
    low, high = float(values.min()), float(values.max())
    room = ROOM * max(high - low, 1e-9)
    return low - room, high + room


def scaled(values: npt.ArrayLike, y: tuple[float, float]) -> list[Any]:
    """Values as thousandths of the way between the edges `y`, in nested lists; None for what is not finite."""
    shares = (np.asarray(values, dtype=np.float64) - y[0]) / (y[1] - y[0]) * 1000
    return _listed(np.where(np.isfinite(shares), np.clip(np.round(shares), -FAR, FAR), np.nan))


def every(count: int, most: int) -> int:
    """Which of `count` values are shown, so that there are at most `most`: every first, second, ..."""
    return max(1, math.ceil(count / most))


def panel(
    name: str,
    x: tuple[float, float],
    y: tuple[float, float],
    count: int,
    given: dict[str, npt.ArrayLike] | None = None,
    begin: int = 0,
) -> dict[str, Any]:
    """A panel of a scene."""
    lines = {line: scaled(values, y) for line, values in (given or {}).items()}
    return {"name": name, "x": list(x), "y": list(y), "count": count, "begin": begin, "given": lines}


def scene(unit: str, total: int, tracks: tuple[str, ...], panels: list[dict[str, Any]]) -> dict[str, Any]:
    """A scene."""
    return {"unit": unit, "total": total, "tracks": list(tracks), "panels": panels}


def states(values: Values) -> list[Any]:
    """Hidden states [T, H] as lines of the first units, for the panel of `states_panel`."""
    return scaled(values[:: every(len(values), MOST_STATES), :UNITS].T, STATES_Y)


def states_panel(x: tuple[float, float], count: int) -> dict[str, Any]:
    """The panel of hidden states at `count` values. A state of any of the cells lies between -1 and 1."""
    return panel("states", x, STATES_Y, len(range(0, count, every(count, MOST_STATES))))


STATES_Y = (-1.1, 1.1)


def frame(track: str, at: int, loss: float | None, test: float | None, shot: dict[str, Any]) -> dict[str, Any]:
    """A frame of what a shot shows, with the losses to four digits."""
    return {"track": track, "at": at, "loss": _four(loss), "test": _four(test), **shot}


def _four(loss: float | None) -> float | None:
    return None if loss is None or finite(loss) is None else float(f"{loss:.4g}")


def _listed(whole: Values) -> list[Any]:
    if whole.ndim > 1:
        return [_listed(part) for part in whole]
    return [int(value) if math.isfinite(value) else None for value in whole.tolist()]
