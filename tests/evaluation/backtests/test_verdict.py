import pytest

from forecasting.evaluation.backtests.verdict import judge


def scores(
    *,
    interval=(0.1, 0.3),
    seasonal=(0.02, 0.2),
    mae=160.0,
    naive=200.0,
    season_mae=180.0,
    season=7,
    trainings=3,
    origins=480,
    series=1,
    left_out=0,
    frequency="D",
    unit="EUR",
):
    def scored(error):
        return {
            "mae": error,
            "mase": error / 100,
            "skill": 1 - error / naive if naive else None,
            "skill_seasonal": 1 - error / season_mae if season_mae else None,
        }

    return {
        "methods": {"forecast": scored(mae), "naive": scored(naive), "seasonal-naive": scored(season_mae)},
        "series": series,
        "series_left_out": left_out,
        "skill_interval": list(interval),
        "skill_interval_seasonal": list(seasonal),
        "coverage": {"50": 0.5, "80": 0.82, "95": 0.94},
        "trainings": trainings,
        "origins": origins,
        "season": season,
        "frequency": frequency,
        "unit": unit,
    }


def test_the_sentence_is_in_the_users_unit_against_the_better_of_the_two_naive_forecasts():
    verdict = judge(scores(mae=178, season_mae=207, naive=300, seasonal=(0.08, 0.2)))
    assert verdict.text == (
        "Off by 178 EUR a day on average: 14 % better than copying last week (95 % interval 8 to 20 %). "
        "Its 80 % band held 82 % of the time."
    )
    assert (verdict.grade, verdict.key) == ("better", "better-seasonal")


@pytest.mark.parametrize(
    ("changes", "grade", "key", "says"),
    [
        ({"season": 1}, "better", "better", "20 % better than repeating the last value (95 % interval 10 to 30 %)"),
        ({"season_mae": 900.0}, "better", "better", "20 % better than repeating the last value"),
        ({}, "better", "better-seasonal", "11 % better than copying last week (95 % interval 2 to 20 %)"),
        ({"seasonal": (-0.1, 0.2)}, "same", "same-seasonal", "No better than copying last week, which is the forecast"),
        (
            {"mae": 300.0, "seasonal": (-0.9, -0.4)},
            "worse",
            "worse-seasonal",
            "67 % worse than copying last week (95",
        ),
        (
            {"interval": (-0.02, 0.3), "season": 1},
            "same",
            "same",
            "No better than repeating the last value. Treat this series as a random walk. Off by 160 EUR a day",
        ),
        ({"interval": (-0.3, -0.1), "mae": 240.0, "season": 1}, "worse", "worse", "20 % worse than repeating the last"),
        ({"interval": (None, None), "season": 1}, "same", "unknown", "Too little was tested to tell"),
        ({"interval": (None, None), "season": 1, "mae": 300.0}, "worse", "worse", "50 % worse than repeating the last"),
        ({"naive": 0.0, "mae": 0.0, "season": 1}, "same", "exact", "Exact, and so was repeating the last value"),
        ({"naive": 0.0, "mae": 5.0, "season": 1}, "worse", "worse-exact", "Not exact, while repeating the last value"),
        ({"season_mae": 0.0, "mae": 5.0}, "worse", "worse-exact-seasonal", "Not exact, while copying last week was"),
        ({"season_mae": 1e-12, "mae": 1e-13}, "same", "exact-seasonal", "Exact, and so was copying last week"),
        ({"left_out": 2, "series": 3}, "better", "better-seasonal", "2 of 3 series were too short"),
        ({"series": 50}, "better", "better-seasonal", "Over 50 series: 11 % better than copying last week"),
        ({"unit": ""}, "better", "better-seasonal", "Off by 160 a day on average"),
        ({"unit": "$", "frequency": "MS", "season": 12}, "better", "better-seasonal", "Off by $160 a month on average"),
        ({"frequency": "15min", "season": 96}, "better", "better-seasonal", "per 15 minutes on average: 11 % better"),
    ],
)
def test_the_sentence_says_what_the_scores_say(changes, grade, key, says):
    verdict = judge(scores(**changes))
    assert (verdict.grade, verdict.key) == (grade, key)
    assert says in verdict.text
    assert "{" not in verdict.text


def test_errors_of_several_series_are_in_no_unit():
    assert "160" not in judge(scores(series=2)).text


def test_no_word_of_statisticians_is_in_the_sentence():
    for season in (1, 7):
        for interval in ((0.1, 0.3), (-0.1, 0.1), (-0.3, -0.1), (None, None)):
            text = judge(scores(interval=interval, seasonal=interval, season=season)).text.lower()
            assert not [word for word in ("mase", "skill", "origin", "anchor", "training") if word in text]


def test_a_unit_from_elsewhere_overrules_that_of_the_name():
    assert "160 kWh a day" in judge(scores(), "kWh").text


@pytest.mark.parametrize(
    ("changes", "grade", "key"),
    [
        ({}, "better", "better-seasonal"),
        ({"mae": 185.0}, "same", "same-seasonal"),
        ({"interval": (-0.2, 0.1)}, "same", "same-seasonal"),
        ({"mae": 240.0, "interval": (-0.3, -0.1)}, "worse", "worse-seasonal"),
        ({"season": 1}, "better", "better"),
    ],
)
def test_scores_from_before_the_seasonal_interval_still_give_a_verdict(changes, grade, key):
    old = scores(**changes)
    for name in ("skill_interval_seasonal", "frequency", "unit"):
        del old[name]
    verdict = judge(old)
    assert (verdict.grade, verdict.key) == (grade, key)
    assert "a step on average" in verdict.text or grade == "same"
    assert "interval" not in verdict.text or key == "better"


def test_coverage_is_that_of_the_level_nearest_to_eighty():
    assert "80 % band held 82 %" in judge(scores()).text
