"""Awkward files, dialects and texts, small ones that every clone has: read to the letter, or asked about, or refused.

The checks here are those of `test_corpora.py` too, which has the large public collections.
"""

import csv
import gzip
import importlib.util
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting.errors import AmbiguousInput, ForecastingError
from forecasting.intake import fetch_ticker, read_table, to_panel

NAUGHTY = [  # kinds of strings that break programs
    *("undefined", "NULL", "None", "true", "-1", "1/0", "0x0", "1,000.00", "NaN", "Infinity", "1e400", "08"),
    *(
        "Ω≈ç√∫µ≤≥÷",
        "田中さんにあげて下さい",
        "👩🏽",
        "\u202ftest",
        "\u200b",
        "\ufeff",
        "مُنَاقَشَةُ",
        "Z̮̞̠͙͔ͅ",
        "￾",
        "\x01\x02\x7f",
    ),
    *("<script>alert(1)</script>", "'; DROP TABLE users", '"', "''", "\\", "$HOME", "../../etc/passwd", "%s%n", "{0}"),
    *("=cmd()", "@SUM(1)", "|", ";", ",", " ", "\t", "#", "//", "--version", "COM1", "Scunthorpe", "a" * 300),
]


def check_outcome(data: bytes, name: str) -> None:
    """Reading gives a Panel, a question with choices, or a sentence."""
    try:
        table = read_table(data, name)
        assert len(set(table.columns)) == len(table.columns) > 0  # of the table, not of an error
        assert len(table.rows) == len(table)
        to_panel(table)
    except AmbiguousInput as question:
        assert question.argument in ("day_first", "dates", "decimal", "duplicates", "frequency", "lone")  # noqa: PT017
        assert question.choices  # noqa: PT017
    except ForecastingError as error:
        assert str(error).rstrip().endswith((".", "?"))  # noqa: PT017


def check_text(words: list[str]) -> None:
    """Words as names, cells and file names change no value, and the report can be stored."""
    for word in words:
        quoted = '"' + word.replace('"', '""') + '"'
        lines = [f"2024-01-{day:02d},{day},{quoted}" for day in range(1, 13)]
        data = "\n".join([f"date,v,{quoted}", *lines]).encode("utf-8", "surrogatepass")
        try:
            panel, report = to_panel(read_table(data, word), time="date", target="v")
        except ForecastingError:
            continue
        assert panel.frame["y"].tolist() == list(range(1, 13)), word
        json.dumps(report.to_dict())


def check_names(words: list[str]) -> None:
    """Words as series names keep their text."""
    words = [word.strip() for word in words if word.strip() and word.isprintable() and len(word) < 60]
    words = list(dict.fromkeys(words))
    frame = pd.DataFrame({"unique_id": np.repeat(words, 3), "ds": [1, 2, 3] * len(words), "y": 1.0})
    panel, _ = to_panel(read_table(frame.to_csv(index=False).encode(), "a.csv"))
    assert panel.series_ids == words


def check_tickers(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Words as tickers are refused, or asked for in an address that nothing can break out of."""
    from forecasting.intake.prices import quotes

    asked: list[str] = []

    def ask(symbol: str, period: str, interval: str) -> quotes.Reply:
        asked.append(symbol)
        return quotes.Reply(pd.DataFrame(), {})

    monkeypatch.setattr(quotes, "ask", ask)
    for word in words:
        with pytest.raises(ForecastingError):
            fetch_ticker(word)
    assert all(symbol.isascii() and symbol.upper() == symbol and len(symbol) <= 15 for symbol in asked)


@pytest.mark.slow
def test_naughty_strings_are_text() -> None:
    check_text(NAUGHTY)


def test_naughty_series_names_keep_their_text() -> None:
    check_names(NAUGHTY)


def test_naughty_tickers_are_refused_or_asked_for_safely(monkeypatch: pytest.MonkeyPatch) -> None:
    check_tickers(NAUGHTY, monkeypatch)


@pytest.mark.parametrize(
    ("text", "records"),
    [
        ('a,b\n1,"ha ""ha"" ha"\n3,4\n', [["1", 'ha "ha" ha'], ["3", "4"]]),
        ('k,v\n1,"{""type"": ""Point"", ""at"": [102.0, 0.5]}"\n', [["1", '{"type": "Point", "at": [102.0, 0.5]}']]),
        (
            'a,b,c\n1,2,3\n"Once upon \na time",5,6\n7,8,9\n',
            [["1", "2", "3"], ["Once upon \na time", "5", "6"], ["7", "8", "9"]],
        ),
        ('a,b\n1,"ha \n""ha"" \nha"\n3,4\n', [["1", 'ha \n"ha" \nha'], ["3", "4"]]),
        ('first,last,address\nJohn,Doe,"120 any st., Anytown, WW"\n', [["John", "Doe", "120 any st., Anytown, WW"]]),
        ('a,b,c\n1,"",""\n2,3,4\n', [["1", "", ""], ["2", "3", "4"]]),
        ("a,b,c\n1,2,3\n4,5,ʤ\n", [["1", "2", "3"], ["4", "5", "ʤ"]]),
    ],
    ids=["quotes", "json", "line ends", "quotes and line ends", "delimiters", "empty", "utf-8"],
)
def test_cells_are_read_to_the_letter(text: str, records: list[list[str]]) -> None:
    table = read_table(text.encode(), "a.csv")
    assert [list(record.values()) for record in table.cells.to_pylist()] == records


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "~", "^", "#"])
@pytest.mark.parametrize("quote", ['"', "'"])
def test_dialects_are_found(delimiter: str, quote: str) -> None:
    rows = [["name", "day", "amount"], *[[f"a{delimiter} b{i}", f"2024-01-{i:02d}", f"{i}.5"] for i in range(1, 20)]]
    text = "".join(delimiter.join([quote + row[0] + quote, *row[1:]]) + "\n" for row in rows)
    table = read_table(text.encode(), "a.csv")
    assert [table.columns, *(list(record.values()) for record in table.cells.to_pylist())] == rows
    assert (table.dialect.delimiter, table.dialect.quotechar) == (delimiter, quote)


@pytest.mark.parametrize(
    ("path", "column", "frequency", "values"),
    [
        ("datasets/co2/co2.csv", "co2", "W-SAT", 2_225),
        ("datasets/sunspots/sunspots.csv", "SUNACTIVITY", "YS", 309),
        ("datasets/nile/nile.csv", "volume", "YS", 100),
    ],
)
def test_real_series_are_read_whole(path: str, column: str, frequency: str, values: int) -> None:
    package = importlib.util.find_spec("statsmodels")
    assert package is not None
    file = Path(package.submodule_search_locations[0]) / path  # type: ignore[index]
    panel, report = to_panel(read_table(file.read_bytes(), file.name))
    assert panel.series_ids == [column]
    assert panel.frequency == frequency
    with file.open(newline="", encoding="utf-8") as stream:
        truth = [float(row[column]) for row in csv.DictReader(stream) if row[column].strip()]
    kept = ~panel.frame["ds"].isin(report.filled["ds"])
    assert panel.frame["y"][kept].tolist() == truth
    assert len(truth) == values


@pytest.mark.slow
def test_the_same_series_in_several_formats() -> None:
    frame = pd.DataFrame(
        {"day": pd.date_range("2011-01-01", periods=12), "Galway": range(12), "Berkeley": range(5, 17)}
    )
    texts = {f"a{mark}": frame.to_csv(index=False, sep=mark).encode() for mark in (",", ";", "\t")}
    files = {**texts, "a.gz": gzip.compress(texts["a,"]), "a.parquet": frame.to_parquet()}
    assert len({to_panel(read_table(data, name))[0].id for name, data in files.items()}) == 1


@pytest.mark.slow
def test_a_year_of_hours_with_many_columns_and_years_of_one() -> None:
    hours = pd.DataFrame({"time": pd.date_range("2024-01-01", periods=200, freq="h")})
    hours = hours.assign(**{f"v{i}": np.arange(200) + i for i in range(16)})
    panel, _ = to_panel(read_table(hours.to_csv(index=False).encode(), "a.csv"))
    assert (panel.frequency, len(panel.series_ids)) == ("h", 16)
    panel, _ = to_panel(read_table(b"year,v\n" + b"".join(b"%d,%d\n" % (y, y % 7) for y in range(1990, 2020)), "a.csv"))
    assert panel.frequency == "YS"


@pytest.mark.parametrize(
    "text",
    [
        "a\n",
        "a,b\n\n\n1,2,3\n",
        '"a","b\n1,2\n',
        "1;2\n3,4\n5\t6\n",
        "date,v\n2024-01-01,1\n2024-13-45,2\nnever,3\n",
        "01/02/2024,1\n02/03/2024,2\n03/04/2024,3\n",
        "x" * 5_000,
        "date;v\n" + "2024-01-01;1,234\n2024-01-02;2,345\n",
        "t,v\n2024-01-01 00:00,1\n2024-01-01 00:07,2\n2024-01-03 11:00,3\n",
    ],
)
def test_an_awkward_file_gives_a_panel_a_question_or_a_sentence(text: str) -> None:
    check_outcome(text.encode(), "a.csv")
