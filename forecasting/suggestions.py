"""Defaults for a Panel, each with its reason; how many values are needed; about how long a training takes."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from forecasting import trading, work
from forecasting.config import ForecastConfig
from forecasting.errors import TooShortError
from forecasting.messages import Message
from forecasting.model import windows
from forecasting.model.anchors import candidate_periods
from forecasting.model.window_errors import window_errors
from forecasting.panel import Panel
from forecasting.smoothing import LONGEST_FIT, SLOW_SEASON

_HORIZONS = {  # offset alias without its anchor -> (steps, how long that is)
    "s": (60, "minute"), "min": (60, "hour"), "h": (24, "day"), "D": (14, "two-weeks"), "B": (10, "two-weeks"),
    "C": (10, "two-weeks"), "W": (13, "quarter"), "MS": (12, "year"), "ME": (12, "year"), "BMS": (12, "year"),
    "BME": (12, "year"), "QS": (4, "year"), "QE": (4, "year"), "YS": (5, "five-years"), "YE": (5, "five-years"),
}  # fmt: skip


ZEROS = 0.01  # share of values that has to be 0 for a series that is never negative to have its floor there
# share by which an error has to be lower to count: smaller gains did not come true (docs/benchmarks.md), and a longer
# window takes longer
_CLEARLY = 0.15
_MOST_WINDOW = 200
_MOST_SERIES, _MOST_VALUES = 20, 1500  # that windows are compared on
_PATIENCE = 15.0  # seconds that the pool may take longer than the network alone to be what is suggested


def suggest_config(panel: Panel) -> tuple[ForecastConfig, dict[str, Message]]:
    """(config, reasons): a ForecastConfig that suits `panel`, and for each setting why it has this value."""
    length = int(np.median(panel.lengths))
    longest = int(panel.lengths.max())
    seasons = candidate_periods(panel.values(), panel.seasons)
    season = seasons[0] if seasons else 0
    horizon, why_horizon = _horizon(panel, season, length)
    window, why_window = _window(panel, seasons, horizon)
    origins = int(panel.lengths.sum())
    many = origins > 20_000
    # About the same number of time steps in each batch: long windows take no more memory and time than short ones.
    batch_size = max(8, 8 * (7800 // (8 * (window + max(window, 192) - 1)))) if many else 8
    epochs = 22 if many else 8
    folds = _folds(longest, window, horizon)
    method, why_method = _method(panel, seasons)
    config = ForecastConfig(
        horizon=horizon, window=window, method=method, batch_size=batch_size, epochs=epochs, folds=folds,
        floor=_floor(panel),
    )  # fmt: skip
    reasons = {
        "method": why_method,
        "horizon": why_horizon,
        "window": why_window,
        "epochs": Message("default.epochs.long" if many else "default.epochs.short", count=origins),
        "batch_size": Message("default.batch_size", origins=max(window, 192)),
        "covariates": Message("default.covariates.all" if panel.covariates else "default.covariates.none"),
        "folds": Message("default.folds.three" if folds == 3 else "default.folds.one"),
    }
    return config, {name: reasons.get(name) or Message(f"default.{name}") for name in config.to_dict()}


def _floor(panel: Panel) -> float | None:
    """0 for amounts and counts: never negative in any series, and 0 again and again. Else None."""
    y = panel.frame["y"].to_numpy()
    return 0.0 if float(y.min()) >= 0 and float((y == 0).mean()) >= ZEROS else None


def needed_values(config: ForecastConfig) -> int:
    """Values that training the networks of all windows needs."""
    return windows.needed(max(config.windows), config.horizon)


def check_length(panel: Panel, config: ForecastConfig, *, folds: int | None) -> None:
    """TooShortError unless a network can be trained on the longest series (and, with `folds`, backtested).

    `fit` and `evaluate` then forecast without a network and report it.
    """
    needed = needed_values(config)
    if folds is not None:
        test = config.horizon + folds - 1
        needed = max(needed + test, math.ceil(needed / 0.8))
    available = int(panel.lengths.max())
    if available < needed:
        raise TooShortError(
            Message("short.network", count=available, window=config.window, horizon=config.horizon, needed=needed),
            needed=needed,
            available=available,
            field="window" if config.window > config.horizon else "horizon",
        )


def check_least(panel: Panel, config: ForecastConfig, *, folds: int | None) -> None:
    """TooShortError unless the longest series is long enough for any forecast (and, with `folds`, any backtest)."""
    needed = windows.SHORT
    if folds is not None:
        needed = max(2 * (config.horizon + folds - 1), windows.SHORT + config.horizon + folds - 1)
    available = int(panel.lengths.max())
    if available < needed:
        if folds is None:
            message = Message("short.forecast", count=available, needed=needed)
        elif folds == 1:
            message = Message("short.backtest", count=available, horizon=config.horizon, needed=needed)
        else:
            message = Message("short.folds", count=available, horizon=config.horizon, folds=folds, needed=needed)
        raise TooShortError(message, needed=needed, available=available, field=None if folds is None else "horizon")


def expected_seconds(panel: Panel, config: ForecastConfig) -> float:
    """About how long fit and evaluate take together on one core of the machine that the prices of `work` are of."""
    return sum(work.of_trainings(panel, config).values())


def _method(panel: Panel, seasons: tuple[int, ...]) -> tuple[str, Message]:
    """The pool is more accurate than the network alone (docs/benchmarks.md). Up to COMPARED series a backtest fits its
    members whatever the method, so that it costs one more fit of them, most of it the search for an ETS model.
    """
    count = len(panel.lengths)
    each = 0.1
    if any(1 < season <= SLOW_SEASON for season in seasons):
        each = max(each, 6e-4 * min(LONGEST_FIT, float(np.median(panel.lengths))))
    if count <= work.COMPARED and each * count <= _PATIENCE:
        return "best", Message("default.method.best")
    trainings = 1 if count <= work.COMPARED else 4
    return "recurrent", Message("default.method.recurrent", count=count, seconds=round(each * count * trainings))


def _horizon(panel: Panel, season: int, length: int) -> tuple[int, Message]:
    alias = panel.frequency.split("-")[0]  # "2h" and other multiples are in no table
    if alias in _HORIZONS:
        horizon, span = _HORIZONS[alias]
        horizon = 2 * len(trading.open_days(panel.frequency)) or horizon
        reason = Message(f"default.horizon.{span}")
    elif 0 < season <= 48:
        horizon, reason = season, Message("default.horizon.season")
    else:
        horizon = 48 if season else 14
        reason = Message("default.horizon.steps", steps=horizon)
    most = max(1, length // 10)
    if horizon > most:
        return most, Message("default.horizon.tenth", count=length)
    return horizon, reason


def _window(panel: Panel, periods: tuple[int, ...], horizon: int) -> tuple[int, Message]:
    """The usual window, or half or twice as much where the linear path had clearly smaller errors with it."""
    longest = int(panel.lengths.max())
    most = max(1, min((longest - 2 * horizon - 8) // 3, longest // 4))
    usual, reason = _usual_window(periods, most, longest)
    folds = _folds(longest, usual, horizon)
    tried = [
        window
        for window in (usual // 2, usual, 2 * usual)
        if window == usual or (4 <= window <= min(most, _MOST_WINDOW) and _folds(longest, window, horizon) == folds)
    ]
    some = _some(panel)
    found = window_errors(some.values(), periods, horizon, tried, some.measured()) if len(tried) > 1 else None
    if found is None or not found.errors:
        return usual, reason
    window = usual
    for other in tried:
        if found.errors[other] < (1 - _CLEARLY) * found.errors[window]:
            window = other
    told = {"windows": tuple(tried), "count": found.held_out}
    if window == usual:
        return usual, Message("default.window.kept", reason=reason, percent=round(100 * _CLEARLY), **told)
    less = 1 - found.errors[window] / found.errors[usual]
    return window, Message("default.window.found", usual=usual, percent=round(100 * less), **told)


def _usual_window(periods: tuple[int, ...], most: int, longest: int) -> tuple[int, Message]:
    seasons = [period for period in periods if period <= _MOST_WINDOW]
    if seasons and seasons[-1] >= 24:
        window, reason = seasons[-1], Message("default.window.season", steps=seasons[-1])
    elif seasons:
        window = seasons[-1] * max(1, round(60 / seasons[-1])) if seasons[-1] <= 7 else 3 * seasons[-1]
        reason = Message("default.window.seasons", seasons=window // seasons[-1], steps=seasons[-1])
    else:
        window, reason = 60, Message("default.window.usual")
    if window > most:
        return most, Message("default.window.allowed", count=longest)
    return window, reason


def _folds(longest: int, window: int, horizon: int) -> int:
    return 3 if longest >= 4 * (window + 2 * horizon) else 1


def _some(panel: Panel) -> Panel:
    """The last values of some series, evenly spread over `panel`: enough to compare windows, at once."""
    ends = np.cumsum(panel.lengths)
    places = np.unique(np.linspace(0, len(ends) - 1, min(len(ends), _MOST_SERIES)).round().astype(int))
    begins = np.maximum(ends - panel.lengths, ends - _MOST_VALUES)
    frame = pd.concat([panel.frame.iloc[begins[i] : ends[i]] for i in places])[["unique_id", "ds", "y"]]
    filled = panel.filled
    if filled is not None:
        filled = filled[filled["unique_id"].isin([panel.series_ids[i] for i in places])]
    return Panel(frame, panel.frequency, panel.seasons, filled=filled)
