"""The parts that generated series are sums of, each a matrix [N, T] of unit deviation.

Sources: Gaussian processes by random Fourier features (Rahimi and Recht, NIPS 2007) with the kernels that KernelSynth
composes (Ansari et al., "Chronos", TMLR 2024); GARCH(1, 1) of Bollerslev (J. Econometrics 31, 1986).

Axes: N series, T steps, K harmonics, J frequencies.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
Whole = NDArray[np.int64]
Random = np.random.Generator
HARMONICS = 12
FEATURES = 24
TINY = 1e-6


def between(rng: Random, low: float, high: float, count: int) -> Matrix:
    """[count] numbers whose logarithms are uniform."""
    return np.exp(rng.uniform(np.log(low), np.log(high), count)).astype(np.float32)


def unit(part: Matrix) -> Matrix:
    """The same with mean 0 and deviation 1 a series; constants become 0."""
    part = part - part.mean(axis=1, keepdims=True)
    size: Matrix = part / (part.std(axis=1, keepdims=True) + np.float32(TINY))
    return size


def season(rng: Random, period: Whole, steps: int) -> Matrix:
    """A pattern that repeats every `period` [N] steps, and in some series slowly changes its size or its shape."""
    count = len(period)
    phase = rng.integers(0, period)
    index = (np.arange(steps) + phase[:, None]) % period[:, None]
    first = np.take_along_axis(_profile(rng, period), index, axis=1)
    time = np.linspace(0, 1, steps, dtype=np.float32)
    changing = rng.random(count) < 0.3
    if changing.any():
        other = np.take_along_axis(_profile(rng, period[changing]), index[changing], axis=1)
        share = rng.uniform(0.1, 0.6, (int(changing.sum()), 1)).astype(np.float32) * time
        first[changing] = first[changing] * (1 - share) + other * share
    growing = rng.random(count) < 0.3
    slope = rng.uniform(-0.7, 1.5, (count, 1)).astype(np.float32) * growing[:, None]
    pattern: Matrix = unit(first * (1 + slope * time))
    return pattern


def _profile(rng: Random, period: Whole) -> Matrix:
    """One period [N, longest]: harmonics whose size falls; some are sharpened, independent values, or spikes."""
    count, longest = len(period), int(period.max())
    orders = np.arange(1, HARMONICS + 1)
    size = rng.standard_normal((count, HARMONICS)) * orders ** -rng.uniform(0.3, 2.5, (count, 1))
    size *= orders <= period[:, None] / 2
    phase = rng.uniform(0, 2 * np.pi, (count, HARMONICS))
    angle = (2 * np.pi / period[:, None] * np.arange(longest)).astype(np.float32)  # [N, longest]
    profile = np.zeros((count, longest), dtype=np.float32)
    for k in range(HARMONICS):
        turned = angle * orders[k] + phase[:, k, None].astype(np.float32)
        profile += size[:, k, None].astype(np.float32) * np.cos(turned)
    profile = unit(profile)
    form = rng.random(count)
    sharp = form < 0.25
    profile[sharp] = np.exp(np.clip(profile[sharp] * rng.uniform(0.5, 1.5), -5, 5))
    loose = (form >= 0.25) & (form < 0.42)
    profile[loose] = rng.standard_normal((int(loose.sum()), longest)) + 0.5 * profile[loose]
    spiky = (form >= 0.42) & (form < 0.5)
    profile[spiky] = rng.exponential(1, (int(spiky.sum()), longest)) * (rng.random((int(spiky.sum()), longest)) < 0.08)
    return unit(profile)


def days_of_weeks(rng: Random, day: Whole, week: Whole, steps: int) -> Matrix:
    """A daily pattern of `day` [N] steps whose size and level differ from day to day of a `week` [N]."""
    count = len(day)
    pattern = season(rng, day, steps)
    days = np.maximum(week // day, 1)[:, None]
    place = (np.arange(steps) // day[:, None] + rng.integers(0, 7, count)[:, None]) % days
    longest = int(place.max()) + 1
    weekend = (np.arange(longest) % 7 >= 5) * rng.uniform(0, 1, (count, 1))
    size = (1 - weekend + 0.15 * rng.standard_normal((count, longest))).astype(np.float32)
    level = (-weekend * rng.uniform(0, 2, (count, 1)) + 0.3 * rng.standard_normal((count, longest))).astype(np.float32)
    return unit(pattern * np.take_along_axis(size, place, 1) + np.take_along_axis(level, place, 1))


def trend(rng: Random, count: int, steps: int) -> Matrix:
    """Straight, bent, damped, exponential and saturating growth."""
    time = np.linspace(0, 1, steps, dtype=np.float32)
    form = rng.integers(0, 5, count)
    rate = between(rng, 1, 12, count)[:, None]
    middle = rng.uniform(0, 1, (count, 1)).astype(np.float32)
    path = np.where((form == 0)[:, None], time, 0.0).astype(np.float32)
    bend = rng.normal(0, 1.5, (count, 1)).astype(np.float32)
    path += np.where((form == 1)[:, None], time + bend * np.maximum(time - middle, 0), 0)
    path += np.where((form == 2)[:, None], 1 - np.exp(-rate * time), 0)
    path += np.where((form == 3)[:, None], np.exp(np.minimum(rate, 4) * (time - 1)), 0)
    path += np.where((form == 4)[:, None], 1 / (1 + np.exp(-2 * rate * (time - middle))), 0)
    return unit(path * rng.choice([-1, 1], (count, 1), p=[0.35, 0.65]))


def shocks(rng: Random, count: int, steps: int) -> Matrix:
    """Independent shocks [T, N], some heavy-tailed, some with volatility in clusters."""
    e = rng.standard_normal((steps, count)).astype(np.float32)
    heavy = rng.random(count) < 0.3
    freedom = rng.uniform(3, 8, int(heavy.sum()))
    e[:, heavy] *= np.sqrt(freedom / rng.chisquare(freedom, (steps, int(heavy.sum()))))
    clusters = np.flatnonzero(rng.random(count) < 0.35)
    if len(clusters):
        a, b = rng.uniform(0.03, 0.25, len(clusters)), rng.uniform(0.6, 0.95, len(clusters))
        b = np.minimum(b, 0.995 - a)
        rest, variance, last = 1 - a - b, np.ones(len(clusters)), np.zeros(len(clusters))
        chosen = e[:, clusters].astype(np.float64)
        for t in range(steps):
            variance = rest + a * last**2 + b * variance
            last = np.clip(np.sqrt(variance) * chosen[t], -30, 30)
            chosen[t] = last
        e[:, clusters] = chosen
    return e


def autoregression(rng: Random, count: int, steps: int) -> Matrix:
    """ARMA(2, 1), stationary: partial autocorrelations drawn, not coefficients (Durbin and Levinson)."""
    e = shocks(rng, count, steps)
    first = rng.uniform(-0.5, 1, count) * np.where(rng.random(count) < 0.5, 1, 0.98)
    first = np.where(rng.random(count) < 0.5, rng.uniform(0.6, 0.99, count), first)
    second = rng.uniform(-0.7, 0.5, count) * (rng.random(count) < 0.6)
    one, two = (first * (1 - second)).astype(np.float32), second.astype(np.float32)
    moved = (rng.uniform(-0.7, 0.7, count) * (rng.random(count) < 0.4)).astype(np.float32)
    e[1:] += moved * e[:-1].copy()
    out = np.empty_like(e)
    last, before = e[0], np.zeros(count, dtype=np.float32)
    out[0] = last
    for t in range(1, steps):
        last, before = one * last + two * before + e[t], last
        out[t] = last
    return unit(np.ascontiguousarray(out.T))


def walk(rng: Random, count: int, steps: int) -> Matrix:
    """Random walks, some with drift."""
    e = shocks(rng, count, steps)
    drift = rng.normal(0, 0.15, count).astype(np.float32) * (rng.random(count) < 0.4)
    return unit(np.ascontiguousarray(np.cumsum(e + drift, axis=0).T))


def wandering_slope(rng: Random, count: int, steps: int) -> Matrix:
    """The sum of a slope that itself wanders and falls back to zero: a local trend that damps."""
    e = rng.standard_normal((steps, count)).astype(np.float32)
    keep = rng.uniform(0.7, 0.995, count).astype(np.float32)
    slope = e[0] * 3
    for t in range(steps):
        slope = keep * slope + e[t]
        e[t] = slope
    return unit(np.ascontiguousarray(np.cumsum(e, axis=0).T))


def gaussian_process(rng: Random, period: Whole, steps: int) -> Matrix:
    """Draws of stationary kernels by their spectra: RBF, rational quadratic, periodic times RBF, and sums of two."""
    count = len(period)
    total = np.zeros((count, steps), dtype=np.float32)
    time = np.arange(steps, dtype=np.float32)
    for place in range(2):
        length = between(rng, 2, 0.7 * steps, count)
        scale = np.ones((count, FEATURES), dtype=np.float32)
        rational = rng.random(count) < 0.35  # a mixture of RBF kernels
        shape = rng.uniform(0.3, 3, (count, 1))
        scale[rational] = np.sqrt(rng.gamma(shape[rational], 1 / shape[rational], (int(rational.sum()), FEATURES)))
        omega = rng.standard_normal((count, FEATURES)).astype(np.float32) * scale / length[:, None]
        periodic = (rng.random(count) < 0.3) & (period > 1)
        order = rng.geometric(0.45, (count, FEATURES))
        around = 2 * np.pi * order / period[:, None] + omega * 0.1
        omega = np.where(periodic[:, None], around, omega).astype(np.float32)
        phase = rng.uniform(0, 2 * np.pi, (count, FEATURES)).astype(np.float32)
        draw = np.zeros((count, steps), dtype=np.float32)
        for j in range(FEATURES):
            draw += np.cos(omega[:, j, None] * time + phase[:, j, None])
        total += unit(draw) * (between(rng, 0.1, 1, count) * (1 if place == 0 else rng.random(count) < 0.5))[:, None]
    return unit(total)


def steps_of_level(rng: Random, count: int, steps: int) -> Matrix:
    """One to three shifts of level, some of which end again."""
    time = np.arange(steps)
    path = np.zeros((count, steps), dtype=np.float32)
    for place in range(3):
        start = rng.integers(0, steps, (count, 1))
        lasts = np.where(rng.random((count, 1)) < 0.5, steps, rng.integers(1, steps, (count, 1)))
        size = rng.standard_normal((count, 1)) * (1 if place == 0 else rng.random((count, 1)) < 0.4)
        path += (size * ((time >= start) & (time < start + lasts))).astype(np.float32)
    return unit(path)
