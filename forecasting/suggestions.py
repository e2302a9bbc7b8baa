"""What suits a Panel: every default with its reason, how many values are needed, how long a training takes."""

from __future__ import annotations

import math

import numpy as np

from forecasting.config import ForecastConfig
from forecasting.errors import TooShortError
from forecasting.model import windows
from forecasting.model.anchors import candidate_periods
from forecasting.panel import STEP, Panel

_HORIZONS = {  # offset alias without its anchor -> (steps, in words)
    "s": (60, "a minute"), "min": (60, "an hour"), "h": (24, "a day"), "D": (14, "two weeks"), "B": (10, "two weeks"),
    "C": (10, "two weeks"), "W": (13, "a quarter"), "MS": (12, "a year"), "ME": (12, "a year"), "BMS": (12, "a year"),
    "BME": (12, "a year"), "QS": (4, "a year"), "QE": (4, "a year"), "YS": (5, "five years"), "YE": (5, "five years"),
}  # fmt: skip


def suggest_config(panel: Panel) -> tuple[ForecastConfig, dict[str, str]]:
    """(config, reasons): a ForecastConfig that fits `panel`, and for each setting why it has this value."""
    length = int(np.median(panel.lengths))
    longest = int(panel.lengths.max())
    seasons = candidate_periods(panel.values(), panel.seasons)
    season = seasons[0] if seasons else 0
    horizon, why_horizon = _horizon(panel, season, length)
    window, why_window = _window(seasons, horizon, longest)
    origins = int(panel.lengths.sum())
    many = origins > 20_000
    # Steps of time in a batch, so that long windows take smaller batches and as much memory and time as short ones.
    batch_size = max(8, 8 * (7800 // (8 * (window + max(window, 192) - 1)))) if many else 8
    epochs = 22 if many else 8
    folds = 3 if longest >= 4 * (window + 2 * horizon) else 1
    defaults = ForecastConfig()
    config = ForecastConfig(
        horizon=horizon,
        window=window,
        batch_size=batch_size,
        epochs=epochs,
        folds=folds,
    )
    reasons = {
        "horizon": why_horizon,
        "window": why_window,
        "method": "the recurrent network on top of a naive anchor and a linear path",
        "cell": "cells differ little; the LSTM is the usual choice",
        "hidden_size": "wider networks gained nothing on the series that we measured",
        "num_layers": "one layer is as accurate as two on most series, and faster",
        "dropout": "early stopping and the average of the weights already keep the network from overfitting",
        "learning_rate": "the peak of the one-cycle schedule; lower ones were less accurate on many series",
        "schedule": "one-cycle needs the fewest steps",
        "epochs": f"at most; training stops earlier when validation does. {origins:,} values make an epoch "
        f"{'long' if many else 'short'}",
        "batch_size": f"chunks of {max(window, 192)} origins a step",
        "members": "one network; more take proportionally longer and are a little steadier",
        "lookbacks": "none; networks of other windows are more members",
        "anchor": "naive forecasts that did best in training, and a linear path; constant is what tutorials do",
        "loss": "the absolute error: forecasts of the median, steady against outliers",
        "seed": "the same seed gives the same forecast",
        "levels": "half, four fifths, and nineteen of twenty",
        "features": "none; the seasons found in the values say most of what a calendar does",
        "covariates": "all columns that were carried along" if panel.covariates else "there are none",
        "folds": "three trainings show whether the scores hold over time"
        if folds == 3
        else "the series is short; one test stretch leaves more to learn from",
    }
    assert set(reasons) == set(defaults.to_dict())  # noqa: S101  # a reason a setting, checked where they are written
    return config, reasons


def needed_values(config: ForecastConfig) -> int:
    """Values that one training of a network needs, whichever its window."""
    return windows.needed(max(config.windows), config.horizon)


def check_length(panel: Panel, config: ForecastConfig, *, folds: int | None) -> None:
    """TooShortError unless a network can be trained on the longest series (and, with `folds`, backtested).

    `fit` and `evaluate` do without the network then, and say so.
    """
    needed = needed_values(config)
    if folds is not None:
        test = config.horizon + folds - 1
        needed = max(needed + test, math.ceil(needed / 0.8))
    available = int(panel.lengths.max())
    if available < needed:
        raise TooShortError(
            f"The longest series has {available:,} values; a window of {config.window} and a horizon of "
            f"{config.horizon} need {needed:,}. Choose a shorter window or horizon, or bring more data.",
            needed=needed,
            available=available,
            field="window" if config.window > config.horizon else "horizon",
        )


def check_least(panel: Panel, config: ForecastConfig, *, folds: int | None) -> None:
    """TooShortError unless the longest series holds what any forecast (and, with `folds`, any backtest) needs."""
    needed = windows.SHORT
    if folds is not None:
        needed = max(2 * (config.horizon + folds - 1), windows.SHORT + config.horizon + folds - 1)
    available = int(panel.lengths.max())
    if available < needed:
        tested = "" if folds == 1 else f" tested {folds} times"
        where = f"a backtest with a horizon of {config.horizon}{tested} needs" if folds else "a forecast needs"
        raise TooShortError(
            f"The longest series has {available:,} values; {where} {needed:,}. "
            + ("Choose a shorter horizon or fewer folds, or bring more data." if folds else "Bring more data."),
            needed=needed,
            available=available,
            field="horizon" if folds else None,
        )


def expected_seconds(panel: Panel, config: ForecastConfig) -> float:
    """About how long fit and evaluate take together on one slow core: arithmetic, for people to plan by."""
    origins = float(np.maximum(panel.lengths - config.window, 1).sum())
    stride = max(config.window, 192)
    windows_apart = config.cell == "bilstm"  # each of 16 neighbouring windows a chunk read by itself, both ways
    drawn = 64 if windows_apart else stride
    networks = config.members * (1 + len(config.lookbacks))
    steps = max(2.0, origins / (config.batch_size * drawn)) * config.epochs * networks
    chunk = config.batch_size * (2 * 16 * config.window if windows_apart else config.window + stride)
    layers = config.hidden_size**2 * (2 * config.num_layers - 1) * {"gru": 4, "attention": 2}.get(config.cell, 1)
    cost = 4e-3 + chunk * 1e-9 * (layers + config.horizon * config.window)
    trainings = 1.3 * (1 + config.folds)  # going on with what was held out takes 0.3 of the epochs
    members = 0.2 * min(len(panel.lengths), 2000) * (config.folds + (config.method == "best"))
    return 1.0 + 0.7 * trainings * steps * cost + members


def _horizon(panel: Panel, season: int, length: int) -> tuple[int, str]:
    alias = "".join(c for c in panel.frequency.split("-")[0] if not c.isdigit())
    if panel.frequency != STEP and alias in _HORIZONS and panel.frequency.split("-")[0] == alias:
        horizon, words = _HORIZONS[alias]
    elif season:
        horizon, words = min(season, 48), "a season" if season <= 48 else "48 steps"
    else:
        horizon, words = 14, "14 steps"
    most = max(1, length // 10)
    if horizon > most:
        return most, f"a tenth of {length:,} values: more could not be tested"
    return horizon, f"{words} ahead"


def _window(periods: tuple[int, ...], horizon: int, longest: int) -> tuple[int, str]:
    most = max(1, min((longest - 2 * horizon - 8) // 3, longest // 4))
    seasons = [period for period in periods if period <= 200]
    if seasons and seasons[-1] >= 24:
        window, why = seasons[-1], f"one season of {seasons[-1]} steps"
    elif seasons:
        window = seasons[-1] * max(1, round(60 / seasons[-1])) if seasons[-1] <= 7 else 3 * seasons[-1]
        why = f"{window // seasons[-1]} seasons of {seasons[-1]} steps"
    else:
        window, why = 60, "the usual 60 steps"
    if window > most:
        return most, f"as much as {longest:,} values allow"
    return window, why
