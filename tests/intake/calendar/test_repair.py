"""Repairs: sorting, merging, filling and resampling, each counted with its lines."""

import pandas as pd
import pytest

from forecasting.errors import AmbiguousInput, DataError
from tests.intake.tables import daily, read


def test_series_that_lie_far_apart_in_time_keep_their_frequency() -> None:
    text = (
        "unique_id,ds,y\n" + "".join(f"A,{t},1\n" for t in range(48)) + "".join(f"B,{t},1\n" for t in range(900, 948))
    )
    assert read(text)[0].lengths.tolist() == [48, 48]


def test_gaps_take_the_last_value_and_are_reported_with_the_lines_around_them() -> None:
    panel, report = read(daily([1, 2, 3, 6, 7, 8, 9], [1, 2, 3, 6, 7, 8, 9]))
    assert panel.frame["y"].tolist() == [1, 2, 3, 3, 3, 6, 7, 8, 9]
    assert report.summary == "2 gaps filled"
    assert report.filled["ds"].tolist() == [pd.Timestamp("2024-01-04"), pd.Timestamp("2024-01-05")]
    assert report.filled[["row_before", "row_after"]].to_numpy().tolist() == [[4, 5], [4, 5]]


@pytest.mark.slow
def test_filling_never_looks_ahead() -> None:
    days, values = [1, 2, 4, 5, 8, 9, 10], [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0]
    whole, _ = read(daily(days, values), frequency="D")
    for cut in range(4, 7):
        part, _ = read(daily(days[:cut], values[:cut]), frequency="D")
        assert part.frame["y"].tolist() == whole.frame["y"].tolist()[: len(part.frame)]


def test_duplicates_are_merged_by_the_named_aggregation() -> None:
    days = [*range(1, 20), 19, 3]
    values = [*range(1, 20), 25, 3]
    panel, report = read(daily(days, values))
    assert panel.frame["y"].tolist() == [*range(1, 19), 22]
    assert report.aggregation == "mean"
    assert report.merged["rows"].tolist() == ["4, 22", "20, 21"]
    assert "2 duplicates merged" in report.summary
    assert read(daily(days, values), duplicates="sum")[0].frame["y"].tolist()[-1] == 44
    with pytest.raises(DataError, match="mean, sum") as caught:
        read(daily(days, values), duplicates="guess")
    assert caught.value.field == "duplicates"


def test_many_duplicates_that_differ_are_asked_about() -> None:
    text = "date,v\n" + "".join(f"2024-01-{d:02d},{d + k}\n" for d in range(1, 20) for k in range(2))
    with pytest.raises(AmbiguousInput) as caught:
        read(text)
    assert caught.value.argument == "duplicates"
    assert read(text, duplicates="max")[0].frame["y"].tolist() == [d + 1 for d in range(1, 20)]


def test_unsorted_rows_are_sorted_and_counted() -> None:
    panel, report = read(daily([1, 3, 2, 4, 6, 5], [1, 3, 2, 4, 6, 5]))
    assert panel.frame["y"].tolist() == [1, 2, 3, 4, 5, 6]
    assert next(note for note in report.notes if note.kind == "order").rows == (4, 7)


def test_newest_first_is_sorted() -> None:
    panel, _ = read(daily(list(range(20, 0, -1)), list(range(20, 0, -1))))
    assert panel.frame["y"].tolist() == list(range(1, 21))


def test_business_days_with_holidays() -> None:
    days = pd.bdate_range("2024-01-01", periods=60).delete([10, 30])
    panel, report = read("date,v\n" + "".join(f"{d.date()},{i}\n" for i, d in enumerate(days)))
    assert panel.frequency == "B"
    assert len(report.filled) == 2


def test_a_chosen_frequency_resamples_and_names_the_aggregation() -> None:
    text = "date,v\n" + "".join(f"{d.date()},{i}\n" for i, d in enumerate(pd.date_range("2024-01-01", periods=60)))
    panel, report = read(text, frequency="MS")
    assert panel.frame["y"].tolist() == [15, 45]  # means of 0..30 and 31..59
    assert report.aggregation == "mean"
    assert "resampled to MS" in report.summary
    panel, _ = read(text, frequency="W-SUN", duplicates="sum")
    assert panel.frame["ds"].iloc[0] == pd.Timestamp("2024-01-07")
    assert panel.frame["y"].iloc[0] == sum(range(7))
    with pytest.raises(DataError) as caught:
        read(text, frequency="fortnight")
    assert caught.value.field == "frequency"
