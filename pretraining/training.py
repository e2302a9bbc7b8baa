"""Training on generated series: resumable, bit for bit as if it had never stopped.

A step depends on the seed and its number alone; weights, moments and mean weights are in a safetensors file, the rest
in JSON beside it.
"""

from __future__ import annotations

import dataclasses
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from forecasting.model.pretrained.inputs import prepare
from forecasting.model.pretrained.network import LEVELS, Network, Size
from pretraining.generator import HORIZON, Block, block

SERIES = 1024  # of a block
HORIZONS = {32: 32, 64: 48}  # of short contexts; others: HORIZON


@dataclasses.dataclass(frozen=True)
class Cycle:
    """Steps up to `end` whose rate falls in the last ones, a share `falling` of the cycle.

    The weights at the end of a cycle can be shipped; a further cycle goes on from them.
    """

    end: int
    falling: float


@dataclasses.dataclass(frozen=True)
class Settings:
    """What a training is. Two with the same settings give the same weights on the same machine."""

    cycles: tuple[Cycle, ...]
    seed: int = 0
    batch: int = 256
    rate: float = 1.5e-3
    warm: int = 300  # steps of a rising rate, in each cycle
    decay: float = 0.01
    clip: float = 1.0
    mean: float = 0.998  # of weights: what they keep at a step
    size: Size = dataclasses.field(default_factory=Size)

    @property
    def steps(self) -> int:
        """All of them."""
        return self.cycles[-1].end

    @classmethod
    def from_dict(cls, about: dict[str, Any]) -> Settings:
        """The Settings that `dataclasses.asdict` took apart."""
        cycles = tuple(Cycle(**one) for one in about["cycles"])
        return cls(**{**about, "cycles": cycles, "size": Size(**about["size"])})

    def rate_at(self, step: int) -> float:
        """The learning rate of a step: it rises, stays, and falls to nothing, in each cycle anew."""
        first = 0
        for cycle in self.cycles:
            if step < cycle.end:
                rise = min(1.0, (step - first + 1) / self.warm)
                fall = min(1.0, (cycle.end - step) / (cycle.falling * (cycle.end - first)))
                return self.rate * rise * fall
            first = cycle.end
        return 0.0


class Training:
    """A network on its way."""

    def __init__(self, settings: Settings, device: str = "cpu") -> None:
        torch.manual_seed(settings.seed)
        self.settings = settings
        self.device = device
        self.network = Network(settings.size).to(device)
        self.mean = {name: value.detach().clone() for name, value in self.network.state_dict().items()}
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), settings.rate, betas=(0.9, 0.98), weight_decay=settings.decay, fused=True
        )
        self.step = 0
        self.seconds = 0.0
        self.losses: list[tuple[int, float]] = []
        self._block: tuple[int, Block] | None = None

    def run(self, until: int) -> None:
        """Train up to the step `until`."""
        total, count = 0.0, 0
        while self.step < until:
            started = time.perf_counter()
            total, count = total + self._advance(), count + 1
            self.seconds += time.perf_counter() - started
        if count:
            self.losses.append((self.step, total / count))

    def _advance(self) -> float:
        settings = self.settings
        batches = SERIES // settings.batch
        number, place = divmod(self.step, batches)
        if self._block is None or self._block[0] != number:
            self._block = number, block(settings.seed, number, SERIES)
        made = self._block[1]
        rows = slice(place * settings.batch, (place + 1) * settings.batch)
        loss = loss_of(self.network, made, rows, self.device)
        for group in self.optimiser.param_groups:
            group["lr"] = settings.rate_at(self.step)
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), settings.clip)
        self.optimiser.step()
        keep = min(settings.mean, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for name, value in self.network.state_dict().items():
                self.mean[name].lerp_(value, 1 - keep)
        self.step += 1
        return float(loss.detach())

    def averaged(self) -> Network:
        """The network with the mean of its weights."""
        network = Network(self.settings.size)
        network.load_state_dict(self.mean)
        network.train(False)
        return network

    def save(self, folder: Path) -> None:
        """Write a checkpoint; one that is already there stays until the new one is whole."""
        folder.mkdir(parents=True, exist_ok=True)
        tensors = {f"network.{name}": value for name, value in self.network.state_dict().items()}
        tensors |= {f"mean.{name}": value for name, value in self.mean.items()}
        for index, state in self.optimiser.state_dict()["state"].items():
            tensors |= {f"optimiser.{index}.{name}": value for name, value in state.items()}
        name = f"step-{self.step}.safetensors"
        save_file({key: value.detach().cpu().contiguous() for key, value in tensors.items()}, folder / name)
        state = {
            "file": name, "step": self.step, "seconds": self.seconds, "losses": self.losses,
            "settings": dataclasses.asdict(self.settings),
        }  # fmt: skip
        temporary = folder / "state.json.new"
        temporary.write_text(json.dumps(state))
        os.replace(temporary, folder / "state.json")
        for old in folder.glob("step-*.safetensors"):
            if old.name != name:
                old.unlink()

    def resume(self, folder: Path) -> None:
        """Go on from a checkpoint; ValueError where it is one of other settings."""
        state = json.loads((folder / "state.json").read_text())
        made, settings = Settings.from_dict(state["settings"]), self.settings
        done = [cycle for cycle in made.cycles if cycle.end <= state["step"]]
        if list(settings.cycles[: len(done)]) == done and len(done) == len(made.cycles):  # a further cycle
            made = dataclasses.replace(made, cycles=settings.cycles)
        names = [field.name for field in dataclasses.fields(Settings)]
        if other := [name for name in names if getattr(made, name) != getattr(settings, name)]:
            raise ValueError(f"the checkpoint in {folder} was made with other settings: {', '.join(other)}")
        tensors = load_file(folder / state["file"])
        self.network.load_state_dict(_under(tensors, "network."))
        self.mean = {name: value.to(self.device) for name, value in _under(tensors, "mean.").items()}
        moments: dict[int, dict[str, Tensor]] = {}
        for key, value in _under(tensors, "optimiser.").items():
            index, name = key.split(".")
            moments.setdefault(int(index), {})[name] = value
        self.optimiser.load_state_dict(self.optimiser.state_dict() | {"state": moments})
        self.step, self.seconds = state["step"], state["seconds"]
        self.losses = [(int(step), float(loss)) for step, loss in state["losses"]]


def loss_of(network: Callable[..., Tensor], made: Block, rows: slice, device: str = "cpu") -> Tensor:
    """The mean pinball loss of generated series, near steps counting more."""
    context = made.context
    horizon = HORIZONS.get(context, HORIZON)
    values, known = made.values[rows], made.known[rows]
    inputs = prepare(values[:, :context], known[:, :context], made.season[rows], made.longer[rows], horizon)
    coming = (values[:, context : context + horizon] - inputs.centre[:, None]) / inputs.scale[:, None]
    truth = torch.from_numpy(np.clip(coming, -300, 300).astype(np.float32)).to(device)
    seen = torch.from_numpy(known[:, context : context + horizon]).to(device)
    arrays = [torch.from_numpy(array).to(device) for array in (inputs.past, inputs.anchors, inputs.figures)]
    with torch.autocast(device, torch.bfloat16):
        quantiles = network(*arrays)
    levels = torch.tensor(LEVELS, device=device)
    error = truth[:, :, None] - quantiles
    pinball = torch.maximum(levels * error, (levels - 1) * error).mean(dim=2)
    weight = seen * (torch.arange(horizon, device=device) + 4.0) ** -0.5
    return (pinball * weight).sum() / weight.sum()


def _under(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}
