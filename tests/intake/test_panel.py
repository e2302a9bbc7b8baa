"""Panels: each table with the series, repairs and questions that a careful person would come to."""

import json

import numpy as np
import pandas as pd
import pytest

from forecasting.errors import AmbiguousInput, DataError
from forecasting.intake import Report, read_table, to_panel
from forecasting.panel import STEP, Panel


def read(text: str, **choices: object) -> tuple[Panel, Report]:
    return to_panel(read_table(text.encode(), "a.csv"), **choices)  # type: ignore[arg-type]


def daily(days: list[int], values: list[object], head: str = "date,v") -> str:
    return head + "\n" + "".join(f"2024-01-{day:02d},{value}\n" for day, value in zip(days, values, strict=True))


def kinds(report: Report) -> set[str]:
    return {note.kind for note in report.notes}


def test_one_value_column_is_one_series_named_after_it() -> None:
    panel, report = read(daily([1, 2, 3, 4], [1, 2.5, -3, 4e2]))
    assert panel.series_ids == ["v"]
    assert panel.frame["y"].tolist() == [1, 2.5, -3, 400]
    assert panel.frame["ds"].tolist() == list(pd.date_range("2024-01-01", periods=4))
    assert (panel.frequency, panel.seasons) == ("D", (7, 365))
    assert report.summary == "nothing had to be repaired"
    assert (report.roles.time, report.roles.target, report.roles.series) == ("date", ["v"], None)
    assert set(report.roles.reasons) == {"time", "target", "series"}


def test_several_value_columns_make_several_series_and_one_can_be_chosen() -> None:
    text = "date,a,b,word\n" + "".join(f"2024-01-{d:02d},{d},{d * 2},x{d}\n" for d in range(1, 9))
    panel, report = read(text)
    assert panel.series_ids == ["a", "b"]
    assert report.candidates["target"] == ["a", "b"]
    assert read(text, target="b")[0].frame["y"].tolist() == [d * 2 for d in range(1, 9)]
    assert read(text, target=["b", "a"])[0].series_ids == ["b", "a"]


def test_a_series_column_makes_one_series_a_name_in_the_order_of_the_file() -> None:
    text = "day,shop,sales\n" + "".join(
        f"2024-01-{d:02d},{s},{d * k}\n" for d in range(1, 9) for k, s in ((2, "z"), (3, "b"))
    )
    panel, report = read(text)
    assert report.roles.series == "shop"
    assert panel.series_ids == ["z", "b"]
    assert panel.values()[1].tolist() == [d * 3 for d in range(1, 9)]


def test_two_columns_name_the_series_together_where_one_does_not() -> None:
    keys = [("DE", "tea"), ("DE", "milk"), ("FR", "tea"), ("FR", "milk")]
    text = "country,product,day,sales\n" + "".join(
        f"{country},{product},2024-01-{d:02d},{d * k}\n"
        for k, (country, product) in enumerate(keys, 1)
        for d in range(1, 9)
    )
    panel, report = read(text)
    assert report.roles.series == ["country", "product"]
    assert panel.series_ids == [f"{country} / {product}" for country, product in keys]
    assert [values.tolist() for values in panel.values()] == [[d * k for d in range(1, 9)] for k in range(1, 5)]
    assert read(text, series=["country", "product"])[0].id == panel.id


def test_unique_id_ds_y_with_whole_numbers_needs_no_options() -> None:
    text = "unique_id,ds,y\n" + "".join(f"{s},{t},{t * k}\n" for k, s in ((1, "W2"), (2, "W1")) for t in range(5, 15))
    panel, _ = read(text)
    assert panel.frequency == STEP
    assert panel.seasons == ()
    assert panel.series_ids == ["W2", "W1"]
    assert panel.times()[0].tolist() == list(range(5, 15))


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


def test_filling_never_looks_ahead() -> None:
    days, values = [1, 2, 4, 5, 8, 9, 10], [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0]
    whole, _ = read(daily(days, values), frequency="D")
    for cut in range(4, 7):
        part, _ = read(daily(days[:cut], values[:cut]), frequency="D")
        assert part.frame["y"].tolist() == whole.frame["y"].tolist()[: len(part.frame)]


def test_missing_values_at_the_ends_are_left_out_and_inside_filled() -> None:
    panel, report = read(daily(list(range(1, 9)), ["", "NA", 3, "", 5, "n/a", 7, ""]))
    assert panel.frame["ds"].iloc[0] == pd.Timestamp("2024-01-03")
    assert panel.frame["y"].tolist() == [3, 3, 5, 5, 7]
    rows = {note.kind: note.rows for note in report.notes}
    assert [rows[kind] for kind in ("leading blanks", "missing", "trailing blanks")] == [(2, 3), (5, 7), (9,)]


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


@pytest.mark.parametrize(("answer", "first"), [(True, "2024-02-01"), (False, "2024-01-01")])
def test_dates_that_fit_both_orders_are_asked_about(answer: bool, first: str) -> None:
    text = "date,v\n" + "".join(f"0{i}/02/2024,{i}\n" for i in range(1, 10))
    with pytest.raises(AmbiguousInput) as caught:
        read(text)
    assert (caught.value.argument, caught.value.choices) == ("day_first", (True, False))
    assert caught.value.question == "Day or month first?"
    panel, _ = read(text, day_first=answer)
    assert panel.frame["ds"].iloc[0] == pd.Timestamp(first)


def test_dates_in_two_orders_are_refused_with_both_lines() -> None:
    text = "date,v\n" + "".join(f"{d}/01/2024,1\n" for d in range(13, 30)) + "01/30/2024,1\n"
    with pytest.raises(DataError, match=r"line 2\b.*line 19"):
        read(text)


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


def test_irregular_times_are_asked_about_and_each_choice_works() -> None:
    times = pd.Timestamp("2024-01-01") + pd.to_timedelta(
        np.cumsum(np.random.default_rng(0).integers(1, 9000, 60)), unit="s"
    )
    text = "t,v\n" + "".join(f"{t},{i}\n" for i, t in enumerate(times))
    with pytest.raises(AmbiguousInput) as caught:
        read(text)
    assert caught.value.argument == "frequency"
    for choice in caught.value.choices:
        panel, _ = read(text, frequency=choice)
        assert panel.frequency == choice
    assert read(text, frequency=STEP)[0].frame["y"].tolist() == list(range(60))


def test_time_zones_are_turned_into_utc_and_named() -> None:
    text = "t,v\n" + "".join(f"2024-01-01T{h:02d}:00:00+02:00,{h}\n" for h in range(24))
    panel, report = read(text)
    assert panel.frame["ds"].iloc[0] == pd.Timestamp("2023-12-31 22:00")
    assert report.timezone == "UTC+02:00"
    assert "time zone" in kinds(report)


def test_an_hour_that_daylight_saving_repeats_is_two_hours_where_zones_are_given() -> None:
    index = pd.date_range("2024-10-26", periods=72, freq="h", tz="Europe/Berlin")
    text = "t,v\n" + "".join(f"{t.isoformat()},{i}\n" for i, t in enumerate(index))
    panel, report = read(text)
    assert panel.frame["y"].tolist() == list(range(72))
    assert report.summary == "nothing had to be repaired"


def grid(head: str, *axes: range | list[object], cell: str = "{0},{1},1\n") -> str:
    return head + "\n" + "".join(cell.format(a, b) for a in axes[0] for b in axes[1])


DAYS = [f"2024-01-{day:02d}" for day in range(1, 5)]
CLOCK = [f"{hour:02d}:30" for hour in range(24)]
MONTHS = "Year,Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec\n"


@pytest.mark.parametrize(
    ("text", "frequency", "first"),
    [
        (grid("date,hour,v", DAYS, range(24)), "h", "2024-01-01"),
        (grid("date,hour,v", DAYS, range(1, 25)), "h", "2024-01-01"),
        (grid("date,time,v", DAYS, CLOCK), "h", "2024-01-01 00:30"),
        (grid("year,month,v", range(2000, 2004), range(1, 13)), "MS", "2000-01-01"),
        (grid("year,quarter,v", range(2000, 2008), range(1, 5)), "QS", "2000-01-01"),
        (MONTHS + "".join(f"{year},1,2,3,4,5,6,7,8,9,10,11,12\n" for year in range(2000, 2004)), "MS", "2000-01-01"),
    ],
)
def test_time_over_several_columns(text: str, frequency: str, first: str) -> None:
    panel, report = read(text)
    assert panel.frequency == frequency
    assert panel.frame["ds"].iloc[0] == pd.Timestamp(first)
    assert len(report.filled) == 0
    assert {"time", "unfolded"} & kinds(report)


def test_times_along_the_header() -> None:
    panel, report = read("Country,2000,2001,2002,2003\nGermany,1,2,3,4\nFrance,5,6,7,8\n")
    assert panel.frequency == "YS"
    assert panel.series_ids == ["Germany", "France"]
    assert panel.values()[1].tolist() == [5, 6, 7, 8]
    assert "unfolded" in kinds(report)


def test_row_counters_and_parts_of_the_date_are_no_values() -> None:
    text = "rownames,year,month,date,v\n" + "".join(f"{d},2024,1,2024-01-{d:02d},{d * d}\n" for d in range(1, 20))
    assert read(text)[1].roles.target == ["v"]


def test_a_value_column_that_counts_is_a_value_column() -> None:
    assert read(daily(list(range(1, 20)), list(range(1, 20))))[0].frame["y"].tolist() == list(range(1, 20))


def test_doubtful_rows_are_dropped_and_counted() -> None:
    lines = [f"2024-01-{day:02d},{day},x" for day in range(1, 30)]
    lines[3], lines[6] = "2024-01-04,4", "2024-01-07,9,7,x"
    panel, report = read("\n".join(["date,v,w", *lines]))
    assert panel.frame["y"].tolist()[2:8] == [3, 4, 5, 6, 6, 8]
    assert next(note for note in report.notes if note.kind == "ragged" and "dropped" in note.message).rows == (8,)
    assert next(note for note in report.notes if note.kind == "realigned").rows == (5,)


def test_a_decimal_comma_that_cuts_cells_apart_is_asked_about() -> None:
    text = "date,value\n" + "".join(f"2024-01-{d:02d},{d},5\n" for d in range(1, 20))
    with pytest.raises(AmbiguousInput) as caught:
        read(text)
    assert caught.value.argument == "decimal"
    assert read(text, decimal=",")[0].frame["y"].tolist() == [d + 0.5 for d in range(1, 20)]


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


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n3,4\n", "dates, times or steps"),
        ("date,b\n2024-01-01,x\n2024-01-02,y\n2024-01-03,z\n", "numbers"),
        ("date,b\n2024-01-01,\n2024-01-02,\n2024-01-03,NA\n", "numbers"),
        ("date,b\n2024-01-01,5\n", "one point in time"),
        ("date,b\n2024-01-01,1.5\n2024-01-02,\"2,5\"\n2024-01-03,3.5\n", "decimal point .*decimal comma"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_panel_says_why(text: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read(text)


def test_wrong_names_are_told_with_those_there_are() -> None:
    for field in ("time", "target", "series"):
        with pytest.raises(DataError, match="'date', 'v'") as caught:
            read(daily([1, 2, 3], [1, 2, 3]), **{field: "nothing"})
        assert caught.value.field == field


def test_a_constant_series_is_a_panel() -> None:
    assert read(daily([1, 2, 3], [5, 5, 5]))[0].frame["y"].tolist() == [5, 5, 5]


def test_infinite_values_are_missing_and_named() -> None:
    panel, report = read(daily([*range(1, 12)], [1, 2, "inf", 4, 5, 6, 7, 8, 9, 10, 11]))
    assert panel.frame["y"].tolist()[2] == 2
    assert "not a number" in kinds(report)


def test_the_report_is_plain_values() -> None:
    _, report = read(daily([1, 2, 3, 6, 7, 7, 8], [1, 2, 3, 6, 7, 7, 8]))
    told = json.loads(json.dumps(report.to_dict()))
    assert told["summary"] == report.summary
    assert told["filled_count"] == 2
    assert told["filled"][0]["ds"] == "2024-01-04T00:00:00"
    assert told["roles"]["time"] == "date"


def test_the_table_is_not_changed() -> None:
    table = read_table(daily([1, 3, 2], [1, "", 2]).encode(), "a.csv")
    before = table.cells.to_pylist()
    to_panel(table)
    assert table.cells.to_pylist() == before


def test_days_with_a_zone_keep_their_dates_through_daylight_saving() -> None:
    index = pd.date_range("2024-03-01", periods=60, freq="D", tz="Europe/Berlin")
    panel, report = read("t,v\n" + "".join(f"{t.isoformat()},{i}\n" for i, t in enumerate(index)))
    assert panel.frequency == "D"
    assert panel.frame["ds"].tolist() == list(index.tz_localize(None))
    assert "time zone" in kinds(report)


def test_covariates_are_carried_and_rows_beyond_the_last_value_are_counted() -> None:
    text = "date,v,price,promo\n" + "".join(
        f"2024-01-{d:02d},{d if d < 18 else ''},{'' if d == 5 else d * 2},{d % 2}\n" for d in range(1, 21)
    )
    panel, report = read(text, target="v", covariates=["price", "promo"])
    assert list(panel.frame.columns) == ["unique_id", "ds", "y", "price", "promo"]
    assert panel.frame["price"].tolist() == [8 if d == 5 else d * 2 for d in range(1, 18)]
    assert report.candidates["covariates"] == ["price", "promo"]
    assert next(note for note in report.notes if note.kind == "future").rows == (19, 20, 21)
    for wrong in ("nothing", "date"):
        with pytest.raises(DataError) as caught:
            read(text, target="v", covariates=[wrong])
        assert caught.value.field == "covariates"


def test_covariates_of_several_series_stay_with_theirs() -> None:
    text = "date,shop,v,price\n" + "".join(
        f"2024-01-{d:02d},{s},{d},{d * k}\n" for d in range(1, 9) for k, s in ((2, "z"), (3, "b"))
    )
    panel, _ = read(text, target="v", covariates=["price"])
    assert panel.frame["price"].tolist() == [d * 2 for d in range(1, 9)] + [d * 3 for d in range(1, 9)]
