"""How good the network is on real series cut back in time, beside seasonal naive and Theta.

Only what a folder calls training parts is read. The last horizon of each is held out, then the one before, and so on.

Axes: S series, H horizon.
"""

from __future__ import annotations

import dataclasses
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from forecasting import baselines, smoothing
from forecasting.evaluation.backtests import metrics
from forecasting.model.pretrained import predict
from forecasting.model.pretrained.network import LEVELS, MIDDLE, Network
from forecasting.panel import Values

SETS = {"hourly": ((24, 168), 48, 24), "weekly": ((52,), 13, 1)}  # seasons, horizon, lag of MASE
CUTS = 3


@dataclasses.dataclass(frozen=True)
class Fold:
    """Series of a set up to one cut, what follows, and what others forecast there."""

    name: str
    seasons: tuple[int, ...]
    series: list[Values]
    truth: Values  # [S, H]
    scale: Values  # [S] of MASE
    others: dict[str, Values]  # [S, H]


def folds(folder: Path, cuts: int = CUTS) -> list[Fold]:
    """The folds of the sets of `folder`."""
    made = []
    for name, (seasons, horizon, lag) in SETS.items():
        whole = read(folder / f"{name}_train.csv")
        for cut in range(1, cuts + 1):
            held = [values for values in whole if len(values) >= (cut + 1) * horizon + 24]
            series = [values[: len(values) - cut * horizon] for values in held]
            truth = np.stack([values[len(values) - cut * horizon :][:horizon] for values in held])
            scale = np.array([metrics.naive_scale(values, lag) for values in series])
            others: dict[str, list[Values]] = {"naive": [], "theta": []}
            for values in series:
                usable = [season for season in seasons if season <= len(values) // 2]
                end = np.array([len(values)])
                season = min(usable, default=1)
                others["naive"].append(baselines.seasonal_naive(values, end, horizon, season)[0])
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    learned = smoothing.fit_theta(values, season)
                member = baselines.Member("theta", "theta", learned) if learned else baselines.Member("n", "naive", {})
                others["theta"].append(member.ahead(values, end, horizon)[0])
            made.append(Fold(name, seasons, series, truth, scale, {key: np.stack(v) for key, v in others.items()}))
    return made


def read(path: Path) -> list[Values]:
    """Series of a long table with columns unique_id, ds, y, in order of time."""
    table = pd.read_csv(path)
    return [part.to_numpy(dtype=np.float64) for _, part in table.groupby("unique_id", sort=False)["y"]]


def scores(fold: Fold, ahead: Values) -> tuple[float, float]:
    """(sMAPE in percent, MASE), means over the series."""
    return metrics.smape(fold.truth, ahead), metrics.mase(fold.truth, ahead, fold.scale)


def evaluate(network: Network, made: list[Fold]) -> list[dict[str, float | str]]:
    """A row of scores a fold."""
    rows: list[dict[str, float | str]] = []
    for fold in made:
        found = predict.quantiles(network, fold.series, fold.seasons, fold.truth.shape[1])
        low, high = (found[:, :, LEVELS.index(level)] for level in (0.1, 0.9))
        row: dict[str, float | str] = {
            "set": fold.name,
            "inside 80": float(((fold.truth >= low) & (fold.truth <= high)).mean()),
        }
        for name, ahead in {"network": found[:, :, MIDDLE], **fold.others}.items():
            row[f"{name} smape"], row[f"{name} mase"] = scores(fold, ahead)
        rows.append(row)
    return rows
