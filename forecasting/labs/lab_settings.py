"""What the config of every lab can do."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Self

from forecasting.config import check_known
from forecasting.errors import ConfigError
from forecasting.messages import Message

CELLS = ("lstm", "gru", "rnn")
LATER = {"later": True}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """Base class of the configs. A wrong value raises ConfigError with the setting in `.field`.

    A setting with the metadata LATER came after runs of its lab were stored. At its default it is not written, so that
    the same question still finds them.
    """

    def to_dict(self) -> dict[str, Any]:
        """A plain dictionary that JSON can hold; `from_dict` is its inverse."""
        values = dataclasses.asdict(self)
        for field in dataclasses.fields(self):
            if field.metadata == LATER and values[field.name] == field.default:
                del values[field.name]
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The config of `values`; unknown keys raise ConfigError, missing ones take their defaults."""
        check_known(cls, values)
        return cls(**values)

    @classmethod
    def of(cls, config: Self | Mapping[str, Any] | None) -> Self:
        """A config as it is, or the one of a mapping; the default one of None."""
        return config if isinstance(config, cls) else cls.from_dict(dict(config or {}))  # type: ignore[arg-type]


def check_switch(field: str, value: object) -> None:
    """ConfigError unless `value` is true or false."""
    if not isinstance(value, bool):
        raise ConfigError(Message("labs.not-a-switch", setting=field, value=repr(value)), field=field)
