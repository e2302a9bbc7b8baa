import pytest

from forecasting.intake.calendar.frequency import seasons_of
from forecasting.spans import a_step, copying, season, steps


@pytest.mark.parametrize(
    ("frequency", "each", "many"),
    [
        ("s", "a second", "3 seconds"),
        ("min", "a minute", "3 minutes"),
        ("h", "an hour", "3 hours"),
        ("D", "a day", "3 days"),
        ("B", "a business day", "3 business days"),
        ("C-XNYS", "a trading day", "3 trading days"),
        ("W-SAT", "a week", "3 weeks"),
        ("MS", "a month", "3 months"),
        ("BME", "a month", "3 months"),
        ("QE-NOV", "a quarter", "3 quarters"),
        ("YS-JUL", "a year", "3 years"),
        ("step", "a step", "3 steps"),
        ("15min", "per 15 minutes", "3 steps"),
        ("2D", "a step", "3 steps"),
        ("", "a step", "3 steps"),
        ("SME-15", "a step", "3 steps"),
    ],
)
def test_every_frequency_has_words_for_its_steps(frequency, each, many):
    assert (a_step(frequency), steps(frequency, 3)) == (each, many)


@pytest.mark.parametrize(
    ("frequency", "said"),
    [
        ("15min", ["yesterday", "last week"]),
        ("h", ["yesterday", "last week"]),
        ("D", ["last week", "last year"]),
        ("B", ["last week", "last year"]),
        ("C-XNYS", ["last week", "last year"]),
        ("W-SUN", ["last year"]),
        ("MS", ["last year"]),
        ("QS", ["last year"]),
        ("2MS", ["last year"]),
    ],
)
def test_the_seasons_of_a_calendar_are_named(frequency, said):
    assert [copying(frequency, season) for season in seasons_of(frequency)] == [f"copying {one}" for one in said]


def test_any_other_season_is_counted():
    assert copying("D", 11) == "copying the last 11 values"
    assert copying("step", 126) == "copying the last 126 values"
    assert copying("h", 1) == "repeating the last value"
    assert copying("min", 60) == "copying the last hour"


@pytest.mark.parametrize(
    ("frequency", "length", "said"),
    [
        ("min", 60, "hourly season"),
        ("h", 24, "daily season"),
        ("D", 7, "weekly season"),
        ("MS", 12, "yearly season"),
        ("step", 4, "season of 4 steps"),
    ],
)
def test_a_season_is_named_by_its_period(frequency, length, said):
    assert season(frequency, length) == said
