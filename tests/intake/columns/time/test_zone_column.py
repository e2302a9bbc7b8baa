"""Zones that stand in a column beside the times."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.intake.tables import read

HOURS = pd.date_range("2024-10-20", periods=400, freq="h", tz="UTC")


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        ("America/New_York", lambda t: t.strftime("%Z")),
        ("America/Chicago", lambda t: t.strftime("%Z")),
        ("Europe/Berlin", lambda t: {"CET": "MEZ", "CEST": "MESZ"}[t.strftime("%Z")]),
        ("Europe/Berlin", lambda t: t.strftime("%z")),
    ],
)
def test_times_are_contiguous_where_clocks_are_set(place: str, zone: object) -> None:
    local = HOURS.tz_convert(place)
    rows = "".join(f"{t:%Y-%m-%d %H:%M},{zone(t)},{n}.5\n" for n, t in enumerate(local))  # type: ignore[operator]
    panel, report = read("time,tz_cd,v\n" + rows)
    assert panel.frame["ds"].tolist() == HOURS.tz_localize(None).tolist()
    assert panel.frame["y"].tolist() == [n + 0.5 for n in range(len(HOURS))]
    assert report.notation.zone == place
    assert report.notation.write(panel.frame["ds"], iso=True)[-1] == local[-1].isoformat()


def test_a_place_in_every_row_is_the_zone() -> None:
    local = HOURS.tz_convert("Europe/Vienna")
    text = "time,zone,v\n" + "".join(f"{t:%Y-%m-%d %H:%M},Europe/Vienna,{n}.5\n" for n, t in enumerate(local))
    panel, report = read(text)
    assert panel.frame["ds"].tolist() == HOURS.tz_localize(None).tolist()
    assert report.notation.zone == "Europe/Vienna"


def test_numbers_with_a_sign_are_no_zones() -> None:
    text = "time,dew,v\n" + "".join(f"{t:%Y-%m-%d %H:%M},-{10 + n % 4},{n}.5\n" for n, t in enumerate(HOURS[:50]))
    panel, report = read(text)
    assert panel.frame["ds"].iloc[0] == pd.Timestamp("2024-10-20")
    assert report.roles.target == ["dew", "v"]


@pytest.mark.parametrize("word", ["CST", "IST", "Vienna"])
def test_a_word_that_is_no_single_zone_is_not_used(word: str) -> None:
    text = "time,tz,v\n" + "".join(f"{t:%Y-%m-%d %H:%M},{word},{n}.5\n" for n, t in enumerate(HOURS[:50]))
    panel, report = read(text)
    assert panel.frame["ds"].iloc[0] == pd.Timestamp("2024-10-20")
    assert any("'tz'" in note.message for note in report.notes if note.kind == "unused columns")
