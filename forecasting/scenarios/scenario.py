"""A scenario: a name and what it changes of the covariates ahead, as it was asked for."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from forecasting.errors import ConfigError
from forecasting.messages import Message
from forecasting.panel import Values

MOST = 6  # scenarios beside the base
MOST_CHANGES = 400  # of one scenario
NAME_LETTERS = 60
LARGEST = 1e15  # of a value that is set
KINDS = ("percent", "add", "set")


@dataclasses.dataclass(frozen=True)
class Change:
    """What happens to one covariate at the steps `first` to `last` ahead (1 is the first): "percent" adds so many
    percent of it, "add" an amount, "set" replaces it. series: None changes all.

    ConfigError with the `.field` that is wrong.
    """

    column: str
    kind: str
    value: float
    first: int
    last: int
    series: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ConfigError(Message("scenario.kind", kind=str(self.kind), kinds=list(KINDS)), field="kind")
        if isinstance(self.value, bool) or not isinstance(self.value, int | float) or not math.isfinite(self.value):
            raise ConfigError(Message("scenario.no-number", value=str(self.value)), field="value")
        if abs(self.value) > LARGEST:
            raise ConfigError(Message("scenario.too-large", value=float(self.value), largest=LARGEST), field="value")
        if not 1 <= self.first <= self.last:
            raise ConfigError(Message("scenario.steps", first=int(self.first), last=int(self.last)), field="first")


@dataclasses.dataclass(frozen=True)
class Scenario:
    """Changes, applied one after the other. ConfigError with the `.field` that is wrong."""

    name: str
    changes: tuple[Change, ...] = ()

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > NAME_LETTERS:
            raise ConfigError(Message("scenario.name", most=NAME_LETTERS), field="name")
        if len(self.changes) > MOST_CHANGES:
            raise ConfigError(Message("scenario.many-changes", count=len(self.changes), most=MOST_CHANGES))

    def to_dict(self) -> dict[str, Any]:
        """JSON-able; `from_dict` is its inverse."""
        return dataclasses.asdict(self) | {"changes": [dataclasses.asdict(change) for change in self.changes]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Scenario:
        """ConfigError where it is none."""
        try:
            return cls(str(values["name"]), tuple(Change(**change) for change in values["changes"]))
        except (KeyError, TypeError) as error:
            raise ConfigError(Message("scenario.stored")) from error

    def with_change(self, change: Change) -> Scenario:
        """The scenario and one more change. Setting a cell that was set takes its place."""
        kept = self.changes
        if change.kind == "set":
            kept = tuple(one for one in kept if not (one.kind == "set" and _within(one, change)))
        return dataclasses.replace(self, changes=(*kept, change))

    def inputs(self, base: Values, names: Sequence[str], series: Sequence[str]) -> Values:
        """Covariates ahead [S, H, K] of the `series` as they are in the scenario, from those of the `base`.

        ConfigError for a column, a series or a step that is not there, and where a value becomes too large.
        """
        changed, horizon = base.copy(), base.shape[1]
        for change in self.changes:
            if change.column not in names:
                message = Message("scenario.no-column", name=change.column, names=[str(name) for name in names])
                raise ConfigError(message, field="column")
            if change.series is not None and change.series not in series:
                raise ConfigError(Message("scenario.no-series", name=change.series), field="series")
            if change.last > horizon:
                raise ConfigError(Message("scenario.beyond", step=change.last, horizon=horizon), field="last")
            rows = slice(None) if change.series is None else slice(place := series.index(change.series), place + 1)
            cells = (rows, slice(change.first - 1, change.last), list(names).index(change.column))
            now = changed[cells]
            match change.kind:
                case "percent":
                    changed[cells] = now * (1 + change.value / 100)
                case "add":
                    changed[cells] = now + change.value
                case _:
                    changed[cells] = change.value
            if (largest := float(np.abs(changed[cells]).max())) > LARGEST:
                raise ConfigError(Message("scenario.too-large", value=largest, largest=LARGEST), field="value")
        return changed


def check(scenarios: Sequence[Scenario]) -> None:
    """ConfigError where there are too many, or two of one name."""
    if len(scenarios) > MOST:
        raise ConfigError(Message("scenario.many", most=MOST))
    names = [one.name for one in scenarios]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(Message("scenario.same-name", name=name), field="name")


def _within(one: Change, other: Change) -> bool:
    same = one.column == other.column and (other.series is None or one.series == other.series)
    return same and other.first <= one.first and one.last <= other.last
