"""What the teaching pages claim, measured: `python benchmarks/teaching.py [--seeds 5] [recipes presets ...]`.

Prints a table for each: the median over the seeds and in brackets the smallest and largest. One torch thread.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the checkout that this file is in, installed or not

from forecasting import (
    CellsConfig,
    CosineConfig,
    MarkerConfig,
    RolloutConfig,
    SineConfig,
    run_cells,
    run_cosine,
    run_marker,
    run_rollout,
    run_sine,
)
from forecasting.labs.sequences import RECIPES, effects

PRESETS: dict[str, dict[str, Any]] = {
    "Classic": {},
    "Noise": {"noise": 0.2},
    "Longer window": {"noise": 0.2, "window": 50},
    "Stacked layers": {"num_layers": 3},
    "RNN": {"cell": "rnn"},
    "Two sines": {"second_amplitude": 0.5},
}


def main() -> None:
    import torch

    torch.set_num_threads(1)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", nargs="*", help=f"of {', '.join(TABLES)}; all by default")
    parser.add_argument("--seeds", type=int, default=5)
    asked = parser.parse_args()
    for name in asked.tables or TABLES:
        print(f"\n{name}, {asked.seeds} seeds")
        TABLES[name](range(asked.seeds))


def recipes(seeds: Sequence[int]) -> None:
    """Every combination of the three changes."""
    results = [run_sine(SineConfig(seed=seed, recipes=tuple(RECIPES), rollout=0)) for seed in seeds]
    for name in RECIPES:
        nets = [result["recipes"][name] for result in results]
        print(f"{name:18} test MSE {_spread([net['test_mse'] for net in nets])}  s {_spread(_of(nets, 'seconds'))}")
    for change in effects(results[0]):
        print(f"{change:18} divides by {_spread([ratio for result in results for ratio in effects(result)[change]])}")


def presets(seeds: Sequence[int]) -> None:
    """Both recipes in every preset of the page; degrees of the roll-outs that did not fade."""
    for preset, settings in PRESETS.items():
        results = [run_sine(SineConfig(seed=seed, **settings)) for seed in seeds]
        for name in ("classic", "tidecast"):
            nets = [result["recipes"][name] for result in results]
            kept = [net["phase"]["degrees"][-1] for net in nets if net["phase"]["faded"] is None]
            print(
                f"{preset:15} {name:9} test MSE {_spread(_of(nets, 'test_mse'))}  s {_spread(_of(nets, 'seconds'))}  "
                f"faded {len(nets) - len(kept)} of {len(nets)}, degrees after 500 {_spread(kept) if kept else '-'}"
            )


def cosine(seeds: Sequence[int]) -> None:
    """Error at the first point of a chunk and at the others."""
    results = [run_cosine(CosineConfig(seed=seed))["ways"] for seed in seeds]
    for way in ("carried", "reset"):
        errors = np.array([result[way]["error_by_position"] for result in results])
        rest = np.sqrt((errors[:, 1:] ** 2).mean(axis=1))
        seconds = _spread([result[way]["seconds"] for result in results])
        print(f"{way:9} first point {_spread(errors[:, 0])}  others {_spread(rest)}  s {seconds}")


def cells(seeds: Sequence[int]) -> None:
    """Recall at a lag of 30, with gates that start open and as torch starts them."""
    for open_gates in (True, False):
        results = [run_cells(CellsConfig(seed=seed, open_gates=open_gates)) for seed in seeds]
        for cell in ("rnn", "lstm", "gru"):
            nets = [result["cells"][cell] for result in results]
            shares = [net["test_mse"] / result["guess_mse"] for net, result in zip(nets, results, strict=True)]
            far = _spread([net["gradient"]["before"][0] for net in nets])
            said = f"error of guessing x {_spread(shares)}  gradient at lag 30 {far}  s {_spread(_of(nets, 'seconds'))}"
            print(f"{'open' if open_gates else 'half open':9} {cell:5} {said}")


def rollout(seeds: Sequence[int]) -> None:
    """Errors one step ahead and at the end, after 15 and 30 epochs."""
    for epochs in (15, 30):
        results = [run_rollout(RolloutConfig(seed=seed, epochs=epochs))["methods"] for seed in seeds]
        for method in ("one-step", "direct"):
            first, last = ([result[method]["rmse"][at] for result in results] for at in (0, -1))
            seconds = _spread([result[method]["seconds"] for result in results])
            print(f"{epochs} epochs {method:9} step 1 {_spread(first)}  step 50 {_spread(last)}  s {seconds}")


def marker(seeds: Sequence[int]) -> None:
    """Errors before and from the marker on, and of "predicting" noise."""
    results = [run_marker(MarkerConfig(seed=seed)) for seed in seeds]
    for reader in ("lstm", "bilstm", "attention"):
        nets = [result["readers"][reader] for result in results]
        before, after = _spread(_of(nets, "rmse_before")), _spread(_of(nets, "rmse_after"))
        print(f"{reader:10} before {before}  from it on {after}  s {_spread(_of(nets, 'seconds'))}")
    for reader in ("lstm", "bilstm"):
        print(f"noise 'predicted' by {reader:7} {_spread([result['leak'][reader] for result in results])}")


TABLES: dict[str, Callable[[Sequence[int]], None]] = {
    "recipes": recipes,
    "presets": presets,
    "cosine": cosine,
    "cells": cells,
    "rollout": rollout,
    "marker": marker,
}


def _of(nets: Sequence[dict[str, Any]], name: str) -> list[float]:
    return [net[name] for net in nets]


def _spread(values: Any) -> str:
    return f"{np.median(values):.2g} [{np.min(values):.2g} .. {np.max(values):.2g}]"


if __name__ == "__main__":
    main()
