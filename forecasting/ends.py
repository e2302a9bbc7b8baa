"""Forecasts from the ends of all series of a Forecaster, some thousands of series at once.

Axes: S series, H horizon.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from forecasting.config import ForecastConfig
from forecasting.panel import Values

if TYPE_CHECKING:
    from forecasting.evaluation.explaining.explain import After
    from forecasting.evaluation.explaining.occasions import Again, Effects
    from forecasting.evaluation.history import History
    from forecasting.evaluation.predictor import Forecasts, Predictor
    from forecasting.evaluation.totals.reconcile import Bounds
    from forecasting.model.origins import Origins

AT_ONCE = 4000  # series that are forecast at once


@dataclasses.dataclass(frozen=True)
class Ends:
    """What forecasts from the ends of series rest on; `effects` of holidays were taken out of what is remembered."""

    config: ForecastConfig
    predictor: Predictor
    history: History
    effects: Effects | None

    def forecast(self, levels: tuple[int, ...]) -> tuple[Values, Bounds]:
        """(Forecasts [S, H], ends of their intervals by level); with totals, ones that add up."""
        from forecasting.evaluation import predictor as predictors

        forecasts, bounds = [], []
        for some, part, again in self.each():
            forecasts.append(again(some.forecast)[0])
            ends = predictors.bounds(part, some, levels)
            bounds.append({level: again(some.forecast, ends[level], level)[1] for level in levels})
        forecast = np.concatenate(forecasts)
        both: Bounds = {
            level: (np.concatenate([of[level][0] for of in bounds]), np.concatenate([of[level][1] for of in bounds]))
            for level in levels
        }
        return self._kept(forecast, both)

    def members(self) -> dict[str, Values]:
        """The forecast [S, H], and what each part and member forecasts, by name; with totals, `unreconciled` as well:
        the forecast before it was made to add up."""
        columns: dict[str, list[Values]] = {}
        for some, _, again in self.each(members=True):
            for name, forecast in {"forecast": some.forecast, **some.parts}.items():
                columns.setdefault(name, []).append(again(forecast)[0])
        every = {name: np.concatenate(parts) for name, parts in columns.items()}
        if self.predictor.reconciliation is not None:
            every["unreconciled"] = every["forecast"]
            every["forecast"] = self._kept(every["forecast"], {})[0]
        return every

    def _kept(self, forecast: Values, bounds: Bounds) -> tuple[Values, Bounds]:
        """Between the floor and the cap, and adding up."""
        from forecasting.evaluation import predictor as predictors
        from forecasting.evaluation.totals.reconcile import Nodes
        from forecasting.model.origins import Span

        reconciliation, values = self.predictor.reconciliation, self.history.values
        if reconciliation is None:
            config = self.config
            ends = {
                level: (predictors.within(low, config), predictors.within(high, config))
                for level, (low, high) in bounds.items()
            }
            return predictors.within(forecast, config), ends
        lengths = np.array([len(of_series) for of_series in values], dtype=np.int64)
        origins = Span(lengths, lengths).origins(self.config.horizon)
        support = self.predictor.support
        return reconciliation.apply(Nodes.every(values), origins, forecast, bounds, support, self.config)

    def each(self, *, members: bool = False) -> Iterator[tuple[Forecasts, Predictor, Again]]:
        """Forecasts of some series, what made them, and what adds holidays again."""
        from forecasting.evaluation import predictor as predictors
        from forecasting.model.origins import Span

        count = len(self.history.values)
        for start in range(0, count, AT_ONCE):
            chosen = range(start, min(start + AT_ONCE, count))
            part = self.predictor.some(chosen) if count > AT_ONCE else self.predictor
            series = [self.history.values[i] for i in chosen]
            lengths = np.array([len(values) for values in series], dtype=np.int64)
            extra = self.history.some_extra(chosen)
            forecasts = predictors.ahead(part, series, Span(lengths, lengths), extra, members=members)
            yield forecasts, part, self.again(chosen, forecasts.origins)

    def after(self, chosen: range) -> After:
        """What is done to forecasts from the ends of the `chosen` series, for an explanation of them."""
        from forecasting.evaluation import predictor as predictors
        from forecasting.evaluation.explaining.explain import After
        from forecasting.features import occasions_after
        from forecasting.model.origins import Span

        config, history, totals = self.config, self.history, self.predictor.reconciliation is not None
        lengths = np.array([len(history.values[i]) for i in chosen], dtype=np.int64)
        again = self.again(chosen, Span(lengths, lengths).origins(config.horizon))
        names = None
        if self.effects is not None:
            names = occasions_after(
                [history.ends[i] for i in chosen], history.frequency, config.features, config.horizon, config.events
            )
        return After(
            again=lambda forecast: again(forecast)[0],
            kept=lambda forecast: (
                self.forecast(())[0][chosen.start : chosen.stop] if totals else predictors.within(forecast, config)
            ),
            holidays=None if self.effects is None else self.effects.some(chosen),
            occasions=names,
            totals=totals,
        )

    def again(self, chosen: range, origins: Origins) -> Again:
        """What adds the effects of holidays to forecasts of the `chosen` series."""
        from forecasting.evaluation.explaining import occasions
        from forecasting.features import occasions_after

        if self.effects is None:
            return occasions.unchanged
        ends = [self.history.ends[i] for i in chosen]
        config, frequency = self.config, self.history.frequency
        ahead = occasions_after(ends, frequency, config.features, config.horizon, config.events)
        names = [[""] * len(self.history.values[i]) + some for i, some in zip(chosen, ahead, strict=True)]
        support = self.predictor.support.some(chosen)
        return functools.partial(self.effects.some(chosen).again, names, origins, support)
