"""Generated series: sums of components, then what happens to values on their way into a table.

A block holds series of one context length, so that short ones cost little. The same (seed, number) gives the same
block, bit for bit, whatever was generated before: a training can go on anywhere.

Axes: N series, T steps (context and horizon end to end).
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from pretraining import components
from pretraining.components import Matrix, Random, Whole, between

HORIZON = 64
CONTEXTS = (32, 64, 128, 256, 512)
SHARES = (0.16, 0.16, 0.2, 0.2, 0.28)  # of the blocks
PERIODS: dict[int, tuple[tuple[int, int], ...]] = {  # (season, longer season) that fit a context; (0, 0): any number
    32: ((1, 1), (1, 1), (4, 4), (4, 4), (7, 7), (12, 12), (12, 12), (0, 0)),
    64: ((1, 1), (4, 4), (7, 7), (12, 12), (12, 12), (24, 24), (0, 0)),
    128: ((1, 1), (4, 4), (7, 7), (12, 12), (12, 12), (24, 24), (52, 52), (0, 0)),
    256: ((1, 1), (7, 7), (12, 12), (24, 24), (24, 168), (52, 52), (52, 52), (0, 0)),
    512: ((1, 1), (7, 7), (7, 364), (12, 12), (24, 24), (24, 168), (24, 168), (52, 52), (52, 52), (48, 336), (0, 0)),
}


@dataclasses.dataclass(frozen=True)
class Block:
    """Generated series with what a forecaster is told of them."""

    values: Matrix  # [N, T]
    known: NDArray[np.bool_]  # [N, T] False before a series begins and in its gaps
    season: Whole  # [N] told length; 1: none
    longer: Whole  # [N]
    context: int  # steps before the horizon


def block(seed: int, number: int, count: int = 1024) -> Block:
    """The block `number` of a training with `seed`."""
    rng = np.random.default_rng((seed, number))
    context = int(rng.choice(CONTEXTS, p=SHARES))
    steps = context + HORIZON
    pairs = np.array(PERIODS[context])[rng.integers(0, len(PERIODS[context]), count)]
    free = pairs[:, 0] == 0
    pairs[free] = rng.integers(2, max(8, context // 4), int(free.sum()))[:, None]
    season, longer = pairs[:, 0], pairs[:, 1]
    values = _transformed(rng, _sum(rng, season, longer, steps))
    length = rng.integers(max(8, context // 2 - 16), context + 1, count)
    length = np.where(rng.random(count) < 0.4, context, length)
    begun = np.arange(steps) >= context - length[:, None]
    known = begun & ~_gaps(rng, count, steps)
    known[:, context - 1] |= ~known[:, :context].any(axis=1)
    untold = rng.random(count) < 0.06
    return Block(values, known, np.where(untold, 1, season), np.where(untold, 1, longer), context)


def _sum(rng: Random, season: Whole, longer: Whole, steps: int) -> Matrix:
    """The weighted sum of components [N, T]."""
    count = len(season)
    total = np.zeros((count, steps), dtype=np.float32)
    plain = rng.random(count) < 0.12  # nothing but a walk

    def add(share: float, low: float, high: float, able: NDArray[np.bool_], make: str) -> None:
        chosen = np.flatnonzero((rng.random(count) < share) & able & ~plain)
        if not len(chosen):
            return
        weight = between(rng, low, high, len(chosen))[:, None]
        if make == "season":
            part = components.season(rng, season[chosen], steps)
        elif make == "longer":
            part = components.season(rng, longer[chosen], steps)
        elif make == "weeks":
            part = components.days_of_weeks(rng, season[chosen], longer[chosen], steps)
        elif make == "process":
            part = components.gaussian_process(rng, season[chosen], steps)
        else:
            part = PLAIN[make](rng, len(chosen), steps)
        total[chosen] += weight * part

    every = np.ones(count, dtype=bool)
    seasonal, two = season > 1, longer > season
    add(0.85, 0.2, 4, seasonal & ~two, "season")
    add(0.5, 0.3, 4, two, "season")
    add(0.4, 0.1, 2, two, "longer")
    add(0.65, 0.3, 4, two, "weeks")
    add(0.5, 0.1, 4, every, "trend")
    add(0.3, 0.1, 2, every, "autoregression")
    add(0.4, 0.1, 3, every, "walk")
    add(0.25, 0.1, 3, every, "slope")
    add(0.2, 0.1, 2, every, "process")
    add(0.12, 0.1, 3, every, "levels")
    part = components.walk(rng, int(plain.sum()), steps)
    total[plain] = part
    noise = between(rng, 0.01, 1, count) * ~plain
    total += noise[:, None] * np.ascontiguousarray(components.shocks(rng, count, steps).T)
    return components.unit(total)


PLAIN = {
    "trend": components.trend,
    "autoregression": components.autoregression,
    "walk": components.walk,
    "slope": components.wandering_slope,
    "levels": components.steps_of_level,
}


def _transformed(rng: Random, z: Matrix) -> Matrix:
    """Growth in proportion, of which some stays as its logarithm; counts, limits, rounding, outliers."""
    count, steps = z.shape
    values = z.copy()
    form = rng.random(count)
    grows = form < 0.3
    size = between(rng, 0.05, 0.9, count)[:, None]
    plain = grows & (rng.random(count) >= 0.65)
    values[plain] = np.exp(size[plain] * z[plain])
    counts = (form >= 0.3) & (form < 0.36)
    rate = np.exp(np.clip(rng.uniform(-2, 4, (count, 1)) + size * z, -6, 8))
    values[counts] = rng.poisson(rate[counts])
    rare = (form >= 0.36) & (form < 0.39)
    share = rng.uniform(0.03, 0.5, (count, 1))
    values[rare] = (np.exp(size * z) * (rng.random((count, steps)) < share))[rare]
    limited = (form >= 0.39) & (form < 0.42)
    values[limited] = np.maximum(z[limited], np.quantile(z[limited], rng.uniform(0.05, 0.6), axis=1, keepdims=True))
    rounded = (form >= 0.42) & (form < 0.46)
    unit = rng.uniform(0.05, 0.6)
    values[rounded] = np.round(z[rounded] / unit) * unit
    hit = rng.random(count) < 0.08
    spikes = rng.random((int(np.count_nonzero(hit)), steps)) < rng.uniform(0.003, 0.03, (int(np.count_nonzero(hit)), 1))
    values[hit] += spikes * rng.normal(0, 3, spikes.shape).astype(np.float32) * values[hit].std(axis=1, keepdims=True)
    return values


def _gaps(rng: Random, count: int, steps: int) -> NDArray[np.bool_]:
    """True where nothing was measured: single steps in some series, a run in others."""
    share = rng.uniform(0, 0.3, (count, 1)) * (rng.random((count, 1)) < 0.06)
    missing = rng.random((count, steps)) < share
    start = rng.integers(0, steps, (count, 1))
    run = rng.integers(1, max(2, steps // 6), (count, 1)) * (rng.random((count, 1)) < 0.06)
    time = np.arange(steps)
    gaps: NDArray[np.bool_] = missing | ((time >= start) & (time < start + run))
    return gaps
