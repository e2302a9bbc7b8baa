"""evaluate: the trainings of a backtest, fold by fold. The heavy parts are imported inside the functions."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from forecasting import hierarchy as totals
from forecasting import work
from forecasting.config import HOLIDAYS, ForecastConfig
from forecasting.hierarchy import Hierarchy
from forecasting.model import windows
from forecasting.panel import Panel, Values
from forecasting.progress import OnProgress, progress_of_fit
from forecasting.suggestions import check_least, needed_values
from forecasting.work import COMPARED

if TYPE_CHECKING:
    from forecasting.evaluation.backtests.backtest import Backtest
    from forecasting.evaluation.backtests.tested import Tested
    from forecasting.evaluation.explaining.occasions import Effects, Occasions
    from forecasting.evaluation.predictor import Predictor
    from forecasting.evaluation.totals.reconcile import Nodes
    from forecasting.model.origins import Span
    from forecasting.model.windows import Extra, Fold, Index, Known


def evaluate(
    panel: Panel, config: ForecastConfig, folds: int | None = None, on_progress: OnProgress | None = None
) -> Backtest:
    """Train `folds` times (config.folds by default), each on what precedes its test part, and score every origin.

    The test parts divide the last fifth of the series. Raises TooShortError where that cannot be done.
    """
    config = config.replace(folds=folds if folds is not None else config.folds)
    return gather(panel, config, [evaluate_fold(panel, config, k, on_progress) for k in range(1, config.folds + 1)])


def evaluate_fold(
    panel: Panel, config: ForecastConfig, fold: int, on_progress: OnProgress | None = None, explained: int = 0, *,
    compare: bool = True,
) -> Tested:  # fmt: skip
    """The training of one of `config.folds` folds (1 is the first) and its forecasts; needs none of the others.

    `explained`: of how many of the first series `Tested.effects` says what covariates do. `compare`: forecast by the
    other methods as well, up to COMPARED series.
    """
    from forecasting.evaluation import leaders
    from forecasting.evaluation.fit import fit as fit_predictor
    from forecasting.evaluation.totals.reconcile import Nodes
    from forecasting.model.origins import Span

    check_least(panel, config, folds=config.folds)
    plan, count = _fold_plan(panel, config), len(panel.series_ids)
    expected = work.of_fold(panel, config, fold, compare=compare)
    panel, hierarchy = with_totals(panel, config)
    lengths, measured = panel.lengths, panel.measured()
    begin, end = plan[fold - 1].test_start, plan[fold - 1].test_end
    values: Mapping[int, Values] = dict(enumerate(without_gaps(panel, np.maximum(lengths - begin, 0))))
    start, share = (fold - 1) / len(plan), 1 / len(plan)
    report = progress_of_fit(config, on_progress, "fold", fold, len(plan), start, share, expected)
    kept = _long_enough(lengths, begin, config)
    extra, inputs, _ = further_inputs(panel, config)
    some = extra.of(kept) if extra is not None else None
    train = [values[i][: lengths[i] - begin] for i in kept]
    names, compare = [panel.series_ids[i] for i in kept], compare and sum(i < count for i in kept) <= COMPARED
    others = {i: values[i] for i in sorted(set(range(count)).difference(kept))}
    effects, occasions = holiday_effects(panel, config, train, kept)
    if effects is not None and occasions is not None:
        values = dict(zip(kept, effects.without([values[i] for i in kept], occasions), strict=True))
        train = [values[i][: lengths[i] - begin] for i in kept]
    known = None if measured is None else [measured[i][: lengths[i] - begin] for i in kept]
    ends = leaders.ends(panel, kept)
    sums = [i - count for i in kept if i >= count]
    predictor, _ = fit_predictor(
        train, panel.seasons, config, report, some,
        compare=compare, names=names, measured=known, totals=len(sums), ends=None if ends is None else ends - begin,
    )  # fmt: skip
    some = leaders.beside(some, predictor, panel, [values[i] for i in kept], kept).extra
    nodes = None
    if hierarchy is not None and sums:
        places = np.array([*(i for i in kept if i < count), *range(count, count + len(sums))], dtype=np.int64)
        before = {i: of_series[: max(0, lengths[i] - begin)] for i, of_series in others.items()}
        predictor = reconciled(predictor, hierarchy.some(sums), Nodes(train, places, before))
        nodes = Nodes([values[i] for i in kept], places, others)
    seen = lengths[kept]
    span = Span(seen - begin, np.minimum(seen - end - 1, seen - config.horizon))
    tested = forecast_origins(
        predictor, config, fold, [values[i] for i in kept], span, some, np.asarray(kept, dtype=np.int64),
        effects, occasions, nodes,
    )  # fmt: skip
    if explained and some is not None and some.counts[1]:
        truth, ids = panel.values(), panel.series_ids
        told = _effects(
            predictor, [values[i] for i in kept], [truth[i] for i in kept], [ids[i] for i in kept], span, some, inputs,
            range(min(explained, len(kept))), None if measured is None else [measured[i] for i in kept],
            effects, occasions,
        )  # fmt: skip
        tested = dataclasses.replace(tested, effects=told)
    return tested


def _effects(
    predictor: Predictor, values: Sequence[Values], truth: Sequence[Values], names: Sequence[str], span: Span,
    extra: Extra, inputs: Sequence[str], chosen: range, known: Sequence[Known] | None, effects: Effects | None,
    occasions: Occasions | None,
) -> dict[str, Any]:  # fmt: skip
    """What covariates do at the last origins of `span` in the `chosen` series: see `effects.held_out`."""
    from forecasting.evaluation.explaining import effects as curves
    from forecasting.model.origins import Span

    part = slice(chosen.start, chosen.stop)
    first, last = span.first[part], span.last[part]
    count = curves.few(len(chosen), 5 * int((last - first + 1).min()), predictor.horizon)
    some = Span(last - count + 1, last)
    origins, own = some.origins(predictor.horizon), predictor.some(chosen)

    def restored(forecast: Values) -> Values:
        if effects is None or occasions is None:
            return forecast
        return effects.some(chosen).again(occasions[part], origins, own.support, forecast)[0]

    forecast, found = curves.curves(own, values[part], some, extra.of(list(chosen)), inputs, restored)
    measured = None if known is None else known[part]
    return curves.held_out(forecast, found, origins, truth[part], names[part], measured) if found else {}


def with_totals(panel: Panel, config: ForecastConfig) -> tuple[Panel, Hierarchy | None]:
    """(`panel` with the totals that `config` asks for, what they are the sums of); as it is without any."""
    return totals.with_totals(panel, config.totals) if config.totals else (panel, None)


def reconciled(predictor: Predictor, hierarchy: Hierarchy, nodes: Nodes) -> Predictor:
    """`predictor` of the `nodes`, which hold training values alone, with how its forecasts are made to add up."""
    from forecasting.evaluation.totals import reconciling

    found = reconciling.fit(hierarchy, nodes, predictor.evidence, predictor.horizon)
    return dataclasses.replace(predictor, evidence=None, reconciliation=found)


def gather(panel: Panel, config: ForecastConfig, tested: Sequence[Tested]) -> Backtest:
    """The Backtest of all folds, given in their order."""
    from forecasting.evaluation.backtests import backtest

    plan = _fold_plan(panel, config)
    panel, hierarchy = with_totals(panel, config)
    season = min((*panel.seasons, *tested[0].periods), default=1)
    seen = []
    for fold in plan:
        kept = _long_enough(panel.lengths, fold.test_start, config)
        seen.append(np.zeros_like(panel.lengths))
        seen[-1][kept] = panel.lengths[kept] - fold.test_start
    ends = [(fold.test_start, fold.test_end) for fold in plan]
    return backtest.assemble(panel, tested, seen, season, ends, hierarchy)


def forecast_origins(
    predictor: Predictor,
    config: ForecastConfig,
    fold: int,
    values: Sequence[Values],
    span: Span,
    extra: Extra | None,
    places: Index,
    effects: Effects | None = None,
    occasions: Occasions | None = None,
    nodes: Nodes | None = None,
) -> Tested:
    """What a training forecast from the origins of `span`; `places` [S]: which series of the panel `values` are.

    `effects` that were taken out of the values are in the forecasts again. With totals the forecasts add up; `nodes`
    are then what is forecast and what is not, all of them by default.
    """
    from forecasting.evaluation import predictor as predictors
    from forecasting.evaluation.backtests import level_scores
    from forecasting.evaluation.backtests.tested import Tested
    from forecasting.evaluation.totals.reconcile import Nodes

    forecasts = predictors.ahead(predictor, values, span, extra, members=True)
    bounds = predictors.bounds(predictor, forecasts, config.levels)
    forecast, parts = forecasts.forecast, forecasts.parts
    if effects is not None and occasions is not None:
        again = functools.partial(effects.again, occasions, forecasts.origins, predictor.support)
        bounds = {level: again(forecast, ends, level)[1] for level, ends in bounds.items()}
        parts = {name: again(part)[0] for name, part in parts.items()}
        forecast = again(forecast)[0]
    if predictor.reconciliation is not None:
        parts = {**parts, level_scores.BEFORE: forecast}
        forecast, bounds = predictor.reconciliation.apply(
            nodes or Nodes.every(values), forecasts.origins, forecast, bounds, predictor.support, config
        )
    else:
        forecast = predictors.within(forecast, config)
        bounds = {
            level: (predictors.within(low, config), predictors.within(high, config))
            for level, (low, high) in bounds.items()
        }
    return Tested(
        fold=fold,
        origins=forecasts.origins.of_panel(places),
        forecast=forecast,
        parts=parts,
        bounds=bounds,
        periods=predictor.periods,
        weights=predictor.mean_weights,
        shrinkage=predictor.shrinkage.factor,
    )


def without_gaps(panel: Panel, ends: Index) -> list[Values]:
    """The values of each series with its gaps filled as training takes them (see `evaluation.filling`); which way
    suits, the first `ends` [S] values of each tell."""
    from forecasting.evaluation import filling

    measured = panel.measured()
    return panel.values() if measured is None else filling.filled(panel.values(), measured, panel.seasons, ends)


def measured_of(panel: Panel, series: Sequence[Values]) -> list[Known] | None:
    """Which values of `series`, which end as those of `panel` do, were measured; what is before it counts so."""
    measured = panel.measured()
    if measured is None:
        return None
    pairs = zip(series, measured, strict=True)
    return [np.pad(here, (len(values) - len(here), 0), constant_values=True) for values, here in pairs]


def as_trained_on(panel: Panel, config: ForecastConfig, effects: Effects | None) -> tuple[Panel, Occasions | None]:
    """(`panel` with its gaps filled and without the `effects` of holidays; which holiday each step is, if any)."""
    from forecasting import features

    if effects is None and panel.filled is None:
        return panel, None
    values = without_gaps(panel, panel.lengths)
    names = None if effects is None else features.occasions(panel, config.features, config.horizon, config.events)
    if effects is not None and names is not None:
        values = effects.without(values, names)
    return dataclasses.replace(panel, frame=panel.frame.assign(y=np.concatenate(values))), names


def holiday_effects(
    panel: Panel, config: ForecastConfig, train: Sequence[Values], chosen: Sequence[int] | None = None
) -> tuple[Effects | None, Occasions | None]:
    """(Effects of the holidays and events that `config` asks for, as the `train` parts of the `chosen` series tell
    them; which one each step of these is). None without any, or where no holiday has an effect and no event is asked
    for: that an event has none is worth telling."""
    if not config.events and not any(name.startswith(HOLIDAYS) for name in config.features):
        return None, None
    from forecasting import features
    from forecasting.evaluation.explaining import occasions

    names = features.occasions(panel, config.features, config.horizon, config.events)
    if names is None:
        return None, None
    some = names if chosen is None else [names[i] for i in chosen]
    effects = occasions.estimate(train, some, occasions.season_of(panel.seasons))
    return (effects, some) if effects.any or config.events else (None, None)


def _fold_plan(panel: Panel, config: ForecastConfig) -> Sequence[Fold]:
    return windows.plan_folds(int(np.median(panel.lengths)), config.horizon, config.folds)


def _long_enough(lengths: Index, test_start: int, config: ForecastConfig) -> list[int]:
    """Which series have enough values before their last `test_start` steps: for a network, or else for any forecast."""
    for_network = [i for i, n in enumerate(lengths) if n - test_start >= needed_values(config)]
    return for_network or [i for i, n in enumerate(lengths) if n - test_start >= windows.SHORT]


def further_inputs(panel: Panel, config: ForecastConfig) -> tuple[Extra | None, list[str], list[str]]:
    """(Inputs beside the values, their names, notes on what was left out of them and why)."""
    chosen = panel.covariates if config.covariates is None else list(config.covariates)
    if not config.features and not config.events and not chosen:
        return None, [], []
    from forecasting import features

    built = features.build(panel, config.features, config.horizon, config.covariates, config.events)
    names = [*built.past_names, *built.known_names]
    return (windows.Extra(built.past, built.known) if names else None), names, list(built.notes)
