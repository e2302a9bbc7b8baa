"""The recipe: prepare, train with steps held out, select what they favour, then go on with everything.

Axes: S series, O origins, H horizon.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from forecasting.config import ForecastConfig
from forecasting.messages import Message
from forecasting.model import deviations, ensemble, leading, linear, networks, prepare, volatility
from forecasting.model.ensemble import OnEpoch
from forecasting.model.held_out import HeldOut, Offsets, cross_fitted, held_out_offsets
from forecasting.model.leading import Leaders
from forecasting.model.linear import Linear
from forecasting.model.method import Method
from forecasting.model.origins import Span
from forecasting.model.prepare import Plan, Prepared
from forecasting.model.regressors import mean_known
from forecasting.model.select import Selection, select
from forecasting.model.train import Epoch, Trained
from forecasting.model.volatility import Volatility
from forecasting.model.windows import Extra, Index, Known
from forecasting.panel import Values


@dataclasses.dataclass(frozen=True, kw_only=True)
class TrainingReport:
    """What happened while fitting, for people."""

    held_out: int  # steps at the end of each series that validation used
    blocks: int  # of a horizon's length, in all series, that these are: about as many independent errors
    penalty: float
    share: float
    errors: dict[str, float]  # mean absolute scaled error held out: anchor, linear, whole
    curves: dict[str, list[list[Epoch]]]  # stage -> network -> epochs
    best_epochs: tuple[int, ...]
    stopped: Message
    parameters: int


@dataclasses.dataclass(frozen=True)
class Fitted:
    """What `fit` gives."""

    method: Method
    held_out: HeldOut
    report: TrainingReport


def fit(
    series: Sequence[Values],
    seasons: Sequence[int],
    config: ForecastConfig,
    on_epoch: OnEpoch | None = None,
    extra: Extra | None = None,
    measured: Sequence[Known] | None = None,
    ends: Index | None = None,
    totals: int = 0,
) -> Fitted:
    """Train on `series` and what `extra` has beside them; nothing learns from values that were not `measured`."""
    plan = prepare.plan(series, seasons, config, extra, measured, ends, totals)
    early = prepare.prepare(plan, plan.held_out)
    valid = Span(np.maximum(plan.lengths - plan.held_out, early.span.first), plan.lengths - config.horizon)

    path = _linear_path(plan, early, valid)
    material = prepare.network_material(early, plan, path)
    trained = ensemble.train_all(material, config, early.flat, early.span, valid, on_epoch)

    nets = [result.network for result in trained]
    offsets = held_out_offsets(early, path, nets, material, valid)
    earlier = cross_fitted(early, path, nets, material)
    scale = volatility.choose(early.flat, plan.periods, earlier, offsets)
    leaders, early = _leaders(plan, early, path)
    selection = select(offsets, early, plan, path, leaders)

    late = prepare.prepare(plan, 0, early)
    leaders, late = _read(plan, late, selection.leaders)
    final = _final_path(plan, late, path.penalty, selection, leaders)
    begun = trained if selection.share > 0 else [dataclasses.replace(result, kept_epoch=0) for result in trained]
    late_material = prepare.network_material(late, plan, final)
    finals = ensemble.go_on(begun, late_material, config, late.flat, late.span, on_epoch)

    method = Method(
        window=config.window,
        horizon=config.horizon,
        periods=plan.periods,
        anchor_names=early.anchor.names,
        states=late.states,
        linear=final,
        leaders=leaders,
        networks=tuple(result.network for result in finals),
        share=selection.share,
        path_weights=selection.path_weights,
        inputs=late.inputs,
        constant=plan.constant,
        volatility=scale,
    )
    held_out = _held_out(early, offsets, selection, scale, earlier)
    return Fitted(method, held_out, _report(plan, path, offsets, selection, trained, finals))


def _linear_path(plan: Plan, early: Prepared, valid: Span) -> Linear:
    """The linear path with the penalty that held-out origins prefer."""
    penalties = (math.inf,) if plan.constant else (*linear.PENALTIES, math.inf)
    horizon = plan.config.horizon
    options = linear.solve(early.flat, early.positions, early.anchor, early.lags, horizon, penalties)
    return linear.choose(options, early.flat, valid.origins(horizon).positions(early.flat), horizon)


def _leaders(plan: Plan, early: Prepared, path: Linear) -> tuple[Leaders | None, Prepared]:
    """(Which series lead others, what was prepared with these beside it)."""
    if plan.ends is None or plan.constant or not deviations.fits(early.flat, path, plan.config.horizon):
        return None, early
    leaders = leading.find(early.flat, early.span, path.lags, plan.ends, plan.totals)
    return _read(plan, early, leaders if deviations.fits(early.flat, path, plan.config.horizon, leaders) else None)


def _read(plan: Plan, prepared: Prepared, leaders: Leaders | None) -> tuple[Leaders | None, Prepared]:
    """(The leaders as they are scaled, what was prepared with them beside it)."""
    if leaders is None or plan.ends is None:
        return None, prepared
    beside = leading.aligned(plan.series, plan.ends, leaders, plan.measured)
    leaders = leading.scaled(prepared.flat, prepared.span, prepared.states, beside, leaders)
    flat = dataclasses.replace(prepared.flat, others=leading.flatten(prepared.flat, beside, leaders))
    return leaders, dataclasses.replace(prepared, flat=flat)


def _final_path(plan: Plan, late: Prepared, penalty: float, selection: Selection, leaders: Leaders | None) -> Linear:
    """The same on everything, with the deviations of each series where they help any."""
    horizon = plan.config.horizon
    shared = linear.solve(late.flat, late.positions, late.anchor, late.lags, horizon, (penalty,))[0]
    if not selection.path_weights.any():
        return shared
    simple = deviations.unfitted(shared, plan.naives, horizon)
    own = deviations.solve(late.flat, late.span, shared, horizon, simple, selection.mix, leaders)
    return dataclasses.replace(shared, deviations=own)


def _held_out(
    early: Prepared, offsets: Offsets, selection: Selection, scale: Volatility, earlier: HeldOut | None
) -> HeldOut:
    positions = offsets.origins.positions(early.flat)
    level = early.flat.z[positions][:, None]
    return HeldOut(
        origins=offsets.origins,
        states=early.states,
        truth=level + offsets.truth,
        forecast=level + selection.forecast,
        spread=offsets.spread * scale.factor(early.flat, positions),
        linear=level + offsets.path + selection.added,
        earlier=earlier,
    )


def _report(
    plan: Plan,
    path: Linear,
    offsets: Offsets,
    selection: Selection,
    trained: Sequence[Trained],
    finals: Sequence[Trained],
) -> TrainingReport:
    origins, linear_path = offsets.origins, offsets.path + selection.added
    parts = {"anchor": offsets.anchor, "linear": linear_path, "whole": selection.forecast}
    errors = {name: mean_known(np.abs(offsets.truth - part), axis=1) for name, part in parts.items()}
    return TrainingReport(
        held_out=plan.held_out,
        blocks=origins.blocks,
        penalty=path.penalty,
        share=selection.share,
        errors={name: float(origins.mean_by_block(error).mean()) for name, error in errors.items()},
        curves={
            "validation": [list(result.curve) for result in trained],
            "final": [list(result.curve) for result in finals],
        },
        best_epochs=tuple(result.kept_epoch for result in trained),
        stopped=next((result.stopped for result in (*trained, *finals) if result.diverged), trained[0].stopped),
        parameters=networks.parameters(trained[0].network),
    )
