"""The column and the unit of the series that a result is shown of."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from forecasting.runs import Workspace
from pages.shared import services
from pages.shared.results.shown import Shown


def shown(monkeypatch: pytest.MonkeyPatch, report: dict[str, Any], series: str) -> Shown:
    monkeypatch.setattr(services, "dataset", lambda *_: SimpleNamespace(report=report))
    run: Any = SimpleNamespace(dataset_id="d")
    return Shown(Workspace("w"), run, series)


SHOPS = {"roles": {"target": ["sales (EUR)", "temp [°C]"], "series": "shop"}}


@pytest.mark.parametrize(
    ("report", "series", "column", "unit"),
    [
        ({}, "y", "y", ""),  # a sample
        ({}, "load [MW]", "load [MW]", "MW"),
        ({"roles": {"target": ["sales_eur"]}}, "north", "sales_eur", "EUR"),  # a series column, one value column
        (SHOPS, "north / temp [°C]", "temp [°C]", "°C"),
        (SHOPS, "north / sales (EUR)", "sales (EUR)", "EUR"),
        ({"roles": {"target": ["sales"]}, "units": {"sales": "€"}}, "sales", "sales", "€"),  # seen in the cells
        ({"roles": {"target": ["sales (net)"]}, "units": {"sales (net)": "net"}}, "sales (net)", "sales (net)", ""),
        ({"tickers": [{"symbol": "AAPL", "currency": "USD"}]}, "AAPL", "Close", "USD"),
        ({"tickers": [{"symbol": "^VIX", "currency": ""}]}, "^VIX", "Close", ""),
    ],
)
def test_column_and_unit_of_a_series(
    monkeypatch: pytest.MonkeyPatch, report: dict[str, Any], series: str, column: str, unit: str
) -> None:
    one = shown(monkeypatch, report, series)
    assert (one.column, one.unit) == (column, unit)
