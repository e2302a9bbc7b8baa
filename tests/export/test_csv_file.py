"""Exports: read back by other code, and harmless in a spreadsheet."""

from __future__ import annotations

import codecs
import csv
import io
import json

import pandas as pd
import pytest

from forecasting import export
from forecasting.config import ForecastConfig
from forecasting.notation import Notation
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


SHOP = Notation(
    dates="%d.%m.%Y", whole_days=True, time="Datum", targets=("Umsatz", "Menge"), series=("Laden", "Stadt"),
    decimals={"Umsatz": 2, "Menge": 0}, delimiter=";", decimal=",",
)  # fmt: skip


def _shops() -> pd.DataFrame:
    names = [f"{shop} / {target}" for target in SHOP.targets for shop in ("A / Köln", "B / Ulm")]
    days = pd.to_datetime(["2024-01-30", "2024-01-31"])
    return pd.DataFrame(
        {
            "unique_id": [name for name in names for _ in days],
            "ds": [*days] * len(names),
            "forecast": [1234.5678, -0.001, 2.0, 3.0, 10.4, 11.6, 12.0, 13.0],
            "forecast-lo-80": 1.0,
            "forecast-hi-80": 2.0,
        }
    )


def test_a_european_excel_opens_the_users_own_columns_decimals_and_dates() -> None:
    written = export.forecast_csv(_shops(), SHOP, export.CsvForm.of(SHOP))
    assert written.startswith(codecs.BOM_UTF8)
    lines = written.decode("utf-8-sig").splitlines()
    assert lines[0] == "Datum;Laden;Stadt;Umsatz;Umsatz low 80;Umsatz high 80;Menge;Menge low 80;Menge high 80"
    assert lines[1:] == [
        "30.01.2024;A;Köln;1234,57;1,00;2,00;10;1;2",
        "31.01.2024;A;Köln;0,00;1,00;2,00;12;1;2",
        "30.01.2024;B;Ulm;2,00;1,00;2,00;12;1;2",
        "31.01.2024;B;Ulm;3,00;1,00;2,00;13;1;2",
    ]


def test_a_total_of_several_value_columns_has_columns_of_its_own_in_the_users_file() -> None:
    notation = Notation(time="Datum", targets=("Umsatz", "Menge"), decimals={"Umsatz": 1, "Menge": 0})
    names = ["Umsatz", "Menge", "Total"]
    frame = pd.DataFrame({"unique_id": names, "ds": pd.to_datetime(["2024-01-30"] * 3), "forecast": [1.0, 2, 3]})
    form = export.CsvForm(columns="file", dates="iso")
    lines = export.forecast_csv(frame, notation, form).decode().splitlines()
    assert lines == ["Datum,Umsatz,Menge,Total", "2024-01-30T00:00:00,1.0,2,3.0"]


def test_programs_get_the_names_of_the_package_and_numbers_in_full_in_any_dialect() -> None:
    form = export.CsvForm(separator="\t", decimal=",", columns="program", dates="iso")
    back = pd.read_csv(io.BytesIO(export.forecast_csv(_shops(), SHOP, form)), sep="\t", decimal=",", parse_dates=["ds"])
    pd.testing.assert_frame_equal(back, _shops(), check_dtype=False, check_exact=True)


def test_a_comma_as_separator_and_as_decimal_mark_is_quoted() -> None:
    form = export.CsvForm(separator=",", decimal=",", columns="file", dates="file")
    rows = list(csv.reader(io.StringIO(export.forecast_csv(_shops(), SHOP, form).decode())))
    assert {len(row) for row in rows} == {9}
    assert rows[1][3] == "1234,57"


def test_names_of_the_file_that_a_spreadsheet_would_run_are_harmless_and_none_covers_another() -> None:
    notation = Notation(time="=1+1", targets=("=1+1",), decimals={"=1+1": 1})
    forecast = _shops().head(2).assign(unique_id="=1+1")
    header = export.forecast_csv(forecast, notation, export.CsvForm.of(notation)).decode().splitlines()[0]
    assert header == "'=1+1,'=1+1_,'=1+1 low 80,'=1+1 high 80"


def test_iso_times_have_the_offset_of_the_zone() -> None:
    forecast = synthetic.forecast(horizon=2)
    forecast["ds"] = pd.to_datetime(["2024-03-31 00:00", "2024-03-31 01:00"])
    lines = export.forecast_csv(forecast, Notation(zone="Europe/Berlin")).decode().splitlines()
    assert [line.split(",")[1] for line in lines[1:]] == ["2024-03-31T01:00:00+01:00", "2024-03-31T03:00:00+02:00"]


def test_what_was_set_by_hand_stands_beside_the_forecast_with_its_note() -> None:
    frame = pd.DataFrame(
        {"unique_id": "Umsatz", "ds": pd.to_datetime(["2024-01-01", "2024-01-02"]), "forecast": [1.0, 2]}
    )
    adjusted = frame.assign(adjusted=[1.0, 2.5], note=["", "=Messe"])
    notation = Notation(time="Tag", targets=("Umsatz",), decimal=",", delimiter=";")
    lines = export.forecast_csv(adjusted, notation, export.CsvForm(";", ",", columns="file")).decode().splitlines()
    assert lines[0] == "Tag;Umsatz;Umsatz adjusted;Umsatz note"
    assert lines[2].split(";")[2:] == ["2,5", "'=Messe"]
    plain = export.forecast_csv(adjusted).decode().splitlines()
    assert plain[0] == "unique_id,ds,forecast,adjusted,note"
