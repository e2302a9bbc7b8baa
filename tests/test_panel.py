"""Panel: sorted, complete, identified by its content."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.errors import DataError
from forecasting.panel import STEP, Panel, steps_after


def _frame(lengths: tuple[int, ...] = (3, 2), start: str = "2024-01-01") -> pd.DataFrame:
    parts = [
        pd.DataFrame({"unique_id": f"s{i}", "ds": pd.date_range(start, periods=n), "y": np.arange(n) + 10.0 * i})
        for i, n in enumerate(lengths)
    ]
    return pd.concat(parts, ignore_index=True)


def test_values_and_times_are_split_by_series_without_copies() -> None:
    panel = Panel(_frame(), "D")
    assert panel.series_ids == ["s0", "s1"]
    assert panel.lengths.tolist() == [3, 2]
    assert [values.tolist() for values in panel.values()] == [[0.0, 1.0, 2.0], [10.0, 11.0]]
    assert [len(times) for times in panel.times()] == [3, 2]
    assert np.shares_memory(panel.values()[1], panel.frame["y"].to_numpy())


def test_series_end_on_one_calendar_or_on_none() -> None:
    frame = _frame((6, 4, 3))
    assert Panel(frame, "D").ends() == pytest.approx([5, 3, 2])
    late = frame.assign(ds=frame["ds"] + pd.to_timedelta((frame["unique_id"] == "s2") * 4, unit="D"))
    assert Panel(late, "D").ends() == pytest.approx([5, 3, 6])
    beside = frame.assign(ds=frame["ds"] + pd.to_timedelta((frame["unique_id"] == "s2") * 6, unit="h"))
    assert Panel(beside, "D").ends() is None
    after = frame.assign(ds=frame["ds"] + pd.to_timedelta((frame["unique_id"] == "s2") * 9, unit="D"))
    assert Panel(after, "D").ends() is None
    steps = frame.assign(ds=np.concatenate([np.arange(6), np.arange(4), 7 + np.arange(3)]))
    assert Panel(steps, STEP).ends() is None
    steps["ds"] = np.concatenate([np.arange(6), np.arange(4), 5 + np.arange(3)])
    assert Panel(steps, STEP).ends() == pytest.approx([5, 3, 7])


def test_the_future_goes_on_where_each_series_ends() -> None:
    future = Panel(_frame(), "D").future(2)
    assert future["unique_id"].tolist() == ["s0", "s0", "s1", "s1"]
    assert future["ds"].dt.strftime("%m-%d").tolist() == ["01-04", "01-05", "01-03", "01-04"]


@pytest.mark.parametrize(
    ("end", "frequency", "after"),
    [
        ("2024-01-31", "ME", ["2024-02-29", "2024-03-31"]),
        ("2024-12-01", "MS", ["2025-01-01", "2025-02-01"]),
        ("2024-01-05", "B", ["2024-01-08", "2024-01-09"]),
        ("2024-01-06", "W-SAT", ["2024-01-13", "2024-01-20"]),
        ("2024-01-01T23:30", "30min", ["2024-01-02T00:00", "2024-01-02T00:30"]),
        ("2024-10-01", "QS", ["2025-01-01", "2025-04-01"]),
    ],
)
def test_steps_after_follow_the_calendar(end: str, frequency: str, after: list[str]) -> None:
    assert steps_after(np.datetime64(end), frequency, 2).tolist() == pd.DatetimeIndex(after).to_numpy("M8[ns]").tolist()


def test_whole_number_steps_count_on() -> None:
    frame = pd.DataFrame({"unique_id": "a", "ds": [5, 6, 7], "y": [1.0, 2.0, 3.0]})
    assert Panel(frame, STEP).future(2)["ds"].tolist() == [8, 9]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.rename(columns={"y": "value"}), "unique_id, ds, y"),
        (lambda f: f.iloc[:0], "no values"),
        (lambda f: f.assign(y=f["y"].astype(int)), "finite"),
        (lambda f: f.assign(y=[1.0, np.nan, 1.0, 1.0, 1.0]), "finite"),
        (lambda f: f.assign(y=[1.0, np.inf, 1.0, 1.0, 1.0]), "finite"),
        (lambda f: f.assign(ds=f["ds"].astype(str)), "timestamps or whole numbers"),
        (lambda f: f.iloc[[1, 0, 2, 3, 4]], "sorted"),
        (lambda f: f.iloc[[0, 0, 1, 3, 4]], "sorted"),
        (lambda f: f.iloc[[0, 3, 1, 4, 2]], "sorted"),
    ],
)
def test_what_is_no_panel_is_refused(change, message: str) -> None:  # type: ignore[no-untyped-def]  # lambdas on frames
    with pytest.raises(DataError, match=message):
        Panel(change(_frame()), "D")


def test_a_panel_survives_its_bytes() -> None:
    panel = Panel(_frame(), "D", (7, 365), "two series")
    back = Panel.from_bytes(panel.to_bytes())
    pd.testing.assert_frame_equal(back.frame, panel.frame)
    assert (back.frequency, back.seasons, back.name, back.id) == ("D", (7, 365), "two series", panel.id)


@pytest.mark.parametrize("data", [b"", b"not parquet", b"PAR1 almost PAR1"])
def test_bytes_that_are_no_panel_are_refused(data: bytes) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        Panel.from_bytes(data)


def test_the_name_is_not_part_of_the_content_but_everything_else_is() -> None:
    frame = _frame()
    base = Panel(frame, "D", (7,))
    assert Panel(frame, "D", (7,), "another name").id == base.id
    others = [
        Panel(frame, "B", (7,)),
        Panel(frame, "D", (7, 365)),
        Panel(frame.assign(unique_id=frame["unique_id"] + "x"), "D", (7,)),
        Panel(frame.assign(ds=frame["ds"] + pd.Timedelta("1h")), "D", (7,)),
        Panel(frame.assign(x=1.0), "D", (7,)),
        Panel(_frame((2, 3)), "D", (7,)),
    ]
    assert len({panel.id for panel in [base, *others]}) == 1 + len(others)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(row=st.integers(0, 59_999), bits=st.integers(0, 52))
def test_one_changed_value_changes_the_id(row: int, bits: int) -> None:
    """Also above the 50,000 rows from which on Streamlit would hash only a sample."""
    frame = pd.DataFrame({"unique_id": "a", "ds": np.arange(60_000), "y": np.full(60_000, 1.0)})
    before = Panel(frame, STEP).id
    changed = frame.copy()
    changed.loc[row, "y"] = 1.0 + 2.0**-bits
    assert Panel(changed, STEP).id != before


def _keys(*regions: str) -> pd.DataFrame:
    return pd.DataFrame({"region": list(regions), "shop": ["a", "b"]}, dtype=object)


def test_keys_are_stored_and_part_of_the_content() -> None:
    panel = Panel(_frame(), "D", keys=_keys("N", "S"))
    back = Panel.from_bytes(panel.to_bytes())
    assert back.keys is not None
    pd.testing.assert_frame_equal(back.keys, _keys("N", "S"))
    assert back.id == panel.id
    assert len({panel.id, Panel(_frame(), "D", keys=_keys("N", "N")).id, Panel(_frame(), "D").id}) == 3


def test_keys_have_a_row_for_each_series() -> None:
    with pytest.raises(DataError, match="2 series; there are 1"):
        Panel(_frame(), "D", keys=_keys("N", "S").head(1))
