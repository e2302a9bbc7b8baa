"""A search for settings on the ranges of tutorials, and whether its winner wins again."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from forecasting.config import check_real, check_whole
from forecasting.labs.json_values import plain
from forecasting.labs.lessons.telling import LessonConfig, found, panel, report_of
from forecasting.labs.lessons.training import Examples, OnEpoch, examples, mse, train
from forecasting.labs.reporter import OnProgress

POINTS, SPLIT, WATCHED, WINDOW, EPOCHS = 400, 200, 100, 20, 10
USUAL = {"hidden_size": 16, "num_layers": 1, "learning_rate": 0.01, "dropout": 0.0}


@dataclasses.dataclass(frozen=True, kw_only=True)
class SearchConfig(LessonConfig):
    """Settings of `run_search`."""

    trials: int = 10
    noise: float = 0.3
    repeats: int = 4  # seeds of the usual settings and of the winner

    def __post_init__(self) -> None:
        super().__post_init__()
        check_whole("trials", self.trials, 2, 40)
        check_real("noise", self.noise, 0.0, 2.0)
        check_whole("repeats", self.repeats, 2, 5)


def run_search(
    config: SearchConfig | Mapping[str, Any] | None = None, on_progress: OnProgress = None
) -> dict[str, Any]:
    """Settings drawn from the ranges of tutorials (hidden size 4 to 64 and rate 1e-4 to 1e-2 evenly by their logarithm,
    1 or 2 layers, dropout 0 to .5), each trained once; the best by the error on watched values is trained again.

    trials: settings, error on the watched values and on those of the test. errors: on the test, of each seed, of the
    "usual" settings and of the "winner"; "usual-watched" and "winner-watched": the same on the watched values.
    """
    settings = SearchConfig.of(config)
    told = report_of(on_progress, settings.trials + 2 * settings.repeats)
    generator = np.random.default_rng(settings.seed)
    noise = generator.normal(0, settings.noise, POINTS)
    every = examples(np.sin(2 * np.pi * np.arange(POINTS) / 25) + noise, WINDOW)
    parts = (
        every.part(0, SPLIT - WINDOW),
        every.part(SPLIT - WINDOW, SPLIT - WINDOW + WATCHED),
        every.part(SPLIT - WINDOW + WATCHED),
    )
    trials = []
    for number in range(settings.trials):
        drawn = {
            "hidden_size": round(float(np.exp(generator.uniform(np.log(4), np.log(64))))),
            "num_layers": int(generator.integers(1, 3)),
            "learning_rate": float(np.exp(generator.uniform(np.log(1e-4), np.log(1e-2)))),
            "dropout": float(generator.uniform(0, 0.5)),
        }
        watched, asked = _trained(drawn, parts, settings.seed, told(EPOCHS))
        trials.append({"number": number + 1, **drawn, "watched": watched, "test": asked})
    winner = min(trials, key=lambda trial: (trial["watched"], trial["number"]))
    won = {name: winner[name] for name in USUAL}
    errors: dict[str, list[float]] = {"usual": [], "winner": [], "usual-watched": [], "winner-watched": []}
    for seed in range(settings.seed + 1, settings.seed + 1 + settings.repeats):
        for name, chosen in (("usual", USUAL), ("winner", won)):
            watched, asked = _trained(chosen, parts, seed, told(EPOCHS))
            errors[name].append(asked)
            errors[f"{name}-watched"].append(watched)
    ranked = sorted(trials, key=lambda trial: trial["watched"])
    low, high = min(errors["usual"]), max(errors["usual"])
    places = np.arange(1, len(ranked) + 1)
    return {
        "config": settings.to_dict(),
        "trials": trials,
        "winner": winner,
        "panels": [
            panel(
                "trials", places,
                {"watched": [one["watched"] for one in ranked], "test": [one["test"] for one in ranked],
                 "usual-low": [low] * len(ranked), "usual-high": [high] * len(ranked)},
                log=True,
            ),
            panel(
                "seeds", np.arange(1, settings.repeats + 1), {"usual": errors["usual"], "winner": errors["winner"]}
            ),
        ],
        "errors": {name: plain(values) for name, values in errors.items()},
        "found": [found(errors, "usual", "winner")],
    }  # fmt: skip


def _trained(
    chosen: Mapping[str, Any], parts: tuple[Examples, Examples, Examples], seed: int, tell: OnEpoch
) -> tuple[float, float]:
    """(Error on the watched values, on the test)."""
    from forecasting.model.teaching_networks import NextValue, seeded

    taught, watched, asked = parts
    with seeded(seed):
        network = NextValue("lstm", chosen["hidden_size"], chosen["num_layers"], dropout=chosen["dropout"])
        train(
            network, taught, epochs=EPOCHS, rate=float(chosen["learning_rate"]),
            on_epoch=tell,
        )  # fmt: skip
    return mse(network, watched), mse(network, asked)
