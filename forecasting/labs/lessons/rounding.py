"""Weights in 8 bits instead of 32: how large, how fast, how far off; and what fewer bits would do."""

from __future__ import annotations

import dataclasses
import statistics
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from forecasting.config import check_real, check_whole
from forecasting.labs.json_values import Values, plain
from forecasting.labs.lessons.telling import LessonConfig, found, panel, report_of
from forecasting.labs.lessons.training import Examples, examples, mse, predict, train
from forecasting.labs.reporter import OnProgress

if TYPE_CHECKING:
    import torch

POINTS, SPLIT, WINDOW = 500, 375, 20
EPOCHS, RATE = 25, 0.01
BITS = {"8": 8, "7": 7, "6": 6, "5": 5, "4": 4, "3": 3, "2": 2}  # by the name of the way
TIMES = 15  # of forecasts whose time is measured


@dataclasses.dataclass(frozen=True, kw_only=True)
class RoundingConfig(LessonConfig):
    """Settings of `run_rounding`."""

    hidden_size: int = 64
    noise: float = 0.1
    repeats: int = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        check_whole("hidden_size", self.hidden_size, 4, 128)
        check_real("noise", self.noise, 0.0, 2.0)


def run_rounding(
    config: RoundingConfig | Mapping[str, Any] | None = None, on_progress: OnProgress = None
) -> dict[str, Any]:
    """An LSTM on a noisy sine, written as ONNX in 32 and in 8 bits and run by ONNX Runtime; and the same network with
    its weights rounded to a few bits, each row with a scale of its own (the largest weight of the row is the largest
    number).

    errors: mean squared error of the next value on the last quarter, of each repeat: of the files "float32" and "int8",
    of the bits by their number. files: {bytes, seconds} of the two: seconds of a forecast of all these windows.
    """
    from forecasting.model.teaching_networks import NextValue, seeded

    settings = RoundingConfig.of(config)
    told = report_of(on_progress, settings.repeats)
    errors: dict[str, list[float]] = {way: [] for way in ("float32", "int8", *BITS, "naive")}
    files: dict[str, Any] = {}
    for repeat in range(settings.repeats):
        noise = np.random.default_rng(settings.seed + repeat).normal(0, settings.noise, POINTS)
        y = np.sin(2 * np.pi * np.arange(POINTS) / 25) + noise
        every = examples(y, WINDOW)
        asked = every.part(SPLIT - WINDOW)
        errors["naive"].append(float(np.mean((asked.windows[:, -1] - asked.targets) ** 2)))
        with seeded(settings.seed + repeat):
            network = NextValue("lstm", settings.hidden_size)
            train(
                network, every.part(0, SPLIT - WINDOW), epochs=EPOCHS, rate=RATE,
                on_epoch=told(EPOCHS),
            )  # fmt: skip
        written = _files(network, asked.windows)
        for name, data in written.items():
            predicted, spent = _run(data, asked.windows)
            errors[name].append(float(np.mean((predicted - asked.targets) ** 2)))
            if repeat == 0:
                files[name] = {"bytes": len(data), "seconds": spent}
        exact = predict(network, asked.windows)
        rounded = {way: _rounded(network, bits, asked) for way, bits in BITS.items()}
        for way, (error, _) in rounded.items():
            errors[way].append(error)
        if repeat == 0:
            shown = {"32": exact, **{way: rounded[way][1] for way in ("8", "4", "2")}}
            truth = asked.targets
    medians = [float(np.median(errors[way])) for way in BITS]
    full = float(np.median(errors["float32"]))
    return {
        "config": settings.to_dict(),
        "files": files,
        "panels": [
            panel("bits", list(BITS.values()), {"rounded": medians, "exact": [full] * len(BITS)}, log=True),
            panel("forecast", np.arange(len(truth)), {"truth": truth, **shown}),
        ],
        "errors": {way: plain(values) for way, values in errors.items()},
        "found": [found(errors, "int8", "float32"), found(errors, "4", "float32"), found(errors, "2", "float32")],
    }


def _files(network: torch.nn.Module, windows: Values) -> dict[str, bytes]:
    import onnx

    from forecasting.onnx_file.builder import Graph
    from forecasting.onnx_file.cells import layer
    from forecasting.onnx_file.quantise import dynamic

    weights = {name: value.cpu().numpy() for name, value in network.state_dict().items()}
    hidden = weights["head.weight"].shape[1]
    graph = Graph()
    given = graph.input("y", windows[:1].astype(np.float32), ["windows", windows.shape[1]])
    steps = graph.op("Transpose", graph.shaped(given, 0, -1, 1), perm=[1, 0, 2])
    _, last = layer(graph, "LSTM", weights, 0, hidden, False, steps)
    state = graph.shaped(graph.op("Transpose", last, perm=[1, 0, 2]), -1, hidden)
    value = graph.linear(state, weights["head.weight"], weights["head.bias"])
    graph.output(graph.double(value), "forecast", ["windows", 1])
    whole = graph.model({}, "The next value of a window")
    return {
        "float32": whole,
        "int8": bytes(dynamic(onnx.load_from_string(whole)).SerializeToString(deterministic=True)),
    }


def _run(data: bytes, windows: Values) -> tuple[Values, float]:
    """(The forecasts [N] of a file, median seconds of forecasting all of them)."""
    from forecasting.onnx_file.measure import open_session

    session, feed = open_session(data), {"y": windows.astype(np.float32)}
    values: Values = session.run(["forecast"], feed)[0][:, 0]
    spent = []
    for _ in range(TIMES):
        started = time.perf_counter()
        session.run(["forecast"], feed)
        spent.append(time.perf_counter() - started)
    return values, statistics.median(spent)


def _rounded(network: torch.nn.Module, bits: int, asked: Examples) -> tuple[float, Values]:
    """(The error with the weights of the cell rounded to so many bits, the forecasts)."""
    import copy

    import torch

    small = copy.deepcopy(network)
    largest = 2 ** (bits - 1) - 1
    with torch.no_grad():
        for name, weight in small.named_parameters():
            if weight.ndim == 2 and name.startswith("recurrent"):
                scale = weight.abs().max(dim=1, keepdim=True).values.clamp(min=1e-12) / largest
                weight.copy_((weight / scale).round() * scale)
    return mse(small, asked), predict(small, asked.windows)
