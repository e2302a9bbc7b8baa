"""Exports: read back by other code, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json

import pandas as pd
import pytest

from forecasting import export
from forecasting.config import ForecastConfig
from tests.charts import synthetic


def test_the_csv_gives_back_every_number() -> None:
    forecast = synthetic.forecast()
    forecast["forecast"] += 1 / 3
    back = pd.read_csv(io.BytesIO(export.forecast_csv(forecast)), parse_dates=["ds"])
    pd.testing.assert_frame_equal(back, forecast, check_dtype=False, check_exact=True)


def test_times_are_iso_with_a_time_of_day_only_where_there_is_one() -> None:
    forecast = synthetic.forecast(horizon=2)
    assert b"y,2024-07-19,12.0" in export.forecast_csv(forecast)
    forecast["ds"] += pd.Timedelta(hours=5)
    assert b"y,2024-07-19T05:00:00,12.0" in export.forecast_csv(forecast)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "  =cmd()", "\uff1d1+1"])
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(cell: str) -> None:
    forecast = synthetic.forecast(horizon=1).assign(unique_id=cell)
    forecast[cell] = 1.0
    rows = list(csv.reader(io.StringIO(export.forecast_csv(forecast).decode(), newline="")))
    shown = "'" + cell.replace("\r", "\n")  # a carriage return is no line of a CSV
    assert rows[1][0] == shown
    assert rows[0][-1] == shown


def test_negative_numbers_stay_numbers() -> None:
    forecast = synthetic.forecast(horizon=1).assign(forecast=-1.5)
    assert b",-1.5," in export.forecast_csv(forecast)


def test_settings_go_back_into_a_config() -> None:
    config = ForecastConfig(horizon=7, levels=(80, 95))
    document = json.loads(export.settings_json(config.to_dict(), {"data": "Ümsatz.csv"}))
    assert ForecastConfig.from_dict(document["settings"]) == config
    assert document["data"] == "Ümsatz.csv"


@pytest.mark.parametrize(
    ("name", "stem"),
    [("sales.csv", "sales"), ("../../etc/passwd", "passwd"), ("C:\\a b.csv", "a-b"), ("=1+1", "1-1"), ("", "tidecast")],
)
def test_file_names_are_safe_on_any_system(name: str, stem: str) -> None:
    assert export.file_stem(name) == stem
