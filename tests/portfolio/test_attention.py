import numpy as np
import pandas as pd
import pytest

from forecasting.messages import catalogue
from forecasting.portfolio import needs_attention

FINE = {
    "unique_id": "",
    "volume": 10.0,
    "verdict": "same",
    "mae": 1.0,
    "naive": 1.0,
    "seasonal": False,
    "skill": 0.0,
    "coverage": 0.8,
    "level": 80,
    "blocks": 9,
    "rows": 90,
    "values": 100,
    "stale": 0,
    "state": "",
    "shift": 0.0,
    "surprise": 0.0,
}


def table_of(*changes):
    return pd.DataFrame([{**FINE, "unique_id": chr(97 + i), **change} for i, change in enumerate(changes)])


@pytest.mark.parametrize(
    ("change", "kind", "says"),
    [
        ({"verdict": "worse", "mae": 1.5, "skill": -0.5}, "worse", "50 % worse than repeating the last value"),
        (
            {"verdict": "worse", "mae": 1.5, "skill": -0.5, "seasonal": True},
            "worse",
            "50 % worse than repeating the last season",
        ),
        ({"verdict": "worse", "naive": 0.0, "skill": np.nan}, "worse", "Repeating the last value is exact"),
        ({"coverage": 0.3}, "coverage", "80 % band held only 30 % of the time: too narrow"),
        ({"coverage": 1.0, "blocks": 60}, "coverage", "held 100 % of the time: too wide"),
        ({"shift": 8.0}, "shift", "rose at the end, 8 times"),
        ({"shift": -8.0}, "shift", "fell at the end"),
        ({"surprise": 2.5}, "surprise", "far above the forecast made before it: 2.5 times"),
        ({"surprise": -2.5}, "surprise", "far below"),
        ({"stale": 1}, "stale", "ends 1 step before the others"),
        ({"state": "constant"}, "constant", "All of its 100 values are equal"),
        ({"state": "zeros"}, "zeros", "All of its 100 values are 0"),
        ({"state": "few", "values": 2}, "few", "It has 2 values"),
    ],
)
def test_what_is_wrong_is_said(change, kind, says):
    (found,) = needs_attention(table_of({}, change, {}))
    assert (found.series, found.kind, found.further) == ("b", kind, ())
    assert says in found.reason
    assert catalogue("zh").text(found.reason.key, found.reason.values)
    assert 0 < found.weight <= 1 / 3


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"verdict": "better", "skill": 0.5, "mae": 0.5},
        {"coverage": 1.0},  # nine blocks may all lie inside by chance
        {"coverage": 0.3, "blocks": 1},
        {"shift": 4.9},
        {"shift": np.nan, "surprise": np.nan},
        {"surprise": -1.4},
        {"verdict": "too-short", "rows": 0, "blocks": 0, "coverage": np.nan, "mae": np.nan, "naive": np.nan},
    ],
)
def test_what_chance_does_needs_no_attention(change):
    assert needs_attention(table_of(change, change)) == []


def test_a_series_comes_once_with_its_worst_reason_and_the_others_after_it():
    (found,) = needs_attention(
        table_of({"shift": 50.0, "verdict": "worse", "mae": 1.25, "skill": -0.25, "stale": 1, "state": "constant"})
    )
    assert found.kind == "shift"
    assert [reason.key for reason in found.further] == ["attention.constant", "attention.worse", "attention.stale"]
    assert found.weight == pytest.approx(0.95)


def test_series_are_ranked_by_their_share_of_the_volume_times_what_is_wrong():
    worse = {"verdict": "worse", "mae": 2.0, "skill": -1.0}
    table = table_of({**worse, "volume": 1.0}, {**worse, "volume": 80.0}, {**worse, "volume": 19.0, "mae": 10.0}, worse)
    found = needs_attention(table, most=3)
    assert [one.series for one in found] == ["b", "c", "d"]
    assert found[0].weight == pytest.approx(80 / 110 * 0.5)
    assert found[1].weight == pytest.approx(19 / 110 * 0.9)


def test_where_nothing_has_a_volume_all_count_alike():
    found = needs_attention(table_of({"volume": 0.0, "stale": 5}, {"volume": 0.0, "state": "zeros"}))
    assert [(one.series, one.weight) for one in found] == [("a", 0.25), ("b", 0.125)]


def test_an_empty_table_needs_none():
    assert needs_attention(table_of({})[:0]) == []
