"""Public corpora of awkward files, in ../shared/data beside the checkout; skipped where that folder is absent.

`test_awkward_files.py` tests the same kinds of things with files that every clone has.
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting.intake import read_table, to_panel
from forecasting.panel import STEP
from tests.intake.test_awkward_files import check_names, check_outcome, check_text, check_tickers

pytestmark = pytest.mark.slow  # whole corpora

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the corpora are not beside this checkout (../shared/data)")


def files(folder: str, pattern: str = "*") -> list[Path]:
    return [path for path in sorted((DATA / folder).rglob(pattern)) if path.is_file()]


@needs_data
@pytest.mark.parametrize("path", files("csv/spectrum/csvs", "*.csv"), ids=lambda path: path.stem)
def test_spectrum_is_read_to_the_letter(path: Path) -> None:
    truth = json.loads((path.parents[1] / "json" / f"{path.stem}.json").read_text(encoding="utf-8"))
    if path.stem == "location_coordinates":  # upstream's slip: another telephone number, not in a list
        truth = [{**truth, "Contact Phone Number": "2095257564"}]
    assert read_table(path.read_bytes(), path.name).cells.to_pylist() == truth


SERIES = {  # file -> column, frequency, first and last day, values in the file
    "wti_daily.csv": ("Price", "B", "1986-01-02", "2026-08-18", 10_226),
    "natgas_daily.csv": ("Price", "B", "1997-01-07", "2026-08-18", 7_436),
    "vix_daily.csv": ("CLOSE", "B", "1990-01-02", "2026-07-23", 9_235),
    "sm_co2.csv": ("co2", "W-SAT", "1958-03-29", "2001-12-29", 2_225),
    "sm_sunspots.csv": ("SUNACTIVITY", "YS", "1700-01-01", "2008-01-01", 309),
    "vega_seattle_weather_daily.csv": ("temp_max", "D", "2012-01-01", "2015-12-31", 1_461),
    "R_fivethirtyeight_US_births_2000_2007.csv": ("births", "D", "2000-01-01", "2007-12-31", 2_922),
}


@needs_data
@pytest.mark.parametrize("name", SERIES)
def test_sample_series_are_read_whole(name: str) -> None:
    column, frequency, first, last, values = SERIES[name]
    path = DATA / "series" / name
    panel, report = to_panel(read_table(path.read_bytes(), name))
    one = panel.frame[panel.frame["unique_id"] == column].reset_index(drop=True)
    assert panel.frequency == frequency
    assert (one["ds"].iloc[0], one["ds"].iloc[-1]) == (pd.Timestamp(first), pd.Timestamp(last))
    filled = report.filled[report.filled["unique_id"] == column]
    assert len(one) - len(filled) == values
    with path.open(newline="", encoding="utf-8") as stream:
        truth = [float(row[column]) for row in csv.DictReader(stream) if row[column]]
    kept = ~one["ds"].isin(filled["ds"])
    assert one["y"][kept].tolist() == truth


@needs_data
@pytest.mark.parametrize("name", ["hourly_train.csv", "hourly_test.csv", "weekly_train.csv", "weekly_test.csv"])
def test_long_files_with_steps_need_no_options(name: str) -> None:
    path = DATA / "m4" / name
    panel, report = to_panel(read_table(path.read_bytes(), name))
    truth = np.genfromtxt(path, delimiter=",", skip_header=1, usecols=(1, 2))
    assert panel.frequency == STEP
    assert panel.frame["ds"].tolist() == truth[:, 0].astype(int).tolist()
    assert panel.frame["y"].tolist() == truth[:, 1].tolist()
    assert {note.kind for note in report.notes} <= {"outliers", "ends"}  # flagged, not changed


@needs_data
@pytest.mark.parametrize("name", ["simple.csv", "simple.ssv", "simple.xlsx", "simple.xls"])
def test_the_same_two_series_in_several_formats(name: str) -> None:
    panel, _ = to_panel(read_table((DATA / "csv" / "horror" / name).read_bytes(), name))
    assert panel.series_ids == ["Galway", "Berkeley"]
    assert panel.frame["ds"].tolist() == list(pd.date_range("2011-01-01", periods=3)) * 2
    assert panel.frame["y"].tolist() == [1, -1, 0, 6, 8, 5]


@needs_data
def test_hourly_and_annual_tables() -> None:
    folder = DATA / "csv" / "horror"
    panel, _ = to_panel(read_table((folder / "example.tsv").read_bytes(), "example.tsv"))
    assert (panel.frequency, len(panel.series_ids)) == ("h", 16)
    panel, _ = to_panel(read_table((folder / "simple.psv").read_bytes(), "simple.psv"))
    assert (panel.frequency, len(panel.series_ids)) == ("YS", 5)


@needs_data
@pytest.mark.parametrize(
    "path", [p for p in files("csv/horror") if p.stat().st_size < 100_000], ids=lambda path: path.name
)
def test_an_awkward_file_gives_a_panel_a_question_or_a_sentence(path: Path) -> None:
    check_outcome(path.read_bytes(), path.name)


@needs_data
@pytest.mark.parametrize("path", files("csv/dialects", "*.csv"), ids=lambda path: path.name)
def test_a_file_with_any_dialect_gives_a_panel_a_question_or_a_sentence(path: Path) -> None:
    check_outcome(path.read_bytes(), path.name)


@needs_data
def test_more_dialects_are_found_than_by_clevercsv_alone() -> None:
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        import dialects
    finally:
        sys.path.pop(0)
    right, _, _ = dialects.measure(dialects.load(DATA / "csv" / "dialects"), dialects.by_tidecast)
    assert right["cells"] >= 305  # clevercsv 0.8.5: 265
    assert right["encoding"] >= 325  # 321


def naughty() -> list[str]:
    path = DATA / "csv" / "naughty" / "blns.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


@needs_data
def test_every_naughty_string_as_name_cell_and_file_is_text() -> None:
    check_text(naughty())


@needs_data
def test_naughty_strings_as_series_names_keep_their_text() -> None:
    check_names(naughty())


@needs_data
def test_naughty_strings_as_tickers_are_refused_or_asked_for_safely(monkeypatch: pytest.MonkeyPatch) -> None:
    check_tickers(naughty(), monkeypatch)
