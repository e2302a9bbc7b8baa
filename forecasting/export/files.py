"""Settings as a file, and the names of files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def settings_json(config: Mapping[str, Any], about: Mapping[str, Any]) -> bytes:
    """`ForecastConfig.to_dict()` with what it was used on, as indented JSON; `settings` goes back into `from_dict`."""
    document = {**about, "settings": dict(config)}
    return (json.dumps(document, indent=2, ensure_ascii=False, default=str) + "\n").encode("utf-8")


def file_stem(name: str) -> str:
    """`name` as the beginning of a file name on any system."""
    stem = name.rsplit("/", 1)[-1].rsplit("\\", 1)[-1]
    stem = stem.rsplit(".", 1)[0] if "." in stem[1:] else stem
    kept = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in stem).strip("-_")
    return kept[:60] or "tidecast"
