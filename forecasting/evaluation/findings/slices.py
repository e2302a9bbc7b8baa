"""Where a forecast errs more than elsewhere: errors by slice, and the one slice that is worse by more than chance.

A regression tree over the values of the earlier origins proposes a slice, and those of the later origins, which share
no true value with them, confirm it or do not: one question is asked of them. Errors of neighbouring times and of series
at one time depend on each other, so that blocks of time count, not values. By size the groups are those of the
forecast, not of the truth: where the truth is large, it was mostly missed.

Axes: N values (each a time of a series that was forecast), B blocks of time.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from forecasting.evaluation.findings.block_ratios import FEWEST, blocks_of, evidence_of, ratio_of
from forecasting.evaluation.findings.groups import Dimension, dimensions
from forecasting.messages import Message
from forecasting.panel import Panel, Values

CHANCE = 0.02  # that a slice is named where none is worse
DEPTH = 3
WORTH = 1.1
LEAF = 0.04  # share of the values that a slice has at least
MOST_OF_ALL = 0.5  # share of the values that a slice has at most
_COLUMNS = ["unique_id", "cutoff", "ds", "step", "y", "forecast", "naive"]
MOST_ROWS = 500_000  # that are looked at: thousands of series have millions
MOST_VALUES = 200_000  # that the tree is grown on; of more, those of every so many times


@dataclasses.dataclass(frozen=True, eq=False)
class Slices:
    """table: a row a group of a dimension. Columns: dimension, column (of a covariate), label, count (values), mae
    (mean absolute error, in the unit of the series; of several series NaN), naive (that of repeating the last value),
    relative (mean error, each divided by the mean of its series and step ahead), ratio (to the mean of the other
    groups), low, high (its 95 % interval; NaN where there are fewer than FEWEST blocks of time).
    message: the slice that is worse than the rest by more than chance, or that there is none.
    worse: its conditions as text, its ratio, low (the 98 % lower bound), count (of held-out values inside) and values
    (of all held-out ones); None without one.
    """

    table: pd.DataFrame
    message: Message
    worse: dict[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-able, for reports."""
        table = self.table.astype(object).where(self.table.notna(), None)
        groups = [{**row, "label": str(row["label"])} for row in table.to_dict("records")]
        return {"text": str(self.message), "message": self.message.to_dict(), "worse": self.worse, "groups": groups}


def slices(rows: pd.DataFrame, panel: Panel, features: Sequence[str] = (), *, search: bool = True) -> Slices:
    """Of the rows of a Backtest of `panel`. features: the settings of the run, whose `holidays-XX` say which days are
    holidays. search: False leaves out the tree, and then the message is that none was found."""
    rows = _bounded(rows)
    scaled = _scaled(rows)
    everything = _by_value(scaled)
    groups = dimensions(everything, panel, features)
    horizon = int(rows["step"].max()) if len(rows) else 1
    table = _table(everything, groups, horizon, everything["unique_id"].nunique() == 1)
    if not search:
        return Slices(table, Message("slices.none"))
    return Slices(table, *_worse(scaled, panel, features, horizon))


def _bounded(rows: pd.DataFrame) -> pd.DataFrame:
    """Of more than MOST_ROWS, those of every so many series."""
    if len(rows) <= MOST_ROWS:
        return rows
    codes = pd.factorize(rows["unique_id"])[0]
    every = min(-(-len(rows) // MOST_ROWS), int(codes.max()) + 1)
    some: pd.DataFrame = rows.loc[codes % every == 0, _COLUMNS]
    return some


def _scaled(rows: pd.DataFrame) -> pd.DataFrame:
    """unique_id, cutoff, ds, forecast, error, and relative: the error over the mean of its series and of its step."""
    error = (rows["y"] - rows["forecast"]).abs()
    of_series = error.groupby(rows["unique_id"], sort=False).transform("mean")
    relative = error / of_series.where(of_series > 0, 1.0)
    of_step = relative.groupby(rows["step"]).transform("mean")
    found = rows[["unique_id", "cutoff", "ds", "forecast"]]
    naive = (rows["y"] - rows["naive"]).abs()
    return found.assign(error=error, naive=naive, relative=relative / of_step.where(of_step > 0, 1.0))


def _by_value(scaled: pd.DataFrame) -> pd.DataFrame:
    """A row a value: its mean forecast, error and relative error over the origins before it."""
    keys = [pd.factorize(scaled["unique_id"])[0], scaled["ds"]]
    means = scaled.groupby(keys, sort=True).agg(
        unique_id=("unique_id", "first"), forecast=("forecast", "mean"), error=("error", "mean"),
        naive=("naive", "mean"), relative=("relative", "mean"),
    )  # fmt: skip
    ds = means.index.get_level_values(1)
    return means.reset_index(drop=True).assign(ds=ds.to_numpy())


def _table(values: pd.DataFrame, groups: Sequence[Dimension], horizon: int, alone: bool) -> pd.DataFrame:
    blocks, error = blocks_of(values["ds"], horizon), values["relative"].to_numpy()
    rows = []
    for one in groups:
        for code in np.unique(one.codes[one.codes >= 0]):
            inside = one.codes == code
            ratio, low, high = ratio_of(error, inside, blocks, 0.025)
            rows.append(
                {
                    "dimension": one.name,
                    "column": one.column,
                    "label": one.labels[code],
                    "count": int(inside.sum()),
                    "mae": float(values["error"].to_numpy()[inside].mean()) if alone else np.nan,
                    "naive": float(values["naive"].to_numpy()[inside].mean()) if alone else np.nan,
                    "relative": float(error[inside].mean()),
                    "ratio": ratio,
                    "low": low,
                    "high": high,
                }
            )
    columns = ["dimension", "column", "label", "count", "mae", "naive", "relative", "ratio", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def _worse(
    scaled: pd.DataFrame, panel: Panel, features: Sequence[str], horizon: int
) -> tuple[Message, dict[str, Any] | None]:
    """What the earlier origins propose, and the later ones confirm; a sentence and the slice in numbers."""
    place, stamps = pd.factorize(scaled["cutoff"], sort=True)
    half = len(stamps) // 2
    earlier, later = place < half, place >= half + horizon  # an origin's last true value is a horizon after it
    if not earlier.any() or not later.any():
        return Message("slices.few"), None
    first, second = _by_value(scaled[earlier]), _by_value(scaled[later])
    blocks = blocks_of(second["ds"], horizon)
    if blocks.max() + 1 < FEWEST:
        return Message("slices.few"), None
    both = pd.concat([first, second], ignore_index=True)
    # A month that the later origins do not have again cannot be confirmed.
    groups = [one for one in dimensions(both, panel, features) if _recurs(one, len(first))]
    proposed = _proposed(first, [_some(one, 0, len(first)) for one in groups], horizon)
    if proposed is None:
        return Message("slices.none"), None
    there = [_some(one, len(first), len(both)) for one in groups]
    inside = np.ones(len(second), dtype=bool)
    for number, allowed in proposed.items():
        inside &= np.isin(there[number].codes, allowed)
    ratio, low, _ = ratio_of(second["relative"].to_numpy(), inside, blocks, CHANCE)
    if not low > 1:
        return Message("slices.none"), None
    where = [_words(groups[number], allowed) for number, allowed in proposed.items()]
    numbers: dict[str, Any] = {"ratio": ratio, "count": int(inside.sum()), "values": len(second)}
    about = {"where": [str(part) for part in where], **numbers, "low": low}
    return Message("slices.worse", where=where, **numbers), about


def _recurs(one: Dimension, half: int) -> bool:
    """Whether the groups of the first `half` of the values are nearly all there in the others."""
    return bool(np.isin(one.codes[:half], one.codes[half:]).mean() >= 1 - LEAF)


def _some(one: Dimension, start: int, end: int) -> Dimension:
    return dataclasses.replace(one, codes=one.codes[start:end])


def _proposed(values: pd.DataFrame, groups: Sequence[Dimension], horizon: int) -> dict[int, list[int]] | None:
    """The node of a shallow tree with the most evidence of larger errors: number of a dimension -> its codes there."""
    from sklearn.tree import DecisionTreeRegressor

    if not groups:
        return None
    columns, meaning = _columns(groups)
    error = values["relative"].to_numpy()
    every = -(-len(error) // MOST_VALUES)
    some = np.arange(len(error)) % every == 0
    # Of squares and raw errors a few large ones would make the tree.
    tree = DecisionTreeRegressor(max_depth=DEPTH, min_samples_leaf=max(2, int(LEAF * some.sum())), random_state=0)
    tree.fit(columns[some], np.log1p(error[some]))
    blocks = blocks_of(values["ds"], horizon)
    best, found = 0.0, None
    for path in sorted(_paths(tree.tree_), key=len):
        allowed = _allowed(path, groups, meaning)
        if not allowed:
            continue
        inside = np.ones(len(error), dtype=bool)
        for number, codes in allowed.items():
            inside &= np.isin(groups[number].codes, codes)
        evidence = evidence_of(error, inside, blocks)
        # A further condition has to be worth it: the first that is found says the same more simply.
        if evidence > WORTH * best and inside.mean() <= MOST_OF_ALL:
            best, found = evidence, allowed
    return found


def _columns(groups: Sequence[Dimension]) -> tuple[Values, list[tuple[int, int | None]]]:
    """What the tree splits by, and of each column (number of the dimension, its code; None for all codes in order)."""
    columns: list[Values] = []
    meaning: list[tuple[int, int | None]] = []
    for number, one in enumerate(groups):
        columns.append(one.codes.astype(np.float64))
        meaning.append((number, None))
        if not one.ordered:
            for code in np.unique(one.codes):
                columns.append((one.codes == code).astype(np.float64))
                meaning.append((number, int(code)))
    return np.column_stack(columns), meaning


def _paths(tree: Any) -> Iterator[list[tuple[int, float, bool]]]:
    """The way to every node but the root: (column, threshold, whether above it)."""
    waiting: list[tuple[int, list[tuple[int, float, bool]]]] = [(0, [])]
    while waiting:
        node, path = waiting.pop()
        if path:
            yield path
        if tree.children_left[node] >= 0:
            split = int(tree.feature[node]), float(tree.threshold[node])
            waiting.append((int(tree.children_right[node]), [*path, (*split, True)]))
            waiting.append((int(tree.children_left[node]), [*path, (*split, False)]))


def _allowed(
    path: Sequence[tuple[int, float, bool]], groups: Sequence[Dimension], meaning: Sequence[tuple[int, int | None]]
) -> dict[int, list[int]]:
    """The codes that a path leaves of each dimension that it splits by. That a value is not of one group says nothing
    that a reader would look for, and is left out."""
    left: dict[int, list[int]] = {}
    for column, threshold, above in path:
        number, code = meaning[column]
        codes = left.get(number, np.unique(groups[number].codes[groups[number].codes >= 0]).tolist())
        if code is None:
            left[number] = [one for one in codes if (one > threshold) == above]
        elif above:
            left[number] = [one for one in codes if one == code]
    return left


def _words(one: Dimension, codes: Sequence[int]) -> Message:
    """Where the values of some groups are."""
    labels = [one.labels[code] for code in codes]
    if one.name == "hour" and len(codes) > 1 and list(codes) == list(range(codes[0], codes[-1] + 1)):
        return Message("slices.at-hours", first=labels[0], last=labels[-1].replace(":00", ":59"))
    if one.name == "covariate":
        return Message("slices.where-covariate", name=one.column, labels=labels)
    return Message(f"slices.where-{one.name}", labels=labels)
