"""Dates: every way of writing one, against the date a person reads."""

import pandas as pd
import pyarrow as pa
import pytest

from forecasting.intake.columns.time.dates import look_for_times
from forecasting.intake.columns.time.months import month_of
from forecasting.intake.columns.time.numeric_times import (
    look_for_epochs,
    look_for_serials,
    look_for_steps,
    look_for_years,
)


def column(*cells: str | None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(cells, pa.string())])


@pytest.mark.parametrize(
    ("cell", "when"),
    [
        ("2024-01-05", "2024-01-05"),
        ("2024/1/5", "2024-01-05"),
        ("2024.01.05", "2024-01-05"),
        ("20240105", "2024-01-05"),
        ("2024-01-05 12:30", "2024-01-05 12:30"),
        ("2024-01-05T12:30:15.123Z", "2024-01-05 12:30:15.123"),
        ("2024-01-05T12:30:15.123456789", "2024-01-05 12:30:15.123456789"),
        ("2024-01-05 12:30:15,5", "2024-01-05 12:30:15.5"),
        ("2024-01-05 12:30:00+01:00", "2024-01-05 11:30"),
        ("2024-01-05T12:30:00-0530", "2024-01-05 18:00"),
        ("2024-01-05 12:30 CET", "2024-01-05 11:30"),
        ("2024-01-05T12:30:00+01:00[Europe/Paris]", "2024-01-05 11:30"),
        ("20240105T1230", "2024-01-05 12:30"),
        ("2024-01-05 24:00", "2024-01-06"),
        ("13/01/2024", "2024-01-13"),
        ("01/13/2024", "2024-01-13"),
        ("13.01.2024", "2024-01-13"),
        ("13-1-2024 5:30 PM", "2024-01-13 17:30"),
        ("1/13/2024 12:05:00 am", "2024-01-13 00:05"),
        ("5 Jan 2024", "2024-01-05"),
        ("5-Jan-24", "2024-01-05"),
        ("05Jan2024", "2024-01-05"),
        ("Jan 5, 2024", "2024-01-05"),
        ("January 5th, 2024", "2024-01-05"),
        ("Mon, 5 Feb 2024 10:00", "2024-02-05 10:00"),
        ("Fri Jan 05 2024", "2024-01-05"),
        ("5. Januar 2024", "2024-01-05"),
        ("5. März 2024", "2024-03-05"),
        ("5 janv. 2024", "2024-01-05"),
        ("5 août 2024", "2024-08-05"),
        ("5 de enero de 2024", "2024-01-05"),
        ("5 dicembre 2024", "2024-12-05"),
        ("5 outubro 2024", "2024-10-05"),
        ("5 sierpnia 2024", "2024-08-05"),
        ("12 февраля 2024", "2024-02-12"),
        ("2024-Jan-05", "2024-01-05"),
        ("Jan 2024", "2024-01-01"),
        ("Jan-24", "2024-01-01"),
        ("Jan '24", "2024-01-01"),
        ("2024 Jan", "2024-01-01"),
        ("2024-01", "2024-01-01"),
        ("01/2024", "2024-01-01"),
        ("2024M01", "2024-01-01"),
        ("202401", "2024-01-01"),
        ("2024Q3", "2024-07-01"),
        ("2024-Q3", "2024-07-01"),
        ("Q3 2024", "2024-07-01"),
        ("3Q2024", "2024-07-01"),
        ("2024-W01", "2024-01-01"),
        ("2020-W53", "2020-12-28"),
        ("2024W05-3", "2024-01-31"),
        ("2024年1月5日", "2024-01-05"),
        ("2024년 1월 5일", "2024-01-05"),
        ("2024年1月", "2024-01-01"),
    ],
)
def test_a_date_is_read(cell: str, when: str) -> None:
    found = look_for_times(column(cell, cell, ""))
    assert found is not None
    assert pd.Timestamp(found.stamps[0]) == pd.Timestamp(when)
    assert found.ok.tolist() == [True, True, False]
    assert found.present.tolist() == [True, True, False]


@pytest.mark.parametrize(
    "cell",
    [
        "2024-13-01",
        "2024-02-30",
        "31/02/2024",
        "32.01.2024",
        "2023-02-29",
        "2021-W53",
        "2024-01-05 25:00",
        "2024-01-05 12:61",
    ],
)
def test_what_is_no_date_is_not_read(cell: str) -> None:
    found = look_for_times(column(cell, "2024-01-01"))
    assert found is None or not found.ok[0]


@pytest.mark.parametrize(
    "cell", ["12.5", "hello", "1,234.5", "Mayor 2024", "10.0.0.1", "room 12", "a-b-c", "0", "Q5 2024"]
)
def test_other_cells_are_no_dates(cell: str) -> None:
    assert look_for_times(column(cell, cell, cell)) is None


@pytest.mark.parametrize(
    ("cells", "orders"),
    [
        (["01/02/2024", "03/04/2024"], (True, False)),
        (["01/02/2024", "13/04/2024"], ()),
        (["01/02/2024", "04/13/2024"], ()),
        (["01/01/2024", "02/02/2024"], ()),
        (["01/02/03", "02/03/04"], (True, False, "year")),
        (["24/01/05", "24/01/06", "24/02/01"], ()),
    ],
)
def test_orders_that_fit_are_listed(cells: list[str], orders: tuple[bool | str, ...]) -> None:
    found = look_for_times(column(*cells))
    assert found is not None
    assert found.orders == orders


def test_two_orders_in_one_column_name_a_cell_of_each() -> None:
    found = look_for_times(column("13/01/2024", "01/02/2024", "01/14/2024"))
    assert found is not None
    assert found.mixed == (0, 2)


@pytest.mark.parametrize("month", range(1, 13))
@pytest.mark.parametrize("form", ["%B", "%b"])
def test_english_months(month: int, form: str) -> None:
    assert month_of(pd.Timestamp(2024, month, 1).strftime(form)) == month


@pytest.mark.parametrize(
    "names",
    [
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "januari februari maart april mei juni juli augustus september oktober november december",
        "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień",
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    ],
)
def test_months_in_other_languages(names: str) -> None:
    assert [month_of(name) for name in names.split()] == list(range(1, 13))


def test_numbers_that_stand_for_times() -> None:
    years = look_for_years(column("1700.0", "1701.0"))
    assert years is not None
    assert [str(stamp)[:10] for stamp in years.stamps] == ["1700-01-01", "1701-01-01"]
    for scale in (1, 1000, 1_000_000, 1_000_000_000):
        found = look_for_epochs(column(str(1_700_000_000 * scale), str(1_700_003_600 * scale)))
        assert found is not None
        assert pd.Timestamp(found.stamps[0]) == pd.Timestamp("2023-11-14 22:13:20")
    serial = look_for_serials(column("45000", "45000.5"))
    assert serial is not None
    assert [pd.Timestamp(stamp) for stamp in serial.stamps] == [
        pd.Timestamp("2023-03-15"),
        pd.Timestamp("2023-03-15 12:00"),
    ]
    steps = look_for_steps(column("1", "2.0", "3"))
    assert steps is not None
    assert steps.stamps.tolist() == [1, 2, 3]
    assert look_for_steps(column("1", "2.5")) is None
    assert look_for_steps(column("1", None)) is None
