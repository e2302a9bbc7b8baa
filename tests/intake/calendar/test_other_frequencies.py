"""One series of another frequency among many: left out and named, and the others are as without it."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from forecasting.intake import read_table, to_panel

Rows = list[tuple[str, datetime.date, object]]
START = datetime.date(2024, 1, 1)


def every(name: str, step: int, count: int, start: datetime.date = START) -> Rows:
    return [(name, start + datetime.timedelta(i * step), i * 7 % 5 + 0.5) for i in range(count)]


def months(name: str, count: int) -> Rows:
    return [(name, datetime.date(2015 + i // 12, i % 12 + 1, 1), i * 7 % 5 + 0.5) for i in range(count)]


def text(*series: Rows) -> bytes:
    rows = "".join(f"{name},{day},{value}\n" for rows in series for name, day, value in rows)
    return ("unique_id,ds,y\n" + rows).encode()


@pytest.mark.parametrize(
    ("good", "odd", "said"),
    [
        ([every(name, 1, 90) for name in "abc"], every("odd", 7, 20), "'odd' (a week)"),
        ([every(name, 7, 60) for name in "abc"], every("odd", 1, 400), "'odd' (a day)"),
        ([months(name, 60) for name in "abc"], every("odd", 1, 900), "'odd' (a day)"),
        ([every(name, 1, 90) for name in "abc"], months("odd", 24), "'odd' (a month)"),
    ],
)
def test_it_is_left_out_and_named_and_the_others_are_as_without_it(good: list[Rows], odd: Rows, said: str) -> None:
    alone, _ = to_panel(read_table(text(*good), "a.csv"))
    panel, report = to_panel(read_table(text(*good, odd), "a.csv"))
    assert panel.id == alone.id
    assert panel.filled is None or panel.filled.empty
    (note,) = (note for note in report.notes if note.kind == "other frequency")
    assert said in str(note.message)
    assert note.series == ("odd",)
    assert "1 series of another frequency left out" in str(report.summary)


def test_a_frequency_that_was_chosen_takes_the_shorter_steps_together() -> None:
    table = read_table(text(every("a", 7, 30), every("b", 7, 30), every("odd", 1, 203)), "a.csv")
    panel, report = to_panel(table, frequency="W-MON", duplicates="sum")
    assert panel.series_ids == ["a", "b", "odd"]
    assert "other frequency" not in {note.kind for note in report.notes}


def test_a_single_series_may_be_put_on_shorter_steps_by_choice() -> None:
    panel, _ = to_panel(read_table(text(every("a", 7, 10)), "a.csv"), frequency="D")
    assert panel.lengths.tolist() == [64]


def test_gaps_make_no_other_frequency() -> None:
    """Every third value is lacking at random: uneven steps are gaps."""
    kept = np.random.default_rng(3).random(200) > 0.4
    gaps = [row for row, there in zip(every("gaps", 1, 200), kept, strict=True) if there]
    panel, _ = to_panel(read_table(text(every("a", 1, 200), every("b", 1, 200), gaps), "a.csv"))
    assert panel.series_ids == ["a", "b", "gaps"]


def test_a_wide_column_of_weeks_among_days_is_left_out() -> None:
    days = [f"{START + datetime.timedelta(i)},{i}.5,{i * 3 % 7}.5,{i if i % 7 == 0 else ''}\n" for i in range(90)]
    panel, report = to_panel(read_table(("date,a,b,c\n" + "".join(days)).encode(), "a.csv"), target=["a", "b", "c"])
    assert panel.series_ids == ["a", "b"]
    assert "'c' (a week)" in " ".join(str(note.message) for note in report.notes)


def test_series_that_end_early_are_named_with_how_early() -> None:
    series = [every("a", 1, 30), every("b", 1, 25), every("c", 1, 30)]
    _, report = to_panel(read_table(text(*series), "a.csv"))
    (note,) = (note for note in report.notes if note.kind == "ends")
    assert (note.count, note.series) == (1, ("b",))
    assert str(note.message) == "1 series ends before the others, and is forecast from its own end: 'b' by 5 steps."


def test_a_series_of_zeros_does_not_hide_the_closing_days_of_the_others() -> None:
    def shop(name: str, sold: int) -> Rows:
        days = [START + datetime.timedelta(i) for i in range(84)]
        return [(name, day, 0 if day.weekday() == 6 else sold + day.weekday()) for day in days]

    alone, _ = to_panel(read_table(text(shop("a", 5), shop("b", 9)), "a.csv"))
    zeros = [(name, day, 0) for name, day, _ in shop("zeros", 0)]
    panel, _ = to_panel(read_table(text(shop("a", 5), shop("b", 9), zeros), "a.csv"))
    assert panel.frequency == alone.frequency == "C-1111110"
    assert panel.series_ids == ["a", "b", "zeros"]
