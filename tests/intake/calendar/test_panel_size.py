"""Panels above the limits: how much there is, how much fits, and how to get there."""

import pytest

from forecasting.errors import DataError
from forecasting.intake import limits, read_table, to_panel

FAR = "id,date,v\n" + "".join(f"{name},2024-01-{day:02d},{day}\n" for name in "abcd" for day in range(1, 31))


def test_too_many_series_are_refused_with_what_to_leave_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SERIES", 3)
    with pytest.raises(DataError, match=r"4 series; at most 3 .* Choose fewer value columns") as refused:
        to_panel(read_table(FAR.encode(), "a.csv"))
    assert refused.value.field == "series"


def test_too_many_values_are_refused_with_the_step_that_would_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four series of 30 days; 60 values are two of them, or all by two days."""
    monkeypatch.setattr(limits, "VALUES", 60)
    with pytest.raises(DataError, match=r"120 values; at most 60 .* first 2 series have.* 2 times as long") as refused:
        to_panel(read_table(FAR.encode(), "a.csv"))
    assert refused.value.field == "frequency"
    assert len(to_panel(read_table(FAR.encode(), "a.csv"), frequency="2D", duplicates="sum")[0].frame) == 60
