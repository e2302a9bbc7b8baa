from __future__ import annotations

import math
import subprocess
import sys

import pytest
import torch

from forecasting.model.optimiser import AdamW, Plateau, one_cycle


def networks() -> tuple[torch.nn.Module, torch.nn.Module]:
    made = []
    for _ in range(2):
        torch.manual_seed(3)
        made.append(torch.nn.LSTM(3, 8, 2, batch_first=True))
    return made[0], made[1]


@pytest.mark.slow
@pytest.mark.parametrize("decay", [0.0, 1e-2])
def test_adamw_moves_weights_to_the_same_bits_as_torch(decay: float) -> None:
    ours, theirs = networks()
    optimiser = AdamW(ours.parameters(), weight_decay=decay)
    oracle = torch.optim.AdamW(theirs.parameters(), 1e-2, weight_decay=decay)
    for step in range(40):
        x = torch.randn(4, 9, 3, generator=torch.Generator().manual_seed(step))
        for network in (ours, theirs):
            network.zero_grad()
            (network(x)[0] ** 2).mean().backward()
        optimiser.step(1e-2)
        oracle.step()
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(mine, other)


def test_a_parameter_without_a_gradient_stays() -> None:
    used, unused = torch.nn.Parameter(torch.ones(2)), torch.nn.Parameter(torch.ones(2))
    optimiser = AdamW([used, unused], weight_decay=0.1)
    used.sum().backward()
    optimiser.step(0.1)
    optimiser.zero_grad()
    assert torch.equal(unused, torch.ones(2))
    assert not torch.equal(used, torch.ones(2))
    assert used.grad is None


@pytest.mark.slow
@pytest.mark.parametrize("steps", [15, 100, 1000])
def test_one_cycle_is_torchs(steps: int) -> None:
    parameter = torch.nn.Parameter(torch.zeros(1))
    oracle = torch.optim.SGD([parameter], 5e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(oracle, 5e-3, total_steps=steps, pct_start=0.1, cycle_momentum=False)
    for step in range(steps):
        assert math.isclose(one_cycle(5e-3, step, steps), oracle.param_groups[0]["lr"], rel_tol=1e-12)
        oracle.step()
        if step < steps - 1:
            schedule.step()


def test_plateau_is_torchs() -> None:
    oracle = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], 1e-2)
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(oracle, factor=0.1, patience=5)
    mine = Plateau(1e-2)
    losses = [1.0, 0.9, 0.9, 0.95, 0.89999, 0.9, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.1, 0.2]
    for loss in losses:
        mine.step(loss)
        schedule.step(loss)
        assert mine.learning_rate == oracle.param_groups[0]["lr"]


@pytest.mark.slow
def test_a_step_does_not_import_the_compiler() -> None:
    code = (
        "import sys, torch; from forecasting.model.optimiser import AdamW; p = torch.nn.Parameter(torch.ones(2));"
        "p.sum().backward(); AdamW([p]).step(0.1); sys.exit('torch._dynamo' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
