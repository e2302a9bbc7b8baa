import numpy as np
import pytest
import torch

from forecasting.config import CELLS
from forecasting.model import anchors, linear, material, networks, windows


@pytest.mark.parametrize("cell", CELLS)
def test_an_untrained_network_is_its_anchor(cell):
    random = np.random.default_rng(0)
    flat = windows.flatten([random.normal(size=300)], pad=200)
    anchor = anchors.mix([one for one in anchors.candidates((7,), 6, 20, 300) if one.name == "value 7 steps ago"], 6)
    network = networks.Scaffold(cell, 4, 8, 2, 20, material.tensor(anchor.matrix))
    zero = linear.Linear(anchor.matrix, np.zeros_like(anchor.matrix), anchor.lags, np.inf)
    read = material.material(flat, (7,), zero, np.ones(6), 20, cell)
    ends = flat.start + np.array([250])
    central, log_spread = material.outputs(network, read, material.chunks_ending_at(ends, read))
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
    first = 12 if cell in networks.WHOLE_WINDOWS else 0  # the window alone, or all that came before
    assert (moved[first:22] > 0).all()
    assert (moved[:first] == 0).all()


@pytest.mark.slow
def test_attention_weighs_the_steps_of_the_window_and_no_others():
    torch.manual_seed(0)
    network = networks.Scaffold("attention", 3, 8, 1, 10, torch.zeros(4, 5))
    inputs = torch.randn(2, 25, 3)
    weights = network.attention(inputs)
    assert weights.shape == (2, 16, 10)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 16))
    states, _ = network.recurrent(inputs)
    for origin in (0, 7, 15):  # by hand, one window at a time
        window = states[:, origin : origin + 10]
        scores = network.key(window) @ network.query(window[:, -1])[..., None] / 8**0.5
        torch.testing.assert_close(weights[:, origin], scores[..., 0].softmax(-1))
        torch.testing.assert_close(
            network.read(inputs)[:, origin, 8:], (weights[:, origin, :, None] * window).sum(1), rtol=1e-5, atol=1e-6
        )


@pytest.mark.slow
def test_a_window_read_from_both_ends_is_read_as_torch_reads_it_alone():
    torch.manual_seed(0)
    network = networks.Scaffold("bilstm", 3, 8, 2, 10, torch.zeros(4, 5))
    inputs = torch.randn(2, 25, 3)
    states, _ = network.recurrent(inputs[:, 4:14])
    torch.testing.assert_close(network.read(inputs)[:, 4], torch.cat([states[:, -1, :8], states[:, 0, 8:]], -1))


def test_the_quantile_loss_is_least_at_the_quantile():
    errors = torch.from_numpy(np.random.default_rng(0).laplace(size=20_000))
    levels = torch.tensor([0.1, 0.9], dtype=torch.float64)
    losses = [networks.quantile_loss(errors, torch.full_like(errors, s), levels).mean().item() for s in (0.5, 1.0, 2.0)]
    assert losses[1] < losses[0]
    assert losses[1] < losses[2]
