"""Roles: which columns are time, values and series."""

import pandas as pd
import pytest

from forecasting.errors import DataError
from forecasting.panel import STEP
from tests.intake.tables import daily, read


def test_one_value_column_is_one_series_named_after_it() -> None:
    panel, report = read(daily([1, 2, 3, 4], [1, 2.5, -3, 4e2]))
    assert panel.series_ids == ["v"]
    assert panel.frame["y"].tolist() == [1, 2.5, -3, 400]
    assert panel.frame["ds"].tolist() == list(pd.date_range("2024-01-01", periods=4))
    assert (panel.frequency, panel.seasons) == ("D", (7, 365))
    assert report.summary == "nothing had to be repaired"
    assert (report.roles.time, report.roles.target, report.roles.series) == ("date", ["v"], None)
    assert set(report.roles.reasons) == {"time", "target", "series"}


@pytest.mark.slow
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


def test_row_counters_and_parts_of_the_date_are_no_values() -> None:
    text = "rownames,year,month,date,v\n" + "".join(f"{d},2024,1,2024-01-{d:02d},{d * d}\n" for d in range(1, 20))
    assert read(text)[1].roles.target == ["v"]


def test_a_value_column_that_counts_is_a_value_column() -> None:
    assert read(daily(list(range(1, 20)), list(range(1, 20))))[0].frame["y"].tolist() == list(range(1, 20))


def test_a_wrong_column_is_refused_with_the_names_there_are() -> None:
    for field in ("time", "target", "series"):
        with pytest.raises(DataError, match="'date', 'v'") as caught:
            read(daily([1, 2, 3], [1, 2, 3]), **{field: "nothing"})
        assert caught.value.field == field


def test_a_column_that_names_one_series_only_is_noted() -> None:
    panel, report = read("date,shop,v\n" + "".join(f"2024-01-{d:02d},Leeds,{d}\n" for d in range(1, 29)))
    assert panel.series_ids == ["v"]
    assert any("'shop' holds 'Leeds' in every row" in note.message for note in report.notes)


def test_every_column_that_is_not_used_is_named_with_its_reason() -> None:
    lines = [
        f"2024-01-{d:02d},{d},{d * d % 7},{d % 2},7,{d + 900},{'x' if d % 2 else d},word {d},,2024-02-{d:02d}"
        for d in range(1, 21)
    ]
    header = "date,row,v,holiday,scale,customer_id,half,comment,nothing,booked"
    _, report = read("\n".join([header, *lines]), time="date")
    assert report.roles.target == ["v"]
    named = {str(note.message) for note in report.notes if note.kind == "unused columns"}
    for column in ("row", "holiday", "scale", "customer_id", "half", "comment", "nothing", "booked"):
        assert sum(f"'{column}'" in text for text in named) == 1, column
    mixed = next(note for note in report.notes if note.message.key == "intake.unused.mixed")
    assert (mixed.count, mixed.rows[:2], mixed.message.values["cell"]) == (10, (2, 4), "x")
    assert "1 column not used" in str(report.summary)
    assert report.candidates["covariates"] == ["holiday", "scale"]


def test_numbers_of_which_half_are_words_are_values_where_there_are_no_others() -> None:
    text = "date,v\n" + "".join(f"2024-01-{d:02d},{d if d % 3 else 'closed'}\n" for d in range(1, 31))
    panel, report = read(text)
    assert panel.series_ids == ["v"]
    assert next(note for note in report.notes if note.kind == "not a number").count == 10


def test_what_is_the_same_in_each_series_is_no_series() -> None:
    text = "shop,day,latitude,size,sales\n" + "".join(
        f"{s},2024-01-{d:02d},{lat},{size},{d * size}\n"
        for s, lat, size in (("a", 51.5, 3), ("b", 48.25, 8))
        for d in range(1, 15)
    )
    panel, report = read(text)
    assert (report.roles.target, panel.series_ids) == (["sales"], ["a", "b"])
    assert any("'latitude', 'size'" in note.message for note in report.notes)


def test_columns_alike_in_everything_stay_values() -> None:
    assert read("date,a,b\n" + "".join(f"2024-01-{d:02d},{d % 2},0\n" for d in range(1, 15)))[1].roles.target == [
        "a",
        "b",
    ]


@pytest.mark.parametrize(
    ("head", "keys", "names"),
    [
        ("Haus", [(12,), (15,)], ["12", "15"]),
        ("Haus,Ware", [(1, 4711), (1, 4712), (2, 4711), (2, 4712)], ["1 / 4711", "1 / 4712", "2 / 4711", "2 / 4712"]),
        ("Land,Ware", [("AT", 4711), ("AT", 4712), ("DE", 4711)], ["AT / 4711", "AT / 4712", "DE / 4711"]),
        (
            "land,ware,weg",
            [(a, b, c) for a in ("at", "de") for b in ("pear", "fig") for c in ("web", "shop")],
            [f"{a} / {b} / {c}" for a in ("at", "de") for b in ("pear", "fig") for c in ("web", "shop")],
        ),
    ],
)
def test_series_are_told_apart_by_numbers_and_by_up_to_three_columns(
    head: str, keys: list[tuple[object, ...]], names: list[str]
) -> None:
    days = pd.date_range("2024-01-01", periods=60)
    text = f"day,{head},v\n" + "".join(
        f"{day:%Y-%m-%d},{','.join(map(str, key))},{n * 7 % 50 + place}\n"
        for place, key in enumerate(keys)
        for n, day in enumerate(days)
    )
    panel, report = read(text)
    assert panel.series_ids == names
    assert report.roles.target == ["v"]
    assert panel.values()[1].tolist() == [n * 7 % 50 + 1 for n in range(60)]
