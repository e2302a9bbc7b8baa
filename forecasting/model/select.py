"""What held-out forecasts decide: the share of the networks, and how each series mixes a linear path of its own.

Axes: S series, O origins, H horizon, K deviations.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from forecasting.model import deviations
from forecasting.model.held_out import Offsets
from forecasting.model.leading import Leaders
from forecasting.model.linear import Linear
from forecasting.model.prepare import Plan, Prepared
from forecasting.model.regressors import mean_known
from forecasting.model.train import worse
from forecasting.panel import Values

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)  # of the networks beside anchor + linear


@dataclasses.dataclass(frozen=True, kw_only=True)
class Selection:
    """The choices, and what comes of them at the held-out origins: offsets [O, H]."""

    share: float  # of the networks beside anchor + linear
    path_weights: Values  # [S] of the per-series linear path, beside the networks on the shared one
    mix: Values  # [S, K] of deviations in the per-series linear path
    leaders: Leaders | None  # of the series in which they lower the error
    added: Values  # by the deviations, to anchor + linear
    forecast: Values


def select(
    offsets: Offsets, prepared: Prepared, plan: Plan, shared: Linear, leaders: Leaders | None = None
) -> Selection:
    """Choose by the errors at held-out origins; what is chosen for a series there goes by its other blocks."""
    base, count = offsets.path, len(plan.series)
    share = 1.0 if plan.constant else network_share(offsets)
    network = base + share * (offsets.network - base)
    added, mix = np.zeros_like(base), np.zeros((count, 0))
    if not plan.constant:
        simple = deviations.unfitted(shared, plan.naives, plan.config.horizon)
        left = offsets.truth - base
        added, mix = deviations.choose(prepared.flat, prepared.span, shared, simple, offsets.origins, left, leaders)
    of_series, of_origins = np.zeros(count), np.zeros(len(base))
    if added.any():
        left, path_left = offsets.truth - network, offsets.truth - base - added
        of_series, of_origins = deviations.path_weights(left, path_left, offsets.origins, count)
    forecast = deviations.mixed(network, base + added, of_origins)
    if leaders is not None:
        mix, leaders = deviations.used_leaders(mix, leaders, of_series > 0)
    return Selection(share=share, path_weights=of_series, mix=mix, leaders=leaders, added=added, forecast=forecast)


def network_share(offsets: Offsets) -> float:
    """The largest of SHARES that is not worse than the best one by more than a standard error."""
    base, network = offsets.path, offsets.network
    losses = [
        offsets.origins.mean_by_block(mean_known(np.abs(offsets.truth - base - share * (network - base)), axis=1))
        for share in SHARES
    ]
    lowest = min(losses, key=lambda loss: float(loss.sum()))
    return max(share for share, loss in zip(SHARES, losses, strict=True) if not worse(loss, lowest))
