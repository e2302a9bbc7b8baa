import numpy as np
import pytest
import torch

from forecasting.config import CELLS, ForecastConfig
from forecasting.model import anchors, fitting, linear, networks, training, windows
from forecasting.model import method as methods


@pytest.mark.parametrize("cell", CELLS)
def test_an_untrained_network_is_its_anchor(cell):
    random = np.random.default_rng(0)
    flat = windows.flatten([random.normal(size=300)], pad=200)
    anchor = anchors.mix([one for one in anchors.candidates((7,), 6, 20, 300) if one.name == "value 7 steps ago"], 6)
    network = networks.Scaffold(cell, 4, 8, 2, 20, training.tensor(anchor.matrix))
    zero = linear.Linear(anchor.matrix, np.zeros_like(anchor.matrix), anchor.lags, np.inf)
    material = training.material(flat, (7,), zero, np.ones(6), 20)
    ends = flat.start + np.array([250])
    central, log_spread = training.outputs(network, material, training.chunks_ending_at(ends, material))
    origin = 250
    for h in range(6):
        naive = flat.z[flat.start[0] + origin + h + 1 - 7] - flat.z[flat.start[0] + origin]
        assert central[0, -1, h].item() == pytest.approx(naive, abs=1e-5)
    assert not log_spread.any()


@pytest.mark.parametrize("cell", CELLS)
def test_no_output_depends_on_a_later_input(cell):
    torch.manual_seed(0)
    network = networks.Scaffold(cell, 3, 8, 2, 10, torch.zeros(4, 5))
    torch.nn.init.normal_(network.head.weight)
    inputs = torch.randn(1, 40, 3, requires_grad=True)
    offsets = torch.randn(1, 31, 5)
    central, _ = network(inputs, offsets)
    central[0, 12].sum().backward()  # the origin at step 9 + 12
    moved = inputs.grad[0].abs().sum(-1)
    assert (moved[22:] == 0).all()
    assert (moved[:22] > 0).all()


def test_the_quantile_loss_is_least_at_the_quantile():
    errors = torch.from_numpy(np.random.default_rng(0).laplace(size=20_000))
    levels = torch.tensor([0.1, 0.9], dtype=torch.float64)
    losses = [networks.quantile_loss(errors, torch.full_like(errors, s), levels).mean().item() for s in (0.5, 1.0, 2.0)]
    assert losses[1] < losses[0]
    assert losses[1] < losses[2]


def test_a_loss_that_is_no_longer_finite_keeps_the_best_weights_and_says_so():
    series = [np.sin(np.arange(300) / 3) + 0.1 * np.random.default_rng(0).normal(size=300)]
    config = ForecastConfig(horizon=4, window=16, hidden_size=4, epochs=3, learning_rate=1.0, loss="mse")
    original = training._loss

    def broken(*arguments):
        return original(*arguments) * torch.nan

    training._loss = broken
    try:
        method, _, account = fitting.fit(series, (), config)
    finally:
        training._loss = original
    assert "no longer finite" in account.stopped
    length = np.array([300])
    assert np.isfinite(methods.forecast(method, series, length, length).whole).all()
