"""Numbers: whole columns in the ways they are written, against the numbers a person reads; or the question to ask."""

import numpy as np
import pyarrow as pa
import pytest

from forecasting.errors import AmbiguousInput
from forecasting.intake import read_table, to_panel
from forecasting.intake.columns.number.numbers import look_for_numbers


def panel_of(cells: list[str], delimiter: str = ";", **choices: str) -> list[float]:
    quote = '"' if any(delimiter in cell for cell in cells) else ""
    lines = [f"2024-01-{day:02d}{delimiter}{quote}{cell}{quote}" for day, cell in enumerate(cells, 1)]
    table = read_table("\n".join([f"date{delimiter}v", *lines]).encode(), "a.csv")
    return to_panel(table, **choices)[0].frame["y"].tolist()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1", "-2", "+3"], [1, -2, 3]),
        (["1.5", "-.5", "2."], [1.5, -0.5, 2]),
        (["1e3", "1.5E-2", "2"], [1000, 0.015, 2]),
        (["1,5", "-2,25", "3"], [1.5, -2.25, 3]),
        (["1,5E+03", "2,5", "1"], [1500, 2.5, 1]),
        (["0,123", "1,234", "2,345"], [0.123, 1.234, 2.345]),
        (["1.234,5", "2.345,6", "12,5"], [1234.5, 2345.6, 12.5]),
        (["1,234.5", "2,345.6", "12.5"], [1234.5, 2345.6, 12.5]),
        (["1,234,567", "1,234", "12"], [1234567, 1234, 12]),
        (["1.234.567", "1.234", "12"], [1234567, 1234, 12]),
        (["1 234,5", "12 345,6", "1"], [1234.5, 12345.6, 1]),
        (["1 234.5", "12 345.6", "1"], [1234.5, 12345.6, 1]),
        (["1\u00a0234", "12\u202f345", "1"], [1234, 12345, 1]),
        (["1'234.5", "2\u2019345.5", "1"], [1234.5, 2345.5, 1]),
        (["12,34,567.5", "1,23,456", "12"], [1234567.5, 123456, 12]),
        (["$1,234.50", "$2.50", "-$3"], [1234.5, 2.5, -3]),
        (["1,50 €", "2,25 €", "3 €"], [1.5, 2.25, 3]),
        (["EUR 1.5", "EUR 2.5", "EUR 3"], [1.5, 2.5, 3]),
        (["5%", "7.5 %", "10%"], [5, 7.5, 10]),
        (["5 kWh", "7.5 kWh", "10 kWh"], [5, 7.5, 10]),
        (["(1.5)", "2.5", "(3)"], [-1.5, 2.5, -3]),
        (["($1,234.5)", "$2", "$3"], [-1234.5, 2, 3]),
        (["1.5-", "2.5", "3-"], [-1.5, 2.5, -3]),
        (["\u22121.5", "2.5", "\u20133"], [-1.5, 2.5, -3]),
        (["1,230", "999", "2,500", "3,456", "1,111", "4,321"], [1230, 999, 2500, 3456, 1111, 4321]),
    ],
)
@pytest.mark.parametrize("delimiter", [";", "\t", ","])
def test_a_column_of_numbers(cells: list[str], numbers: list[float], delimiter: str) -> None:
    assert panel_of(cells, delimiter) == numbers


@pytest.mark.parametrize("cells", [["1,234", "2,345", "3,456"], ["1,234", "5", "6,789"]])
@pytest.mark.parametrize("delimiter", [";", ","])
def test_thousands_or_three_decimals_are_asked_about(cells: list[str], delimiter: str) -> None:
    with pytest.raises(AmbiguousInput) as caught:
        panel_of(cells, delimiter)
    assert caught.value.argument == "decimal"
    plain = [float(cell.replace(",", "")) for cell in cells]
    assert panel_of(cells, delimiter, decimal=".") == plain
    assert panel_of(cells, delimiter, decimal=",") == [float(cell.replace(",", ".")) for cell in cells]


@pytest.mark.slow
@pytest.mark.parametrize("delimiter", [";", ","])
def test_points_before_three_digits_are_asked_about_as_well(delimiter: str) -> None:
    for cells in (["1.234", "2.345", "3.456"], ["1.230", "999", "3.450"]):
        with pytest.raises(AmbiguousInput):
            panel_of(cells, delimiter)
        assert panel_of(cells, delimiter, decimal=".") == [float(cell) for cell in cells]
    assert panel_of(["0.234", "2.345", "3.456"], delimiter) == [0.234, 2.345, 3.456]
    assert panel_of(["1234.567", "2.345", "3.456"], delimiter) == [1234.567, 2.345, 3.456]


def test_another_column_proves_the_mark() -> None:
    text = "date;a;b\n" + "".join(f"2024-01-{d:02d};{d}.234;{d},5\n" for d in range(1, 9))
    panel, _ = to_panel(read_table(text.encode(), "a.csv"), target="a")
    assert panel.frame["y"].tolist() == [d * 1000 + 234 for d in range(1, 9)]


@pytest.mark.parametrize("token", ["", "NA", "n/a", "NaN", "null", "None", "-", "--", ".", "#N/A", "?", "..."])
def test_tokens_for_missing(token: str) -> None:
    found = look_for_numbers(pa.chunked_array([pa.array(["1.5", token, "2.5", "3"], pa.string())]))
    assert found is not None
    values, odd = found.values(".")
    assert np.isnan(values).tolist() == [False, True, False, False]
    assert not odd.any()


@pytest.mark.parametrize(
    "cells", [["S1", "S2", "S3"], ["a", "b", "1"], ["2024-01-01", "2024-01-02", "x"], ["10.0.0.1", "10.0.0.2", "1"]]
)
def test_names_and_dates_are_no_numbers(cells: list[str]) -> None:
    found = look_for_numbers(pa.chunked_array([pa.array(cells, pa.string())]))
    assert found is None or found.share < 0.5


def test_a_cell_that_fits_neither_way_is_no_number_rather_than_another_one() -> None:
    found = look_for_numbers(pa.chunked_array([pa.array(["1.5", "2.5", "1,5", "1.234.5", "12,34"], pa.string())]))
    assert found is not None
    values, odd = found.values(".")
    assert values[:2].tolist() == [1.5, 2.5]
    assert odd.tolist() == [False, False, True, True, True]


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1.2M", "456K", "3.4B", "7"], [1.2e6, 456e3, 3.4e9, 7]),
        (["1.2万", "3亿", "500"], [12e3, 3e8, 500]),
        (["1.5 GB", "512 MB", "700 MB", "0"], [1500, 512, 700, 0]),
        (["250 Tsd. €", "2 Mio. €", "1 Mrd. €"], [250e3, 2e6, 1e9]),
        (["$1.2M", "-$950K", "($3)"], [1.2e6, -950e3, -3]),
        (["1.2m", "3.4b", "2.2m"], [1.2e6, 3.4e9, 2.2e6]),
        (["978.08K", "0.1K", "1.1K"], [978080, 100, 1100]),
        (["300 K", "301 K", "299 K"], [300, 301, 299]),
        (["60.0 p", "60.1", "62.4 b", ": ", "61", "62"], [60, 60.1, 62.4, 62.4, 61, 62]),
        (["12.3e", "12.4", "12.5p", "12.6"], [12.3, 12.4, 12.5, 12.6]),
        (["12.3*", "12.4 (r)", "12.5[1]", "12.6²", "12.7†", "12"], [12.3, 12.4, 12.5, 12.6, 12.7, 12]),
        (["1,5 p", "2,25", "3,5", "4"], [1.5, 2.25, 3.5, 4]),
        (["101.0", "101.2", "101.3 B", "101 E"], [101, 101.2, 101.3, 101]),
        (["<1", "5", ">10", "≤2.5"], [1, 5, 10, 2.5]),
        (["<0,02", "0,5", "1,25"], [0.02, 0.5, 1.25]),
    ],
)
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_what_stands_around_a_number_neither_loses_nor_changes_it(
    cells: list[str], numbers: list[float], delimiter: str
) -> None:
    assert panel_of(cells, delimiter) == numbers


@pytest.mark.parametrize(
    "cells", [["12a", "12b", "13a"], ["5 AM", "6 PM", "7 AM"], ["1st", "2nd", "3rd"], ["9 N", "8 S"]]
)
def test_codes_and_times_of_day_are_no_flagged_numbers(cells: list[str]) -> None:
    assert look_for_numbers(pa.chunked_array([pa.array(cells * 3, pa.string())])) is None


def test_a_token_for_missing_may_have_a_flag_of_its_own() -> None:
    found = look_for_numbers(pa.chunked_array([pa.array(["1.5", "n/a*", ": c", "2.5", "NA (r)"], pa.string())]))
    assert found is not None
    assert (found.present, found.share) == (2, 1.0)


def test_two_units_of_which_neither_is_a_multiple_are_never_mixed() -> None:
    values, odd = look_for_numbers(  # type: ignore[union-attr]
        pa.chunked_array([pa.array(["5 kg", "6 kg", "7 lb", "8 kg", *["9 kg"] * 8], pa.string())])
    ).values(".")
    assert odd.tolist() == [at == 2 for at in range(12)]
    assert np.isnan(values[2])
