"""Going on from a trained Predictor with new values, instead of from nothing.

The new values are first forecast as they stand, which shows how good the forecasts and their intervals were; then the
networks train on from their weights, on the origins whose truth is new and as many before them, so that what was
learned is not forgotten; the other pool members run on with what they keep track of. Scales, anchor and the weights of
the pool stay; the shrinkage is estimated anew from the errors of then and now.

Axes: S series, O origins, H horizon.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from forecasting.config import ForecastConfig
from forecasting.evaluation import predictor as predictors
from forecasting.evaluation.bounds import intervals
from forecasting.evaluation.bounds.shrinkage import from_errors, scaled_references
from forecasting.evaluation.predictor import Predictor
from forecasting.model import ensemble, scaling
from forecasting.model.ensemble import OnEpoch
from forecasting.model.method import Method
from forecasting.model.origins import Span
from forecasting.model.regressors import mean_known
from forecasting.model.windows import Extra, Index, Known, flatten_measured
from forecasting.panel import Values

EPOCHS = 6  # at most: the weights are near already
RATE = 0.2  # of the learning rate


def update(
    predictor: Predictor,
    config: ForecastConfig,
    series: Sequence[Values],
    known: Index,
    extra: Extra | None = None,
    on_epoch: OnEpoch | None = None,
    measured: Sequence[Known] | None = None,
) -> tuple[Predictor, float | None]:
    """(Predictor, mean absolute scaled error of the old one on what is new, None where no horizon came true).

    `series` as the predictor was fitted on, each longer by what is new after its first `known` [S] values.
    """
    new = Span(known, np.array([len(values) for values in series], dtype=np.int64) - config.horizon)
    error = None
    independent = predictor.independent + new.count // config.horizon
    updated = dataclasses.replace(predictor, independent=independent)
    if new.count:
        updated, error = _judged(updated, series, new, extra, measured)
    if predictor.method is not None and predictor.method.share > 0:
        method = _trained_on(predictor.method, config, series, new, extra, on_epoch, measured)
        updated = dataclasses.replace(updated, method=method)
    return dataclasses.replace(updated, table=intervals.calibrate(updated.scores, independent)), error


def _judged(
    predictor: Predictor, series: Sequence[Values], new: Span, extra: Extra | None, measured: Sequence[Known] | None
) -> tuple[Predictor, float | None]:
    """(Predictor with the errors at `new` origins beside its own, mean absolute scaled error there)."""
    horizon, shrinkage = predictor.horizon, predictor.shrinkage
    unshrunk = dataclasses.replace(predictor, shrinkage=dataclasses.replace(shrinkage, factor=1.0))
    forecasts = predictors.ahead(unshrunk, series, new, extra)
    origins = forecasts.origins
    truth = scaling.forward(origins.truth(series, horizon, measured), predictor.states, origins.series)
    reference = scaled_references(series, predictor.states, origins, horizon, shrinkage.period)
    here = np.isfinite(truth).any(axis=1)
    if not here.any():
        return predictor, None
    blended = reference + shrinkage.factor * (forecasts.scaled - reference)
    left = truth - predictor.support.keep_scaled(blended, series, predictor.states, origins)
    most = max(len(predictor.scores), len(left))
    fresh = left / forecasts.spread
    fresh[predictor.support.closed_steps(series, origins, horizon)] = np.nan
    scores = np.concatenate([predictor.scores, fresh[here]])[-most:]
    sizes = [mean_known(np.abs(truth - forecast), axis=1)[here] for forecast in (reference, forecasts.scaled)]
    by_block = np.stack([origins.select(here).mean_by_block(size) for size in sizes])
    errors = np.concatenate([predictor.errors, by_block], axis=1)
    judged = dataclasses.replace(
        predictor, scores=scores, errors=errors, shrinkage=from_errors(errors, shrinkage.period)
    )
    return judged, float(np.nanmean(np.abs(left)))


def _trained_on(
    method: Method,
    config: ForecastConfig,
    series: Sequence[Values],
    new: Span,
    extra: Extra | None,
    on_epoch: OnEpoch | None,
    measured: Sequence[Known] | None,
) -> Method:
    """The networks trained on the origins of which some truth is new, and as many before them."""
    known = new.first
    span = Span(np.maximum(2 * (known - config.horizon) - new.last, np.minimum(config.window, known)), new.last)
    flat = method.flatten(series, extra)
    if measured is not None:
        flat = dataclasses.replace(flat, measured=flatten_measured(measured, flat.pad, flat.ahead))
    slower = config.replace(learning_rate=max(config.learning_rate * RATE, 1e-6))
    epochs = [min(EPOCHS, config.epochs)] * len(method.networks)
    trained = ensemble.continued(method.networks, epochs, method.material(flat), slower, flat, span, on_epoch)
    return dataclasses.replace(method, networks=tuple(result.network for result in trained))
