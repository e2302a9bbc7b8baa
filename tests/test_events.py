"""Own events: how they are written, what is refused, and which days they are."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.config import ForecastConfig
from forecasting.errors import ConfigError
from forecasting.events import MOST, Event, days, events_of, parse, read


def days_until(last: str, dates: tuple[str, ...], repeats: str) -> list[str]:
    return days(Event("a", dates, repeats), np.datetime64(last)).astype(str).tolist()


def test_dates_of_several_forms_become_one() -> None:
    (event,) = events_of(
        [{"name": "  Summer\n sale ", "dates": ["2024/7/1", "2024年7月1日", "2024-07-05..2024-07-06"]}]
    )
    assert event == Event("Summer sale", ("2024-07-01", "2024-07-05..2024-07-06"), "none")


@pytest.mark.parametrize(
    ("dates", "repeats", "expected"),
    [
        (("2024-01-31",), "none", ["2024-01-31"]),
        (("2024-01-31",), "weekly", ["2024-01-31", "2024-02-07", "2024-02-14", "2024-02-21", "2024-02-28"]),
        (("2023-12-31",), "monthly", ["2023-12-31", "2024-01-31", "2024-02-29"]),  # the last day of a short month
        (("2020-02-29",), "yearly", ["2020-02-29", "2021-02-28", "2022-02-28", "2023-02-28", "2024-02-29"]),
        (("2022-02-01", "2023-02-08"), "yearly", ["2022-02-01", "2023-02-08", "2024-02-08"]),  # the last one repeats
        (("2023-02-27..2023-03-01",), "yearly", ["2023-02-27", "2023-02-28", "2023-03-01", "2024-02-27", "2024-02-28"]),
    ],
)
def test_an_event_is_on_its_dates_and_where_the_last_repeats(
    dates: tuple[str, ...], repeats: str, expected: list[str]
) -> None:
    assert days_until("2024-03-01", dates, repeats)[: len(expected)] == expected


def test_nothing_repeats_before_its_date_or_after_the_end() -> None:
    assert days_until("2024-01-31", ("2024-02-01",), "yearly") == []
    assert days_until("2024-03-04", ("2024-02-01",), "monthly") == ["2024-02-01", "2024-03-01"]


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ("Sale", "must have a name"),
        ([{"name": "Sale", "date": "2024-01-01"}], "must have a name"),
        ([{"name": " ", "dates": ["2024-01-01"]}], "1 has no name"),
        ([{"name": "x" * 61, "dates": ["2024-01-01"]}], "61 letters"),
        ([{"name": "Sale", "dates": []}], "'Sale', has no date"),
        ([{"name": "Sale", "dates": ["2024-02-30"]}], "'2024-02-30' is no date"),
        ([{"name": "Sale", "dates": ["01/02/2024"]}], "'01/02/2024' is no date"),
        ([{"name": "Sale", "dates": ["2024-02-03..2024-02-01"]}], "is no date"),
        ([{"name": "Sale", "dates": ["2022-01-01..2024-01-01"]}], "longer than 366 days"),
        ([{"name": "Sale", "dates": ["2024-02-01"], "repeats": "daily"}], "'daily'; it must be one of"),
        ([{"name": "Sale", "dates": ["2024-02-01"]}, {"name": "SALE", "dates": ["2024-03-01"]}], "1 and 2"),
        ([{"name": f"Sale {place}", "dates": ["2024-02-01"]} for place in range(MOST + 1)], f"at most {MOST}"),
    ],
)
def test_what_cannot_be_is_refused_by_its_place_and_name(events: object, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        ForecastConfig.from_dict({"events": events})
    assert caught.value.field == "events"


def test_settings_without_events_do_not_name_them_and_those_with_come_back() -> None:
    assert "events" not in ForecastConfig().to_dict()
    config = ForecastConfig.from_dict({"events": [{"name": "Sale", "dates": ["2024-02-01"], "repeats": "yearly"}]})
    assert config.to_dict()["events"] == [{"name": "Sale", "dates": ["2024-02-01"], "repeats": "yearly"}]
    assert ForecastConfig.from_dict(config.to_dict()) == config


def test_an_option_has_a_name_dates_and_a_repetition() -> None:
    assert events_of([parse("Sale = 50%=2023-11-24 2024-11-29,yearly")]) == (
        Event("Sale = 50%", ("2023-11-24", "2024-11-29"), "yearly"),
    )
    with pytest.raises(ConfigError, match="no name"):
        events_of([parse("2024-11-29")])
    with pytest.raises(ConfigError, match="'daily'"):
        events_of([parse("Sale=2024-11-29,daily")])


def test_rows_of_a_file_with_one_name_are_one_event() -> None:
    text = "\ufeffName,Dates,Repeats\nSale,2022-11-25,yearly\n\nSale,2023-11-24; 2024-11-29,yearly\nStrike,2023-01-31\n"
    assert events_of(read(text)) == (
        Event("Sale", ("2022-11-25", "2023-11-24", "2024-11-29"), "yearly"),
        Event("Strike", ("2023-01-31",), "none"),
    )
