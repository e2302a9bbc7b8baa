"""Many steps ahead in two ways: one step at a time, fed back as input, or all at once by a head with many outputs.

    result = run_rollout(RolloutConfig(future=50))
    result["methods"]["one-step"]["rmse"]

Axes: N origins, F future steps, W values in each window.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from forecasting.config import check_choice, check_real, check_whole
from forecasting.labs import frames
from forecasting.labs.divergence import divergence, hopeless
from forecasting.labs.json_values import Values, plain
from forecasting.labs.lab_settings import CELLS, Settings
from forecasting.labs.reporter import OnProgress, Reporter

if TYPE_CHECKING:
    import torch

    from forecasting.model.teaching_networks import NextValue

METHODS = ("one-step", "direct")
POINTS = 1500
TRAIN_POINTS = 1000
STEP = 0.2  # of x between two values
BATCH_SIZE = 64
SHOWN_PATHS = 12


@dataclasses.dataclass(frozen=True, kw_only=True)
class RolloutConfig(Settings):
    """Settings of `run_rollout`."""

    future: int = 50  # steps ahead
    window: int = 30
    noise: float = 0.1  # standard deviation of what is added to each value of the wave
    cell: str = "lstm"
    hidden_size: int = 32
    epochs: int = 15
    learning_rate: float = 0.01  # the highest one of a one-cycle schedule
    seed: int = 0

    def __post_init__(self) -> None:
        check_whole("future", self.future, 2, 200)
        check_whole("window", self.window, 2, 200)
        check_real("noise", self.noise, 0.0, 10.0)
        check_choice("cell", self.cell, CELLS)
        check_whole("hidden_size", self.hidden_size, 1, 128)
        check_whole("epochs", self.epochs, 1, 200)
        check_real("learning_rate", self.learning_rate, 1e-5, 10.0)
        check_whole("seed", self.seed, 0, 2**31 - 1)


def run_rollout(
    config: RolloutConfig | Mapping[str, Any] | None = None, on_progress: OnProgress = None
) -> dict[str, Any]:
    """Train both on 1,000 values of a noisy wave and predict from every origin in the next 500.

    naive_rmse: by step ahead, of repeating the last value; noise: its standard deviation.
    methods: for each {rmse, losses, seconds, parameters, diverged}: rmse by step ahead [F], over all origins.
    paths: some origins {origin, history, true} with each method's path under its name. All JSON-able.
    """
    from forecasting.model.teaching_networks import seeded

    settings = RolloutConfig.of(config)
    y = noisy_wave(settings)
    windows = np.lib.stride_tricks.sliding_window_view(y, settings.window + settings.future)
    train = windows[: TRAIN_POINTS - settings.window - settings.future + 1]
    test = windows[TRAIN_POINTS:]  # [N, W + F], entirely after the training part
    past, ahead = test[:, : settings.window], test[:, settings.window :]
    methods, paths = {}, {}
    for number, method in enumerate(METHODS, start=1):
        with seeded(settings.seed):
            report = Reporter(on_progress, number, len(METHODS))
            methods[method], paths[method] = _method(method, settings, train, past, ahead, report)
        methods[method]["rmse"] = plain(np.sqrt(np.mean((paths[method] - ahead) ** 2, axis=0)))
    shown = np.unique(np.linspace(0, len(test) - 1, SHOWN_PATHS).astype(int))
    return {
        "config": settings.to_dict(),
        "origins": len(test),
        "noise": settings.noise,
        "naive_rmse": plain(np.sqrt(np.mean((past[:, -1:] - ahead) ** 2, axis=0))),
        "methods": methods,
        "paths": [
            {
                "origin": int(TRAIN_POINTS + settings.window + at),
                "history": plain(past[at], 5),
                "true": plain(ahead[at], 5),
                **{method: plain(paths[method][at], 5) for method in METHODS},
            }
            for at in shown
        ],
    }


def film_scene(config: RolloutConfig) -> dict[str, Any]:
    """The scene of the frames, see `forecasting.labs.frames`: the path from the origin in the middle."""
    count = POINTS - TRAIN_POINTS - config.window - config.future + 1
    first = TRAIN_POINTS + count // 2
    wave = noisy_wave(config)[first : first + config.window + config.future]
    known = float(1 - config.window)
    y = frames.edges(wave)
    past = [*wave[: config.window], *[None] * config.future]
    truth = [*[None] * config.window, *wave[config.window :]]
    panels = [
        frames.panel(
            "path", (known, float(config.future)), y, len(wave), {"history": past, "truth": truth}, config.window
        ),
        frames.states_panel((known, 0.0), config.window),
    ]
    return frames.scene("epoch", config.epochs, METHODS, panels)


def noisy_wave(config: RolloutConfig) -> Values:
    """Two sines whose sum does not repeat within the data, and noise."""
    return clean_wave() + config.noise * np.random.default_rng(config.seed).normal(0.0, 1.0, POINTS)


def clean_wave() -> Values:
    """The two sines alone."""
    x = STEP * np.arange(POINTS)
    values: Values = (np.sin(x) + 0.5 * np.sin(2.3 * x)) / 1.5
    return values


def _method(
    method: str, config: RolloutConfig, train: Values, past: Values, ahead: Values, report: Reporter
) -> tuple[dict[str, Any], Values]:
    """Train one method on `train` [., W + F]; its report, and its predictions of `ahead` [N, F] after `past`."""
    import torch

    from forecasting.model.optimiser import AdamW, one_cycle
    from forecasting.model.teaching_networks import NextValue, largest_weight, parameters

    outputs = 1 if method == "one-step" else config.future
    network = NextValue(config.cell, config.hidden_size, outputs=outputs)
    values = torch.tensor(train, dtype=torch.float32)
    windows, targets = values[:, : config.window], values[:, config.window : config.window + outputs]
    optimiser = AdamW(network.parameters())  # without decay: Adam
    steps = config.epochs * -(-len(windows) // BATCH_SIZE)
    losses: list[float] = []
    filmed = film_scene(config)["panels"][0]
    origin = torch.tensor(past[len(past) // 2][None], dtype=torch.float32)

    def shot(whole: bool) -> dict[str, Any]:
        path = frames.scaled(_ahead(network, origin, config.future)[0], tuple(filmed["y"]))
        return {"lines": {"path": path, **(_states(network, origin) if whole else {})}}

    report.film(method, config.epochs, shot)
    started = time.perf_counter()
    for epoch in range(1, config.epochs + 1):
        for batch in torch.split(torch.randperm(len(windows)), BATCH_SIZE):
            loss = ((network(windows[batch]) - targets[batch]) ** 2).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step(one_cycle(config.learning_rate, len(losses), steps))
            losses.append(loss.item())
        report(epoch, config.epochs, losses[-1])
        if hopeless(losses[-1], losses[0]):
            break
    seconds = time.perf_counter() - started - report.spent
    predicted = _ahead(network, torch.tensor(past, dtype=torch.float32), config.future)
    training = {
        "losses": plain(losses),
        "seconds": seconds,
        "parameters": parameters(network),
        "diverged": divergence(
            losses,
            guess=float(train.var()),
            learning_rate=config.learning_rate,
            largest_weight=largest_weight(network.parameters()),
            after=float(np.mean((predicted[:, 0] - ahead[:, 0]) ** 2)),
        ),
    }
    return training, predicted


def _states(network: NextValue, window: torch.Tensor) -> dict[str, Any]:
    """The hidden states while the network reads a window [1, W], as lines of a frame."""
    import torch

    with torch.no_grad():
        states, _ = network.recurrent(window[..., None])  # [1, W, H]
    return {"states": frames.states(states[0].double().numpy())}


def _ahead(network: NextValue, windows: torch.Tensor, future: int) -> Values:
    """`future` values after each window [N, F]; a network with fewer outputs takes its own as input."""
    import torch

    values = windows
    with torch.no_grad():
        while values.shape[1] < windows.shape[1] + future:
            values = torch.cat([values, network(values[:, -windows.shape[1] :])], dim=1)
    return values[:, windows.shape[1] :].double().numpy()
