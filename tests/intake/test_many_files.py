"""Several files as one panel: each read by itself, and what does not fit the others left out with a sentence."""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Callable

import numpy as np
import pytest

from forecasting.errors import AmbiguousInput, DataError
from forecasting.intake import Member, ReadingChoices, Report, Table, read_table, to_panel
from forecasting.intake.previews import preview
from forecasting.panel import Panel

Value = Callable[[int], object]


def days(
    count: int,
    start: str = "2024-01-01",
    *,
    every: int = 1,
    form: str = "%Y-%m-%d",
    head: str = "date,sales",
    value: Value = lambda i: i + 0.5,
) -> str:
    first = datetime.date.fromisoformat(start)
    rows = [f"{first + datetime.timedelta(i * every):{form}},{value(i)}\n" for i in range(count)]
    return head + "\n" + "".join(rows)


def stores(count: int, start: str, names: str, value: int = 1) -> str:
    """A value a day for each store, named in a column."""
    first = datetime.date.fromisoformat(start)
    rows = [f"{first + datetime.timedelta(i)},{name},{value}\n" for i in range(count) for name in names]
    return "date,store,sales\n" + "".join(rows)


def together(**texts: str | bytes) -> Table:
    """What reading a ZIP gives, without the process that unpacks it; a file without a table is given as bytes."""
    members = [
        Member(f"{name}.csv", read_table(text.encode(), f"{name}.csv"))
        if isinstance(text, str)
        else Member(f"{name}.csv", None, text.decode())
        for name, text in texts.items()
    ]
    first = next(member.table for member in members if member.table is not None)
    return dataclasses.replace(first, name="all.zip", files=tuple(members))


def lengths(panel: Panel) -> dict[str, int]:
    return dict(zip(panel.series_ids, panel.lengths.tolist(), strict=True))


def problems(report: Report) -> dict[str, str]:
    return {file.name: str(file.problem) for file in report.files if file.problem}


def series(panel: Panel, name: str) -> list[float]:
    return list(panel.values()[panel.series_ids.index(name)])


def test_the_name_of_a_file_is_its_series() -> None:
    panel, report = to_panel(together(north=days(5), south=days(3, "2024-01-02", value=lambda i: 10 * i)))
    assert lengths(panel) == {"north": 5, "south": 3}
    assert series(panel, "south") == [0, 10, 20]
    assert report.roles.series == "file"
    assert [(file.name, file.rows, file.series) for file in report.files] == [("north.csv", 5, 1), ("south.csv", 3, 1)]
    assert str(report.files[1].start)[:10] == "2024-01-02"
    assert str(report.files[1].end)[:10] == "2024-01-04"


def test_each_file_has_its_own_delimiter_decimal_mark_and_order_of_dates() -> None:
    german = days(40, form="%d.%m.%Y", value=lambda i: f"{i}.25").replace(",", ";").replace(".25\n", ",25\n")
    american = days(40, form="%m/%d/%Y")
    panel, report = to_panel(together(german=german, american=american))
    assert problems(report) == {}
    assert lengths(panel) == {"german": 40, "american": 40}
    assert series(panel, "german") == [i + 0.25 for i in range(40)]
    assert {str(times[-1])[:10] for times in panel.times()} == {"2024-02-09"}


def test_rows_of_one_series_in_several_files_are_joined_in_time() -> None:
    files = {"b": stores(29, "2024-02-01", "XYZ", 2), "a": stores(31, "2024-01-01", "XY", 1), "c": days(0)}
    files["c"] = stores(31, "2024-03-01", "X", 3)
    panel, report = to_panel(together(**files))
    assert lengths(panel) == {"X": 91, "Y": 60, "Z": 29}
    assert series(panel, "X") == [1.0] * 31 + [2.0] * 29 + [3.0] * 31
    assert "order" not in {note.kind for note in report.notes}  # the files came in no order, their rows do
    (ends,) = (note for note in report.notes if note.kind == "ends")
    assert ends.count == 2


def test_files_of_one_day_each_make_series_of_days() -> None:
    """By itself no file of one day has a frequency."""
    files = {f"d{day:02d}": stores(1, f"2024-01-{day:02d}", "PQ", day) for day in range(1, 13)}
    panel, _ = to_panel(together(**files))
    assert lengths(panel) == {"P": 12, "Q": 12}
    assert series(panel, "P") == list(range(1, 13))
    assert panel.frequency == "D"


def test_different_values_at_one_time_in_two_files_are_asked_about_by_file_and_line() -> None:
    table = together(a=stores(20, "2024-01-01", "XY", 1), b=stores(20, "2024-01-11", "XY", 2))
    with pytest.raises(
        AmbiguousInput, match=r"In 'a\.csv', 'b\.csv': 10 times .* 1 in line 22 and 2 in line 2 "
    ) as asked:
        to_panel(table)
    assert asked.value.argument == "duplicates"
    panel, report = to_panel(table, duplicates="mean")
    assert series(panel, "X") == [1.0] * 10 + [1.5] * 10 + [2.0] * 10
    assert report.merged["rows"].iloc[0] == "a.csv: 22, b.csv: 2"


def test_a_column_of_series_that_is_constant_in_each_file_names_the_series() -> None:
    files = {f"{store}{year}": stores(30, f"{year}-01-01", store) for store in "PQ" for year in (2023, 2024)}
    panel, _ = to_panel(together(**{name: text.replace("2023-01", "2023-12") for name, text in files.items()}))
    assert set(panel.series_ids) == {"P", "Q"}
    assert lengths(panel)["P"] == 61  # from 1 December to 30 January: one day between the files is filled
    assert panel.filled is not None
    assert len(panel.filled) == 2


def test_files_that_follow_one_another_are_asked_about() -> None:
    table = together(y2023=days(31, "2023-12-01"), y2024=days(31, "2024-01-01"))
    with pytest.raises(AmbiguousInput, match=r"ends before .y2024\.csv. begins") as asked:
        to_panel(table)
    assert (asked.value.argument, asked.value.choices) == ("files", ("join", "apart"))
    assert lengths(to_panel(table, files="join")[0]) == {"sales": 62}
    assert lengths(to_panel(table, files="apart")[0]) == {"y2023": 31, "y2024": 31}


def test_value_columns_stand_behind_the_name_of_the_file() -> None:
    two = "date,sold,cost\n" + "".join(f"2024-01-{day:02d},{day * 7 % 5}.5,{day * 3 % 4}.25\n" for day in range(1, 21))
    panel, report = to_panel(together(a=two, b=two))
    assert panel.series_ids == ["a / sold", "a / cost", "b / sold", "b / cost"]
    assert report.notation.target_of("b / cost") == "cost"
    assert report.notation.name_of("b / cost") == "b"


def test_days_with_a_zone_and_days_without_are_days() -> None:
    panel, report = to_panel(together(a=days(30), b=days(30, form="%Y-%m-%dT00:00:00Z"), c=days(30)))
    assert panel.series_ids == ["a", "b", "c"]
    assert problems(report) == {}
    hours = "date,sales\n" + "".join(f"2024-01-01T{hour:02d}:00:00{{}},{hour}.5\n" for hour in range(24))
    table = together(a=hours.replace("{}", ""), b=hours.replace("{}", "+05:00"), c=hours.replace("{}", ""))
    assert problems(to_panel(table)[1])["b.csv"].startswith("Its times have a time zone, those of most files have none")


@pytest.mark.parametrize(
    ("odd", "sentence"),
    [
        (days(20, every=7), "Its values are a week apart, those of most files a day."),
        ("name,v\nx,1\ny,2\n", "No column of 'odd.csv' holds dates, times or steps."),
        (days(30, head="date,revenue"), "It has no column of values called 'sales', as most files do, but 'revenue'."),
        (days(9, form="%d/%m/%Y", head="day,sold"), "It leaves open what the others do not."),
        ("t,sales\n" + "".join(f"{i},{i}.5\n" for i in range(1, 30)), "Its times are whole numbers"),
        (b"'odd.csv' is a picture.", "'odd.csv' is a picture."),
    ],
)
def test_a_file_that_does_not_fit_is_left_out_and_the_others_are_as_without_it(odd: str | bytes, sentence: str) -> None:
    alone, _ = to_panel(together(a=days(30), b=days(30)))
    panel, report = to_panel(together(a=days(30), odd=odd, b=days(30)))
    assert list(problems(report)) == ["odd.csv"]
    assert problems(report)["odd.csv"].startswith(sentence)
    (note,) = (note for note in report.notes if note.kind == "files")
    assert problems(report)["odd.csv"] in str(note.message)
    assert panel.id == alone.id
    json.dumps(report.to_dict())


def test_a_frequency_that_suits_all_keeps_the_file_of_weeks() -> None:
    table = together(a=days(28, value=lambda i: 2), b=days(28, value=lambda i: 4), c=days(4, "2024-01-07", every=7))
    panel, report = to_panel(table, frequency="W-SUN", duplicates="sum")
    assert problems(report) == {}
    assert series(panel, "a") == [14, 14, 14, 14]
    assert series(panel, "c") == [0.5, 1.5, 2.5, 3.5]


def test_where_no_two_files_fit_the_error_says_why_each_did_not() -> None:
    with pytest.raises(DataError, match=r"Of the 3 files in 'all.zip' no two.*'b.csv': .*a week.*'c.csv': No column"):
        to_panel(together(a=days(30), b=days(20, every=7), c="name,v\nx,1\ny,2\n"))


def test_what_all_files_leave_open_is_asked_once_and_answered_for_all() -> None:
    table = together(a=days(9, form="%d/%m/%Y"), b=days(9, "2024-02-01", form="%d/%m/%Y"), c=days(30))
    with pytest.raises(AmbiguousInput, match="and likewise in others of the 2 files") as asked:
        to_panel(table)
    assert (asked.value.argument, asked.value.choices) == ("day_first", (True, False))
    panel, _ = to_panel(table, day_first=True)
    assert [str(times[0])[:10] for times in panel.times()] == ["2024-01-01", "2024-02-01", "2024-01-01"]


def test_a_file_of_the_same_columns_proves_the_order_of_days_and_months_and_that_is_said() -> None:
    table = together(a=days(9, form="%d/%m/%Y"), b=days(40, "2024-01-05", form="%d/%m/%Y"), c=days(40))
    panel, report = to_panel(table)
    assert str(panel.times()[0][-1])[:10] == "2024-01-09"
    assert "Day first, as 'b.csv' proves" in str(report.files[0].notes[0].message)


def test_files_without_a_column_in_common_keep_their_own_values() -> None:
    panel, report = to_panel(together(sun=days(30, head="date,hours"), rain=days(30, head="day,mm")))
    assert panel.series_ids == ["sun", "rain"]
    assert problems(report) == {}


def test_a_chosen_target_holds_for_each_file_that_has_it() -> None:
    two = "date,sold,cost\n" + "".join(f"2024-01-{day:02d},{day * 7 % 5}.5,{day * 3 % 4}.25\n" for day in range(1, 21))
    panel, report = to_panel(together(a=two, b=two, c=days(20)), target="cost")
    assert panel.series_ids == ["a", "b"]
    assert "There is no column 'cost'" in problems(report)["c.csv"]


def test_covariates_go_with_the_series_of_their_file() -> None:
    two = "date,sold,cost\n" + "".join(f"2024-01-{day:02d},{day * 7 % 5}.5,{{}}{day % 4}\n" for day in range(1, 21))
    panel, report = to_panel(
        together(a=two.replace("{}", "1"), b=two.replace("{}", "2")), target="sold", covariates=["cost"]
    )
    assert panel.covariates == ["cost"] == list(report.covariates)
    cost = panel.frame["cost"].to_numpy()
    assert np.array_equal(cost[:20], [10 + day % 4 for day in range(1, 21)])
    assert np.array_equal(cost[20:], [20 + day % 4 for day in range(1, 21)])


def test_repairs_of_several_files_are_counted_together() -> None:
    bad = days(40) + "not a date,3\n"
    _, report = to_panel(together(a=bad, b=bad + "nor this,4\n", c=days(40)))
    assert "3 rows dropped" in str(report.summary)
    assert "In 2 files; in 'a.csv': " in " ".join(str(note.message) for note in report.notes)


def test_lines_are_those_of_the_file_concerned() -> None:
    far = days(60, value=lambda i: 9_000 if i == 40 else i % 7)
    _, report = to_panel(together(a=days(60, value=lambda i: i % 7), b=far))
    assert report.outliers["row"].tolist() == [42]
    (note,) = (note for note in report.notes if note.kind == "outliers")
    assert note.rows == (42,)
    assert str(note.message).startswith("b.csv: ")
    assert "in line 42" in str(note.message)


def test_an_answer_is_seen_before_it_is_given_unless_there_are_very_many_files() -> None:
    files = {f"y{year}": days(9, f"{year}-01-01") for year in (2023, 2024)}
    seen = preview(together(**files), ReadingChoices(), "files", "apart")
    assert seen.panel is not None
    assert seen.panel.series_ids == ["y2023", "y2024"]
    assert len(seen.rows) == 4
    many = {f"y{year}": days(9, f"{year}-01-01") for year in range(1970, 2020)}
    assert preview(together(**many), ReadingChoices(), "files", "apart").panel is None


def test_names_of_files_stay_different() -> None:
    from forecasting.intake.joined_values import stems

    assert stems(["a.csv", "b.csv.gz", "2024.sales.xlsx"]) == ["a", "b", "2024.sales"]
    assert stems(["n/a.csv", "s/a.csv", "b.csv"]) == ["n/a", "s/a", "b"]
    assert stems(["a.csv", "a.txt"]) == ["a.csv", "a.txt"]
