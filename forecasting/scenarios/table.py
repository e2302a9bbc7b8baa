"""Scenarios as rows, for a sheet of a workbook."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from forecasting.messages import Message
from forecasting.panel import Panel, Values
from forecasting.scenarios.compare import LEVEL, Outcome
from forecasting.scenarios.future import Future


def scenario_rows(
    panel: Panel,
    forecast: pd.DataFrame,
    base: Values,
    outcomes: Sequence[Outcome],
    future: Future,
    translate: Callable[[Message], str] = str,
) -> pd.DataFrame:
    """A row a scenario, series and step, the base first: `scenario, unique_id, ds`, the inputs, `forecast`; and in the
    first step of each series `total, difference, difference-lo-80, difference-hi-80, not borne out`."""
    ids, horizon = panel.series_ids, base.shape[1]
    ds = forecast.loc[forecast["unique_id"].isin(ids), "ds"].to_numpy()
    first = np.tile(np.arange(horizon) == 0, len(ids))
    frames = []

    def add(name: str, inputs: Values, values: Values, columns: dict[str, list[float] | list[str]]) -> None:
        frame = pd.DataFrame({"scenario": name, "unique_id": np.repeat(np.array(ids, dtype=object), horizon), "ds": ds})
        for k, column in enumerate(future.names):
            title = column if column not in frame else f"{column}_"
            frame[title] = inputs[:, :, k].reshape(-1)
        frame["forecast"] = values.reshape(-1)
        for title, cells in columns.items():
            empty = "" if title == "not borne out" else np.nan
            frame[title] = [
                cell if here else empty for cell, here in zip(np.repeat(cells, horizon), first, strict=True)
            ]
        frames.append(frame)

    nothing = [np.nan] * len(ids)
    ends = (f"difference-lo-{LEVEL}", f"difference-hi-{LEVEL}")
    add("base", future.values, base, {
        "total": base.sum(axis=1).tolist(), "difference": nothing, ends[0]: nothing, ends[1]: nothing,
        "not borne out": [""] * len(ids),
    })  # fmt: skip
    for one in outcomes:
        add(one.name, one.inputs, one.forecast, {
            "total": one.total.tolist(), "difference": one.difference.tolist(),
            ends[0]: one.low.tolist(), ends[1]: one.high.tolist(),
            "not borne out": [" ".join(map(translate, some)) for some in one.reasons],
        })  # fmt: skip
    return pd.concat(frames, ignore_index=True)
