"""How much work a forecast is: seconds of a processor, training by training, before anything is trained.

What a training costs is a sum of what it does, each part with its price: networks by their steps, by the arithmetic of
a step and by what each time step costs besides; the pool by its series; the linear path by its origins. The prices are
of one core of an AMD EPYC, fitted to 120 trainings of 30 sizes, nine tenths of them within a fifth or so (those of the
pool to seasonal series of 60 to 1,500 values; others cost less). Other
machines are faster or slower as a whole: that factor is measured where the runs are (`forecasting.runs.pace`).
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from forecasting import hierarchy
from forecasting.config import ForecastConfig
from forecasting.panel import Panel, Values

TRAINING = 0.03  # seconds: for each training
SERIES = 0.004  # for each series
FIRST_SERIES = 0.02  # for each of the first ones besides: many are counted, scaled and forecast together
FIRST = 40  # so many
ORIGINS = 2.5e-5  # for each origin
FORECASTS = 2.9e-6  # for each origin and step ahead
EPOCHS = 8.4e-3  # for each epoch of a network: its validation
STEPS = 6.7e-6  # for each time step of a layer in a step of training, whatever its size
ARITHMETIC = {  # for 1e9 products of weights and values
    "lstm": 0.27, "attention": 0.27, "bilstm": 0.70, "gru": 4.6, "rnn": 1.7,
}  # fmt: skip
MEMBERS = 0.02  # pool: for each series
FITTING = 6e-4  # pool: for each value that its members are fitted on
FITTED = 500  # values, of each series, that they are fitted on at most
TRACKING = 2.4e-6  # pool: for each value

BESIDE = 1.6e-4  # the pretrained network beside the trained one: for each value
SHORT = 200  # values of half of the series, up to which it is there: `evaluation.members.zero_shot.LONGEST`

COMPARED = 200  # series, up to which a backtest of the network alone also fits and scores the other pool members
POOLED = 2000  # series, beyond which the pool has no members that take long
BATCH_LEAST = 64  # origins that a chunk counts for

# How the seconds of the networks lie: linear path, training with steps held out, choosing, going on with everything.
NETWORK_STAGES = (0.10, 0.63, 0.17, 0.10)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Work:
    """Reference seconds of one training, in the order in which they pass."""

    prepare: float  # scales and linear path, before the first epoch
    validation: float  # the epochs with steps held out
    choose: float  # what held-out forecasts decide
    final: float  # the epochs with everything
    rest: float  # the pool, intervals, forecasts, explanations

    @property
    def seconds(self) -> float:
        return self.prepare + self.validation + self.choose + self.final + self.rest

    def done(self, stage: str, share: float) -> float:
        """The share of the whole that is done when `share` of the epochs of "validation" or "final" are."""
        before = self.prepare if stage == "validation" else self.prepare + self.validation + self.choose
        at = before + share * (self.validation if stage == "validation" else self.final)
        return at / self.seconds


def of_fit(panel: Panel, config: ForecastConfig) -> Work:
    """The training on everything."""
    return _of_training(_lengths(panel, config), config, pooled=config.method == "best")


def of_fold(panel: Panel, config: ForecastConfig, fold: int, *, compare: bool = True) -> Work:
    """The training of one of `config.folds` folds (1 is the first), on less than everything, and its backtest, with
    `compare` that of the other methods beside it."""
    unseen = 0.2 * (config.folds - fold + 1) / config.folds
    pooled = config.method == "best" or (compare and len(panel.lengths) <= COMPARED)
    return _of_training((1 - unseen) * _lengths(panel, config), config, pooled=pooled)


def of_trainings(panel: Panel, config: ForecastConfig) -> dict[str, float]:
    """Reference seconds of each training of a forecast: "fit", "fold 1", "fold 2", ..."""
    folds = {f"fold {fold}": of_fold(panel, config, fold).seconds for fold in range(1, config.folds + 1)}
    return {"fit": of_fit(panel, config).seconds, **folds}


def _lengths(panel: Panel, config: ForecastConfig) -> Values:
    """Of each series, and of the totals that are learned beside them."""
    return np.asarray(hierarchy.lengths(panel, config.totals), dtype=np.float64)


def _of_training(lengths: Values, config: ForecastConfig, *, pooled: bool) -> Work:
    count = len(lengths)
    base = TRAINING + SERIES * count + FIRST_SERIES * min(count, FIRST)
    pool = 0.0
    if pooled and count <= POOLED:
        pool = MEMBERS * count + FITTING * float(np.minimum(lengths, FITTED).sum()) + TRACKING * float(lengths.sum())
    beside = 0.0
    if not pooled and config.anchor != "constant" and count <= POOLED and np.median(lengths) <= SHORT:
        beside = BESIDE * float(lengths.sum())
    networks = sum(_network(lengths, config, window) for window in config.windows) * config.members
    origins = float(np.maximum(lengths - config.window, 1).sum())
    paths = origins * (ORIGINS + FORECASTS * config.horizon)
    prepare, validation, choose, final = (share * (networks + paths) for share in NETWORK_STAGES)
    choose += beside
    return Work(prepare=prepare + base / 2, validation=validation, choose=choose, final=final, rest=pool + base / 2)


def _network(lengths: Values, config: ForecastConfig, window: int) -> float:
    """Seconds of all epochs of one network, with what belongs to them."""
    whole = config.cell in ("bilstm", "attention")  # reads each of a chunk's 16 neighbouring windows by itself
    stride = 16 if whole else max(window, 192)
    origins = float(np.maximum(lengths - window, 1).sum())
    steps = config.epochs * max(2, math.ceil(origins / (config.batch_size * max(stride, BATCH_LEAST))))
    length = window if whole else window + stride - 1
    chunks = config.batch_size * (16 if whole else 1)
    directions = 2 if config.cell == "bilstm" else 1
    weights = config.hidden_size * (config.hidden_size * (2 * config.num_layers - 1) + 30) * directions
    arithmetic = ARITHMETIC[config.cell] * steps * length * chunks * weights / 1e9
    return EPOCHS * config.epochs + STEPS * steps * length * config.num_layers * directions + arithmetic
