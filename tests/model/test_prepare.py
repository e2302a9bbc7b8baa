"""What a training is prepared from: scales, held-out steps, and the constant anchor of tutorials."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.config import ForecastConfig
from forecasting.model import prepare
from forecasting.model.windows import Extra
from forecasting.panel import Values

CONFIG = ForecastConfig(horizon=4, window=16)


def week(length: int = 300, seed: int = 0) -> Values:
    random = np.random.default_rng(seed)
    return 10 + np.sin(2 * np.pi * np.arange(length) / 7) + 0.1 * random.normal(size=length)


def test_scales_anchor_and_inputs_do_not_change_when_held_out_values_change() -> None:
    values = week()
    inputs = np.random.default_rng(1).normal(size=(304, 2))
    changed, other = values.copy(), inputs.copy()
    changed[-40:] += 5
    other[260:] += 9
    prepared = []
    for series, known in ((values, inputs), (changed, other)):
        plan = prepare.plan([series], (7,), CONFIG, Extra([known[:300, :1]], [known[:, 1:]]))
        prepared.append(prepare.prepare(plan, 40))
    first, second = prepared
    assert first.states == second.states
    assert first.anchor.names == second.anchor.names
    assert first.inputs is not None
    assert second.inputs is not None
    np.testing.assert_array_equal(first.inputs.centre, second.inputs.centre)
    np.testing.assert_array_equal(first.inputs.scale, second.inputs.scale)
    assert first.span.last.tolist() == [300 - 40 - 4]


def test_a_second_training_keeps_the_anchor_of_the_first_and_scales_anew() -> None:
    values = week()
    values[-40:] *= 3
    plan = prepare.plan([values], (7,), CONFIG, None)
    early = prepare.prepare(plan, 40)
    late = prepare.prepare(plan, 0, early)
    assert late.anchor is early.anchor
    assert late.lags is early.lags
    assert late.states != early.states


@pytest.mark.parametrize(
    ("lengths", "horizon", "steps"),
    [
        ([1000], 14, 150),  # 15 % of one series
        ([10_000], 14, 313),  # 300 origins and the horizon of the last
        ([50], 14, 14),  # a horizon at least
        ([100] * 10, 5, 30),  # 300 origins of ten series would be 34 steps: no more than 30 %
        ([1000] * 10, 14, 55),  # three horizons of origins of each
    ],
)
def test_steps_are_held_out_for_about_300_origins(lengths: list[int], horizon: int, steps: int) -> None:
    assert prepare.held_out_steps(np.array(lengths), horizon) == steps


def test_the_constant_anchor_scales_the_training_part_to_its_range() -> None:
    values = week()
    values[-10] = 99.0  # held out
    plan = prepare.plan([values], (7,), CONFIG.replace(anchor="constant"), None)
    prepared = prepare.prepare(plan, 40)
    z = prepared.flat.z[prepared.flat.start[0] :][:260]
    low, high = values[:260].min(), values[:260].max()
    np.testing.assert_allclose(z, 2 * (values[:260] - low) / (high - low) - 1, atol=1e-12)
    assert prepared.flat.constant
    assert not prepared.anchor.matrix.any()


def test_inputs_of_a_series_shorter_than_the_held_out_part_are_not_scaled_by() -> None:
    """It has nothing before that part, in the past or ahead."""
    random = np.random.default_rng(3)
    long, short = random.normal(size=(124, 2)), 50 + random.normal(size=(12, 2))
    extra = Extra([long[:120, :1], short[:8, :1]], [long[:, 1:], short[:, 1:]])
    plan = prepare.plan([week(120), week(8)], (7,), CONFIG, extra)
    inputs = prepare.prepare(plan, 20).inputs
    assert inputs is not None
    np.testing.assert_allclose(inputs.centre, long[:100].mean(axis=0))
    np.testing.assert_allclose(inputs.scale, long[:100].std(axis=0))
