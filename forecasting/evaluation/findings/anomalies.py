"""Past values that no forecast from before could expect: one-step errors of a backtest beyond what a false-alarm rate
allows.

Each error is divided by the half width of the interval that was given for it, on its side: the spread that was known at
the origin. How rare it is then, the other errors of its series tell: see `tails`.

Axes: N one-step errors of all series, S series.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pandas as pd

from forecasting.errors import DataError
from forecasting.evaluation.findings import after_effects, tails
from forecasting.evaluation.findings.tails import NORMAL, Codes
from forecasting.messages import Message
from forecasting.panel import Values

RATES = (0.01, 0.001, 0.0001)
RATE = 0.001
FEWEST = 40  # errors of a series that are not zero, below which nothing is said of it
LEVEL = 80  # the interval nearest to it gives the spread
COLUMNS = ("unique_id", "ds", "y", "forecast", "low", "high", "spreads", "one_in", "after")
LEAST = 0.1  # of the usual spread: an interval that ends at a bound says little of it
_MOST = 1e12  # of one_in: what is rarer is not told apart


@dataclasses.dataclass(frozen=True, eq=False)
class Anomalies:
    """table: a row an anomaly, the rarest first, after-effects of others last. Columns:

    unique_id, ds, y; forecast (one step ahead); low, high (the band that one value in 1 / rate lies outside of);
    spreads (y - forecast in standard deviations, as if errors were normal); one_in (so many values have one as far off,
    at most 1e12); after (the ds of the anomaly whose after-effect it is, else missing).
    looked: a row a series: unique_id; errors (one-step errors); start, end (the first and the last time with one); told
    (whether there were enough: FEWEST that are not zero).
    """

    table: pd.DataFrame
    looked: pd.DataFrame
    rate: float

    @property
    def own(self) -> pd.DataFrame:
        """The anomalies without their after-effects."""
        return self.table[self.table["after"].isna()]

    def of_series(self, name: str) -> Anomalies:
        """Those of one series."""
        return Anomalies(
            self.table[self.table["unique_id"] == name], self.looked[self.looked["unique_id"] == name], self.rate
        )

    @property
    def message(self) -> Message:
        """How many there are, among how many values of when; or that nothing can be said."""
        told = self.looked[self.looked["told"]]
        one_in = round(1 / self.rate)
        if told.empty:
            most = 0 if self.looked.empty else int(self.looked["errors"].max())
            if most >= FEWEST:
                return Message("anomalies.exact")
            return Message("anomalies.few", count=most, needed=FEWEST)
        count = int(told["errors"].sum())
        values: dict[str, Any] = {"values": count, "one_in": one_in, "expected": count * self.rate}
        key = "anomalies.found" if len(self.own) else "anomalies.none"
        return Message(key, count=len(self.own), **values)


def anomalies(rows: pd.DataFrame, rate: float = RATE, season: int = 1) -> Anomalies:
    """Of the rows of a Backtest. rate: of false alarms among values without anomalies, between 1e-6 and 0.1.

    Values without a one-step error are not looked at: those before the test parts, the end of each (a forecast counts
    where its whole horizon is known), and of a huge backtest what lies between its origins. What follows an anomaly is
    its after-effect where the forecasts from before it expected that value, or expect it once they are moved by what
    the anomaly was off (a new level), or where, a `season` later, the miss has the opposite sign and is no larger: the
    forecast repeated it. DataError for another rate.
    """
    check_rate(rate)
    first = rows[rows["step"] == 1].sort_values(["unique_id", "ds"], kind="stable", ignore_index=True)
    codes, names = pd.factorize(first["unique_id"])
    codes = codes.astype(np.int64)
    miss = (first["y"] - first["forecast"]).to_numpy(np.float64)
    spread = _spread(first, miss, codes)
    sizes = np.abs(miss) / spread
    sizes[np.abs(miss) <= 1e-12 * np.abs(first["y"].to_numpy())] = 0.0  # what is left of exact forecasts is rounding
    fitted = tails.fit(sizes, codes, len(names))
    told = np.bincount(codes[sizes > 0], minlength=len(names)) >= FEWEST
    rarity = np.where(told[codes], fitted.rarity(sizes, codes), 1.0) if len(codes) else np.zeros(0)
    places = np.flatnonzero(rarity < rate)
    table = _table(first, places, miss, spread, rarity, fitted, codes, rate)
    table["after"] = after_effects.causes(table, _expected_before(rows, table), season)
    table = table.assign(later=table["after"].notna(), size=-table["spreads"].abs(), rare=-table["one_in"])
    table = table.sort_values(["later", "rare", "size"], kind="stable", ignore_index=True)
    return Anomalies(table[list(COLUMNS)], _looked(first, codes, names, told), rate)


def check_rate(rate: float) -> None:
    """DataError unless false alarms can be kept to this rate."""
    if not 1e-6 <= rate <= 0.1:
        raise DataError(Message("anomalies.rate", rate=f"{rate:g}"), field="rate")


def _spread(first: pd.DataFrame, miss: Values, codes: Codes) -> Values:
    """[N] half the interval on the side of the miss; where that is 0, the series' median of these."""
    half = _half(first, miss)
    usual = pd.Series(half).groupby(codes).transform("median").to_numpy()
    half = np.maximum(half, LEAST * usual)
    return np.where(half > 0, half, 1.0)


def _half(rows: pd.DataFrame, miss: Values) -> Values:
    levels = [int(str(name).rsplit("-", 1)[1]) for name in rows.columns if str(name).startswith("forecast-lo-")]
    level = min(levels, key=lambda one: abs(one - LEVEL))
    low, high = (rows[f"forecast-{side}-{level}"].to_numpy(np.float64) for side in ("lo", "hi"))
    forecast = rows["forecast"].to_numpy(np.float64)
    half: Values = np.where(miss > 0, high - forecast, forecast - low)
    return half


def _expected_before(rows: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """What the forecasts from before each row of `table` said of the later rows of its series, as far as they reach:
    cause and effect (places in `table`), forecast, and reach (of the band) upwards and downwards."""
    pairs = table[["unique_id", "cutoff"]].assign(cause=np.arange(len(table)))
    later = table[["unique_id", "ds", "bands"]].assign(effect=np.arange(len(table)))
    old = rows[rows["cutoff"].isin(table["cutoff"]) & rows["ds"].isin(table["ds"]) & (rows["step"] > 1)]
    found = old.merge(pairs, on=["unique_id", "cutoff"]).merge(later, on=["unique_id", "ds"])
    bands = found["bands"].to_numpy()
    ones = np.ones(len(found))
    return pd.DataFrame(
        {
            "cause": found["cause"],
            "effect": found["effect"],
            "forecast": found["forecast"],
            "up": bands * _half(found, ones),
            "down": bands * _half(found, -ones),
        }
    )


def _table(
    first: pd.DataFrame, places: Codes, miss: Values, spread: Values, rarity: Values, fitted: tails.Tails, codes: Codes,
    rate: float,
) -> pd.DataFrame:  # fmt: skip
    rows, of = first.iloc[places], codes[places]
    reach, unit = fitted.reach(rate)[of] * spread[places], fitted.unit[of] * spread[places]
    forecast = rows["forecast"].to_numpy(np.float64)
    return pd.DataFrame(
        {
            "unique_id": rows["unique_id"].to_numpy(),
            "ds": rows["ds"].to_numpy(),
            "y": rows["y"].to_numpy(np.float64),
            "forecast": forecast,
            "low": forecast - reach,
            "high": forecast + reach,
            "spreads": miss[places] / (unit * NORMAL),
            "one_in": np.minimum(1 / np.maximum(rarity[places], 1e-300), _MOST),
            "cutoff": rows["cutoff"].to_numpy(),
            "place": _in_series(codes)[places],
            "bands": fitted.reach(rate)[of],
        }
    )


def _in_series(codes: Codes) -> Codes:
    """The number of each row within its series."""
    starts = np.flatnonzero(np.r_[len(codes) > 0, codes[1:] != codes[:-1]])
    return np.arange(len(codes)) - np.repeat(starts, np.diff(np.r_[starts, len(codes)]))


def _looked(first: pd.DataFrame, codes: Codes, names: Any, told: Any) -> pd.DataFrame:
    times = first.groupby(codes)["ds"].agg(["min", "max", "size"])
    return pd.DataFrame(
        {
            "unique_id": np.asarray(names, dtype=object),
            "errors": times["size"].to_numpy(),
            "start": times["min"].to_numpy(),
            "end": times["max"].to_numpy(),
            "told": told,
        }
    )
