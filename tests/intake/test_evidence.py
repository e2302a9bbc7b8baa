"""What a page shows of a reading: raw lines, each assumption with its evidence, and the reading that came second."""

import json

import pytest

from forecasting.intake import read_table, to_panel

GERMAN = "Bericht\n\nTag;Größe;Bemerkung\n" + "".join(f"{d:02d}.03.2024;{d},5;a, b\n" for d in range(1, 29))


def test_raw_lines_carry_the_numbers_that_the_records_name() -> None:
    table = read_table(GERMAN.encode(), "a.csv")
    raw = dict(table.raw)
    assert raw[1] == "Bericht"
    assert raw[table.dialect.header or 0] == "Tag;Größe;Bemerkung"
    for row, cells in table.head(5).iterrows():
        assert raw[int(str(row))].split(";") == cells.tolist()


def test_raw_lines_are_few_and_short() -> None:
    table = read_table(("a,b\n" + "".join(f"{i},{'x' * 900}\n" for i in range(100))).encode(), "a.csv")
    assert len(table.raw) == 40
    assert max(len(line) for _, line in table.raw) == 500


def test_every_assumption_has_evidence_and_names_the_argument_that_overrules_it() -> None:
    table = read_table(GERMAN.encode("cp1252"), "a.csv")
    _, report = to_panel(table)
    found = {assumption.what: assumption for assumption in report.assumptions}
    assert {name: found[name].value for name in ("encoding", "delimiter", "header", "decimal", "frequency")} == {
        "encoding": "cp1252",
        "delimiter": ";",
        "header": 3,
        "decimal": ",",
        "frequency": "D",
    }
    assert found["decimal"].evidence == "'1,5' in line 4 can be read in no other way"
    assert found["dates"].evidence == "'13.03.2024' in line 16 can be read in no other order"
    assert found["dates"].argument == "day_first"
    assert found["delimiter"].evidence.startswith("29 of 30 lines looked at have 3 cells")
    assert all(assumption.evidence for assumption in report.assumptions)
    json.dumps(report.to_dict())


def test_what_was_chosen_says_so() -> None:
    table = read_table(GERMAN.encode(), "a.csv", encoding="utf-8", delimiter=";", header=3)
    _, report = to_panel(table, time="Tag", target="Größe", frequency="D", day_first=True, decimal=",")
    chosen = {assumption.what for assumption in report.assumptions if assumption.evidence == "you chose it"}
    assert chosen == {"encoding", "delimiter", "header", "time", "dates", "target", "decimal", "frequency"}


@pytest.mark.parametrize("text", [GERMAN, "a,b c\n" + "".join(f"{i},{i} {i}\n" for i in range(20))])
def test_the_second_best_reading_can_be_taken(text: str) -> None:
    second = read_table(text.encode(), "a.csv").runner_up
    assert second is not None
    again = read_table(text.encode(), "a.csv", **second.arguments)
    assert again.columns[: len(second.columns)] == list(second.columns)
    assert again.dialect.delimiter == second.dialect.delimiter
    assert "as it was read" in second.reason


def test_a_quote_character_can_be_chosen() -> None:
    text = "a,b\n" + "".join(f"'{i},5',{i}\n" for i in range(9))
    assert read_table(text.encode(), "a.csv", quotechar='"').cells.num_columns == 3
    assert read_table(text.encode(), "a.csv", quotechar="'").cells.to_pylist()[0] == {"a": "0,5", "b": "0"}
