"""Reports: plain values, each assumption with its evidence, texts that every language can show."""

import json

from forecasting.intake import message_of, read_table, to_panel
from forecasting.messages import Message, catalogue
from tests.intake.tables import daily, read

GERMAN = "Bericht\n\nTag;Größe;Bemerkung\n" + "".join(f"{d:02d}.03.2024;{d},5;a, b\n" for d in range(1, 29))


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


def test_the_report_is_plain_values() -> None:
    _, report = read(daily([1, 2, 3, 6, 7, 7, 8], [1, 2, 3, 6, 7, 7, 8]))
    told = json.loads(json.dumps(report.to_dict()))
    assert told["summary"] == report.summary
    assert told["filled_count"] == 2
    assert told["filled"][0]["ds"] == "2024-01-04T00:00:00"
    assert told["roles"]["time"] == "date"


def test_stored_texts_come_back_as_messages_of_every_language() -> None:
    _, report = read(daily([1, 2, 3, 6, 7, 7, 8], [1, 2, 3, 6, 7, 7, 8]))
    stored = json.loads(json.dumps(report.to_dict()))
    chinese = catalogue("zh")
    texts = [(stored, "summary"), (stored, "frequency_reason")]
    texts += [(stored["roles"]["reasons"], role) for role in ("time", "target", "series")]
    texts += [(note, "message") for note in stored["notes"]]
    texts += [(assumption, "evidence") for assumption in stored["assumptions"]]
    texts += [(assumption, "value") for assumption in stored["assumptions"] if assumption["what"] == "dates"]
    for about, name in texts:
        message = message_of(about, name)
        assert isinstance(message, Message)
        assert message == about[name]
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese.text(message.key, message.values))
    summary = message_of(stored, "summary")
    assert summary == report.summary == "1 duplicate merged, 2 gaps filled"
    assert chinese.text(summary.key, summary.values) == "合并 1 个重复、填补 2 个缺口"


def test_texts_stored_without_a_key_or_with_one_that_is_gone_stay_as_they_are() -> None:
    assert message_of({"message": "3 gaps filled"}, "message") == "3 gaps filled"
    gone = {"message": "3 gaps filled", "messages": {"message": {"key": "no.such.key", "values": {}}}}
    assert message_of(gone, "message") == "3 gaps filled"
    assert message_of({}, "message") == ""
