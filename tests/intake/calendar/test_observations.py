"""Observations: what each row stands for, and what it lacks."""

import pandas as pd

from forecasting.intake import read_table, to_panel
from tests.intake.tables import daily, kinds, read


def test_missing_values_at_the_ends_are_left_out_and_inside_filled() -> None:
    panel, report = read(daily(list(range(1, 9)), ["", "NA", 3, "", 5, "n/a", 7, ""]))
    assert panel.frame["ds"].iloc[0] == pd.Timestamp("2024-01-03")
    assert panel.frame["y"].tolist() == [3, 3, 5, 5, 7]
    rows = {note.kind: note.rows for note in report.notes}
    assert [rows[kind] for kind in ("leading blanks", "missing", "trailing blanks")] == [(2, 3), (5, 7), (9,)]


def test_doubtful_rows_are_dropped_and_counted() -> None:
    lines = [f"2024-01-{day:02d},{day},x" for day in range(1, 30)]
    lines[3], lines[6] = "2024-01-04,4", "2024-01-07,9,7,x"
    panel, report = read("\n".join(["date,v,w", *lines]))
    assert panel.frame["y"].tolist()[2:8] == [3, 4, 5, 6, 6, 8]
    assert next(note for note in report.notes if note.kind == "ragged" and "dropped" in note.message).rows == (8,)
    assert next(note for note in report.notes if note.kind == "realigned").rows == (5,)


def test_words_in_a_value_column_are_missing_and_named() -> None:
    panel, report = read(daily(list(range(1, 12)), [1, 2, 3, "closed", 5, 6, 7, 8, 9, 10, 11]))
    assert panel.frame["y"].tolist()[3] == 3
    note = next(note for note in report.notes if note.kind == "not a number")
    assert note.rows == (5,)
    assert "closed" in note.message


def test_rows_without_time_are_dropped_and_named() -> None:
    text = daily(list(range(1, 20)), list(range(1, 20))) + "Total,190\n"
    panel, report = read(text)
    assert len(panel.frame) == 19
    assert next(note for note in report.notes if note.kind == "time").rows == (21,)


def test_infinite_values_are_missing_and_named() -> None:
    panel, report = read(daily([*range(1, 12)], [1, 2, "inf", 4, 5, 6, 7, 8, 9, 10, 11]))
    assert panel.frame["y"].tolist()[2] == 2
    assert "not a number" in kinds(report)


def test_a_row_whose_series_is_in_doubt_makes_no_series_of_its_own() -> None:
    lines = [f"{shop},{kind},2024-01-{d:02d},{d}" for shop in "AB" for kind in "xy" for d in range(1, 20)]
    lines[30] = lines[30].replace("A,y", "Ay")
    panel, report = to_panel(read_table(("shop,kind,day,v\n" + "\n".join(lines)).encode(), "a.csv"))
    assert panel.series_ids == ["A / x", "A / y", "B / x", "B / y"]
    assert next(note for note in report.notes if note.kind == "series").rows == (32,)
