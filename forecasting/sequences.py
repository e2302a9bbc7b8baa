"""The sine wave, the classic first task of a recurrent network: from the last values, the next one.

    result = run_sine({"period": 6.283, "noise": 0.0, "recipe": "classic"})

"classic" trains as textbooks do: every window in each step, a constant learning rate, the value itself as target.
"tidecast" trains the same network in mini-batches, under a one-cycle schedule, on the offset from the last value.

Axes: N windows, W values in each, B of them in a batch.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from forecasting.config import check_choice, check_known, check_real, check_whole
from forecasting.errors import ConfigError
from forecasting.forecaster import Progress

if TYPE_CHECKING:
    import torch

Values = npt.NDArray[np.float64]

SPAN = 50.0  # the wave is drawn over x in [0, SPAN]
TRAIN_SHARE = 0.8
CELLS = ("lstm", "gru", "rnn")


@dataclasses.dataclass(frozen=True)
class Recipe:
    """How a network is trained; each field is one departure from the textbook."""

    batch_size: int | None = None  # None: all windows in every step
    one_cycle: bool = False  # learning rate rises to its highest and falls to nearly zero, instead of constant
    offset: bool = False  # the network says by how much the next value differs from the last


RECIPES = {
    "classic": Recipe(),
    "tidecast": Recipe(batch_size=64, one_cycle=True, offset=True),
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class SineConfig:
    """Settings of `run_sine`; the defaults are the classic setting. A wrong value raises ConfigError with `.field`."""

    period: float = 2 * math.pi  # in units of x
    amplitude: float = 1.0
    noise: float = 0.0  # standard deviation of what is added to each value
    points: int = 1000  # values over x in [0, 50]
    window: int = 10  # past values that one prediction is made from
    cell: str = "lstm"
    num_layers: int = 1
    hidden_size: int = 32
    epochs: int = 50
    learning_rate: float = 0.01  # of Adam; the highest one under a schedule
    recipe: str = "classic"
    rollout: int = 200  # free-running steps beyond the data
    seed: int = 0

    def __post_init__(self) -> None:
        for field, low, high in _WHOLE:
            check_whole(field, getattr(self, field), low, high)
        for field, least, most in _REAL:
            check_real(field, getattr(self, field), least, most)
        check_choice("cell", self.cell, CELLS)
        check_choice("recipe", self.recipe, tuple(RECIPES))
        if self.amplitude == 0 and self.noise == 0:
            raise ConfigError(
                "amplitude and noise are both 0, so there is nothing to predict; raise one of them.", field="amplitude"
            )
        longest = int(TRAIN_SHARE * self.points) - 2
        if self.window > longest:
            raise ConfigError(
                f"window is {self.window}, but {self.points:,} points leave room for at most {longest:,}; "
                "choose a shorter window or more points.",
                field="window",
            )

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> SineConfig:
        """The config of `values`; unknown keys raise ConfigError, missing ones take their defaults."""
        check_known(cls, values)
        return cls(**values)


def run_sine(config: Mapping[str, Any], on_progress: Callable[[Progress], None] | None = None) -> dict[str, Any]:
    """Train on the first 80 % of the windows, predict the rest, then run freely beyond the data. All JSON-able.

    test: {x, true, predicted, naive}, one step ahead from true values; naive repeats the last one. test_mse and
        naive_mse are the mean squared differences from true.
    losses, test_losses: mean squared error of the scaled values by epoch; scale is what the values were divided by.
    rollout: {x, true, predicted}; each prediction is made from earlier predictions, true is the wave without noise.
    diverged: training ended with a higher loss than it began with. What is no finite number is None.
    """
    settings = SineConfig.from_dict(config)
    x, y = wave(settings)
    split = settings.window + int(TRAIN_SHARE * (settings.points - settings.window))  # first value of the test part
    scale = float(np.abs(y[:split]).max())
    started = time.perf_counter()
    with _seeded(settings.seed):
        network = _network(settings)
        losses, test_losses = _train(network, y / scale, split, settings, on_progress)
    seconds = time.perf_counter() - started

    true = y[split:]
    predicted = _predict(network, _windows(y / scale, settings.window)[0][split - settings.window :]) * scale
    beyond = np.arange(settings.points, settings.points + settings.rollout) * (x[1] - x[0])
    free = _roll_out(network, y[-settings.window :] / scale, settings.rollout) * scale
    return {
        "config": dataclasses.asdict(settings),
        "series": {"x": _plain(x), "y": _plain(y)},
        "split": split,
        "test": {
            "x": _plain(x[split:]),
            "true": _plain(true),
            "predicted": _plain(predicted),
            "naive": _plain(y[split - 1 : -1]),
        },
        "test_mse": _number(float(np.mean((predicted - true) ** 2))),
        "naive_mse": float(np.mean((y[split - 1 : -1] - true) ** 2)),
        "scale": scale,
        "losses": _plain(np.array(losses)),
        "test_losses": _plain(np.array(test_losses)),
        "diverged": not losses[-1] <= losses[0],
        "rollout": {"x": _plain(beyond), "true": _plain(_sine(beyond, settings)), "predicted": _plain(free)},
        "seconds": seconds,
        "parameters": sum(weight.numel() for weight in network.parameters()),
    }


def wave(config: SineConfig) -> tuple[Values, Values]:
    """x over [0, 50] and the sine with its noise there."""
    x = np.linspace(0.0, SPAN, config.points)
    noise = np.random.default_rng(config.seed).normal(0.0, 1.0, config.points)
    return x, _sine(x, config) + config.noise * noise


def _sine(x: Values, config: SineConfig) -> Values:
    values: Values = config.amplitude * np.sin(2 * np.pi * x / config.period)
    return values


def _windows(y: Values, window: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Every stretch of `window` values [N, W] and the value after each [N]."""
    import torch

    stretches = torch.tensor(y, dtype=torch.float32).unfold(0, window + 1, 1)  # [N, W + 1]
    return stretches[:, :-1], stretches[:, -1]


def _network(config: SineConfig) -> torch.nn.Module:
    from torch import nn

    cell = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}[config.cell]
    offset = RECIPES[config.recipe].offset

    class NextValue(nn.Module):
        """Read the window step by step; from the last state, the next value."""

        def __init__(self) -> None:
            super().__init__()
            self.recurrent = cell(1, config.hidden_size, config.num_layers, batch_first=True)
            self.head = nn.Linear(config.hidden_size, 1)

        def forward(self, windows: torch.Tensor) -> torch.Tensor:  # [B, W] -> [B]
            states, _ = self.recurrent(windows[..., None])  # [B, W, hidden]
            step: torch.Tensor = self.head(states[:, -1])[:, 0]
            return windows[:, -1] + step if offset else step

    return NextValue()


def _train(
    network: torch.nn.Module,
    y: Values,
    split: int,
    config: SineConfig,
    on_progress: Callable[[Progress], None] | None,
) -> tuple[list[float], list[float]]:
    """Loss on the training part during, and on the test part after, each epoch."""
    import torch

    from forecasting.model.optimiser import AdamW, one_cycle

    windows, targets = _windows(y, config.window)
    count = split - config.window  # windows whose target lies before the split
    recipe = RECIPES[config.recipe]
    batch_size = recipe.batch_size or count
    steps = config.epochs * math.ceil(count / batch_size)
    optimiser = AdamW(network.parameters())  # without decay: Adam
    rate, step = config.learning_rate, 0
    losses, test_losses = [], []
    for epoch in range(1, config.epochs + 1):
        summed = 0.0
        for batch in torch.split(torch.randperm(count), batch_size):
            loss = ((network(windows[batch]) - targets[batch]) ** 2).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step(one_cycle(rate, step, steps) if recipe.one_cycle else rate)
            step += 1
            summed += loss.item() * len(batch)
        losses.append(summed / count)
        with torch.no_grad():
            test_losses.append(((network(windows[count:]) - targets[count:]) ** 2).mean().item())
        if on_progress is not None:
            on_progress(
                Progress(
                    stage="final",
                    fold=0,
                    folds=0,
                    epoch=epoch,
                    epochs=config.epochs,
                    train_loss=_number(losses[-1]),
                    valid_loss=_number(test_losses[-1]),
                    fraction=epoch / config.epochs,
                )
            )
    return losses, test_losses


def _predict(network: torch.nn.Module, windows: torch.Tensor) -> Values:
    import torch

    with torch.no_grad():
        return network(windows).double().numpy()  # type: ignore[no-any-return]  # a module's result is untyped


def _roll_out(network: torch.nn.Module, last: Values, steps: int) -> Values:
    """`steps` values after `last` [W], each predicted from what was predicted before it."""
    import torch

    values = torch.tensor(last, dtype=torch.float32)
    with torch.no_grad():
        for _ in range(steps):
            values = torch.cat([values, network(values[None, -len(last) :])])
    return values[len(last) :].double().numpy()


@contextlib.contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Random numbers of torch from `seed` inside; what the caller draws afterwards is as if nothing had happened."""
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def _plain(values: Values) -> list[float | None]:
    return [_number(value) for value in values.tolist()]


def _number(value: float) -> float | None:
    """JSON has no infinities."""
    return value if math.isfinite(value) else None


_WHOLE = (  # setting, lowest, highest: bounds that keep a run to seconds
    ("points", 50, 5000),
    ("window", 1, 1000),
    ("num_layers", 1, 4),
    ("hidden_size", 1, 256),
    ("epochs", 1, 500),
    ("rollout", 0, 5000),
    ("seed", 0, 2**31 - 1),
)
_REAL = (
    ("period", 0.5, 100.0),
    ("amplitude", 0.0, 1000.0),
    ("noise", 0.0, 1000.0),
    ("learning_rate", 1e-5, 10.0),
)
