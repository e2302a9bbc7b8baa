"""Files rebuilt after public reports: wide tables, opening hours, questions. The right values are known."""

from pathlib import Path

import pandas as pd
import pytest

from forecasting.errors import AmbiguousInput
from forecasting.intake import Report, read_table, to_panel
from forecasting.panel import Panel

CASES = Path(__file__).with_name("cases")


def read_case(name: str, **choices: object) -> tuple[Panel, Report]:
    table = read_table((CASES / name).read_bytes(), name)
    return to_panel(table, **choices)  # type: ignore[arg-type]


@pytest.mark.slow
def test_the_wide_table_of_places_with_latitudes() -> None:
    panel, report = read_case("56-jhu-covid.csv")
    assert panel.frequency == "D"
    assert panel.series_ids[:3] == ["Albania", "New South Wales / Australia", "Victoria / Australia"]
    assert "Korea, South" in panel.series_ids
    assert panel.lengths.tolist() == [200] * 5
    assert panel.frame["ds"].iloc[0] == pd.Timestamp("2020-01-22")
    assert panel.values()[0][:4].tolist() == [10, 20, 28, 35]
    assert panel.values()[2][-1] == 4065
    assert any("'Lat', 'Long'" in note.message for note in report.notes)
    assert not len(report.filled)


@pytest.mark.slow
def test_sales_in_opening_hours_have_no_nights() -> None:
    panel, report = read_case("70-open-hours-only.csv")
    assert panel.frequency == "60min-1111111@07:00-18:00"
    assert not len(report.filled)
    assert set(panel.frame["ds"].dt.hour) == set(range(7, 18))
    assert panel.values()[0][:4].tolist() == [20, 24, 25, 38]
    later = pd.read_csv(CASES / "70.future.csv", parse_dates=["ds"])
    assert panel.future(len(later))["ds"].tolist() == later["ds"].tolist()


@pytest.mark.slow
def test_orders_at_irregular_times_can_be_added_up() -> None:
    with pytest.raises(AmbiguousInput, match="sum") as asked:
        read_case("83-shop-orders.csv", target="Total")
    assert asked.value.argument == "frequency"
    assert "D" in asked.value.choices
    with pytest.raises(AmbiguousInput) as merged:
        read_case("83-shop-orders.csv", target="Total", frequency="D")
    assert merged.value.argument == "duplicates"
    assert "sum" in merged.value.choices
    panel, report = read_case("83-shop-orders.csv", target="Total", frequency="D", duplicates="sum")
    orders = pd.read_csv(CASES / "83-shop-orders.csv")
    totals = orders.groupby(orders["Created at"].str[:10])["Total"].sum()
    held = panel.frame[~panel.frame["ds"].isin(report.filled["ds"])]
    assert held["y"].round(2).tolist() == totals.round(2).tolist()
