"""The spread follows the movement of late where errors do."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.model import volatility, windows
from forecasting.model.held_out import HeldOut, Offsets
from forecasting.model.origins import Span
from forecasting.model.volatility import RECENT, Volatility
from forecasting.panel import Values


def changing(seed: int = 0) -> tuple[Values, Values]:
    """(A walk whose steps are small and large in turns, their sizes)."""
    size = np.where(np.arange(1200) // 200 % 2 == 0, 0.2, 2.0)
    return np.cumsum(size * np.random.default_rng(seed).normal(size=1200)), size


def chosen(errors_follow: bool) -> Volatility:
    walk, size = changing()
    flat = windows.flatten([walk], 50)
    random = np.random.default_rng(1)
    parts = []
    for first, last in ((100, 800), (801, 1190)):
        origins = Span(np.array([first]), np.array([last])).origins(2)
        scale = size[origins.seen - 1][:, None] if errors_follow else 1.0
        parts.append((origins, scale * random.normal(size=(len(origins), 2))))
    (before, earlier_errors), (origins, errors) = parts
    nothing = np.zeros_like(errors)
    earlier = HeldOut(
        origins=before,
        states=(),
        truth=earlier_errors,
        forecast=np.zeros_like(earlier_errors),
        spread=np.ones_like(earlier_errors),
    )
    offsets = Offsets(
        origins=origins, truth=errors, anchor=nothing, path=nothing, network=nothing, spread=np.ones_like(errors)
    )
    return volatility.choose(flat, (), earlier, offsets)


def test_errors_that_follow_the_movement_scale_the_spread_with_it() -> None:
    scale = chosen(errors_follow=True)
    assert scale.power == 1
    flat = windows.flatten([changing()[0]], 50)
    calm, wild = scale.factor(flat, flat.start[0] + np.array([199, 399]))[:, 0]
    assert wild > 4 * calm


def test_errors_of_one_size_leave_the_spread_as_it_is() -> None:
    scale = chosen(errors_follow=False)
    assert scale.power == 0
    flat = windows.flatten([changing()[0]], 50)
    assert (scale.factor(flat, flat.start[0] + np.arange(5)) == 1).all()


def test_the_movement_is_the_mean_of_the_last_changes() -> None:
    walk, _ = changing()
    flat = windows.flatten([walk], 50)
    scale = Volatility(7, 1.0, 0.5).movement(flat, flat.start + 299)[0]
    assert scale == pytest.approx(np.mean([abs(walk[t] - walk[t - 7]) for t in range(300 - RECENT, 300)]))


def test_without_earlier_errors_the_spread_is_the_networks() -> None:
    walk, _ = changing()
    origins = Span(np.array([900]), np.array([999])).origins(2)
    nothing = np.zeros((100, 2))
    offsets = Offsets(origins=origins, truth=nothing, anchor=nothing, path=nothing, network=nothing, spread=nothing + 1)
    assert volatility.choose(windows.flatten([walk], 50), (7,), None, offsets) == Volatility(7, 1.0, 0.0)


@pytest.mark.parametrize("alone", [False, True])
def test_of_a_short_series_only_its_own_changes_count(alone: bool) -> None:
    """Not what leads it: then the shortest series would have the narrowest intervals."""
    walk, _ = changing()
    flat = windows.flatten([walk, walk[:12], walk[:5]], 300)
    scale = Volatility(7, 0.5, 1.0, alone=alone)
    found = scale.movement(flat, flat.start + flat.length - 1)
    few = [abs(walk[t] - walk[t - 7]) for t in range(7, 12)]
    assert found[1] == pytest.approx(np.average(few, weights=scale.weights[-5:]))
    assert found[2] == 0.5  # none: the typical one
