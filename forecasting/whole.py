"""Whole numbers: which series are counts, and forecasts of them as whole numbers.

Forecasts are rounded for people and files alone: the median of a count is no whole number, and what is calculated from
a forecast goes by it as it is.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from forecasting.config import ForecastConfig
from forecasting.messages import Message
from forecasting.panel import Panel, Values
from forecasting.units import unit_of

Whole = bool | list[str]  # all series, or those with these ids

FEWEST = 10  # values that tell
_PIECES = {"", "pcs", "件", "个", "人", "人次", "辆", "台", "箱", "桶"}  # units of what is counted
_MEASURED = re.compile(  # what is no count, although it may be written in whole numbers
    r"(?i)price|preis|kurs|temp|humid|speed|pressure|average|revenue|amount|cost|价|率|温|指数|均|压|速|金额|收入|"
    r"(?<![a-z])(close|open|high|low|rate|ratio|share|index|level|mean|avg|median|score)(?![a-z])"
)
_CLOSE = 1e-9  # of its size: what is so close to a whole number is one


def find(panel: Panel, config: ForecastConfig) -> Whole:
    """Of which series the forecasts are whole numbers.

    With `config.whole` "auto" of those that have only whole numbers, none negative and not all multiples of the same
    number, whose name and unit are not those of what is measured; of none with totals, which would no longer add up.
    """
    ids = panel.series_ids
    if config.whole == "off" or (config.whole == "auto" and config.totals):
        return []
    if config.whole == "on":
        return True
    values, measured = panel.values(), panel.measured()
    known = values if measured is None else [y[here] for y, here in zip(values, measured, strict=True)]
    found = [name for name, y in zip(ids, known, strict=True) if _counts(y, name)]
    return True if len(found) == len(ids) else found


def notes(panel: Panel, config: ForecastConfig) -> list[Message]:
    """That forecasts are whole numbers, and of how many series where not of all."""
    found = find(panel, config)
    if not found:
        return []
    return [Message("whole.all") if found is True else Message("whole.some", count=len(found))]


def rounded(forecast: pd.DataFrame, whole: Whole | None) -> pd.DataFrame:
    """A Forecast with whole numbers in the series that are `whole`.

    The forecast is the nearest one. An interval keeps the whole numbers that it holds, so that as many true values are
    in it as before, and the forecast.
    """
    if not whole:
        return forecast
    here = np.ones(len(forecast), bool) if whole is True else forecast["unique_id"].isin(set(whole)).to_numpy()
    nearest = np.rint(forecast["forecast"].to_numpy())
    columns = {}
    for name in forecast.columns:
        if str(name).startswith("forecast"):
            values = forecast[name].to_numpy(dtype=np.float64)
            columns[name] = np.where(here, _rounded(str(name), values, nearest), values)
    return forecast.assign(**columns)


def _rounded(name: str, values: Values, nearest: Values) -> Values:
    slack = _CLOSE * np.maximum(1.0, np.abs(values))
    if name.startswith("forecast-lo-"):
        return np.minimum(np.ceil(values - slack), nearest) + 0.0
    if name.startswith("forecast-hi-"):
        return np.maximum(np.floor(values + slack), nearest) + 0.0
    return nearest + 0.0  # no -0


def _counts(y: Values, name: str) -> bool:
    if len(y) < FEWEST or unit_of(name) not in _PIECES or _MEASURED.search(name):
        return False
    if float(y.min()) < 0 or float(y.max()) >= 2**53 or (y != np.round(y)).any():
        return False
    return int(np.gcd.reduce(np.unique(y).astype(np.int64))) == 1
