"""Our equations of the cells against torch's own."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.labs.sequences import INSIDE
from forecasting.labs.sequences.gates import inside


@pytest.mark.parametrize("cell", INSIDE)
def test_gates_and_states_are_those_that_torch_computes(cell: str) -> None:
    import torch

    from forecasting.model.teaching_networks import KINDS, open_gates

    torch.manual_seed(3)
    network = KINDS[cell](2, 5, batch_first=True)
    open_gates(network)
    x = torch.randn(1, 12, 2)
    with torch.no_grad():
        hidden, last = network(x)
    weights = {name.removesuffix("_l0"): one.detach().double().numpy() for name, one in network.named_parameters()}
    seen = inside(cell, weights, x[0].double().numpy())
    assert tuple(seen) == INSIDE[cell]
    np.testing.assert_allclose(seen["hidden"], hidden[0].numpy(), atol=1e-6)
    if cell == "lstm":
        np.testing.assert_allclose(seen["cell"][-1], last[1][0, 0].numpy(), atol=1e-6)
        # The gates by what they do: what is kept of the cell, what enters, what is let out.
        before = np.vstack([np.zeros(5), seen["cell"][:-1]])
        np.testing.assert_allclose(seen["forget"] * before + seen["input"] * seen["candidate"], seen["cell"])
        np.testing.assert_allclose(seen["output"] * np.tanh(seen["cell"]), seen["hidden"])
    if cell == "gru":
        before = np.vstack([np.zeros(5), seen["hidden"][:-1]])
        np.testing.assert_allclose(seen["update"] * before + (1 - seen["update"]) * seen["candidate"], seen["hidden"])


@pytest.mark.parametrize(("cell", "gate"), [("lstm", "forget"), ("gru", "update")])
def test_open_gates_are_those_that_keep_the_state(cell: str, gate: str) -> None:
    import torch

    from forecasting.model.teaching_networks import KINDS, open_gates

    torch.manual_seed(0)
    network = KINDS[cell](1, 8)
    means = {}
    for moment in ("torch", "open"):
        weights = {name.removesuffix("_l0"): one.detach().double().numpy() for name, one in network.named_parameters()}
        means[moment] = {name: one.mean() for name, one in inside(cell, weights, np.zeros((1, 1))).items()}
        open_gates(network)
    assert means["torch"][gate] == pytest.approx(0.5, abs=0.15)
    assert means["open"][gate] == pytest.approx(1 / (1 + np.exp(-3)), abs=0.05)
    others = {"input", "output", "reset"} & set(means["torch"])
    assert all(means["open"][name] == means["torch"][name] for name in others)
