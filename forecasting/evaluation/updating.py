"""Going on from a trained Predictor with new values, instead of from nothing.

The new values are first forecast as they stand, which tells how good the forecasts and their intervals were; then the
networks train on from their weights, on the origins whose truth is new and as many before them, so that what was
learned is not forgotten; the other members run on with what they keep track of. Scales, anchor and the weights of the
pool stay; how far forecasts depart from the last value or season is told anew from the errors of then and now.

Axes: S series, O origins, H horizon.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence

import numpy as np

from forecasting.config import ForecastConfig
from forecasting.evaluation import intervals, pool
from forecasting.evaluation import predictor as predictors
from forecasting.evaluation.predictor import Predictor
from forecasting.model import fitting, scaling, training
from forecasting.model import method as methods
from forecasting.model.windows import Extra, Index
from forecasting.panel import Values

EPOCHS = 6  # at most: the weights are near already
RATE = 0.2  # of the learning rate


def update(
    predictor: Predictor,
    config: ForecastConfig,
    series: Sequence[Values],
    known: Index,
    extra: Extra | None = None,
    on_epoch: Callable[[str, int, training.Epoch], None] | None = None,
) -> tuple[Predictor, float | None]:
    """(Predictor, mean absolute scaled error of the old one on what is new, None where no horizon came true).

    `series` as the predictor was fitted on, each longer by what is new after its first `known` [S] values.
    """
    horizon = config.horizon
    length = np.array([len(values) for values in series], dtype=np.int64)
    first, last = known, length - horizon
    scores, errors, error, shrink = predictor.scores, predictor.errors, None, predictor.shrink
    if (last >= first).any():
        unshrunk = dataclasses.replace(predictor, shrink=dataclasses.replace(shrink, share=1.0))
        found = predictors.ahead(unshrunk, series, first, last, extra)
        owner, seen = found.owner, found.seen
        truth = scaling.forward(pool.truth_of(series, owner, seen, horizon), predictor.states, owner)
        towards = predictors.references(series, predictor.states, owner, seen, horizon, shrink.period)
        left = truth - towards - shrink.share * (found.scaled - towards)
        scores = np.concatenate([predictor.scores, left / found.spread])[-max(len(predictor.scores), len(left)) :]
        error = float(np.abs(left).mean())
        stretch = np.unique(np.stack([owner, (seen - first[owner]) // horizon]), axis=1, return_inverse=True)[1]
        sizes = [np.abs(truth - one).mean(axis=1) for one in (towards, found.scaled)]
        new_errors = np.stack([fitting.mean_by(stretch.reshape(-1), one) for one in sizes])
        errors = np.concatenate([predictor.errors, new_errors], axis=1)
        shrink = predictors.shrink_by(errors, shrink.period)
    stretches = predictor.independent + int(np.maximum(last - first + 1, 0).sum()) // horizon
    method = predictor.method
    if method is not None and method.share > 0:
        start = np.maximum(2 * (known - horizon) - last, np.minimum(config.window, known))
        flat = methods.flatten(method, series, extra)
        material = methods.material(method, flat)
        slower = config.replace(learning_rate=max(config.learning_rate * RATE, 1e-6))
        trained = []
        for member, (network, (_, seed)) in enumerate(zip(method.networks, fitting.networks_of(config), strict=True)):
            done = training.train(
                training.with_window(material, network.window),
                slower,
                flat.start - 1 + start,
                flat.start - 1 + last,
                valid=None,
                stop_after=min(EPOCHS, config.epochs),
                seed=seed,
                start=network,
                on_epoch=functools.partial(on_epoch, "final", member) if on_epoch else None,
            )
            trained.append(done.network)
        method = dataclasses.replace(method, networks=tuple(trained))
    table = intervals.calibrate(scores, stretches)
    new = dataclasses.replace(
        predictor, method=method, shrink=shrink, table=table, errors=errors, scores=scores, independent=stretches
    )
    return new, error
