"""ReadingChoices: the keywords of read_table and to_panel as one value."""

import inspect
import json

import pytest

from forecasting.errors import ConfigError
from forecasting.intake import ReadingChoices, read, read_table, to_panel
from forecasting.intake.choices import TABLE
from tests.intake.tables import daily

EVERY = {
    "encoding": "utf-8",
    "delimiter": ";",
    "quotechar": "'",
    "header": False,
    "sheet": "1",
    "time": "t",
    "target": ["a", "b"],
    "series": "id",
    "frequency": "D",
    "day_first": False,
    "decimal": ",",
    "duplicates": "sum",
    "covariates": ["c"],
    "outliers": "missing",
    "zeros": "keep",
    "limits": "half",
    "zone": "UTC",
    "lone": "keep",
    "files": "join",
    "dates": "year-month",
}


def keywords(function: object) -> set[str]:
    parameters = inspect.signature(function).parameters.values()  # type: ignore[arg-type]
    return {parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY}


def test_the_choices_are_the_keywords_of_both_functions() -> None:
    assert set(TABLE) == keywords(read_table)
    assert set(EVERY) == keywords(read_table) | keywords(to_panel)
    choices = ReadingChoices.from_dict(EVERY)
    assert choices.for_table() == {name: EVERY[name] for name in TABLE}
    assert choices.for_table() | choices.for_panel() == EVERY


def test_what_was_chosen_comes_back_from_json_and_what_was_not_is_left_out() -> None:
    choices = ReadingChoices.from_dict(EVERY)
    assert ReadingChoices.from_dict(json.loads(json.dumps(choices.to_dict()))) == choices
    assert ReadingChoices(header=False, target=("a",)).to_dict() == {"header": False, "target": ["a"]}
    assert ReadingChoices().to_dict() == {}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"encoding": 8}, "encoding"),
        ({"header": "first"}, "header"),
        ({"day_first": "month"}, "day_first"),
        ({"target": 3}, "target"),
        ({"series": ["a", 1]}, "series"),
        ({"covariates": "price"}, "covariates"),
    ],
)
def test_unknown_choices_and_wrong_types_name_their_field(values: dict[str, object], field: str) -> None:
    with pytest.raises(ConfigError, match=field) as caught:
        ReadingChoices.from_dict(values)
    assert caught.value.field == field


def test_reading_by_choices_is_reading_in_two_steps() -> None:
    data = daily([1, 2, 4], [1, 2, 3], "day;v").replace(",", ";").encode()
    choices = ReadingChoices(delimiter=";", frequency="D")
    table, panel, report = read(data, "a.csv", choices)
    expected = read_table(data, "a.csv", delimiter=";")
    assert table.cells.equals(expected.cells)
    assert panel.id == to_panel(expected, frequency="D")[0].id
    assert report.summary == "1 gap filled"
