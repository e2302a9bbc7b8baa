"""Settings as a file and back, and the names of files."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from forecasting.config import ForecastConfig
from forecasting.errors import ConfigError
from forecasting.messages import Message

LONGEST = 80  # letters that a name made of words stays below
SETTINGS_BYTES = 1_000_000  # of a file of settings: one that names ten thousand covariates is smaller


def settings_json(config: Mapping[str, Any], about: Mapping[str, Any]) -> bytes:
    """`ForecastConfig.to_dict()` with what it was used on, as indented JSON; `settings` goes back into `from_dict`."""
    document = {**about, "settings": dict(config)}
    return (json.dumps(document, indent=2, ensure_ascii=False, default=str) + "\n").encode("utf-8")


def read_settings(data: bytes, name: str) -> ForecastConfig:
    """The settings in a file: what `settings_json` wrote, or an object of settings alone, of which missing ones take
    their defaults. `name`: of the file, for the message.

    ConfigError with the setting in `.field` for a value that cannot be and for an unknown setting, and with "settings"
    for a file that holds none.
    """
    try:
        if len(data) > SETTINGS_BYTES:
            raise ValueError(len(data))
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ConfigError(Message("cli.settings-json", path=name), field="settings") from error
    values = document.get("settings", document) if isinstance(document, dict) else None
    if not isinstance(values, dict):
        raise ConfigError(Message("cli.settings-object", path=name), field="settings")
    return ForecastConfig.from_dict(values)


def file_stem(name: str) -> str:
    """`name` as the beginning of a file name on any system."""
    stem = name.rsplit("/", 1)[-1].rsplit("\\", 1)[-1]
    stem = stem.rsplit(".", 1)[0] if "." in stem[1:] else stem
    kept = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in stem).strip("-_")
    return kept[:60] or "tidecast"


def file_name(text: str) -> str:
    """The first words of `text`, as a file may be called on any system."""
    name = ""
    for word in re.findall(r"[^\W_]+", text):
        longer = f"{name}-{word}" if name else word[: LONGEST - 1]
        if len(longer) >= LONGEST:
            break
        name = longer
    return name or "tidecast"
