"""What an analyst overrides of a forecast by hand, step by step, kept apart from what the model says."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from forecasting.errors import ConfigError
from forecasting.messages import Message
from forecasting.scenarios.scenario import LARGEST

NOTE_LETTERS = 200
MOST = 2000  # of a run


@dataclasses.dataclass(frozen=True)
class Adjustment:
    """Of one step ahead (1 is the first) of a series: a value instead of the forecast (None: only a note), and why.

    ConfigError with the `.field` that is wrong.
    """

    series: str
    step: int
    value: float | None = None
    note: str = ""

    def __post_init__(self) -> None:
        number = isinstance(self.value, int | float) and not isinstance(self.value, bool)
        if self.value is not None and not (number and math.isfinite(self.value)):
            raise ConfigError(Message("scenario.no-number", value=str(self.value)), field="value")
        if self.value is not None and abs(self.value) > LARGEST:
            raise ConfigError(Message("scenario.too-large", value=float(self.value), largest=LARGEST), field="value")
        if self.step < 1:
            raise ConfigError(Message("scenario.steps", first=int(self.step), last=int(self.step)), field="step")
        if len(self.note) > NOTE_LETTERS:
            raise ConfigError(Message("scenario.note", most=NOTE_LETTERS, count=len(self.note)), field="note")

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Adjustment:
        """ConfigError where it is none."""
        try:
            return cls(**values)
        except TypeError as error:
            raise ConfigError(Message("scenario.stored")) from error


def adjusted(forecast: pd.DataFrame, adjustments: Sequence[Adjustment]) -> pd.DataFrame:
    """The Forecast with the columns `adjusted` (the value that is to be used: the override, else the forecast) and
    `note`, in front of the intervals; as it is where there are no adjustments."""
    if not adjustments:
        return forecast
    ids = forecast["unique_id"].astype(str)
    keys = pd.MultiIndex.from_arrays([ids, forecast.groupby(ids, sort=False).cumcount() + 1])
    values = {(one.series, one.step): one.value for one in adjustments if one.value is not None}
    notes = {(one.series, one.step): one.note for one in adjustments if one.note}
    frame = pd.DataFrame(forecast).copy()
    place = list(frame.columns).index("forecast") + 1
    override = np.array([values.get(key, np.nan) for key in keys], dtype=np.float64)
    frame.insert(place, "adjusted", np.where(np.isnan(override), frame["forecast"].to_numpy(), override))
    frame.insert(place + 1, "note", pd.Series([notes.get(key, "") for key in keys], dtype=object).to_numpy())
    return frame
