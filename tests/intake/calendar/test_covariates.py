"""Covariates: offered, carried beside the values, known ahead where a file goes on beyond its last value."""

import numpy as np
import pandas as pd
import pytest

from forecasting.errors import DataError
from forecasting.panel import Panel
from tests.intake.tables import read


def file(days: int, known: int, hole: int = 0) -> str:
    return "date,v,price,rain\n" + "".join(
        f"2024-01-{d:02d},{d if d <= known else ''},{'' if d == hole else d * 2},{d % 2 if d <= known else ''}\n"
        for d in range(1, days + 1)
    )


def test_rows_beyond_the_last_value_are_known_ahead_and_no_gaps() -> None:
    panel, report = read(file(20, 15), target="v", covariates=["price", "rain"])
    assert panel.frame["ds"].iloc[-1] == pd.Timestamp("2024-01-15")
    assert list(panel.frame.columns) == ["unique_id", "ds", "y", "price", "rain"]
    assert panel.covariates == ["price", "rain"]
    assert panel.known_ahead == ["price"]
    assert panel.ahead is not None
    assert panel.ahead["price"].tolist() == [32, 34, 36, 38, 40]
    future = panel.future(7)
    assert future["price"].tolist()[:5] == [32, 34, 36, 38, 40]
    assert future["price"].isna().tolist() == [False] * 5 + [True] * 2
    assert report.filled.empty
    assert (report.known_ahead, report.beyond, report.covariates) == (("price",), 5, ("price", "rain"))
    assert next(note for note in report.notes if note.kind == "future").rows == (17, 18, 19, 20, 21)


def test_what_could_be_a_covariate_is_offered_before_any_is_chosen() -> None:
    panel, report = read(file(20, 15), target="v")
    assert report.candidates["covariates"] == ["price", "rain"]
    assert report.known_ahead == ("price",)
    assert panel.ahead is None
    assert panel.covariates == []


def test_the_column_that_ends_first_is_the_value_where_the_others_describe_it() -> None:
    both = "date,sales,price,rain\n" + "".join(
        f"2024-01-{d:02d},{d if d < 15 else ''},{d * 2},{d % 3 if d < 15 else ''}\n" for d in range(1, 21)
    )
    _, report = read(both)
    assert report.roles.target == ["sales", "price", "rain"]  # rain ends as well: nothing tells them apart
    whole = "date,sales,price,promo\n" + "".join(
        f"2024-01-{d:02d},{d if d < 15 else ''},{d * 2},{d % 2}\n" for d in range(1, 21)
    )
    _, report = read(whole)
    assert report.roles.target == ["sales"]
    assert report.known_ahead == ("price", "promo")


@pytest.mark.slow
def test_a_gap_in_a_covariate_takes_its_last_value_and_is_noted() -> None:
    panel, report = read(file(20, 15, hole=5), target="v", covariates=["price"])
    assert panel.frame["price"].tolist() == [8 if d == 5 else d * 2 for d in range(1, 16)]
    assert next(note for note in report.notes if note.kind == "covariate gaps").count == 1
    panel, report = read(file(20, 15, hole=18), target="v", covariates=["price"])
    assert panel.ahead is not None
    assert panel.ahead["price"].tolist() == [32, 34, 34, 38, 40]
    assert next(note for note in report.notes if note.kind == "covariate gaps").count == 1


def test_series_that_end_at_different_times_have_their_own_future() -> None:
    text = "date,shop,v,price\n" + "".join(
        f"2024-01-{d:02d},{shop},{d if d <= end else ''},{d * k}\n"
        for d in range(1, 13)
        for shop, k, end in (("a", 2, 10), ("b", 3, 12), ("c", 5, 8))
    )
    panel, _ = read(text, target="v", covariates=["price"])
    assert panel.series_ids == ["a", "b", "c"]
    assert panel.ahead is not None
    assert panel.ahead["unique_id"].tolist() == ["a"] * 2 + ["c"] * 4
    assert panel.ahead["price"].tolist() == [22, 24, 45, 50, 55, 60]
    assert panel.frame["price"].tolist() == [*range(2, 21, 2), *range(3, 37, 3), *range(5, 41, 5)]


@pytest.mark.slow
def test_the_content_id_covers_covariates_and_what_is_known_ahead() -> None:
    ids = {
        read(file(20, 15), target="v")[0].id,
        read(file(20, 15), target="v", covariates=["price"])[0].id,
        read(file(20, 15), target="v", covariates=["rain"])[0].id,
        read(file(19, 15), target="v", covariates=["price"])[0].id,
        read(file(20, 15).replace(",40,", ",41,"), target="v", covariates=["price"])[0].id,
        read(file(20, 15).replace(",4,", ",4.5,"), target="v", covariates=["price"])[0].id,
    }
    assert len(ids) == 6


def test_a_panel_with_covariates_comes_back_from_bytes() -> None:
    panel, _ = read(file(20, 15), target="v", covariates=["price", "rain"])
    again = Panel.from_bytes(panel.to_bytes())
    assert again.id == panel.id
    pd.testing.assert_frame_equal(again.frame, panel.frame)
    pd.testing.assert_frame_equal(again.ahead, panel.ahead)


def test_covariates_of_another_decimal_mark_or_without_a_beginning_are_refused() -> None:
    mixed = "date;v;price\n" + "".join(f"2024-01-{d:02d};{d},5;{d}.25\n" for d in range(1, 15))
    with pytest.raises(DataError, match="no number") as caught:
        read(mixed, target="v", covariates=["price"])
    assert (caught.value.field, caught.value.column) == ("covariates", "price")
    late = file(20, 15).replace("2024-01-01,1,2,1", "2024-01-01,1,,1")
    with pytest.raises(DataError, match="beginning"):
        read(late, target="v", covariates=["price"])


@pytest.mark.parametrize("wrong", ["nothing", "date"])
def test_a_column_that_is_no_covariate_is_refused(wrong: str) -> None:
    with pytest.raises(DataError) as caught:
        read(file(20, 15), target="v", covariates=[wrong])
    assert caught.value.field == "covariates"


def test_a_panel_refuses_covariates_with_holes_and_strangers_ahead() -> None:
    panel, _ = read(file(20, 15), target="v", covariates=["price"])
    holed = panel.frame.assign(price=np.nan)
    with pytest.raises(DataError, match="finite"):
        Panel(holed, "D")
    assert panel.ahead is not None
    with pytest.raises(DataError, match="ahead"):
        Panel(panel.frame, "D", ahead=panel.ahead.rename(columns={"price": "other"}))
