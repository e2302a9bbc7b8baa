"""What is kept with a run: its scenarios and adjustments."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from forecasting.errors import ConfigError
from forecasting.messages import Message
from forecasting.scenarios import adjustments as overrides
from forecasting.scenarios.adjustments import Adjustment
from forecasting.scenarios.scenario import Scenario, check


@dataclasses.dataclass(frozen=True)
class Plan:
    """ConfigError where there are too many scenarios or adjustments, or two scenarios of one name."""

    scenarios: tuple[Scenario, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()

    def __post_init__(self) -> None:
        check(self.scenarios)
        if len(self.adjustments) > overrides.MOST:
            raise ConfigError(Message("scenario.many-adjustments", most=overrides.MOST))

    def __bool__(self) -> bool:
        return bool(self.scenarios or self.adjustments)

    def to_dict(self) -> dict[str, Any]:
        """JSON-able; `from_dict` is its inverse."""
        return {
            "scenarios": [one.to_dict() for one in self.scenarios],
            "adjustments": [dataclasses.asdict(one) for one in self.adjustments],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Plan:
        """ConfigError where it is none."""
        try:
            scenarios = tuple(Scenario.from_dict(one) for one in values.get("scenarios", ()))
            return cls(scenarios, tuple(Adjustment.from_dict(one) for one in values.get("adjustments", ())))
        except (TypeError, AttributeError) as error:
            raise ConfigError(Message("scenario.stored")) from error

    def replaced(self, name: str, scenario: Scenario | None) -> Plan:
        """With `scenario` in the place of the one called `name`; None takes that out."""
        others = [scenario if one.name == name else one for one in self.scenarios]
        return dataclasses.replace(self, scenarios=tuple(one for one in others if one is not None))

    def adjusted(self, adjustment: Adjustment) -> Plan:
        """With `adjustment` in the place of the one of its step; an empty one takes that out."""
        others = [one for one in self.adjustments if (one.series, one.step) != (adjustment.series, adjustment.step)]
        if adjustment.value is not None or adjustment.note:
            others.append(adjustment)
        others.sort(key=lambda one: (one.series, one.step))
        return dataclasses.replace(self, adjustments=tuple(others))

    def of_series(self, series: str) -> dict[int, Adjustment]:
        """The adjustments of a series, by step."""
        return {one.step: one for one in self.adjustments if one.series == series}
