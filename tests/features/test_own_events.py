"""Own events as inputs and occasions, beside holidays."""

from __future__ import annotations

import numpy as np

from forecasting.events import Event
from forecasting.features import build, occasions
from tests.features.panels import panel

SALE = Event("Sale", ("2024-07-04", "2024-07-20..2024-07-21"))
LATER = Event("Fair", ("2024-08-30",))


def test_each_event_is_a_column_and_one_without_a_past_is_told() -> None:
    found = build(panel(np.zeros(30), "D", "2024-07-01"), [], 40, own=[SALE, LATER])
    assert [str(name) for name in found.known_names] == ["event Sale", "event Fair"]
    assert found.known[0].sum(axis=0).tolist() == [3, 1]
    assert found.known[0][[3, 19, 20], 0].tolist() == [1, 1, 1]
    (note,) = found.notes
    assert "Fair" in note
    assert "Sale" not in note


def test_an_event_comes_before_a_holiday_on_its_day_and_before_days_beside_either() -> None:
    (found,) = occasions(panel(np.zeros(5), "D", "2024-07-02"), ["holidays-US"], 2, [SALE]) or [[]]
    assert found == ["", "own -1 Sale", "own 0 Sale", "own 1 Sale", "", "", ""]
    (found,) = occasions(panel(np.zeros(5), "D", "2024-07-02"), ["holidays-US"], 2, [Event("a", ("2024-07-03",))]) or [
        []
    ]
    assert found[:4] == ["own -1 a", "own 0 a", "US 0 Independence Day", "US 1 Independence Day"]


def test_a_month_counts_the_days_of_an_event_and_a_week_has_it_once() -> None:
    months = build(panel(np.zeros(3), "MS", "2024-05-01"), [], 1, own=[SALE])
    assert months.known[0][:, 0].tolist() == [0, 0, 3, 0]
    assert "inputs of the network" in " ".join(months.notes)
    assert occasions(panel(np.zeros(3), "MS", "2024-05-01"), [], 1, [SALE]) is None
    (weeks,) = occasions(panel(np.zeros(3), "W-SUN", "2024-07-07"), [], 1, [SALE]) or [[]]
    assert weeks == ["own 0 Sale", "", "own 0 Sale", ""]
