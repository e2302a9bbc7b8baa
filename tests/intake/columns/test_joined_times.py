"""Time that is spread over several columns is joined."""

import pandas as pd
import pytest

from tests.intake.tables import kinds, read

DAYS = [f"2024-01-{day:02d}" for day in range(1, 5)]
CLOCK = [f"{hour:02d}:30" for hour in range(24)]


def grid(head: str, *axes: range | list[str]) -> str:
    return head + "\n" + "".join(f"{a},{b},1\n" for a in axes[0] for b in axes[1])


@pytest.mark.parametrize(
    ("text", "frequency", "first"),
    [
        (grid("date,hour,v", DAYS, range(24)), "h", "2024-01-01"),
        (grid("date,hour,v", DAYS, range(1, 25)), "h", "2024-01-01"),
        (grid("date,time,v", DAYS, CLOCK), "h", "2024-01-01 00:30"),
        (grid("year,month,v", range(2000, 2004), range(1, 13)), "MS", "2000-01-01"),
        (grid("year,quarter,v", range(2000, 2008), range(1, 5)), "QS", "2000-01-01"),
    ],
)
def test_time_over_several_columns(text: str, frequency: str, first: str) -> None:
    panel, report = read(text)
    assert panel.frequency == frequency
    assert panel.frame["ds"].iloc[0] == pd.Timestamp(first)
    assert len(report.filled) == 0
    assert "time" in kinds(report)
