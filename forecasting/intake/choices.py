"""ReadingChoices: what the user chose about how a file is read, as one value."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Self

from forecasting.errors import ConfigError
from forecasting.intake.report import Report
from forecasting.intake.text.read_table import read_table
from forecasting.intake.text.table import Table
from forecasting.intake.to_panel import to_panel
from forecasting.messages import Message
from forecasting.panel import Panel

TABLE = ("encoding", "delimiter", "quotechar", "header", "sheet")  # choices of `read_table`; the others are to_panel's


@dataclasses.dataclass(frozen=True)
class ReadingChoices:
    """The keywords of `read_table` and `to_panel`, in their words; None: not chosen.

    ConfigError for a value of the wrong type. What a value may be is checked where it is used.
    """

    encoding: str | None = None
    delimiter: str | None = None
    quotechar: str | None = None
    header: bool | int | None = None
    sheet: str | None = None
    time: str | None = None
    target: str | Sequence[str] | None = None
    series: str | Sequence[str] | None = None
    frequency: str | None = None
    day_first: bool | str | None = None
    decimal: str | None = None
    duplicates: str | None = None
    covariates: Sequence[str] | None = None
    outliers: str | None = None
    zeros: str | None = None
    limits: str | None = None
    zone: str | None = None
    dates: str | None = None
    lone: str | None = None
    files: str | None = None

    def __post_init__(self) -> None:
        for field, value in vars(self).items():
            if value is not None and (wanted := _wrong(field, value)) is not None:
                raise ConfigError(
                    Message("intake.choice.type", field=field, value=repr(value), wanted=wanted), field=field
                )

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The choices in a mapping, such as `to_dict` gives; ConfigError for one that there is not."""
        known = [field.name for field in dataclasses.fields(cls)]
        for name in values:
            if name not in known:
                raise ConfigError(Message("intake.choice.unknown", field=name, known=tuple(known)), field=name)
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """What was chosen, in values that JSON can hold."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in vars(self).items()
            if value is not None
        }

    def for_table(self) -> dict[str, Any]:
        """What was chosen of the keywords of `read_table`."""
        return {name: value for name, value in self.to_dict().items() if name in TABLE}

    def for_panel(self) -> dict[str, Any]:
        """What was chosen of the keywords of `to_panel`."""
        return {name: value for name, value in self.to_dict().items() if name not in TABLE}


def read(data: bytes, name: str, choices: ReadingChoices) -> tuple[Table, Panel, Report]:
    """A file's bytes as Table and Panel, with the report; raises what `read_table` and `to_panel` raise."""
    table = read_table(data, name, **choices.for_table())
    panel, report = to_panel(table, **choices.for_panel())
    return table, panel, report


def _wrong(field: str, value: Any) -> Message | None:
    """What a value has to be, if it is of another type."""
    several = isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)
    match field:
        case "header":
            return None if isinstance(value, int) else Message("intake.choice.header")
        case "day_first":
            return None if isinstance(value, bool) or value == "year" else Message("intake.choice.day-first")
        case "covariates":
            return None if several else Message("intake.choice.covariates")
        case "target" | "series":
            return None if several or isinstance(value, str) else Message("intake.choice.columns")
    return None if isinstance(value, str) else Message("intake.choice.text")
