"""The sine wave, the classic first task of a recurrent network: the next value from the last ones.

    result = run_sine(SineConfig(noise=0.1))
    result["recipes"]["tidecast"]["test_mse"]

"classic" trains as textbooks do: all windows in each step, a constant learning rate, the value itself as target.
"tidecast" trains the same network in mini-batches, under a one-cycle schedule, on the offset from the last value.
The other recipes are the other combinations of these three changes.

Axes: N windows, W values in each, B of them in a batch.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from forecasting.config import check_choice, check_real, check_whole
from forecasting.errors import ConfigError
from forecasting.labs.divergence import divergence, hopeless
from forecasting.labs.json_values import Values, finite, plain
from forecasting.labs.lab_settings import CELLS, Settings
from forecasting.labs.reporter import OnProgress, Reporter
from forecasting.labs.sequences.phase_error import phase_error
from forecasting.labs.sequences.sine_frames import roll_out, sine_scene, sine_shot
from forecasting.messages import Message

if TYPE_CHECKING:
    import torch

SPAN = 50.0  # of x
TRAIN_SHARE = 0.8
BATCH_SIZE = 64  # of mini-batches
MOST_FILMED = 3  # recipes: of more, nobody watches each

CHANGES = ("batches", "schedule", "offset")  # to the textbook's training


def _recipe_name(changes: tuple[str, ...]) -> str:
    return {(): "classic", CHANGES: "tidecast"}.get(changes, "+".join(changes))


RECIPES: dict[str, tuple[str, ...]] = {  # every combination of the changes, fewest first
    _recipe_name(changes): changes for count in range(4) for changes in itertools.combinations(CHANGES, count)
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class SineConfig(Settings):
    """Settings of `run_sine`; the defaults are the classic setting. A wrong value raises ConfigError with `.field`."""

    period: float = 2 * math.pi  # in units of x
    amplitude: float = 1.0
    second_period: float = 2.0  # of another sine on top
    second_amplitude: float = 0.0
    trend: float = 0.0  # rise per unit of x
    noise: float = 0.0  # its standard deviation
    points: int = 1000  # values over x in [0, 50]
    window: int = 10  # past values for each prediction
    cell: str = "lstm"
    num_layers: int = 1
    hidden_size: int = 32
    epochs: int = 50
    learning_rate: float = 0.01  # of Adam; the highest one under a schedule
    recipes: tuple[str, ...] = ("classic", "tidecast")  # names in RECIPES: each trains a network of its own
    rollout: int = 500  # steps beyond the data, each predicted from earlier predictions
    repeats: int = 1  # trainings of each recipe, with consecutive seeds
    seed: int = 0

    def __post_init__(self) -> None:
        for field, low, high in _WHOLE:
            check_whole(field, getattr(self, field), low, high)
        for field, least, most in _REAL:
            check_real(field, getattr(self, field), least, most)
        check_choice("cell", self.cell, CELLS)
        object.__setattr__(self, "recipes", _checked_recipes(self.recipes))
        if not (self.amplitude or self.second_amplitude or self.noise or self.trend):
            raise ConfigError(Message("labs.flat-wave"), field="amplitude")
        if self.window > longest_window(self.points):
            raise ConfigError(
                Message("labs.window", window=self.window, points=self.points, longest=longest_window(self.points)),
                field="window",
            )


def run_sine(
    config: SineConfig | Mapping[str, Any] | None = None, on_progress: OnProgress = None, *, film: bool = True
) -> dict[str, Any]:
    """Train on the first 80 % of the windows, predict the rest, then roll out beyond the data. All JSON-able.

    film: whether progress has frames.

    series: {x, y}; split: the first value of the test part; scale: what the values were divided by for training.
    test: {x, true, naive}, naive repeats the last value; naive_mse: its mean squared difference from true.
    rollout: {x, true}: the wave beyond the data, without noise.
    recipes: for each recipe {changes, losses, test_losses, steps, seconds, parameters, diverged, test_mse, predicted,
        rollout, phase}: losses are mean squared errors of scaled values by epoch, during training and after each epoch
        on the test part; predicted is one step ahead from true values; each value of rollout is made from earlier ones;
        phase is `phase_error` of it; diverged is None or the `divergence` of the first repeat that did; test_mses has
        one for each repeat, all else is of the first.
    """
    from forecasting.model.teaching_networks import seeded

    settings = SineConfig.of(config)
    x, y = wave(settings)
    split = _split(settings)
    scale = float(np.abs(y[:split]).max())
    beyond, ahead = _beyond(settings, x)
    filmed = film_scene(settings) if film and settings.repeats == 1 and len(settings.recipes) <= MOST_FILMED else None
    trained: dict[str, dict[str, Any]] = {}
    for number, (name, repeat) in enumerate(itertools.product(settings.recipes, range(settings.repeats))):
        with seeded(settings.seed + repeat):
            report = Reporter(on_progress, number + 1, len(settings.recipes) * settings.repeats)
            training = _recipe(name, y, split, scale, ahead, settings, report, filmed)
        recipe = trained.setdefault(name, {**training, "test_mses": []})
        recipe["test_mses"].append(training["test_mse"])
        recipe["diverged"] = recipe["diverged"] or training["diverged"]
    return {
        "config": settings.to_dict(),
        "series": {"x": plain(x), "y": plain(y)},
        "split": split,
        "scale": scale,
        "test": {"x": plain(x[split:]), "true": plain(y[split:]), "naive": plain(y[split - 1 : -1])},
        "naive_mse": float(np.mean((y[split - 1 : -1] - y[split:]) ** 2)),
        "rollout": {"x": plain(beyond), "true": plain(ahead)},
        "recipes": trained,
    }


def longest_window(points: int) -> int:
    """The longest one that leaves two windows to train on."""
    return int(TRAIN_SHARE * points) - 2


def film_scene(config: SineConfig) -> dict[str, Any]:
    """The scene of the frames, see `forecasting.labs.frames`."""
    x, y = wave(config)
    return sine_scene(x, y, _split(config), _beyond(config, x)[1], config.epochs, config.recipes)


def wave(config: SineConfig) -> tuple[Values, Values]:
    """x over [0, 50] and the values there, noise included."""
    x = np.linspace(0.0, SPAN, config.points)
    noise = np.random.default_rng(config.seed).normal(0.0, 1.0, config.points)
    return x, clean(x, config) + config.noise * noise


def _split(config: SineConfig) -> int:
    """Where the test part begins."""
    return config.window + int(TRAIN_SHARE * (config.points - config.window))


def _beyond(config: SineConfig, x: Values) -> tuple[Values, Values]:
    """x beyond the data, and the wave there without noise."""
    beyond = np.arange(config.points, config.points + config.rollout) * (x[1] - x[0])
    return beyond, clean(beyond, config)


def clean(x: Values, config: SineConfig) -> Values:
    """The wave at `x` without its noise."""
    first: Values = config.amplitude * np.sin(2 * np.pi * x / config.period)
    second: Values = config.second_amplitude * np.sin(2 * np.pi * x / config.second_period)
    return first + second + config.trend * x


def _recipe(
    name: str,
    y: Values,
    split: int,
    scale: float,
    ahead: Values,
    config: SineConfig,
    report: Reporter,
    filmed: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Train a network by one recipe and use it."""
    from forecasting.model.teaching_networks import NextValue, largest_weight, parameters

    changes = RECIPES[name]
    network = NextValue(config.cell, config.hidden_size, config.num_layers, offset="offset" in changes)
    unseen = _windows(y / scale, config.window)[0][split - config.window :]
    last = y[-config.window :] / scale
    if filmed is not None:
        report.film(name, config.epochs, lambda whole: sine_shot(network, unseen, last, scale, filmed, whole))
    started = time.perf_counter()
    step_losses, losses, test_losses = _train(network, y / scale, split, changes, config, report)
    seconds = time.perf_counter() - started - report.spent
    predicted = _predict(network, unseen) * scale
    free = roll_out(network, last, config.rollout) * scale
    return {
        "changes": list(changes),
        "losses": plain(losses),
        "test_losses": plain(test_losses),
        "steps": len(step_losses),
        "seconds": seconds,
        "parameters": parameters(network),
        "diverged": divergence(
            step_losses,
            guess=float((y[:split] / scale).var()),
            learning_rate=config.learning_rate,
            largest_weight=largest_weight(network.parameters()),
            after=test_losses[-1],
        ),
        "test_mse": finite(float(np.mean((predicted - y[split:]) ** 2))),
        "predicted": plain(predicted),
        "rollout": plain(free),
        "phase": _phase(ahead, free, config),
    }


def _phase(ahead: Values, free: Values, config: SineConfig) -> dict[str, Any] | None:
    """Phase error of the larger sine."""
    per_unit = (config.points - 1) / SPAN
    sines = [(config.amplitude, config.period * per_unit), (config.second_amplitude, config.second_period * per_unit)]
    (size, steps), (other, other_steps) = sorted(sines, reverse=True)
    return phase_error(ahead, free, steps, (other_steps,) if other else ()) if size else None


def _windows(y: Values, window: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Every `window` consecutive values [N, W] and the value after them [N]."""
    import torch

    runs = torch.tensor(y, dtype=torch.float32).unfold(0, window + 1, 1)  # [N, W + 1]
    return runs[:, :-1], runs[:, -1]


def _train(
    network: torch.nn.Module, y: Values, split: int, changes: tuple[str, ...], config: SineConfig, report: Reporter
) -> tuple[list[float], list[float], list[float]]:
    """Loss of each step; loss on the training part during, and on the test part after, each epoch."""
    import torch

    from forecasting.model.optimiser import AdamW, one_cycle

    windows, targets = _windows(y, config.window)
    count = split - config.window  # windows whose target lies before the split
    batch_size = BATCH_SIZE if "batches" in changes else count
    steps = config.epochs * math.ceil(count / batch_size)
    optimiser = AdamW(network.parameters())  # without decay: Adam
    step_losses: list[float] = []
    losses, test_losses = [], []
    for epoch in range(1, config.epochs + 1):
        summed = 0.0
        for batch in torch.split(torch.randperm(count), batch_size):
            loss = ((network(windows[batch])[:, 0] - targets[batch]) ** 2).mean()
            optimiser.zero_grad()
            loss.backward()
            rate = config.learning_rate
            optimiser.step(one_cycle(rate, len(step_losses), steps) if "schedule" in changes else rate)
            step_losses.append(loss.item())
            summed += loss.item() * len(batch)
        losses.append(summed / count)
        with torch.no_grad():
            test_losses.append(((network(windows[count:])[:, 0] - targets[count:]) ** 2).mean().item())
        report(epoch, config.epochs, losses[-1], test_losses[-1])
        if hopeless(step_losses[-1], step_losses[0]):
            break
    return step_losses, losses, test_losses


def _predict(network: torch.nn.Module, windows: torch.Tensor) -> Values:
    import torch

    with torch.no_grad():
        return network(windows)[:, 0].double().numpy()  # type: ignore[no-any-return]  # a module's result is untyped


def _checked_recipes(names: object) -> tuple[str, ...]:
    if not isinstance(names, list | tuple) or not names or len(set(map(str, names))) < len(names):
        raise ConfigError(Message("labs.recipes", value=repr(names)), field="recipes")
    for name in names:
        check_choice("recipes", name, tuple(RECIPES))
    return tuple(names)


_WHOLE = (  # setting, lowest, highest: bounds that keep a run to seconds
    ("points", 50, 5000),
    ("window", 1, 1000),
    ("num_layers", 1, 4),
    ("hidden_size", 1, 256),
    ("epochs", 1, 500),
    ("rollout", 0, 5000),
    ("repeats", 1, 5),
    ("seed", 0, 2**31 - 1),
)
_REAL = (
    ("period", 0.5, 100.0),
    ("amplitude", 0.0, 1000.0),
    ("second_period", 0.5, 100.0),
    ("second_amplitude", 0.0, 1000.0),
    ("trend", -100.0, 100.0),
    ("noise", 0.0, 1000.0),
    ("learning_rate", 1e-5, 10.0),
)
