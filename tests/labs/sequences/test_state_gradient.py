"""Backpropagation through time by hand, against torch's autograd."""

from __future__ import annotations

import pytest

from forecasting.labs.sequences import BLOCKS, read_through, state_gradient

STEPS = 7


@pytest.mark.parametrize("cell", BLOCKS)
def test_gradients_by_every_earlier_state_are_those_of_autograd(cell: str) -> None:
    import torch

    from forecasting.model.teaching_networks import KINDS, seeded

    with seeded(2):
        recurrent, head, x = KINDS[cell](3, 4).double(), torch.nn.Linear(4, 2).double(), torch.randn(STEPS, 3).double()
    weights = {name.removesuffix("_l0"): weight.tolist() for name, weight in recurrent.named_parameters()}
    weights |= {f"{name}_out": weight.tolist() for name, weight in head.named_parameters()}
    found = state_gradient(cell, weights, read_through(cell, weights, x.tolist()), STEPS - 2, output=1)
    expected = []
    for back in range(STEPS - 1):
        at = STEPS - 2 - back
        with torch.no_grad():
            _, state = recurrent(x[: at + 1])
        leaves = [part.detach().requires_grad_() for part in (state if cell == "lstm" else [state])]
        hidden = leaves[0][-1]
        if back:
            hidden = recurrent(x[at + 1 : STEPS - 1], tuple(leaves) if cell == "lstm" else leaves[0])[0][-1]
        gradients = torch.autograd.grad(head(hidden)[..., 1].sum(), leaves, allow_unused=True)
        expected.append(sum(float((one**2).sum()) for one in gradients if one is not None) ** 0.5)
    assert found == pytest.approx(expected, rel=1e-6)
    assert len(found) == STEPS - 1
