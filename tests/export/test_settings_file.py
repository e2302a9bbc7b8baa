"""Settings as a file and back."""

from __future__ import annotations

import json

import pytest

from forecasting import export
from forecasting.config import ForecastConfig
from forecasting.errors import ConfigError

CONFIG = ForecastConfig(
    horizon=3, levels=(90,), lookbacks=(7,), floor=0.0, support="free", covariates=(), totals=("all",), dropout=0.25
)


def test_settings_come_back_as_they_went() -> None:
    assert export.read_settings(export.settings_json(CONFIG.to_dict(), {"run": "a"}), "s.json") == CONFIG


def test_settings_alone_and_behind_a_byte_order_mark_are_read() -> None:
    assert export.read_settings(b'\xef\xbb\xbf{"horizon": 3}', "s.json") == ForecastConfig(horizon=3)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (b"", "settings"),
        (b"\xff\xfe\x00", "settings"),
        (b"[1]", "settings"),
        (b"[" * 100_000, "settings"),
        (b'{"settings": 3}', "settings"),
        (b'{"horizon": ' + b"9" * 5_000 + b"}", "settings"),
        (b'{"horizon": 0}', "horizon"),
        (b'{"horizon": true}', "horizon"),
        (b'{"settings": {"horizn": 3}}', "horizn"),
        (b'{"dropout": NaN}', "dropout"),
        (b'{"cell": ["lstm"]}', "cell"),
        (b'{"levels": {"80": 1}}', "levels"),
        (b'{"floor": 2, "cap": 1}', "cap"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_by_the_name_of_what_is_wrong(data: bytes, field: str) -> None:
    with pytest.raises(ConfigError) as refused:
        export.read_settings(data, "s.json")
    assert refused.value.field == field


def test_a_file_larger_than_any_settings_is_refused() -> None:
    padded = json.dumps({"horizon": 3}).encode() + b" " * export.SETTINGS_BYTES
    with pytest.raises(ConfigError, match=r"s\.json"):
        export.read_settings(padded, "s.json")
