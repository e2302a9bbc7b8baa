"""Tables of known truth, damaged in one way each: never a wrong value, never a row that is lost without a word."""

import collections
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from forecasting.intake import read_table, to_panel

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def reading() -> Iterator[object]:
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        import reading

        yield reading
    finally:
        sys.path.remove(str(ROOT / "benchmarks"))


def outcomes(reading, every: int, seed: int = 1) -> collections.Counter[str]:
    """Of a seeded sample; the whole is `python benchmarks/reading.py`."""
    counts: collections.Counter[str] = collections.Counter()
    for file in itertools.islice(reading.files(seed=seed), 0, None, every):
        if not file.readable:
            continue
        outcome, why = reading.judge(file)
        assert outcome not in reading.BAD, f"{file.base.name}: {file.name}: {why}"
        counts[outcome] += 1
    return counts


def check(reading, counts: collections.Counter[str]) -> None:
    """Refusing everything is no success; one damage in ten destroys the value itself, which is then reported."""
    assert counts[reading.EXACT] >= 0.7 * counts.total()
    assert counts[reading.EXACT] + counts[reading.DESTROYED] >= 0.8 * counts.total()
    assert counts[reading.REFUSED] + counts[reading.ASKED] <= 0.01 * counts.total()


@pytest.mark.slow
def test_a_sample_of_damaged_files_is_read_truthfully(reading) -> None:
    check(reading, outcomes(reading, 83))


@pytest.mark.slow
def test_a_larger_sample_of_damaged_files_is_read_truthfully(reading) -> None:
    check(reading, outcomes(reading, 17))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3, 5])
def test_other_tables_damaged_in_the_same_ways_are_read_truthfully(reading, seed: int) -> None:
    check(reading, outcomes(reading, 61, seed))


def test_a_row_whose_series_is_in_doubt_makes_no_series_of_its_own() -> None:
    lines = [f"{shop},{kind},2024-01-{d:02d},{d}" for shop in "AB" for kind in "xy" for d in range(1, 20)]
    lines[30] = lines[30].replace("A,y", "Ay")
    panel, report = to_panel(read_table(("shop,kind,day,v\n" + "\n".join(lines)).encode(), "a.csv"))
    assert panel.series_ids == ["A / x", "A / y", "B / x", "B / y"]
    assert next(note for note in report.notes if note.kind == "series").rows == (32,)


HEAD = "date,time,n,price,kind,remark\n"
LINES = [f"2024-01-{d:02d},{d % 24:02d}:00,{d},{d}.50,nail,{'' if d % 2 else 'ok'}" for d in range(1, 29)]


def cells(line: str, at: int = 10) -> tuple[list[str | None], set[str]]:
    table = read_table((HEAD + "\n".join([*LINES[:at], line, *LINES[at + 1 :]])).encode(), "a.csv")
    return [column[at].as_py() for column in table.cells.columns], {note.kind for note in table.notes}


WHOLE = ["2024-01-11", "11:00", "11", "11.50", "nail", ""]


@pytest.mark.parametrize("at", range(5))
def test_a_separator_too_many_is_taken_out_where_the_kinds_of_cells_tell_its_place(at: int) -> None:
    found, kinds = cells(",".join([*WHOLE[:at], "", *WHOLE[at:]]))
    assert found == WHOLE
    assert "realigned" in kinds


def test_cells_that_ran_together_count_as_missing_and_the_others_stay() -> None:
    found, kinds = cells("2024-01-11,11:00,11,11.50nail,")
    assert found == ["2024-01-11", "11:00", None, None, None, ""]  # 11 may be 1 and 1, before a kind called 11.50nail
    assert "realigned" in kinds


def test_numbers_that_ran_together_are_guessed_by_nobody() -> None:
    found, _ = cells("2024-01-11,11:00,1111.50,nail,")
    assert found == ["2024-01-11", "11:00", None, None, "nail", ""]


@pytest.mark.parametrize("at", range(5))
def test_a_stray_quote_is_left_out(at: int) -> None:
    stray = [*WHOLE]
    stray[at] = '"' + stray[at]
    found, kinds = cells(",".join(stray))
    assert found == WHOLE
    assert "quotes" in kinds


def test_a_quote_that_never_closes_swallows_no_record() -> None:
    lines = [*LINES]
    lines[5] = lines[5].replace(",ok", ',"ok')
    lines[9] = lines[9].replace(",ok", ',ok"')
    table = read_table((HEAD + "\n".join(lines)).encode(), "a.csv")
    assert len(table) == len(LINES)


def test_a_second_table_of_as_many_columns_is_no_part_of_the_first() -> None:
    text = "date,v\n" + "".join(f"2024-01-{d:02d},{d}\n" for d in range(1, 29))
    second = "day,other\n" + "".join(f"2024-02-{d:02d},{d * 100}\n" for d in range(1, 9))
    for between in ("", "\n"):
        panel, report = to_panel(read_table((text + between + second).encode(), "a.csv"))
        assert panel.frame["y"].tolist() == list(range(1, 29))
        assert next(note for note in report.notes if note.kind == "another table").count == 9


def test_a_header_with_a_separator_too_many_loses_the_empty_name_and_no_other() -> None:
    text = "date,,n,price\n" + "".join(f"2024-01-{d:02d},{d},{d}.5\n" for d in range(1, 20))
    table = read_table(text.encode(), "a.csv")
    assert table.columns == ["date", "n", "price"]
    assert next(note for note in table.notes if note.kind == "header").rows == (1,)


def test_a_stray_quote_before_the_header_swallows_no_table() -> None:
    text = '"date,v,state\n' + "".join(f"2024-01-{d:02d},{d}.5,ok\n" for d in range(1, 29))
    table = read_table(text.encode(), "a.csv")
    assert table.columns == ["date", "v", "state"]
    assert len(table) == 28
    assert "quotes" in {note.kind for note in table.notes}


def test_a_remark_with_as_many_commas_below_the_header_is_no_header() -> None:
    text = "date,v\n# a remark, and more\n" + "".join(f"2024-01-{d:02d},{d}.5\n" for d in range(1, 29))
    table = read_table(text.encode(), "a.csv")
    assert table.columns == ["date", "v"]
    assert next(note for note in table.notes if note.kind == "comments").rows == (2,)


def test_a_header_of_another_delimiter_is_cut_by_that_one() -> None:
    for mark in (";", " "):
        text = f"day{mark}sales\n" + "".join(f"2024-01-{d:02d},{d}.5\n" for d in range(1, 29))
        assert read_table(text.encode(), "a.csv").columns == ["day", "sales"]


def test_thousands_cut_from_amounts_by_a_comma_and_a_blank_are_joined() -> None:
    amounts = [f"${1000 + 37.25 * d:,.2f}" for d in range(1, 29)]
    text = "date, amount\n" + "".join(f"2024-01-{d:02d}, {amounts[d - 1]}\n" for d in range(1, 29))
    panel, report = to_panel(read_table(text.encode(), "a.csv"))
    assert panel.series_ids == ["amount"]
    assert panel.frame["y"].tolist() == [1000 + 37.25 * d for d in range(1, 29)]
    assert any("thousand separator" in note.message for note in report.notes)


@pytest.mark.parametrize("line", [",2024-01-11,11.5", "2024-01-11,,11.5", "2024-01-11,11.5,"])
def test_a_separator_too_many_in_a_table_of_two_columns_is_taken_out(line: str) -> None:
    lines = [f"2024-01-{d:02d},{d}.5" for d in range(1, 29)]
    lines[10] = line
    panel, report = to_panel(read_table(("date,v\n" + "\n".join(lines)).encode(), "a.csv"))
    assert panel.frame["y"].tolist() == [d + 0.5 for d in range(1, 29)]
    assert len(report.filled) == 0
    assert next(note for note in report.notes if note.kind == "realigned").rows == (12,)
