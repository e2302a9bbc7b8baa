"""Own events as inputs, a column each, and as occasions beside holidays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from forecasting import events
from forecasting.events import Event
from forecasting.features import holidays
from forecasting.features.holidays import Days
from forecasting.messages import Message
from forecasting.panel import Values

OWN = "own"  # where the occasion of a holiday has the code of its country


def labels(own: Sequence[Event]) -> list[Message]:
    """What the columns of `columns` are called."""
    return [Message("feature.event", event=event.name) for event in own]


def columns(own: Sequence[Event], bounds: Days) -> list[Values]:
    """How many days of each event are in each step."""
    last = bounds[:, 1].max()
    return [holidays.columns(events.days(event, last), bounds[:, :2])[0] for event in own]


def occasions(own: Sequence[Event], ds: pd.DatetimeIndex, frequency: str) -> list[str]:
    """Which event each step is, or is beside: see `holidays.named`. Of two on a day it is the first of `own`."""
    if not holidays.have_occasions(ds, frequency):
        return []
    bounds = holidays.bounds(ds, frequency)
    found: dict[np.datetime64, str] = {}
    for event in own:
        for day in events.days(event, bounds.max()):
            found.setdefault(day, event.name)
    stamps = np.array(sorted(found), dtype="datetime64[D]")
    return holidays.named(OWN, stamps, [found[day] for day in stamps], bounds, frequency, once=True)
