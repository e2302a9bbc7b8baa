"""RNN, LSTM and GRU side by side: which of them recall, their gradients and their parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from forecasting.labs.sequences import INSIDE, CellsConfig, run_cells
from forecasting.labs.sequences.cell_comparison import _gradient, _sequences


@pytest.mark.slow
def test_with_open_gates_lstm_and_gru_recall_what_the_rnn_does_not() -> None:
    for seed in range(2):
        result = run_cells(CellsConfig(seed=seed))
        share = {cell: one["test_mse"] / result["guess_mse"] for cell, one in result["cells"].items()}
        assert share["lstm"] < 0.1
        assert share["gru"] < 0.1
        assert share["rnn"] > 0.5
        far = {cell: one["gradient"]["before"][0] for cell, one in result["cells"].items()}
        assert far["rnn"] < 1e-3 * far["lstm"]


@pytest.mark.slow
def test_as_torch_starts_it_the_lstm_does_not_recall_either() -> None:
    result = run_cells({"open_gates": False, "steps": 200})
    assert result["cells"]["lstm"]["test_mse"] > 0.9 * result["guess_mse"]
    assert result["cells"]["lstm"]["gradient"]["before"][0] < 1e-6


def test_what_is_to_be_recalled_is_the_marked_first_value_and_the_sine_is_the_next_one() -> None:
    import torch

    torch.manual_seed(0)
    x, y = _sequences(CellsConfig(lag=7), 50)
    assert x.shape == (50, 8, 2)
    assert torch.equal(x[:, 0, 0], y)
    assert x[:, :, 1].sum(1).tolist() == [1.0] * 50
    x, y = _sequences(CellsConfig(task="sine", lag=200), 400)
    clean = 2 * np.cos(0.3) * x[:, -1, 0] - x[:, -2, 0]  # a sine's next value from its last two
    assert np.std((clean - y).numpy()) == pytest.approx(0.1 * np.hypot(2 * np.cos(0.3), 1), rel=0.15)


def test_the_gradient_at_a_lag_is_what_a_small_change_there_does_to_the_loss() -> None:
    import torch

    from forecasting.model.teaching_networks import EveryStep

    torch.manual_seed(0)
    network = EveryStep("gru", 2, 4).double()
    x, y = (part.double() for part in _sequences(CellsConfig(lag=6), 3))

    def losses(values: Any) -> Any:
        with torch.no_grad():
            return (network(values)[0][:, -1] - y) ** 2

    slopes = np.zeros((3, 7, 2))
    for step in range(7):
        for part in range(2):
            nudged = [x.clone(), x.clone()]
            nudged[0][:, step, part] += 1e-6
            nudged[1][:, step, part] -= 1e-6
            slopes[:, step, part] = ((losses(nudged[0]) - losses(nudged[1])) / 2e-6).numpy()
    np.testing.assert_allclose(_gradient(network, x, y), np.linalg.norm(slopes, axis=-1).mean(0), rtol=1e-5)


@pytest.mark.slow
def test_clipping_keeps_the_same_first_gradient_and_changes_what_follows() -> None:
    clipped, free = (run_cells({"lag": 5, "steps": 10, "clip": clip, "clip_norm": 0.01}) for clip in (True, False))
    for cell in INSIDE:
        ours, theirs = clipped["cells"][cell], free["cells"][cell]
        assert ours["gradient_norms"][0] == theirs["gradient_norms"][0] > 0.01
        assert ours["losses"][0] == theirs["losses"][0]
        assert ours["losses"][-1] != theirs["losses"][-1]
        assert {len(rows) for rows in ours["inside"].values()} == {6}


def test_the_parameters_are_those_that_paper_counts() -> None:
    cells = run_cells({"steps": 10, "lag": 2, "hidden_size": 5})["cells"]
    for cell, gates in (("rnn", 1), ("gru", 3), ("lstm", 4)):
        assert cells[cell]["parameters"] == gates * 5 * (2 + 5 + 2) + 6
