"""A file is read alike whatever the order of its rows and the name of its column of times."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.tables import read

HOURS = pd.date_range("2023-01-01", periods=240, freq="h")
DAYS = pd.date_range("2023-01-20", periods=60)
WEEKS = pd.date_range("2019-01-07", periods=120, freq="7D")
MONTHS = pd.date_range("2019-03-01", periods=40, freq="MS")
YEARS = range(1980, 2020)
FORMS = {
    "iso": [f"{t:%Y-%m-%d}" for t in DAYS],
    "compact": [f"{t:%Y%m%d}" for t in DAYS],
    "compact hours": [f"{t:%Y%m%d%H}" for t in HOURS],
    "compact minutes": [f"{t:%Y%m%d%H%M}" for t in HOURS],
    "compact months": [f"{t:%Y%m}" for t in MONTHS],
    "compact weeks": [f"{t:%G%V}" for t in WEEKS],
    "months with a dot": [f"{t:%Y.%m}" for t in MONTHS],
    "written months": [f"{t:%b-%y}" for t in MONTHS],
    "seconds": [str(int(t.timestamp())) for t in HOURS],
    "nanoseconds": [str(t.value) for t in HOURS],
    "two units": [str(int(t.timestamp()) * (1 if t < HOURS[100] else 1000)) for t in HOURS],
    "days of Excel": [str((t - pd.Timestamp("1899-12-30")).days) for t in DAYS],
    "years": [str(year) for year in YEARS],
    "fiscal years": [f"{year}-{(year + 1) % 100:02d}" for year in YEARS],
    "day first": [f"{t:%d.%m.%Y}" for t in DAYS],
    "short years first": [f"{t:%y/%m/%d}" for t in DAYS],
    "steps": [str(step) for step in range(60)],
}


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=4, deadline=None)
@given(
    seed=st.integers(0, 1000), name=st.sampled_from(["date", "x", "Q7", "when", "value", "zeit", "month", "unbekannt"])
)
def test_the_reading_depends_on_neither_order_nor_name(form: str, seed: int, name: str) -> None:
    rows = [f"{cell},{step * 7 % 13 + 100.25}" for step, cell in enumerate(FORMS[form])]
    expected, _ = read("date,y\n" + "\n".join(rows))
    rows = [rows[place] for place in np.random.default_rng(seed).permutation(len(rows))]
    panel, report = read(f"{name},y\n" + "\n".join(rows))
    assert report.roles.time == name
    assert panel.frequency == expected.frequency
    pd.testing.assert_frame_equal(panel.frame, expected.frame)
