"""Samples: real series that our dependencies carry, and series made by formula."""

from __future__ import annotations

import dataclasses
import functools
import importlib.util
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from forecasting.errors import DataError
from forecasting.intake.calendar.frequency import seasons_of
from forecasting.intake.text.read_table import read_table
from forecasting.intake.to_panel import to_panel
from forecasting.messages import Message
from forecasting.panel import STEP, Panel


@dataclasses.dataclass(frozen=True)
class Sample:
    """`label` for people; `source` and `licence` say where it is from; `load` makes the Panel."""

    label: str
    source: str
    licence: str
    load: Callable[[], Panel]


def sample_names() -> list[str]:
    """The samples that can be loaded here; the first is a real series with a season."""
    return [name for name, sample in _SAMPLES.items() if _available(sample)]


def load_sample(name: str) -> Panel:
    """The Panel of one sample. DataError for a name that is not in `sample_names()`."""
    sample = about_sample(name)
    panel = _loaded(sample)
    filled = None if panel.filled is None else panel.filled.copy()
    return Panel(panel.frame.copy(), panel.frequency, panel.seasons, sample.label, filled=filled)


def about_sample(name: str) -> Sample:
    """Label, source and licence of one sample."""
    if name not in _SAMPLES:
        message = Message("intake.sample.unknown", name=name, names=tuple(sample_names()))
        raise DataError(message, field="name")
    return _SAMPLES[name]


@functools.lru_cache(maxsize=16)
def _loaded(sample: Sample) -> Panel:
    """Read once a process: every visitor of the dashboard begins with the first sample."""
    return sample.load()


@functools.lru_cache(maxsize=16)
def _available(sample: Sample) -> bool:
    package = sample.source.rpartition("in ")[2] if sample.source.startswith("bundled") else ""
    return not package or importlib.util.find_spec(package) is not None


def _bundled(package: str, path: str, **choices: str) -> Callable[[], Panel]:
    def load() -> Panel:
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise DataError(Message("intake.sample.no-package", package=package))
        file = Path(spec.submodule_search_locations[0]) / path
        table = read_table(file.read_bytes(), file.name)
        return to_panel(table, **choices)[0]

    return load


def _sine() -> Panel:
    """1,000 points of sin over [0, 50], the classic of LSTM tutorials."""
    return _made(np.sin(np.linspace(0.0, 50.0, 1000)))


def _noisy_sine() -> Panel:
    """Days with a weekly wave, a trend and noise."""
    steps = np.arange(1095.0)
    noise = np.random.default_rng(0).normal(0.0, 1.0, len(steps))
    y = 50.0 + 0.02 * steps + 6.0 * np.sin(2 * np.pi * steps / 7) + 10.0 * np.sin(2 * np.pi * steps / 365.25) + noise
    return _made(y, pd.date_range("2022-01-01", periods=len(steps), freq="D"), "D")


def _random_walk() -> Panel:
    """The last value is the best forecast of it, and the verdict should say so."""
    y = 100.0 + np.cumsum(np.random.default_rng(1).normal(0.0, 1.0, 1000))
    return _made(y, pd.bdate_range("2021-01-01", periods=len(y)), "B")


def _made(y: np.ndarray, ds: pd.DatetimeIndex | None = None, frequency: str = STEP) -> Panel:
    times = np.arange(1, len(y) + 1) if ds is None else ds.to_numpy(dtype="datetime64[ns]")
    frame = pd.DataFrame({"unique_id": np.full(len(y), "y", dtype=object), "ds": times, "y": y})
    return Panel(frame, frequency, seasons_of(frequency))


_STATSMODELS = "bundled in statsmodels"
_PUBLIC = "public domain"
_SAMPLES = {
    "co2": Sample(
        "CO2 at Mauna Loa, weekly",
        _STATSMODELS,
        f"{_PUBLIC} (Keeling and Whorf, CDIAC)",
        _bundled("statsmodels", "datasets/co2/co2.csv"),
    ),
    "sunspots": Sample(
        "Sunspots, yearly",
        _STATSMODELS,
        f"{_PUBLIC} (NOAA NGDC)",
        _bundled("statsmodels", "datasets/sunspots/sunspots.csv"),
    ),
    "nile": Sample(
        "Flow of the Nile, yearly",
        _STATSMODELS,
        f"{_PUBLIC} (Cobb 1978)",
        _bundled("statsmodels", "datasets/nile/nile.csv"),
    ),
    "sine": Sample("Sine wave", "made by formula", _PUBLIC, _sine),
    "noisy-sine": Sample("Noisy sine with trend, daily", "made by formula", _PUBLIC, _noisy_sine),
    "random-walk": Sample("Random walk, business days", "made by formula", _PUBLIC, _random_walk),
}
