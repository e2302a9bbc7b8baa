"""Which of the values that stand out do so only because the forecasts followed another one before them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

NEAR = 2  # steps within which a miss that no older forecast tells of is taken for the end of the one before
LARGER = 1.25  # times the miss of its cause: as large as that of a repetition may be


def causes(table: pd.DataFrame, before: pd.DataFrame, season: int) -> pd.Series:
    """The `ds` of the anomaly whose after-effect each row of `table` is, missing for those that stand for themselves.

    table: unique_id, ds, y, forecast, place (within its series), sorted by series and time, a row an anomaly.
    before: what the last forecasts from before an anomaly said of later rows: cause, effect (places in `table`),
    forecast, up, down (reach of the band). A row is an after-effect of an earlier one where that band holds it, or
    holds it once it is moved by what the cause was off (a new level). Beyond the horizon of those forecasts, or without
    them: where the forecast repeated the cause a step or a `season` later, and the miss has the opposite sign and is
    hardly larger; and where it goes on at once in the same direction.
    """
    expected = {
        (int(cause), int(effect)): (forecast, up, down)
        for cause, effect, forecast, up, down in before.itertuples(index=False)
    }
    values = table["y"].to_numpy()
    misses = values - table["forecast"].to_numpy()
    places, series = table["place"].to_numpy(), pd.factorize(table["unique_id"])[0]
    repeats = {1, 2, season, season + 1, 2 * season}
    furthest = max(max(repeats), max((int(places[b] - places[a]) for a, b in expected), default=0))
    root: dict[int, int] = {}  # after-effect -> its cause

    def follows(effect: int, cause: int) -> bool:
        older = expected.get((cause, effect))
        if older is not None:
            return _within(values[effect], older, 0.0) or _within(values[effect], older, misses[cause])
        lag = int(places[effect] - places[cause])
        same, hardly = misses[effect] * misses[cause] > 0, abs(misses[effect]) <= LARGER * abs(misses[cause])
        return bool(hardly and ((lag <= NEAR) if same else (lag in repeats)))

    for effect in range(len(table)):
        for cause in range(effect - 1, -1, -1):
            if series[cause] != series[effect] or places[effect] - places[cause] > furthest:
                break
            goes_on = places[effect] - places[cause] == 1 and misses[effect] * misses[cause] > 0
            if (cause not in root or goes_on) and follows(effect, cause):
                root[effect] = root.get(cause, cause)
                break
    return _times(table["ds"], root)


def _within(value: float, band: tuple[float, float, float], moved: float) -> bool:
    forecast, up, down = band
    return forecast + moved - down <= value <= forecast + moved + up


def _times(ds: pd.Series, root: Mapping[int, int]) -> pd.Series:
    found: list[Any] = [ds.iloc[root[place]] if place in root else None for place in range(len(ds))]
    return pd.Series(found, index=ds.index, dtype=ds.dtype if ds.dtype.kind == "M" else "Int64")
