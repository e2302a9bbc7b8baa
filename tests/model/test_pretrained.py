"""The pretrained network: any series, any unit, nothing from the future, and weights that are what their card says."""

import json

import numpy as np
import pytest
import torch

from forecasting.model.pretrained import anchors, predict, weights
from forecasting.model.pretrained.network import LEVELS, MIDDLE, Network, Recurrence, Size


@pytest.fixture(scope="module")
def network():
    """Small, with random weights, so that everything that it reads moves what it forecasts."""
    torch.manual_seed(0)
    made = Network(Size(width=16, blocks=2, inner=16))
    torch.nn.init.normal_(made.head.weight, std=0.3)
    made.train(False)
    return made


def series(length=100, seed=0):
    time = np.arange(length)
    noise = np.random.default_rng(seed).normal(size=length)
    return 50 + 5 * np.sin(2 * np.pi * time / 12) + 0.05 * time + noise


def test_a_forecast_has_every_step_and_ascending_quantiles(network):
    found = predict.quantiles(network, [series(), series(30)], (12,), 20)
    assert found.shape == (2, 20, len(LEVELS))
    assert (np.diff(found, axis=2) > 0).all()


@pytest.mark.parametrize("length", range(1, 12))
def test_series_of_a_few_values_have_a_finite_forecast(network, length):
    assert np.isfinite(predict.quantiles(network, [series(length)], (12,), 18)).all()


@pytest.mark.parametrize("horizon", [1, 16, 64, 65, 300])
def test_horizons_beyond_one_pass_go_on(network, horizon):
    found = predict.quantiles(network, [series(200)], (12,), horizon)
    assert found.shape[1] == horizon
    assert np.isfinite(found).all()


def test_a_constant_goes_on_as_it_is():
    torch.manual_seed(0)
    untrained = Network(Size(width=16, blocks=1, inner=16))
    for level in (0.0, 7.0, -1e12, 1e-12):
        found = predict.quantiles(untrained, [np.full(40, level)], (7,), 10)
        np.testing.assert_allclose(found[:, :, MIDDLE], level, atol=1e-9 * max(abs(level), 1))


@pytest.mark.parametrize("unit", [1e-12, 1e12])
def test_the_unit_of_a_series_changes_nothing(network, unit):
    values = series() - 50  # some below 0: no logarithms
    found = predict.quantiles(network, [values], (12,), 20)
    np.testing.assert_allclose(
        predict.quantiles(network, [values * unit], (12,), 20) / unit, found, rtol=1e-3, atol=1e-3
    )


def test_runs_without_values_are_no_values(network):
    values = series(120)
    values[40:70] = np.nan
    values[-3:] = np.nan
    values[0] = np.nan
    found = predict.quantiles(network, [values, np.full(50, np.nan), np.empty(0)], (12,), 12)
    assert np.isfinite(found[0]).all()
    assert np.isnan(found[1:]).all()


def test_series_are_forecast_as_if_they_were_alone(network):
    several = [series(100, 0), series(400, 1), series(90, 2)]
    together = predict.quantiles(network, several, (12,), 20)
    for one, expected in zip(several, together, strict=True):
        np.testing.assert_allclose(predict.quantiles(network, [one], (12,), 20)[0], expected, rtol=1e-4)


def test_the_recurrence_is_that_of_a_slow_loop_and_so_are_its_derivatives():
    torch.manual_seed(1)
    gate, candidate = (torch.randn(5, 2, 3, dtype=torch.double) for _ in range(2))
    state, expected = torch.zeros(2, 3, dtype=torch.double), []
    for step in range(5):
        opened = torch.sigmoid(gate[step])
        state = (1 - opened) * state + opened * candidate[step]
        expected.append(state)
    torch.testing.assert_close(Recurrence.apply(gate, candidate), torch.stack(expected))
    assert torch.autograd.gradcheck(Recurrence.apply, [gate.requires_grad_(), candidate.requires_grad_()])


def test_anchors_are_the_naive_forecasts_that_they_are_called():
    z = series(60).astype(np.float32)[None]
    z -= z[:, -1:]
    first, season = np.array([0]), np.array([12])
    table = anchors.ahead(z, first, season, season, 24)[0]
    np.testing.assert_array_equal(table[:, 0], np.full(24, z[0, -1]))
    np.testing.assert_array_equal(table[:, 1], np.tile(z[0, -12:], 2))
    np.testing.assert_allclose(table[:, 3], np.tile(z[0, -12:], 2) + z[0, -1] - z[0, -13], rtol=1e-5)
    slope = (z[0, -1] - z[0, 0]) / 59
    np.testing.assert_allclose(table[:, 8], z[0, -1] + slope * np.arange(1, 25), rtol=1e-4, atol=1e-4)


def test_anchors_continue_a_clean_season_and_what_they_missed_before_says_so():
    z = np.tile(np.sin(2 * np.pi * np.arange(12) / 12), 12)[None].astype(np.float32)
    first, season = np.array([0]), np.array([12])
    table = anchors.ahead(z, first, season, season, 12)[0]
    for place in (1, 5, 6, 9, 10):
        np.testing.assert_allclose(table[:, place], z[0, :12], atol=1e-4)
    missed = anchors.missed(z, first, season, season)[0]
    assert (missed[:, [1, 5, 10]] < 1e-4).all()
    assert (missed[:, 0] > 0.3).all()


def test_shipped_weights_come_back_in_half_precision(network, tmp_path):
    weights.ship(network, {"steps": 3}, tmp_path)
    found = weights.shipped(tmp_path)
    assert found.problem is None
    assert json.loads((tmp_path / weights.CARD).read_text())["steps"] == 3
    for name, value in network.state_dict().items():
        torch.testing.assert_close(found.network.state_dict()[name], value, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("harm", ["no file", "no card", "a byte", "half", "another size", "no JSON"])
def test_weights_that_are_missing_or_damaged_are_said_to_be_so(network, tmp_path, harm):
    weights.ship(network, {}, tmp_path)
    file, card = tmp_path / weights.WEIGHTS, tmp_path / weights.CARD
    data = file.read_bytes()
    if harm == "no file":
        file.unlink()
    elif harm == "no card":
        card.unlink()
    elif harm == "a byte":
        file.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    elif harm == "half":
        file.write_bytes(data[: len(data) // 2])
    elif harm == "another size":
        card.write_text(json.dumps(json.loads(card.read_text()) | {"size": {"width": 8}}))
    else:
        card.write_text("{")
    found = weights.shipped(tmp_path)
    assert found.network is None
    assert found.problem.key == (
        "pretrained.missing" if harm in ("no file", "no card", "no JSON") else "pretrained.damaged"
    )
