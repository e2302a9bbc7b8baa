"""Files rebuilt after public reports: limits, magnitudes, flags, attributes, headers, against what a person reads."""

import json

import numpy as np
import pandas as pd
import pytest

from forecasting.errors import AmbiguousInput
from forecasting.intake.report import Report
from tests.intake.case_files import CASES, case


def raw(name: str, **how: object) -> pd.DataFrame:
    return pd.read_csv(CASES / name, dtype=str, **how)  # type: ignore[call-overload]


def notes(report: Report, kind: str) -> list[str]:
    return [str(note.message) for note in report.notes if note.kind == kind]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "skip"), [("01-google-trends.csv", 2), ("A10-quarter-censored.csv", 0)])
def test_values_below_a_limit_are_counted_and_read_as_chosen(name: str, skip: int) -> None:
    column = raw(name, skiprows=skip).iloc[:, 1]
    limited = column.str.startswith("<").to_numpy()
    numbers = column.str.lstrip("<").astype(float).to_numpy()
    panel, report = case(name)
    assert len(panel.series_ids) == 2
    assert panel.frequency.startswith("W-")
    assert panel.values()[0].tolist() == numbers.tolist()
    note = next(note for note in report.notes if note.kind == "limits")
    assert note.count == report.limits == limited.sum() > 25
    assert note.rows == tuple((np.flatnonzero(limited) + skip + 2)[:20])
    half, _ = case(name, limits="half")
    assert half.values()[0].tolist() == np.where(limited, numbers / 2, numbers).tolist()
    missing, report = case(name, limits="missing")
    kept = missing.values()[0]
    first = int(np.flatnonzero(~limited)[0])
    last = int(np.flatnonzero(~limited)[-1])
    carried = pd.Series(np.where(limited, np.nan, numbers)).ffill()[first : last + 1]
    assert kept.tolist() == carried.tolist()
    assert "missing" in notes(report, "limits")[0]


@pytest.mark.slow
def test_thousands_and_millions_are_scaled_in_one_column() -> None:
    truth = json.loads((CASES / "03.truth.json").read_text())
    panel, report = case("03-investing.csv")
    scales = {"K": 1e3, "M": 1e6}
    volume = [round(float(cell[:-1]) * scales[cell[-1]], 6) for cell in truth["vol"]]
    values = dict(zip(panel.series_ids, panel.values(), strict=True))
    assert values["Price"].tolist() == truth["price"]
    assert values["Vol."].tolist() == volume
    assert values["Change %"].tolist() == truth["chg"]
    assert panel.frequency == "B"
    scaled = [note for note in report.notes if "multiplied" in note.message]
    assert sum(note.count for note in scaled) == 90
    assert next(note for note in report.notes if note.kind == "order").count == 89  # rows, not cells
    panel, _ = case("04-investing-mdy.csv")
    rows = raw("04-investing-mdy.csv")["Vol."][::-1]
    assert panel.values()[panel.series_ids.index("Vol.")].tolist() == [
        round(float(cell[:-1]) * scales[cell[-1]], 6) for cell in rows
    ]


def test_flagged_quarters_are_values() -> None:
    panel, report = case("12-eurostat.tsv")
    assert [name.rsplit(",", 1)[1] for name in panel.series_ids] == ["AT", "DE", "EL"]
    assert [times[-1] for times in panel.times()] == [np.datetime64("2023-10-01")] * 3
    assert [values[-1] for values in panel.values()] == [60.0, 79.4, 40.3]
    flags = [note for note in report.notes if note.kind == "flags"]
    assert [(note.message.values["flag"], note.count) for note in flags] == [("p", 3), ("b", 3)]
    assert "6 flagged values" in str(report.summary)
    assert len(report.filled) == 1  # the one quarter that is ":" between others


@pytest.mark.slow
def test_site_numbers_multipliers_and_switches_are_no_values() -> None:
    _, report = case("05-usgs-rdb.txt")
    assert (report.roles.target, report.roles.time) == (["40346_00060"], "datetime")
    assert any("'site_no'" in text for text in notes(report, "unused columns"))
    assert any("'tz_cd'" in text for text in notes(report, "roles"))
    panel, report = case("19-ecb-sdmx.csv")
    assert (report.roles.target, panel.frequency, len(panel.series_ids)) == (["OBS_VALUE"], "B", 3)
    assert any("'UNIT_MULT', 'DECIMALS'" in text for text in notes(report, "unused columns"))
    panel, report = case("96-rossmann.csv")
    assert (report.roles.target, report.roles.series) == (["Sales", "Customers"], "Store")
    assert report.candidates["covariates"] == ["Open", "Promo", "StateHoliday", "SchoolHoliday"]
    rows = raw("96-rossmann.csv")
    sales = rows[(rows["Store"] == "2") & (rows["Open"] == "1")]["Sales"].astype(float)[::-1]
    open_days = panel.values()[panel.series_ids.index("2 / Sales")]
    assert open_days[open_days > 0].tolist() == sales.tolist()


def test_a_name_of_three_letters_and_digits_is_a_header() -> None:
    panel, report = case("26-fred.csv")
    assert (report.roles.time, panel.series_ids, panel.frequency) == ("observation_date", ["DGS10"], "B")
    assert panel.values()[0][:3].tolist() == [3.51, 3.52, 3.53]


@pytest.mark.slow
def test_orders_are_asked_about_and_counted_as_rows() -> None:
    with pytest.raises(AmbiguousInput) as asked:
        case("83-shop-orders.csv")
    assert asked.value.argument == "frequency"
    panel, report = case("83-shop-orders.csv", frequency="D", duplicates="sum", target="Total")
    total = raw("83-shop-orders.csv")["Total"].astype(float).sum()
    assert panel.values()[0].sum() == pytest.approx(total)
    _, report = case("83-shop-orders.csv", frequency="D", duplicates="sum")
    moved = next(note for note in report.notes if note.kind == "resampled")
    assert moved.count <= len(raw("83-shop-orders.csv"))
