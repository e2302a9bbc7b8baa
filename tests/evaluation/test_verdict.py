import pytest

from forecasting.evaluation.verdict import judge


def scores(
    *, interval=(0.1, 0.3), skill=0.2, seasonal=0.1, season=7, naive=2.0, mase=1.0, trainings=3, origins=480, left_out=0
):
    return {
        "methods": {
            "forecast": {"mase": mase, "skill": skill, "skill_seasonal": seasonal},
            "naive": {"mae": naive},
            "seasonal-naive": {"skill": 1 - (1 - skill) / (1 - seasonal) if skill is not None else None},
        },
        "series": 3,
        "series_left_out": left_out,
        "skill_interval": list(interval),
        "coverage": {"50": 0.5, "80": 0.77, "95": 0.94},
        "trainings": trainings,
        "origins": origins,
        "season": season,
    }


@pytest.mark.parametrize(
    ("changes", "grade", "says"),
    [
        (
            {"season": 1},
            "better",
            "Beats the naive forecast by 20 % (95 % interval 10 to 30 %) over 3 trainings and 480",
        ),
        ({}, "better", "repeating the last season by 10 %"),
        ({"seasonal": -0.2}, "same", "but not repeating the last season (-20 % against it)"),
        ({"interval": (-0.02, 0.3), "season": 1}, "same", "No better than repeating the last value"),
        ({"interval": (-0.3, -0.1), "skill": -0.2}, "worse", "Worse than repeating the last value by 20 %"),
        ({"interval": (None, None)}, "same", "Too few origins"),
        ({"naive": 0.0, "mase": 1e-15, "interval": (None, None), "skill": 0.0}, "same", "Nothing changed"),
        ({"naive": 0.0, "mase": 0.5, "interval": (None, None), "skill": None}, "worse", "Use the naive forecast."),
        (
            {"interval": (-0.1, 0.1), "skill": 0.01, "seasonal": -0.3},
            "same",
            "Repeating the last season is the forecast",
        ),
        ({"interval": (None, None), "skill": -0.5}, "worse", "by 50 %"),
        ({"left_out": 2}, "better", "2 of 3 series were too short"),
        ({"trainings": 1}, "better", "over 1 training and 480 origins"),
        ({"origins": 1}, "better", "over 3 trainings and 1 origin;"),
    ],
)
def test_the_sentence_says_what_the_scores_say(changes, grade, says):
    verdict = judge(scores(**changes))
    assert verdict.grade == grade
    assert says in verdict.text
    assert "{" not in verdict.text


def test_coverage_is_that_of_the_level_nearest_to_eighty():
    assert "80 % intervals held 77 %" in judge(scores()).text
