"""A random Panel, written in a random way, comes back equal, or is asked about and then equal; never unequal."""

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecasting.errors import AmbiguousInput, ForecastingError
from forecasting.intake import read_table, to_panel
from forecasting.panel import Panel

DATES = {  # how days are written -> what `day_first` has to be answered, if asked
    "%Y-%m-%d": None,
    "%Y/%m/%d": None,
    "%Y%m%d": None,
    "%d.%m.%Y": True,
    "%d/%m/%Y": True,
    "%m/%d/%Y": False,
    "%d-%m-%y": True,
    "%d %b %Y": None,
    "%B %d, %Y": None,
    "%d-%b-%y": None,
}
NAMES = ["Nord", "Süd", "east, west", 'the "big" one', "café"]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "cp1252"]


def written(value: float, places: int, decimal: str, thousands: str) -> str:
    text = f"{value:,.{places}f}"
    return text.replace(",", "\0").replace(".", decimal).replace("\0", thousands)


@st.composite
def tables(draw: st.DrawFn) -> tuple[bytes, pd.DataFrame, dict[str, object], str]:
    start = draw(st.dates(datetime.date(1975, 1, 1), datetime.date(2060, 1, 1)))
    length = draw(st.integers(12, 60))
    several = st.lists(st.sampled_from(NAMES), min_size=2, max_size=3, unique=True)
    names = draw(st.just([]) | several)
    places = draw(st.integers(0, 4))
    decimal, thousands = draw(st.sampled_from([(".", ""), (".", ","), (",", ""), (",", "."), (",", " "), (".", "'")]))
    delimiter = draw(st.sampled_from([",", ";", "\t", "|"]))
    dates, answer = draw(st.sampled_from(sorted(DATES.items(), key=str)))
    encoding = draw(st.sampled_from(ENCODINGS))
    ending = draw(st.sampled_from(["\n", "\r\n"]))
    quote_all = draw(st.booleans())
    scale = draw(st.sampled_from([1.0, 100.0, 50_000.0, 3e6]))
    values = (
        np.random.default_rng(draw(st.integers(0, 2**32 - 1))).normal(0.3, 1.0, (max(1, len(names)), length)) * scale
    )
    values = np.round(values, places) + 0.0

    def cell(text: str) -> str:
        if quote_all or delimiter in text or '"' in text:
            return '"' + text.replace('"', '""') + '"'
        return text

    days = pd.date_range(start, periods=length)
    header = ["Datum", *(["shop"] if names else []), "amount"]
    lines = [delimiter.join(map(cell, header))]
    for series, row in enumerate(values):
        for day, value in zip(days, row, strict=True):
            texts = [
                day.strftime(dates),
                *([names[series]] if names else []),
                written(value, places, decimal, thousands),
            ]
            lines.append(delimiter.join(map(cell, texts)))
    ids = names or ["amount"]
    truth = pd.DataFrame({"unique_id": np.repeat(ids, length), "ds": np.tile(days, len(ids)), "y": values.ravel()})
    data = ending.join([*lines, ""]).encode(encoding, errors="replace")
    return data, truth, {"day_first": answer, "decimal": decimal}, "\n".join(lines[:4])


def check(example: tuple[bytes, pd.DataFrame, dict[str, object], str]) -> None:
    """Compares, having answered each question with the truth."""
    data, truth, answers, _ = example
    frame = read(data, answers).frame
    assert frame["unique_id"].tolist() == truth["unique_id"].tolist()
    assert frame["ds"].tolist() == truth["ds"].tolist()
    assert frame["y"].tolist() == truth["y"].tolist()


def read(data: bytes, answers: dict[str, object]) -> Panel:
    given: dict[str, object] = {}
    while True:
        try:
            return to_panel(read_table(data, "a.csv"), **given)[0]  # type: ignore[arg-type]
        except AmbiguousInput as question:
            if question.argument in given or answers[question.argument] not in question.choices:
                raise
            given[question.argument] = answers[question.argument]


def sentence(data: bytes) -> str:
    """What reading ends in; "a table" if it does not fail."""
    try:
        to_panel(read_table(data, "a.csv"))
    except ForecastingError as error:
        return str(error)
    return "a table"


@pytest.mark.slow
# The same ones each time, so that CI repeats itself; for fresh ones raise max_examples and drop derandomize.
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(tables())
def test_what_was_written_comes_back_or_is_asked_about(example) -> None:
    check(example)


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(st.binary(max_size=400).filter(lambda data: data[:2] not in (b"PK", b"\x1f\x8b") and data[:4] != b"PAR1"))
def test_any_bytes_end_in_a_table_or_a_sentence(data: bytes) -> None:
    assert sentence(data)


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(st.text(alphabet="0123456789.,;-/: \t\n\r\"'abcZ#%|€()+eE", max_size=200))
def test_any_text_of_marks_ends_in_a_table_or_a_sentence(text: str) -> None:
    assert sentence(text.encode())
