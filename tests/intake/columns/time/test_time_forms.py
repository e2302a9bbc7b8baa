"""Times in forms of publishers and of other languages, and what is asked or refused where two readings fit."""

import json
import runpy
from collections.abc import Callable, Iterable

import pandas as pd
import pytest
from babel import Locale

from forecasting.errors import AmbiguousInput, DataError
from forecasting.intake.columns.time.months import months_of
from tests.conftest import ROOT
from tests.intake.tables import read

DAYS = pd.date_range("2023-01-20", periods=60)
HOURS = pd.date_range("2023-01-20", periods=240, freq="h")
HALF_HOURS = pd.date_range("2023-01-20", periods=480, freq="30min")
WEEKS = pd.date_range("2019-01-07", periods=120, freq="7D")
MONTHS = pd.date_range("2019-01-01", periods=48, freq="MS")
QUARTERS = pd.date_range("2015-01-01", periods=24, freq="QS")
YEARS = pd.date_range("1993-01-01", periods=20, freq="YS")
THAI = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")


def table(head: str, times: Iterable[pd.Timestamp], write: Callable[[pd.Timestamp], str]) -> str:
    """A text with a value, the step, after what `write` makes of each time."""
    return head + "\n" + "".join(f"{write(t)};{step}.5\n" for step, t in enumerate(times))


def era(year: int) -> str:
    return f"令和{year - 2018}" if year > 2019 else "平成31"


@pytest.mark.parametrize(
    ("times", "write"),
    [
        (HOURS, lambda t: f"{t:%Y%m%d%H}"),
        (HOURS, lambda t: f"{t:%Y%m%d:%H%M}"),
        (HOURS, lambda t: f"{t:%Y%m%d%H%M}"),
        (HOURS, lambda t: f"{t:%Y%m%dT%H%M}"),
        (HOURS, lambda t: f"{t:%Y%m%d_%H%M%S}"),
        (HOURS, lambda t: f"{t:%d/%m/%Y %H.%M.%S}"),
        (HOURS, lambda t: f"{t:%d.%m.%Y %H:%M} Uhr"),
        (HOURS, lambda t: f"{t:%d.%m.%Y %H:%M} - {t + pd.Timedelta('1h'):%d.%m.%Y %H:%M}"),
        (HOURS, lambda t: f"{t:%Y-%m-%dT%H:%M}/{t + pd.Timedelta('1h'):%Y-%m-%dT%H:%M}"),
        (WEEKS, lambda t: f"{t:%b %d %Y} to {t + pd.Timedelta('6D'):%b %d %Y}"),
        (WEEKS, lambda t: f"{t:%G-%V}"),
        (WEEKS, lambda t: f"{t:%b %d} - {t + pd.Timedelta('6D'):%b %d, %Y}"),
        (WEEKS, lambda t: f"{t:%d %B} \u2013 {t + pd.Timedelta('6D'):%d %B %Y}"),
        (WEEKS, lambda t: f"{t:%d}-{t + pd.Timedelta('6D'):%d.%m.%Y}"),
        (WEEKS, lambda t: f"{t:%d.%m.} bis {t + pd.Timedelta('6D'):%d.%m.%Y}"),
        (HOURS, lambda t: f"{t:%Y%jT%H:%M}"),
        (DAYS, lambda t: f"{t:%Y-%j}"),
        (DAYS, lambda t: f"{t:%Y%j}"),
        (QUARTERS, lambda t: f"{t.year}{t.quarter}"),
        (QUARTERS, lambda t: f"{t.year}{t.quarter:02d}"),
        (QUARTERS, lambda t: f"{t.quarter}Q{t:%y}"),
        (QUARTERS, lambda t: f"Q{t.quarter}-{t:%y}"),
        (QUARTERS, lambda t: f"{t.year}:{t.quarter}"),
        (QUARTERS, lambda t: f"{t.year} {t.quarter}/4"),
        (QUARTERS, lambda t: f"{t.year}/ {t.month}- {t.month + 2}."),
        (QUARTERS, lambda t: f"{('I', 'II', 'III', 'IV')[t.quarter - 1]} kw. {t.year}"),
        (MONTHS, lambda t: f"Tháng {t.month} {t.year}"),
        (MONTHS, lambda t: f"{THAI[t.month - 1]} {(t.year + 543) % 100}"),
        (MONTHS, lambda t: f"{t.month}/{t.year}"),
        (MONTHS, lambda t: f"{t:%b/%y}".lower()),
        (MONTHS, lambda t: f"{t:%b %y}"),
        (MONTHS[::12], lambda t: f"FY{t:%y}"),
        (MONTHS[::12], lambda t: f"{t:%Y}年度"),
        (YEARS, lambda t: f"{t.year % 100:02d}/{(t.year + 1) % 100:02d}"),
        (MONTHS[::12], lambda t: f"{t.year}/{t.year + 1}"),
        (MONTHS[::12], lambda t: f"{t.year}\u2013{(t.year + 1) % 100:02d}"),
        (MONTHS[::6], lambda t: f"{t.year}-H{1 + (t.month > 6)}"),
        (MONTHS[::6], lambda t: f"H{1 + (t.month > 6)} {t.year}"),
        (DAYS, lambda t: f"{era(t.year)}年{t.month}月{t.day}日"),
        (DAYS, lambda t: f"R{t.year - 2018}/{t.month}/{t.day}"),
        (DAYS, lambda t: f"民國{t.year - 1911}年{t.month}月{t.day}日"),
        (DAYS, lambda t: f"{t:%d/%m}/{t.year + 543}"),
        (DAYS, lambda t: f"{t.year + 543}{t:%m%d}"),
        (DAYS, lambda t: f"{t:%Y-%m-%d}".translate({ord(d): 0x660 + int(d) for d in "0123456789"})),
    ],
)
def test_a_form_is_read(times: pd.DatetimeIndex, write: Callable[[pd.Timestamp], str]) -> None:
    panel, _ = read(table("a;v", times, write), decimal=".")
    assert list(panel.frame["ds"]) == list(times)
    assert list(panel.frame["y"]) == [step + 0.5 for step in range(len(times))]


@pytest.mark.parametrize(
    ("head", "times", "write"),
    [
        ("day;hhmm;v", HALF_HOURS, lambda t: f"{t:%Y-%m-%d};{int(f'{t:%H%M}')}"),
        ("day;x;v", HALF_HOURS, lambda t: f"{t:%Y-%m-%d};{t:%H%M%S}"),
        ("day;time;v", HALF_HOURS, lambda t: f"{t:%Y-%m-%d};{t:%H.%M.%S}"),
        ("day;MTU;v", HALF_HOURS, lambda t: f"{t:%Y-%m-%d};{t:%H:%M} - {t + pd.Timedelta('30min'):%H:%M}"),
        ("day;x;v", HALF_HOURS, lambda t: f"{t:%Y-%m-%d};{t.hour * 2 + t.minute // 30 + 1}"),
        ("day;x;v", HOURS, lambda t: f"{t:%Y-%m-%d};{t.hour}"),
        ("YR;MO;DY;HR;v", HOURS, lambda t: f"{t.year};{t.month};{t.day};{t.hour}"),
        ("a;b;c;v", DAYS, lambda t: f"{t.year};{t.month};{t.day}"),
        ("#YY yr;MM mo;DD dy;hh hr;v", HOURS, lambda t: f"{t.year};{t.month};{t.day};{t.hour}"),
        ("year;doy;v", DAYS, lambda t: f"{t.year};{t.dayofyear}"),
        ("series;year;period;v", MONTHS, lambda t: f"LNS1;{t.year};M{t.month:02d}"),
        ("year;week;v", WEEKS, lambda t: f"{t:%G;%V}"),
        ("Jahr;KW;v", WEEKS, lambda t: f"{t:%G};KW{int(f'{t:%V}')}"),
        (";;v", MONTHS, lambda t: f"{t.year};{t.month}"),
        (";;v", MONTHS, lambda t: f"{t.year};{t:%B}"),
        ("year;month;day;hour;minute;v", HALF_HOURS, lambda t: f"{t.year};{t.month};{t.day};{t.hour};{t.minute}"),
    ],
)
def test_time_over_columns_is_joined(head: str, times: pd.DatetimeIndex, write: Callable[[pd.Timestamp], str]) -> None:
    panel, report = read(table(head, times, write), decimal=".")
    assert list(panel.frame["ds"]) == list(times)
    assert report.roles.target == ["v"]
    assert len(report.filled) == 0


@pytest.mark.slow
def test_columns_that_make_times_only_beside_another_are_asked_about() -> None:
    rows = [f"{t:%Y-%m-%d},{t.hour},{place},{t.hour}.5" for place in "AB" for t in HOURS]
    text = "date,x,place,v\n" + "\n".join(rows)
    with pytest.raises(AmbiguousInput) as asked:
        read(text)
    assert (asked.value.argument, asked.value.choices) == ("dates", ("together", "alone"))
    panel, report = read(text, dates="together")
    assert (panel.frequency, len(panel.frame), report.roles.series) == ("h", 480, "place")


@pytest.mark.parametrize(
    ("cells", "choices", "firsts"),
    [
        (["2001-02", "2002-03"], ("fiscal-years", "year-month"), ("2001-01-01", "2001-02-01")),
        ([f"2024{n:02d}" for n in range(1, 11)], ("year-month", "iso-weeks"), ("2024-01-01", "2024-01-01")),
    ],
)
def test_what_fits_two_readings_is_asked(cells: list[str], choices: tuple[str, ...], firsts: tuple[str, ...]) -> None:
    text = "a,v\n" + "".join(f"{cell},{place}.5\n" for place, cell in enumerate(cells))
    with pytest.raises(AmbiguousInput) as asked:
        read(text, time="a")
    assert (asked.value.argument, asked.value.choices) == ("dates", choices)
    for choice, first in zip(choices, firsts, strict=True):
        panel, _ = read(text, time="a", dates=choice, frequency="MS" if choice == "year-month" else "W-MON")
        assert panel.frame["ds"].iloc[0] == pd.Timestamp(first) or choice == "fiscal-years"


def test_consecutive_months_are_no_fiscal_years() -> None:
    panel, _ = read("a,v\n" + "".join(f"2001-{month:02d},{month}.5\n" for month in range(1, 13)))
    assert panel.frequency == "MS"


SWAPPED = pd.date_range("2024-01-01", periods=90)


@pytest.mark.parametrize("forms", [("%Y-%d-%m", "%Y-%m-%d"), ("%m/%d/%Y", "%d/%m/%Y")])
def test_half_swapped_days_are_asked_about_and_swapped_back(forms: tuple[str, str]) -> None:
    text = table("date;v", SWAPPED, lambda t: t.strftime(forms[0] if t.day <= 12 else forms[1]))
    for chosen in ({}, {"time": "date"}):
        with pytest.raises(AmbiguousInput, match=r"in 33 of them.*\(line 3\).*\(line 14\)"):
            read(text, decimal=".", **chosen)
    panel, _ = read(text, decimal=".", dates="swapped")
    assert list(panel.frame["ds"]) == list(SWAPPED)
    assert list(panel.frame["y"]) == [step + 0.5 for step in range(90)]


@pytest.mark.parametrize("forms", [("%d/%m/%y", "%m/%d/%y"), ("%d/%m/%Y", "%m/%d/%Y"), ("%Y-%m-%d", "%d/%m/%Y")])
@pytest.mark.parametrize("chosen", [{}, {"time": "date"}])
def test_two_orders_are_refused_with_lines(forms: tuple[str, str], chosen: dict[str, str]) -> None:
    text = table("date;v", SWAPPED, lambda t: t.strftime(forms[t >= SWAPPED[45]]))
    with pytest.raises(DataError, match="line"):
        read(text, decimal=".", **chosen)


def test_ends_that_do_not_fit_the_step_are_counted() -> None:
    ends = [t + pd.Timedelta(days=20 if t == WEEKS[3] else 6) for t in WEEKS]
    ordered = dict(zip(WEEKS, ends, strict=True))
    _, report = read(table("w;v", WEEKS, lambda t: f"{t:%d/%m/%Y} - {ordered[t]:%d/%m/%Y}"), decimal=".")
    assert any("step to the next one: 1." in str(note.message) for note in report.notes)


LANGUAGES = ("de", "fr", "es", "it", "pt", "nl", "pl", "ru", "uk", "tr", "cs", "hr", "fi", "hu", "el", "th", "vi", "ro")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", ["wide", "abbreviated"])
def test_months_of_a_language_are_known(language: str, width: str) -> None:
    names = [str(Locale.parse(language).months["format"][width][month]) for month in range(1, 13)]
    assert [months_of(names).get(name) for name in names] == list(range(1, 13))


@pytest.mark.slow
def test_the_file_of_names_is_what_babel_has() -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "month_names.py"))
    written = json.loads(script["FILE"].read_text(encoding="utf-8"))
    assert written == script["month_names"](), "run scripts/month_names.py: Babel has other names of months"


@pytest.mark.parametrize("language", ["hr", "tr", "fi", "uk", "el", "cs"])
def test_written_months_are_read_and_written_back(language: str) -> None:
    names = [str(Locale.parse(language).months["format"]["wide"][month]) for month in range(1, 13)]
    panel, report = read(table("m;v", MONTHS, lambda t: f"{names[t.month - 1]} {t.year}"), decimal=".")
    assert list(panel.frame["ds"]) == list(MONTHS)
    assert report.notation.write(panel.frame["ds"])[:2] == [f"{names[0]} 2019", f"{names[1]} 2019"]


def test_a_month_that_is_never_known_is_not_filled_in() -> None:
    names = ["Jan", "Feb", "Mrc", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"]
    with pytest.raises(DataError, match=r"'Mrc 2019' \(line 4; cells like it: 4\)"):
        read(table("m;v", MONTHS, lambda t: f"{names[t.month - 1]} {t.year}"), decimal=".")


@pytest.mark.parametrize(
    ("write", "reason"),
    [
        ("%d.%m.", "It has no year"),
        ("%b %d", "It has no year"),
        ("%H:%M", "time of day"),
        ("%Y-%m-%d %H:%M IST", "no zone that has one meaning"),
    ],
)
def test_the_refusal_names_the_best_column_and_what_is_missing(write: str, reason: str) -> None:
    with pytest.raises(DataError, match=rf"column 'a'.*\(line 2\).*{reason}") as refused:
        read(table("a;v", HOURS, lambda t: t.strftime(write)), decimal=".")
    assert (refused.value.column, refused.value.row) == ("a", 2)


def test_epochs_of_two_units_say_which_rows() -> None:
    text = "a,v\n" + "".join(f"{int(t.timestamp()) * (1 if n < 99 else 1000)},{n}.5\n" for n, t in enumerate(HOURS))
    panel, report = read(text)
    assert list(panel.frame["ds"]) == list(HOURS)
    assert any("Rows 100 to 240 count milliseconds" in str(note.message) for note in report.notes)


def test_digits_that_are_a_calendar_are_no_seconds() -> None:
    """2023010100 is in the range of seconds since 1970, too."""
    panel, _ = read(table("time;v", HOURS, lambda t: f"{t:%Y%m%d%H}"), decimal=".")
    assert panel.frame["ds"].iloc[0] == HOURS[0]


def test_iranian_months_stand_at_the_gregorian_month_in_which_they_begin() -> None:
    names = ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"]
    for write in (lambda n: f"{1395 + n // 12}/{n % 12 + 1:02d}", lambda n: f"{names[n % 12]} {1395 + n // 12}"):
        panel, report = read("ماه;v\n" + "".join(f"{write(n)};{n}.5\n" for n in range(36)), decimal=".")
        assert panel.frequency == "MS"
        assert panel.frame["ds"].tolist() == pd.date_range("2016-03-01", periods=36, freq="MS").tolist()
        assert any("Iranian" in note.message for note in report.notes)


def test_averages_of_the_year_among_the_months_are_left_out() -> None:
    rows = [(year, month) for year in range(2015, 2020) for month in range(1, 14)]
    panel, report = read("year,period,v\n" + "".join(f"{y},M{m:02d},{m}.5\n" for y, m in rows))
    assert (panel.frequency, len(panel.frame)) == ("MS", 60)
    assert panel.frame["y"].tolist() == [m + 0.5 for _, m in rows if m < 13]
    assert any("'M13'" in note.message for note in report.notes)
    assert next(note for note in report.notes if note.kind == "time" and note.count).count == 5


@pytest.mark.parametrize(
    ("answer", "frequency", "length"), [("year-month", "MS", 36), ("year-quarter", "QS", 12), ("years", "YS", 3)]
)
def test_periods_of_several_lengths_in_a_column_are_asked_about(answer: str, frequency: str, length: int) -> None:
    months = pd.date_range("2019-01-01", periods=36, freq="MS")
    text = "a,v\n" + "".join(f"{year},{year}.5\n" for year in (2019, 2020, 2021))
    text += "".join(f"{t.year} Q{t.quarter},{t.year}.25\n" for t in months[::3])
    text += "".join(f"{t:%Y %b},{t.year}.125\n" for t in months)
    with pytest.raises(AmbiguousInput, match=r"'2019' \(line 2\)") as asked:
        read(text)
    assert (asked.value.argument, asked.value.choices) == ("dates", ("year-month", "year-quarter", "years"))
    panel, report = read(text, dates=answer)
    assert (panel.frequency, len(panel.frame)) == (frequency, length)
    assert set(panel.frame["y"] % 1) == {{"MS": 0.125, "QS": 0.25, "YS": 0.5}[frequency]}
    assert next(note for note in report.notes if note.kind == "time" and note.count).count == 51 - length


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (["02/01 - 08/01", "09/01 - 15/01", "16/01 - 22/01"], "It has no year"),
        (["1.67253E+12", "1.67254E+12", "1.67255E+12"], "cut its digits short"),
    ],
)
def test_what_cannot_be_read_says_what_it_takes(cells: list[str], why: str) -> None:
    with pytest.raises(DataError, match=why):
        read("week,v\n" + "".join(f"{cell},{n}.5\n" for n, cell in enumerate(cells)))
