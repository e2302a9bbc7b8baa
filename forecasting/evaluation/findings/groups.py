"""The groups that the forecast values of a backtest fall into: weekday, month, hour, holiday, size, covariates.

Axes: N values (each a time of a series that was forecast), G groups of a dimension.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.config import HOLIDAYS
from forecasting.messages import Message
from forecasting.model.windows import Index
from forecasting.panel import STEP, Panel, Values

Codes = npt.NDArray[np.int64]

PARTS = 5  # equal parts of sizes and of covariates with many values
FEW = 7  # different values of a covariate, up to which each is a group
CALENDAR = ("weekday", "month", "hour")
WORDS = {  # keys of the labels of groups, in the order of their codes
    "weekday": (
        "slices.weekday-0",
        "slices.weekday-1",
        "slices.weekday-2",
        "slices.weekday-3",
        "slices.weekday-4",
        "slices.weekday-5",
        "slices.weekday-6",
    ),
    "month": (
        "slices.month-1",
        "slices.month-2",
        "slices.month-3",
        "slices.month-4",
        "slices.month-5",
        "slices.month-6",
        "slices.month-7",
        "slices.month-8",
        "slices.month-9",
        "slices.month-10",
        "slices.month-11",
        "slices.month-12",
    ),
    "size": ("slices.size-1", "slices.size-2", "slices.size-3", "slices.size-4", "slices.size-5"),
}


@dataclasses.dataclass(frozen=True, eq=False)
class Dimension:
    """name: weekday, month, hour, holiday, size, or of a covariate `covariate` and its column; codes [N]: the group of
    each value, -1 where it has none; labels: of each group G: a Message, or a covariate's value or range as text.
    ordered: whether neighbouring groups are alike, so that a range of them is a slice as well."""

    name: str
    codes: Codes
    labels: tuple[str, ...]
    column: str = ""
    ordered: bool = True

    @property
    def key(self) -> str:
        """What tells dimensions apart."""
        return f"{self.name}:{self.column}" if self.column else self.name


def dimensions(values: pd.DataFrame, panel: Panel, features: Sequence[str] = ()) -> list[Dimension]:
    """Those with two groups or more. values: unique_id, ds, forecast [N]; features: settings, whose `holidays-XX` say
    which holidays count. Covariates are those that are known at the time of the forecast: known beyond the end."""
    found = []
    if panel.frequency != STEP:
        ds = pd.DatetimeIndex(values["ds"])
        for unit in CALENDAR:
            part = np.asarray(getattr(ds, unit), dtype=np.int64)
            least = 1 if unit == "hour" else 2
            if len(np.unique(part)) > least:
                found.append(_calendar(unit, part))
        if (holidays := _holiday(ds, panel, features)) is not None:
            found.append(holidays)
    found.append(_size(values))
    found += [_covariate(name, column) for name, column in _covariates(values, panel).items()]
    return [one for one in found if len(np.unique(one.codes[one.codes >= 0])) > 1]


def _calendar(unit: str, part: Codes) -> Dimension:
    if unit == "hour":
        return Dimension(unit, part, tuple(f"{hour:02}:00" for hour in range(24)))
    first = 1 if unit == "month" else 0
    return Dimension(unit, part - first, tuple(Message(key) for key in WORDS[unit]), ordered=False)


def _holiday(ds: pd.DatetimeIndex, panel: Panel, features: Sequence[str]) -> Dimension | None:
    from forecasting.features import build

    names = [name for name in features if name.startswith(HOLIDAYS)]
    if not names:
        return None
    unique = pd.DatetimeIndex(np.unique(ds.to_numpy()))
    frame = pd.DataFrame({"unique_id": "", "ds": unique.to_numpy(), "y": np.zeros(len(unique))})
    columns = build(Panel(frame, panel.frequency), names, 1).known[0][:-1]
    # Of each country the first column counts the holidays in a step; the others are of the days beside it.
    each = columns.shape[1] // len(dict.fromkeys(names)) if columns.shape[1] else 1
    on: Index = np.asarray((columns[:, ::each] > 0).any(axis=1), dtype=np.int64)
    codes = on[np.searchsorted(unique.to_numpy(), ds.to_numpy())]
    return Dimension("holiday", codes, (Message("slices.workday"), Message("slices.holiday")))


def _size(values: pd.DataFrame) -> Dimension:
    """Fifths of the forecasts of each series: of the truth, those that were missed upwards would be the largest."""
    rank = values.groupby("unique_id", sort=False)["forecast"].rank(method="average", pct=True).to_numpy()
    span = values.groupby("unique_id", sort=False)["forecast"].transform(lambda part: part.max() - part.min())
    codes = np.where(span.to_numpy() > 0, np.minimum((rank * PARTS).astype(np.int64), PARTS - 1), -1)
    return Dimension("size", codes, tuple(Message(key) for key in WORDS["size"]))


def _covariates(values: pd.DataFrame, panel: Panel) -> dict[str, Values]:
    """The columns [N] that a forecast could know."""
    known = panel.known_ahead
    if not known:
        return {}
    here = panel.frame[["unique_id", "ds", *known]]
    here = here.assign(unique_id=here["unique_id"].astype(object))
    keys = values[["unique_id", "ds"]].assign(unique_id=values["unique_id"].astype(object))
    merged = keys.merge(here, on=["unique_id", "ds"], how="left")
    return {name: merged[name].to_numpy(dtype=np.float64) for name in known}


def _covariate(name: str, column: Values) -> Dimension:
    finite = column[np.isfinite(column)]
    different = np.unique(finite)
    if len(different) <= FEW:
        codes = np.searchsorted(different, column)
        labels = tuple(f"{value:.6g}" for value in different)
    else:
        edges = np.unique(np.quantile(finite, np.linspace(0, 1, PARTS + 1)))
        codes = np.clip(np.searchsorted(edges, column, side="right") - 1, 0, len(edges) - 2)
        labels = tuple(_range(edges[place], edges[place + 1]) for place in range(len(edges) - 1))
    return Dimension("covariate", np.where(np.isfinite(column), codes, -1).astype(np.int64), labels, name)


def _range(low: float, high: float) -> Any:
    return Message("slices.range", low=f"{low:.4g}", high=f"{high:.4g}")
