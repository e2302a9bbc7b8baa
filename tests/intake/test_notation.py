"""A file's own zone, dates, decimals and names: read from it, and written back in the same form."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from forecasting.intake import Report, read_table, to_panel
from forecasting.notation import Notation, decimals_of
from forecasting.panel import Panel


def read(lines: list[str], **choices: object) -> tuple[Panel, Report]:
    return to_panel(read_table(("\n".join(lines) + "\n").encode(), "a.csv"), **choices)  # type: ignore[arg-type]


def column(times: list[str], header: str = "time;load") -> list[str]:
    return [header, *(f"{time};{i % 24 + 1}" for i, time in enumerate(times))]


HOURS = pd.date_range("2024-01-15", "2024-04-20", freq="h", tz="Europe/Berlin", inclusive="left")
DAYS = pd.date_range("2023-11-20", periods=400)
MONTHS = pd.date_range("2019-03-01", periods=50, freq="MS")
GERMAN = ["Jan", "Feb", "März", "Apr", "Mai", "Juni", "Juli", "Aug", "Sep", "Okt", "Nov", "Dez"]


@pytest.mark.parametrize(
    "written",
    [
        [f"{t:%d.%m.%Y}" for t in DAYS],
        [f"{t.day}.{t.month}.{t.year}" for t in DAYS],
        [f"{t:%m/%d/%y}" for t in DAYS],
        [f"{t:%Y%m%d}" for t in DAYS],
        [f"{t:%Y-%m-%d %H:%M:%S}" for t in DAYS],
        [f"{t.year}年{t.month}月{t.day}日" for t in DAYS],
        [f"{t.day}. {GERMAN[t.month - 1]} {t.year}" for t in DAYS],
        [f"{t:%b} {t.day}, {t.year}" for t in DAYS],
        [f"{t:%b %Y}" for t in MONTHS],
        [f"{t:%B %Y}" for t in MONTHS],
        [f"{t:%b-%y}" for t in MONTHS],
        [f"{t:%m/%Y}" for t in MONTHS],
        [f"{t:%Y-%m}" for t in MONTHS],
        [f"{t:%YM%m}" for t in MONTHS],
        [f"Q{t.quarter} {t.year}" for t in MONTHS[::3]],
        [f"{t.year}-Q{t.quarter}" for t in MONTHS[::3]],
        [f"{t:%G-W%V}" for t in DAYS[::7]],
        [str(year) for year in range(1990, 2020)],
        [f"{t:%Y-%m-%dT%H:%M:%S.000}" for t in HOURS.tz_localize(None).floor("D").unique()],
        [t.isoformat() for t in HOURS],
        [f"{t:%d.%m.%Y %H:%M %Z}" for t in HOURS],
        [f"{t:%Y-%m-%d %H:%M:%S%z}" for t in HOURS],
        [f"{t:%Y-%m-%dT%H:%MZ}" for t in HOURS.tz_convert("UTC")],
        [f"{t:%Y-%m-%dT%H:%M}+05:30" for t in HOURS.tz_convert("Asia/Kolkata")],
        [f"{t:%m/%d/%Y %I:%M %p}" for t in pd.date_range("2024-01-15", periods=300, freq="h")],
        [f"{t:%Y-%m-%d} {t.hour}:{t:%M}" for t in pd.date_range("2024-01-15", periods=300, freq="h")],
        [str(int(t.timestamp())) for t in HOURS],
        [str(int(t.timestamp() * 1000)) for t in HOURS],
    ],
    ids=lambda written: written[1],
)
def test_times_are_written_back_as_the_file_has_them_and_go_on_in_its_form(written: list[str]) -> None:
    most = len(written) * 9 // 10
    panel, report = read(column(written[:most]))
    stored = Notation.of(json.loads(json.dumps(report.to_dict())))
    assert stored.write(panel.frame["ds"]) == written[:most]
    assert stored.write(panel.future(len(written) - most)["ds"]) == written[most:]


@pytest.mark.parametrize(
    "written",
    [
        [f"{t:%a %d %b %Y}" for t in DAYS],  # the weekday belongs to each date alone
        [f"{t:%b} {t.day}{'st' if t.day in (1, 21, 31) else 'th'} {t.year}" for t in DAYS],
        [f"{t.day}. {GERMAN[t.month - 1]} {t.year}" for t in DAYS[:60]],  # four months of which the file has no name
    ],
    ids=["weekday", "ordinal", "months"],
)
def test_a_form_that_no_template_writes_becomes_iso(written: list[str]) -> None:
    panel, report = read(column(written))
    times = [f"{t:%Y-%m-%d}" for t in DAYS[: len(written)]]
    assert report.notation.write(panel.frame["ds"]) == times


@pytest.mark.slow
def test_offsets_that_change_with_summer_time_are_followed_into_the_future_and_said_so() -> None:
    winter = HOURS[HOURS < "2024-03-30 12:00+01:00"]
    panel, report = read(column([t.isoformat() for t in winter]))
    assert report.notation.zone == "+01:00"  # nothing shows where it is
    both = HOURS[HOURS < "2024-04-02 00:00+02:00"]
    panel, report = read(column([t.isoformat() for t in both]))
    assert report.notation.zone == "Europe/Berlin"
    note = next(note for note in report.notes if note.kind == "time zone")
    assert "change as in Europe/Berlin" in note.message
    ahead = report.notation.clock(panel.future(48)["ds"])
    assert ahead.tolist() == HOURS[len(both) : len(both) + 48].tz_localize(None).tolist()


def test_an_hour_that_comes_twice_has_its_offset_and_no_other() -> None:
    hours = pd.date_range("2024-10-20", "2024-10-30", freq="h", tz="Europe/Berlin", inclusive="left")
    panel, report = read(column([f"{t:%d.%m.%Y %H:%M}" for t in hours]), zone="Europe/Berlin")
    texts = report.notation.write(panel.frame["ds"])
    assert len(set(texts)) == len(texts)
    assert [text for text in texts if "+" in text] == ["27.10.2024 02:00 +02:00", "27.10.2024 02:00 +01:00"]
    assert report.notation.write(panel.frame["ds"], iso=True)[0] == "2024-10-20T00:00:00+02:00"


@pytest.mark.slow
def test_a_zone_that_is_chosen_shows_the_times_of_a_file_in_utc_by_its_clock() -> None:
    panel, report = read(column([f"{t:%Y-%m-%dT%H:%MZ}" for t in HOURS.tz_convert("UTC")]), zone="Europe/Berlin")
    assert panel.frame["ds"].tolist() == HOURS.tz_convert("UTC").tz_localize(None).tolist()
    assert report.notation.write(panel.frame["ds"].head(1)) == ["2024-01-15T00:00:00+01:00"]


@pytest.mark.slow
def test_days_are_those_of_the_place_in_a_file_of_hours_read_by_days_and_in_one_of_days_at_six() -> None:
    panel, report = read(column([t.isoformat() for t in HOURS]), frequency="D")
    assert panel.frame["ds"].tolist() == pd.date_range("2024-01-15", "2024-04-19").tolist()
    np.testing.assert_allclose(panel.frame["y"].iloc[:5], 12.5)
    assert report.notation.zone == ""
    days = pd.date_range("2024-03-01 06:00", periods=60, freq="D", tz="Europe/Berlin")
    panel, _ = read(column([t.isoformat() for t in days]))
    assert panel.frequency == "D"
    assert panel.frame["ds"].tolist() == days.tz_localize(None).tolist()


@pytest.mark.parametrize(
    ("cells", "digits"),
    [
        (["1,50", "2,00", "13,25"], 2),
        (["1.234,5", "2.000,0", "3.100,0"], 1),
        (["7", "12", "0"], 0),
        (["3,10 €", "4,00 €", "2,50 €"], 2),
        (["0.1234567891", "0.2", "0.3"], None),
        (["1e-9", "2.5", "3"], None),
        (["2.50", "3.00", "4.00"], 2),
    ],
)
def test_values_have_as_many_decimals_as_the_file_shows(cells: list[str], digits: int | None) -> None:
    lines = [f"{t:%d.%m.%Y};{cells[i % len(cells)]}" for i, t in enumerate(DAYS[:60])]
    _, report = read(["Tag;Wert", *lines])
    assert report.notation.digits("Wert") == digits


def test_decimals_of_values_are_the_fewest_that_write_them() -> None:
    assert decimals_of([1.0, 250.0]) == 0
    assert decimals_of([0.1 + 0.2, 1.25]) == 2
    assert decimals_of([1 / 3]) is None


@pytest.mark.parametrize(
    ("header", "cell", "unit"),
    [("Umsatz", "3,10 €", "€"), ("Last (MW)", "3,1", "MW"), ("Anteil", "3 %", "%"), ("Menge", "3", None)],
)
def test_units_come_from_the_cells_or_the_name(header: str, cell: str, unit: str | None) -> None:
    _, report = read([f"Tag;{header}", *(f"{t:%d.%m.%Y};{cell}" for t in DAYS[:30])])
    assert report.to_dict()["units"] == ({} if unit is None else {header: unit})


def test_a_report_without_a_notation_stands_for_times_as_they_are() -> None:
    old = Notation.of({"frequency": "h"})
    assert old.write(pd.Series(pd.to_datetime(["2024-01-01 05:00"]))) == ["2024-01-01T05:00:00"]
    assert old.write(pd.Series([1, 2])) == ["1", "2"]
    assert old.name_of("a") == ""
