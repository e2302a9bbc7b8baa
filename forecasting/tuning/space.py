"""What is searched: ranges of settings, and how many points of them are tried.

A range (low, high) has both its ends; low = high keeps a setting as it is.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from forecasting.config import CELLS, ForecastConfig, check_choice, check_known, check_whole
from forecasting.errors import ConfigError, TooShortError
from forecasting.messages import Message
from forecasting.panel import Panel
from forecasting.suggestions import check_length
from forecasting.tuning import memory
from forecasting.tuning.search_part import search_part

MOST_TRIALS = 500
WHOLE = ("hidden_size", "num_layers", "window")  # ranges of whole numbers
RANGES = ("hidden_size", "num_layers", "dropout", "learning_rate", "window")
LOGARITHMIC = ("hidden_size", "learning_rate", "window")  # a factor counts alike wherever it is


@dataclasses.dataclass(frozen=True, kw_only=True)
class SearchSpace:
    """The usual ranges of recurrent networks for forecasting; `usual_space` fits the window to a Panel.

    ConfigError with the setting in `.field` for a range that is reversed or has values that the setting cannot have,
    and with "space" where there is only one point in it.
    """

    hidden_size: tuple[int, int] = (64, 512)
    num_layers: tuple[int, int] = (1, 3)
    dropout: tuple[float, float] = (0.2, 0.5)
    learning_rate: tuple[float, float] = (1e-4, 1e-2)
    window: tuple[int, int] = (30, 120)
    cell: tuple[str, ...] = ("lstm", "gru")

    def __post_init__(self) -> None:
        for name in RANGES:
            object.__setattr__(self, name, _range(name, getattr(self, name)))
        if not isinstance(self.cell, list | tuple) or not self.cell:
            raise ConfigError(Message("tune.no-cell", choices=CELLS), field="cell")
        for cell in self.cell:
            check_choice("cell", cell, CELLS)
        object.__setattr__(self, "cell", tuple(dict.fromkeys(self.cell)))
        if len(self.cell) == 1 and all(low == high for low, high in map(self.range, RANGES)):
            raise ConfigError(Message("tune.empty"), field="space")

    def range(self, name: str) -> tuple[float, float]:
        """The ends of one of the RANGES."""
        low, high = getattr(self, name)
        return low, high

    def to_dict(self) -> dict[str, Any]:
        """A plain dictionary that JSON can hold; `from_dict` is its inverse."""
        return {name: list(value) for name, value in dataclasses.asdict(self).items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> SearchSpace:
        """The space of `values`; unknown keys raise ConfigError, missing ones take their defaults."""
        check_known(cls, values)
        return cls(**values)


@dataclasses.dataclass(frozen=True, kw_only=True)
class TuneConfig:
    """A search: `base` has every setting that is not searched, and is the default that has to be beaten."""

    base: ForecastConfig = dataclasses.field(default_factory=ForecastConfig)
    space: SearchSpace = dataclasses.field(default_factory=SearchSpace)
    trials: int = 40
    seed: int = 0  # of the points; the networks have that of `base`

    def __post_init__(self) -> None:
        if self.trials == 0:
            raise ConfigError(Message("tune.no-trials", most=MOST_TRIALS), field="trials")
        check_whole("trials", self.trials, 1, MOST_TRIALS)
        check_whole("seed", self.seed, 0, 2**31 - 1)

    def to_dict(self) -> dict[str, Any]:
        """A plain dictionary that JSON can hold; `from_dict` is its inverse."""
        return {
            "base": self.base.to_dict(),
            "space": self.space.to_dict(),
            "trials": self.trials,
            "seed": self.seed,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> TuneConfig:
        """The config of `values`; unknown keys raise ConfigError, missing ones take their defaults."""
        check_known(cls, values)
        parts = dict(values)
        if isinstance(parts.get("base"), Mapping):
            parts["base"] = ForecastConfig.from_dict(parts["base"])
        if isinstance(parts.get("space"), Mapping):
            parts["space"] = SearchSpace.from_dict(parts["space"])
        return cls(**parts)


def usual_space(panel: Panel, base: ForecastConfig) -> SearchSpace:
    """The usual ranges around `base`: windows from half of its own to twice as long, as far as `panel` allows."""
    low, high = max(1, base.window // 2), 2 * base.window
    part = search_part(panel, base)
    while high > low and not _long_enough(part, base.replace(window=high)):
        high -= max(1, (high - low) // 8)
    return SearchSpace(window=(low, high), cell=tuple(dict.fromkeys(("lstm", "gru", base.cell))))


def check(panel: Panel, config: TuneConfig, memory_mb: float | None = None) -> None:
    """TooShortError unless `panel` has enough values before its test part; ConfigError with the setting in `.field`
    where the largest network of the space needs more than `memory_mb` (None: no limit)."""
    part = search_part(panel, config.base)
    longest = config.base.replace(window=int(config.space.window[1]))
    try:
        check_length(part, longest, folds=1)
    except TooShortError as problem:
        message = Message("tune.short", count=problem.available, window=longest.window, needed=problem.needed)
        raise TooShortError(message, needed=problem.needed, available=problem.available, field="window") from problem
    if memory_mb is None:
        return
    space, smallest = config.space, {name: int(config.space.range(name)[0]) for name in WHOLE}
    largest = smallest | {name: int(space.range(name)[1]) for name in ("hidden_size", "num_layers", "window")}
    cell = max(space.cell, key=lambda one: memory.needed_mb(config.base.replace(cell=one, **largest)))
    needed = memory.needed_mb(config.base.replace(cell=cell, **largest))
    if needed <= memory_mb:
        return
    field = max(  # what saves most if it is kept at its lower end
        ("hidden_size", "num_layers", "window"),
        key=lambda name: needed - memory.needed_mb(config.base.replace(cell=cell, **largest | {name: smallest[name]})),
    )
    raise ConfigError(
        Message(
            "tune.memory", hidden=largest["hidden_size"], layers=largest["num_layers"], window=largest["window"],
            needed=round(needed), limit=round(memory_mb), setting=field,
        ),
        field=field,
    )  # fmt: skip


def trials_within(minutes: float, seconds_of: Any, most: int = MOST_TRIALS) -> int:
    """The most trials that take no longer than `minutes`; `seconds_of(trials)`: how long so many are expected to take.

    An estimate, made when the search is asked for: a stop by the clock inside it would make its result depend on how
    busy the machine was. At least one trial. ConfigError where there are no minutes.
    """
    if isinstance(minutes, bool) or not isinstance(minutes, int | float) or not 0 < minutes <= 24 * 60:
        raise ConfigError(Message("tune.no-minutes", value=repr(minutes), most=24 * 60), field="minutes")
    low, high = 1, most
    while low < high:
        middle = (low + high + 1) // 2
        if seconds_of(middle) <= 60 * minutes:
            low = middle
        else:
            high = middle - 1
    return low


def _range(name: str, value: object) -> tuple[Any, Any]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ConfigError(Message("tune.range", setting=name, value=repr(value)), field=name)
    low, high = value
    for end in (low, high):
        ForecastConfig(**{name: end})  # says what the setting may be
    if low > high:
        raise ConfigError(Message("tune.reversed", setting=name, low=low, high=high), field=name)
    return (low, high) if name in WHOLE else (float(low), float(high))


def _long_enough(panel: Panel, config: ForecastConfig) -> bool:
    try:
        check_length(panel, config, folds=1)
    except TooShortError:
        return False
    return True
