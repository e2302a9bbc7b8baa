"""Outliers and odd zeros are flagged with their lines and left alone unless asked; usual volatility is none of them."""

import numpy as np
import pandas as pd
import pytest

from forecasting.errors import DataError
from forecasting.intake import Report, read_table, to_panel
from forecasting.intake.calendar.suspected_values import find_suspects
from forecasting.panel import Panel

RNG = np.random.default_rng(7)  # of the parameters; a test draws from its own


def flagged(y: np.ndarray, seasons: tuple[int, ...] = ()) -> list[int]:
    return np.flatnonzero(find_suspects(y, np.zeros(len(y), dtype=np.int64), seasons).outliers).tolist()


def read(values: np.ndarray, **choices: object) -> tuple[Panel, Report]:
    days = pd.date_range("2024-01-01", periods=len(values)).strftime("%Y-%m-%d")
    text = "date,v\n" + "".join(f"{day},{value:.10g}\n" for day, value in zip(days, values, strict=True))
    return to_panel(read_table(text.encode(), "a.csv"), **choices)  # type: ignore[arg-type]


@pytest.mark.parametrize("at", [[0], [50], [50, 51], [99], [3, 60]])
def test_a_value_or_two_far_from_all_around_are_outliers(at: list[int]) -> None:
    rng = np.random.default_rng(7)
    y = 100 + np.arange(100) * 0.5 + rng.normal(0, 3, 100)
    y[at] = 400
    assert flagged(y) == at


def test_an_outlier_is_seen_against_the_season_it_stands_in() -> None:
    rng = np.random.default_rng(7)
    week = np.array([10, 80, 20, 90, 30, 70, 0])
    y = 200 + week[np.arange(364) % 7] + rng.normal(0, 1, 364)
    y[181] = 200 + 80  # within what the week has, but not on this day
    assert flagged(y, (7,)) == [181]
    assert flagged(y) == []


@pytest.mark.parametrize(
    "y",
    [
        np.exp(np.cumsum(0.02 * RNG.standard_t(4, 3000))),  # prices
        np.concatenate([RNG.normal(10, 1, 200), RNG.normal(50, 1, 200)]),  # a step to another level
        np.tile([5.0, 5, 5, 5, 5, 90, 5], 60),  # a peak each week
        RNG.poisson(0.4, 1000).astype(float),  # rare sales
        RNG.lognormal(0, 1, 1000),
        np.arange(500.0),
        np.full(100, 3.0),
    ],
    ids=["prices", "step", "peaks", "rare", "skewed", "line", "constant"],
)
def test_what_is_a_series_nature_is_no_outlier(y: np.ndarray) -> None:
    assert len(flagged(y, (7,))) <= 0.002 * len(y)


def test_an_outlier_among_constant_values_is_seen() -> None:
    y = np.full(1000, 20.0)
    y[500] = 9999
    assert flagged(y) == [500]


def test_series_do_not_disturb_each_other() -> None:
    rng = np.random.default_rng(7)
    quiet, wild = rng.normal(0, 1, 200), rng.normal(0, 1000, 200)
    quiet[100] = 500
    y, codes = np.concatenate([wild, quiet, wild]), np.repeat([0, 1, 2], 200)
    assert np.flatnonzero(find_suspects(y, codes, ()).outliers).tolist() == [300]


def test_zeros_among_values_far_from_zero_are_odd_alone_and_in_runs() -> None:
    rng = np.random.default_rng(7)
    y = rng.normal(100, 10, 300)
    y[[20, 150, 151, 152, 153, 154]] = 0
    found = find_suspects(y, np.zeros(300, dtype=np.int64), ())
    assert np.flatnonzero(found.zeros).tolist() == [20, 150, 151, 152, 153, 154]
    assert not found.outliers.any()


@pytest.mark.parametrize(
    "y",
    [
        RNG.poisson(1.5, 300).astype(float),
        np.maximum(0, np.sin(np.arange(480) * np.pi / 12)).round(3),  # sunshine
        RNG.normal(0, 1, 300).round(0),
        np.tile([40.0, 41, 42, 43, 44, 45, 0], 50)[:300] + np.r_[0:300] % 2 - 1.0,
    ],
    ids=["sales", "sun", "changes", "differences"],
)
def test_zeros_that_belong_to_a_series_are_not_odd(y: np.ndarray) -> None:
    assert not find_suspects(y, np.zeros(len(y), dtype=np.int64), ()).zeros.any()


@pytest.mark.slow
def test_suspects_are_reported_with_their_lines_and_kept_unless_asked() -> None:
    rng = np.random.default_rng(7)
    y = rng.normal(100, 5, 60).round(2)
    y[10], y[30] = 900, 0
    panel, report = read(y)
    assert panel.frame["y"].tolist() == y.tolist()
    assert report.outliers["row"].tolist() == [12]
    assert report.zeros["row"].tolist() == [32]
    assert report.summary == "1 outlier flagged, 1 odd zero flagged"
    assert {note.kind: (note.rows, note.series) for note in report.notes} == {
        "outliers": ((12,), ("v",)),
        "zeros": ((32,), ("v",)),
    }
    document = report.to_dict()
    assert (document["outliers_count"], document["zeros"][0]["row"]) == (1, 32)

    panel, report = read(y, outliers="missing")
    assert panel.frame["y"].tolist() == [*y[:10], y[9], *y[11:]]
    assert report.filled["ds"].tolist() == [pd.Timestamp("2024-01-11")]
    panel, report = read(y, outliers="missing", zeros="missing")
    assert panel.frame["y"].tolist() == [*y[:10], y[9], *y[11:30], y[29], *y[31:]]
    assert "1 outlier left out, 1 odd zero left out" in report.summary


def test_gaps_do_not_shift_the_lines_of_suspects() -> None:
    rng = np.random.default_rng(7)
    y = rng.normal(100, 5, 60).round(2)
    y[40] = -700
    y[[5, 6, 20]] = np.nan
    days = pd.date_range("2024-01-01", periods=60).strftime("%Y-%m-%d")
    lines = [f"{day},{value}" for day, value in zip(days, y, strict=True) if value == value]
    _, report = to_panel(read_table(("date,v\n" + "\n".join(lines)).encode(), "a.csv"))
    assert report.outliers["y"].tolist() == [-700]
    assert lines[int(report.outliers["row"].iloc[0]) - 2].endswith(",-700.0")


def test_other_answers_are_refused() -> None:
    for field in ("outliers", "zeros"):
        with pytest.raises(DataError, match="keep, missing") as caught:
            read(np.arange(20.0), **{field: "drop"})
        assert caught.value.field == field


@pytest.mark.parametrize(
    ("written", "share"), [(-999, 0.3), (-9999, 0.05), (999999, 0.2), (-99, 0.4)], ids=lambda value: str(value)
)
def test_numbers_often_written_for_missing_ones_are_flagged_however_many(written: float, share: float) -> None:
    rng = np.random.default_rng(3)
    y = np.where(rng.random(200) < share, written, rng.integers(10, 40, 200)).astype(float)
    found = find_suspects(y, np.zeros(200, dtype=np.int64), ())
    assert (found.outliers == (y == written)).all()


def test_such_numbers_among_others_of_their_size_are_values() -> None:
    y = np.concatenate([np.linspace(-1500, 1500, 101), [-999.0, 999.0], np.full(20, -999.0)])
    assert not find_suspects(y, np.zeros(len(y), dtype=np.int64), ()).outliers.any()


def test_the_note_on_stand_ins_says_what_they_may_be() -> None:
    lines = [f"2024-{1 + d // 28:02d}-{1 + d % 28:02d},{-999 if d % 5 == 2 else 20 + d % 4}" for d in range(84)]
    table = read_table(("date,v\n" + "\n".join(lines)).encode(), "a.csv")
    _, report = to_panel(table)
    note = next(note for note in report.notes if note.kind == "outliers")
    assert note.count == 17
    assert "-999, found 17 times, is often written where there is no value" in note.message
    panel, _ = to_panel(table, outliers="missing")
    assert panel.frame["y"].min() == 20


def test_a_column_that_names_one_series_alone_is_spoken_of() -> None:
    lines = [f"2024-01-{d:02d},Leeds,{d}" for d in range(1, 29)]
    panel, report = to_panel(read_table(("date,shop,v\n" + "\n".join(lines)).encode(), "a.csv"))
    assert panel.series_ids == ["v"]
    assert any("'shop' holds 'Leeds' in every row" in note.message for note in report.notes)
