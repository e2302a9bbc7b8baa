"""The scores of each series of a backtest, for the table of many of them: no loop over series.

Axes: R rows, S series, K folds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from forecasting.errors import DataError
from forecasting.evaluation.backtests.moderation import Blocks, skill_intervals
from forecasting.evaluation.backtests.verdict import EXACT, judge
from forecasting.messages import Message
from forecasting.model.windows import Index
from forecasting.panel import STEP, Panel, Values

LEVEL = 80  # the interval nearest to it is the one whose coverage is told, as in the verdict
ROUNDING = 1e-12  # of the mean size of the values: what adding them up may leave


def by_series(rows: pd.DataFrame, scores: Mapping[str, Any], panel: Panel | None = None) -> pd.DataFrame:
    """A row a series of a Backtest, in the order in which they first appear. Columns:

    unique_id; origins (distinct cutoffs of these rows: of a huge backtest, every so many); rows (forecasts with a
    truth); blocks (stretches of the time of the truth that hold a horizon: what the interval rests on); mae; mase (over
    the in-sample naive error of the part before each fold, which the `panel` tells; NaN without it); wape (sum of
    errors over the sum of |y|; NaN where that is 0); size (mean |y|); naive (mae of the naive forecast that did better
    on these rows) and seasonal (whether that repeats the season); skill (1 - mae / naive), skill_low, skill_high
    (95 %); coverage, of the interval of `level` percent;
    verdict: "better", "same" or "worse", as `Verdict.grade`, or "unknown" where no interval can be told. A skill is NaN
    where the naive forecast is exact and the forecast is not. Of a single series, these are the scores themselves.
    DataError if a series is not in `panel`.
    """
    codes, names = pd.factorize(rows["unique_id"])
    count = len(names)
    level = min(scores["coverage"], key=lambda name: abs(int(name) - LEVEL))
    truth = rows["y"].to_numpy(np.float64)
    errors = np.abs(truth - rows["forecast"].to_numpy(np.float64))
    held = np.bincount(codes, minlength=count)

    def mean(values: Values) -> Values:
        return np.bincount(codes, weights=values, minlength=count) / held

    naive = {name: np.abs(truth - rows[name].to_numpy(np.float64)) for name in ("naive", "seasonal-naive")}
    last, season = (mean(of_naive) for of_naive in naive.values())
    seasonal = (season < last) & (int(scores["season"]) > 1)
    reference = np.where(seasonal[codes], naive["seasonal-naive"], naive["naive"])
    horizon = int(rows["step"].max()) if len(rows) else 1
    blocks = _blocks(codes, rows["ds"].to_numpy(), errors, reference, horizon)
    low, high = skill_intervals(blocks, horizon)
    mae, best, size = mean(errors), np.where(seasonal, season, last), mean(np.abs(truth))
    grades = _grades(mae, best, low, high, np.maximum(EXACT * last, ROUNDING * size))
    with np.errstate(divide="ignore", invalid="ignore"):
        skill = np.where(best > 0, 1 - mae / best, np.where(mae > 0, np.nan, 0.0))
        wape = np.where(size > 0, mae / size, np.nan)
    inside = (truth >= rows[f"forecast-lo-{level}"].to_numpy()) & (truth <= rows[f"forecast-hi-{level}"].to_numpy())
    found = pd.DataFrame(
        {
            "unique_id": np.asarray(names, dtype=object),
            "origins": _origins(codes, rows["cutoff"].to_numpy(), count),
            "rows": held,
            "blocks": blocks.counts,
            "mae": mae,
            "mase": np.full(count, np.nan)
            if panel is None
            else mean(errors / _scale(rows, codes, names, scores, panel)),
            "wape": wape,
            "size": size,
            "naive": best,
            "seasonal": seasonal,
            "skill": skill,
            "skill_low": low,
            "skill_high": high,
            "coverage": mean(inside.astype(np.float64)),
            "level": np.full(count, int(level)),
            "verdict": grades,
        }
    )
    alone = count == 1 == scores["series"] - scores["series_left_out"]
    return _as_the_scores_say(found, scores) if alone else found


def _blocks(codes: Index, ds: Any, errors: Values, reference: Values, horizon: int) -> Blocks:
    """Sums by stretches of the time of the truth that hold a horizon, or two a series where it was tested over less."""
    place = pd.factorize(ds, sort=True)[0].astype(np.int64)
    groups = pd.Series(place).groupby(codes, sort=True)
    first, span = groups.min().to_numpy(), (groups.max() - groups.min() + 1).to_numpy()
    wanted = np.minimum(np.maximum(span // horizon, 2), span)
    start = np.concatenate([[0], np.cumsum(wanted)])
    number = start[codes] + (place - first[codes]) * wanted[codes] // span[codes]
    there = np.bincount(number, minlength=start[-1]) > 0  # a stretch may hold nothing that was measured
    sums = np.stack([np.bincount(number, weights=part, minlength=start[-1])[there] for part in (errors, reference)])
    return Blocks(np.repeat(np.arange(len(wanted)), wanted)[there], sums[0], sums[1])


def _origins(codes: Index, cutoff: Any, count: int) -> Index:
    place, stamps = pd.factorize(cutoff)
    pairs = pd.unique(codes.astype(np.int64) * len(stamps) + place)
    return np.bincount(pairs // max(len(stamps), 1), minlength=count)


def _grades(mae: Values, reference: Values, low: Values, high: Values, rounding: Values) -> Values:
    """The rule of the verdict: better where the whole interval lies above 0."""
    grades = np.select(
        [reference <= rounding, np.isnan(low), high < 0, low > 0],
        [np.where(mae <= rounding, "same", "worse"), "unknown", "worse", "better"],
        "same",
    )
    return grades.astype(object)


def _scale(rows: pd.DataFrame, codes: Index, names: Any, scores: Mapping[str, Any], panel: Panel) -> Values:
    """The in-sample naive error [R] of each row's series in what its fold's training could see."""
    lengths = panel.lengths
    starts, most = np.cumsum(lengths) - lengths, int(np.argmax(lengths))
    longest = panel.frame["ds"].to_numpy()[starts[most] : starts[most] + lengths[most]]
    known = {name: index for index, name in enumerate(panel.series_ids)}
    if unknown := [str(name) for name in names if str(name) not in known]:
        raise DataError(Message("model.other-panel", name=unknown[0]))
    series = np.array([known[str(name)] for name in names])
    by_fold = np.ones((len(scores["folds"]), len(names)))
    for fold, dates in enumerate(scores["folds"]):
        stamp = dates["test_start"] if panel.frequency == STEP else np.datetime64(dates["test_start"])
        ahead = len(longest) - int(np.searchsorted(longest, stamp))
        seen = np.maximum(lengths[series] - ahead, 0)
        by_fold[fold] = naive_scales(panel.frame["y"].to_numpy(), starts[series], seen, int(scores["season"]))
    scale: Values = by_fold[rows["fold"].to_numpy() - 1, codes]
    return scale


def naive_scales(values: Values, starts: Index, seen: Index, season: int) -> Values:
    """`metrics.naive_scale` [S] of the first `seen` [S] values after each of `starts` [S] in a flat array."""
    scales = np.ones(len(starts))
    for lag, some in ((season, seen > season), (1, (seen <= season) & (seen > 1))):
        if some.any():
            errors = np.abs(values[lag:] - values[:-lag])
            ends = np.stack([starts[some], starts[some] + seen[some] - lag], axis=1).reshape(-1)
            sums = np.add.reduceat(np.append(errors, 0.0), ends)[::2]  # the stretches between them are left out
            scales[some] = sums / (seen[some] - lag)
    return np.where(scales > 0, scales, 1.0)


def _as_the_scores_say(found: pd.DataFrame, scores: Mapping[str, Any]) -> pd.DataFrame:
    """The row of a single series, by the scores that its verdict is of: of all origins, its errors scaled by fold."""
    verdict, own = judge(scores), scores["methods"]["forecast"]
    seasonal = verdict.key.endswith("-seasonal")
    reference = scores["methods"]["seasonal-naive" if seasonal else "naive"]
    low, high = (verdict.values.get(end, np.nan) / 100 for end in ("low", "high"))
    exact = verdict.key.removesuffix("-seasonal") in ("exact", "worse-exact")
    skill = own["skill_seasonal" if seasonal else "skill"]
    return found.assign(
        origins=int(scores["origins"]),
        mae=own["mae"],
        mase=np.nan if own["mase"] is None else own["mase"],
        naive=reference["mae"],
        seasonal=seasonal,
        skill=np.nan if skill is None else skill,
        skill_low=low,
        skill_high=high,
        coverage=verdict.values["held"] / 100,
        verdict="unknown" if np.isnan(low) and not exact else verdict.grade,
    )
