"""ForecastConfig: every setting of a forecast as one frozen, validated value."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from forecasting.errors import ConfigError
from forecasting.events import Event, events_of
from forecasting.messages import Message

METHODS = ("recurrent", "best")
CELLS = ("lstm", "gru", "rnn", "bilstm", "attention")
ANCHORS = ("auto", "constant")
SUPPORTS = ("found", "free")
WHOLE = ("auto", "on", "off")
SCHEDULES = ("one-cycle", "plateau", "constant")
LOSSES = ("mae", "mse", "huber", "pinball")
CALENDAR = ("minute-of-hour", "hour-of-day", "day-of-week", "day-of-month", "month-of-year", "day-of-year")
INDICATORS = ("rsi", "macd", "bollinger", "momentum", "stochastic", "volatility")
PLACE = "[A-Z]{2,3}(-[A-Z0-9]{1,3})?"  # a country, or a part of it: what HOLIDAYS is followed by
LARGEST = 1e15  # of a floor or a cap
HOLIDAYS = "holidays-"  # and the ISO 3166 code of a country, or of a part of one: DE, DE-BY


@dataclasses.dataclass(frozen=True, kw_only=True)
class ForecastConfig:
    """Settings of `fit` and `evaluate`. Steps are time steps of the Panel.

    A wrong value raises ConfigError with the setting in `.field`; so does an unknown key in `from_dict`.
    """

    horizon: int = 14  # steps ahead
    window: int = 60  # past values that the network has seen at every origin
    method: str = "recurrent"
    cell: str = "lstm"
    hidden_size: int = 64
    num_layers: int = 1
    dropout: float = 0.0  # between layers and before the head
    learning_rate: float = 5e-3  # the schedule's highest
    schedule: str = "one-cycle"
    epochs: int = 8  # at most; an epoch has as many origins as the training block, in two steps or more
    batch_size: int = 8  # chunks a step
    members: int = 1  # networks of different seeds; the forecast is their median
    lookbacks: tuple[int, ...] = ()  # further windows, each with as many members
    anchor: str = "auto"  # constant: the middle of the training range, without a linear path, as in tutorials
    loss: str = "mae"  # of the central forecast; the quantiles are always trained by pinball loss
    seed: int = 0
    levels: tuple[int, ...] = (50, 80, 95)  # nominal coverage of the intervals, percent
    features: tuple[str, ...] = ()  # calendar inputs, holidays and indicators: names in `forecasting.features`
    covariates: tuple[str, ...] | None = None  # columns of the Panel to use beside the values; None: all
    folds: int = 3  # trainings of the backtest
    floor: float | None = None  # no forecast and no end of an interval is lower; None: none is too low
    cap: float | None = None  # the same upwards
    support: str = "found"  # forecasts keep to the range that is found in the values; "free": to none
    whole: str = "auto"  # whether forecasts are shown and exported as whole numbers: where all values are counts
    events: tuple[Event, ...] = ()  # own ones, beside holidays; mappings of their fields will do
    totals: tuple[str, ...] = ()  # sums to forecast, too: keys of the Panel, "region / shop", or "all" (see hierarchy)

    def __post_init__(self) -> None:
        for field, low, high in _RANGES:
            check_whole(field, getattr(self, field), low, high)
        check_choice("method", self.method, METHODS)
        check_choice("cell", self.cell, CELLS)
        check_choice("schedule", self.schedule, SCHEDULES)
        check_choice("loss", self.loss, LOSSES)
        check_choice("anchor", self.anchor, ANCHORS)
        check_choice("support", self.support, SUPPORTS)
        check_choice("whole", self.whole, WHOLE)
        check_real("dropout", self.dropout, 0.0, 0.9)
        check_real("learning_rate", self.learning_rate, 1e-6, 1.0)
        object.__setattr__(self, "levels", _levels(self.levels))
        object.__setattr__(self, "lookbacks", _lookbacks(self.lookbacks))
        object.__setattr__(self, "features", _features(self.features))
        object.__setattr__(self, "events", events_of(self.events))
        object.__setattr__(self, "totals", _names("totals", self.totals))
        _check_limits(self.floor, self.cap)
        if self.covariates is not None:
            object.__setattr__(self, "covariates", _names("covariates", self.covariates))

    @property
    def windows(self) -> tuple[int, ...]:
        """Of all networks: the window and the lookbacks."""
        return (self.window, *self.lookbacks)

    def to_dict(self) -> dict[str, Any]:
        """A plain dictionary that JSON can hold; `from_dict` is its inverse."""
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        for name in ("floor", "cap"):  # a run that was asked without them keeps its id
            if values[name] is None:
                del values[name]
        if self.support == SUPPORTS[0]:
            del values["support"]
        if self.whole == WHOLE[0]:
            del values["whole"]
        if not self.totals:
            del values["totals"]
        if self.events:
            values["events"] = [{**dataclasses.asdict(event), "dates": list(event.dates)} for event in self.events]
        else:
            del values["events"]
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ForecastConfig:
        """The config of `values`; unknown keys raise ConfigError, missing ones take their defaults."""
        check_known(cls, values)
        return cls(**values)

    def replace(self, **changes: Any) -> ForecastConfig:
        """A copy with `changes`, validated again."""
        return ForecastConfig.from_dict({**self.to_dict(), **changes})


TEXTBOOK: dict[str, Any] = {  # the settings of tutorials
    "cell": "lstm",
    "num_layers": 2,
    "hidden_size": 64,
    "window": 60,
    "schedule": "plateau",
    "learning_rate": 1e-3,
    "loss": "mse",
    "anchor": "constant",
    "method": "recurrent",
    "members": 1,
    "lookbacks": [],
    "features": [],
    "covariates": [],
}

_RANGES = (  # setting, lowest, highest: bounds that keep one run within a small machine
    ("horizon", 1, 10_000),
    ("window", 1, 20_000),
    ("hidden_size", 1, 2048),
    ("num_layers", 1, 8),
    ("epochs", 0, 10_000),
    ("batch_size", 1, 4096),
    ("members", 1, 20),
    ("seed", 0, 2**31 - 1),
    ("folds", 1, 50),
)


def check_known(config: type[Any], values: Mapping[str, Any]) -> None:
    """ConfigError unless every key of `values` is a setting of the dataclass `config`."""
    known = {field.name for field in dataclasses.fields(config)}
    for name in values:
        if name not in known:
            message = Message("setting.unknown", name=repr(name), settings=sorted(known))
            raise ConfigError(message, field=str(name))


def check_whole(field: str, value: object, low: int, high: int) -> None:
    """ConfigError unless `value` is a whole number from `low` to `high`."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        message = Message("setting.whole-number", setting=field, value=repr(value), low=low, high=high)
        raise ConfigError(message, field=field)


def check_real(field: str, value: object, low: float, high: float) -> None:
    """ConfigError unless `value` is a number from `low` to `high`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        message = Message("setting.number", setting=field, value=repr(value), low=low, high=high)
        raise ConfigError(message, field=field)


def check_choice(field: str, value: object, choices: tuple[str, ...]) -> None:
    """ConfigError unless `value` is one of `choices`."""
    if value not in choices:
        message = Message("setting.choice", setting=field, value=repr(value), choices=choices)
        raise ConfigError(message, field=field)


def _check_limits(floor: object, cap: object) -> None:
    for field, value in (("floor", floor), ("cap", cap)):
        if value is not None:
            check_real(field, value, -LARGEST, LARGEST)
    if isinstance(floor, int | float) and isinstance(cap, int | float) and floor >= cap:
        raise ConfigError(Message("setting.limits", floor=floor, cap=cap), field="cap")


def _levels(value: object) -> tuple[int, ...]:
    if not isinstance(value, list | tuple) or not value:
        raise ConfigError(Message("setting.levels", value=repr(value)), field="levels")
    for level in value:
        if isinstance(level, bool) or not isinstance(level, int) or not 1 <= level <= 99:
            raise ConfigError(Message("setting.level", value=repr(level)), field="levels")
    return tuple(sorted(set(value)))


def _lookbacks(value: object) -> tuple[int, ...]:
    if not isinstance(value, list | tuple) or len(value) > 4:
        raise ConfigError(Message("setting.lookbacks", value=repr(value)), field="lookbacks")
    for window in value:
        check_whole("lookbacks", window, 1, 20_000)
    return tuple(value)


def _features(value: object) -> tuple[str, ...]:
    names = _names("features", value)
    for name in names:
        if name not in (*CALENDAR, *INDICATORS) and not re.fullmatch(HOLIDAYS + PLACE, name):
            raise unknown_feature(name)
    return names


def unknown_feature(name: str) -> ConfigError:
    """The error for a name that is no calendar feature, indicator or country's holidays."""
    return ConfigError(
        Message("setting.feature", value=repr(name), choices=(*CALENDAR, *INDICATORS), holidays=HOLIDAYS),
        field="features",
    )


def _names(field: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(name, str) for name in value):
        raise ConfigError(Message("setting.names", setting=field, value=repr(value)), field=field)
    return tuple(dict.fromkeys(value))
