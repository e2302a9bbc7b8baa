"""How a file was read is shown on the page and can be overruled there."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from forecasting.intake import limits
from tests.app import files
from tests.app.conftest import Open, address, figure, upload, values

pytestmark = pytest.mark.slow  # each opens the page, in a second or less

NAMES = ("encoding", "delimiter", "decimal", "header")


def shown(app: AppTest) -> dict[str, object]:
    return {name: app.selectbox(key=f"col_{name}").value for name in NAMES}


def column(app: AppTest) -> str:
    return str(figure(app, "chart_series")["data"][0]["name"])


def test_each_assumption_is_filled_in_with_what_was_found(open_app: Open) -> None:
    app = upload(open_app(), files.windows())
    assert shown(app) == {"encoding": "cp1252", "delimiter": ";", "decimal": ",", "header": 1}
    assert [app.selectbox(key=f"col_{name}").label for name in NAMES] == [
        "Encoding", "Delimiter", "Decimal mark", "Header row",
    ]  # fmt: skip
    (expander,) = (e for e in app.expander if e.label == "How the file was read")
    assert not expander.proto.expanded
    upload(app, files.plain())
    assert shown(app) == {"encoding": "utf-8", "delimiter": ",", "decimal": ".", "header": 1}


def test_where_one_mark_separates_thousands_the_other_is_shown_as_the_decimal_mark(open_app: Open) -> None:
    days = pd.date_range("2024-01-01", periods=120)
    for mark, other in ((".", ","), (",", ".")):
        rows = [f"{day:%Y-%m-%d};{1 + i % 7}{mark}234{mark}567" for i, day in enumerate(days)]
        app = upload(open_app(), ("date;value\n" + "\n".join(rows) + "\n").encode())
        assert shown(app)["decimal"] == other


def test_another_encoding_is_read_at_once_and_a_reload_keeps_it(open_app: Open) -> None:
    app = upload(open_app(), files.windows())
    assert column(app) == "Größe"
    before = address(app)["dataset"]
    app.selectbox(key="col_encoding").select("cp1251").run()
    assert column(app) == "Größe".encode("cp1252").decode("cp1251")
    assert address(app)["dataset"] != before
    again = open_app(**address(app))
    assert again.selectbox(key="col_encoding").value == "cp1251"
    assert column(again) == column(app)
    again.selectbox(key="col_encoding").select("cp1252").run()
    assert column(again) == "Größe"


def test_another_delimiter_and_back_gives_the_same_series(open_app: Open) -> None:
    app = upload(open_app(), files.german())
    first = values(figure(app, "chart_series")["data"][0])
    app.selectbox(key="col_delimiter").select("|").run()  # one column: nothing to forecast
    assert len(app.error) == 1
    assert not app.get("plotly_chart")  # nothing that would not be of this reading
    app = open_app(**address(app))
    app.selectbox(key="col_delimiter").select(";").run()
    assert not app.error
    assert values(figure(app, "chart_series")["data"][0]) == pytest.approx(first)


def test_a_file_that_cannot_be_read_as_chosen_still_offers_the_choice(open_app: Open) -> None:
    app = upload(open_app(), files.windows())
    app.selectbox(key="col_encoding").select("utf-8").run()
    assert "utf-8" in app.error[0].value.replace("\\", "")
    assert app.selectbox(key="col_encoding").value == "utf-8"
    app.button(key="as_found").click().run()
    assert not app.error
    assert shown(app) == {"encoding": "cp1252", "delimiter": ";", "decimal": ",", "header": 1}
    assert app.button(key="as_found").disabled


def test_another_decimal_mark_gives_other_numbers(open_app: Open) -> None:
    rows = [f"{day:%Y-%m-%d};{1 + i % 7}.{100 + i}" for i, day in enumerate(pd.date_range("2024-01-01", periods=120))]
    app = upload(open_app(), ("date;value\n" + "\n".join(rows) + "\n").encode())
    app.selectbox(key="col_decimal").select(",").run()
    large = values(figure(app, "chart_series")["data"][0])
    app.selectbox(key="col_decimal").select(".").run()
    assert large == pytest.approx(1000 * values(figure(app, "chart_series")["data"][0]))


def test_a_question_and_the_select_box_below_show_the_same_answer(open_app: Open) -> None:
    rows = [f"{day:%Y-%m-%d};{1 + i % 7}.{100 + i}" for i, day in enumerate(pd.date_range("2024-01-01", periods=120))]
    app = upload(open_app(), ("date;value\n" + "\n".join(rows) + "\n").encode())
    assert app.button(key="answer_decimal_0").label.startswith("point")
    assert app.selectbox(key="col_decimal").value is None
    app.selectbox(key="col_decimal").select(",").run()
    assert app.radio(key="answer_decimal").value == 1
    app.radio(key="answer_decimal").set_value(0).run()
    assert app.selectbox(key="col_decimal").value == "."


def test_another_header_row_names_the_columns_anew(open_app: Open) -> None:
    app = upload(open_app(), files.titled())
    app.selectbox(key="col_header").select(1).run()
    assert column(app) == "17"
    count = len(values(figure(app, "chart_series")["data"][0]))
    app.selectbox(key="col_header").select(2).run()  # the first day becomes the names
    assert len(values(figure(app, "chart_series")["data"][0])) == count - 1
    app.selectbox(key="col_header").select(False).run()
    assert app.selectbox(key="col_header").value is False
    assert column(app) != "17"


def test_columns_chosen_before_hold_while_the_file_still_has_them(open_app: Open) -> None:
    app = upload(open_app(), files.german())
    app.selectbox(key="col_frequency").select("B").run()
    app.selectbox(key="col_encoding").select("latin-1").run()
    assert app.selectbox(key="col_frequency").value == "B"
    app.selectbox(key="col_header").select(2).run()
    assert app.selectbox(key="col_frequency").value == "D"


def test_a_file_that_is_no_text_has_no_encoding_to_choose(open_app: Open) -> None:
    packed = io.BytesIO()
    pd.read_csv(io.BytesIO(files.plain())).to_parquet(packed)
    app = upload(open_app(), packed.getvalue(), "book.parquet")
    assert app.selectbox(key="col_time").value == "date"
    assert not {"col_encoding", "col_delimiter", "col_decimal"} & {box.key for box in app.selectbox}


def test_the_report_button_counts_what_was_assumed(open_app: Open) -> None:
    app = upload(open_app(), files.windows())
    label = app.get("popover")[0].proto.popover.label.replace("\\", "")
    assert label.startswith("1 duplicate merged, 1 gap filled · ")
    assert label.endswith(" · 3 assumptions")  # encoding, order of the dates, decimal mark
    whole = files.plain().decode().replace("date,value", "date;Größe").replace(",", ";").replace(".", ",")
    app = upload(app, whole.encode("cp1252"))
    label = app.get("popover")[0].proto.popover.label.replace("\\", "")
    assert label == "nothing repaired · 2 assumptions"  # encoding and decimal mark
    upload(app, files.plain())
    assert app.get("popover")[0].proto.popover.label == "nothing had to be repaired"


def table(app: AppTest, column: str) -> pd.DataFrame:
    """The table that has `column`."""
    (found,) = (element.value for element in app.dataframe if column in element.value.columns)
    return found


def test_the_first_lines_are_shown_beside_what_was_read_from_them(open_app: Open) -> None:
    app = upload(open_app(), files.german())
    lines, understood = table(app, "Text"), table(app, "Value")
    assert lines["Text"].tolist()[:2] == ["Datum;Umsatz", files.german().decode().splitlines()[1]]
    assert lines["Line"].tolist()[:2] == [1, 2]
    assert understood["Time"].tolist()[:2] == ["2023-01-01", "2023-01-02"]
    assert understood["Value"].tolist()[0] == float(
        files.german().decode().splitlines()[1].split(";")[1].replace(",", ".")
    )
    evidence = table(app, "Evidence").set_index("Assumption")
    assert evidence.loc["Delimiter", "Read as"].startswith("semicolon")
    assert evidence.loc["Frequency", "Read as"] == "daily"
    assert (evidence["Evidence"] != "").all()


def test_another_reading_is_offered_and_taken_with_one_click(open_app: Open) -> None:
    rows = "".join(f"2024-01-{day:02};{day},{day + 1}\n" for day in range(1, 31))
    app = upload(open_app(), ("date;a,b\n" + rows).encode())
    before = column(app), address(app)["dataset"]
    app.button(key="read_instead").click().run()
    assert shown(app)["delimiter"] != ";"
    app.button(key="as_found").click().run()
    assert (column(app), address(app)["dataset"]) == before


def test_outliers_and_odd_zeros_are_marked_and_left_out_where_asked(open_app: Open) -> None:
    lines = files.plain().decode().splitlines()
    lines[40] = lines[40].split(",")[0] + ",5000"
    lines[70] = lines[70].split(",")[0] + ",0"
    app = upload(open_app(), "\n".join(lines).encode())
    marks = {trace["name"]: trace for trace in figure(app, "chart_series")["data"]}
    assert values(marks["outlier"]).tolist() == [5000.0]
    assert marks["outlier"]["text"] == ["line 41"]
    assert values(marks["odd zero"]).tolist() == [0.0]
    app.selectbox(key="col_outliers").select("missing").run()
    app.selectbox(key="col_zeros").select("missing").run()
    line = values(figure(app, "chart_series")["data"][0])
    assert line.max() < 100
    assert line.min() > 0
    assert "1 outlier left out" in app.get("popover")[0].proto.popover.label
    again = open_app(**address(app))
    assert again.selectbox(key="col_outliers").value == "missing"
    lines[50] = lines[50].split(",")[0] + ",<4"
    upload(app, "\n".join(lines).encode(), "limits.csv")
    assert app.selectbox(key="col_limits").options == ["the limit itself", "half the limit", "leave out"]
    assert values(figure(app, "chart_series")["data"][0])[49] == 4
    app.selectbox(key="col_limits").select("half").run()
    assert values(figure(app, "chart_series")["data"][0])[49] == 2


def test_covariates_are_offered_with_those_that_are_known_ahead(open_app: Open) -> None:
    days = pd.date_range("2024-01-01", periods=130)
    rows = [f"{day:%Y-%m-%d},{'' if i >= 120 else 50 + i % 7},{i % 3}" for i, day in enumerate(days)]
    app = upload(open_app(), ("date,sales,promotion\n" + "\n".join(rows) + "\n").encode())
    app.multiselect(key="col_target").set_value(["sales"]).run()
    offered = app.multiselect(key="col_covariates")
    assert offered.options == ["promotion (known ahead)"]
    offered.select("promotion").run()
    assert table(app, "Value")["promotion"].tolist()[:4] == [0.0, 1.0, 2.0, 0.0]
    assert len(values(figure(app, "chart_series")["data"][0])) == 120  # rows beyond the last value are no gaps


def test_a_coarser_frequency_reports_how_values_were_merged(open_app: Open) -> None:
    app = upload(open_app(), files.plain())
    app.selectbox(key="col_frequency").select("W-SUN").run()
    said = [caption.value.replace("\\", "") for caption in app.caption]
    assert any("merged by their mean" in text for text in said)
    app.selectbox(key="col_duplicates").select("sum").run()
    said = [caption.value.replace("\\", "") for caption in app.caption]
    assert any("merged by their sum" in text for text in said)


def test_the_report_can_be_downloaded(open_app: Open) -> None:
    app = upload(open_app(), files.german())
    (button,) = (e for e in app.get("download_button") if e.proto.label == "Download report")
    assert button.proto.url.endswith(".json")


@pytest.mark.parametrize(
    ("limit", "most", "words"), [("ROWS", 50, "at most 50"), ("COLUMNS", 1, "at most 1"), ("CELL", 8, "8")]
)
def test_each_limit_is_declared_and_reported_where_it_is_exceeded(
    open_app: Open, monkeypatch: pytest.MonkeyPatch, limit: str, most: int, words: str
) -> None:
    monkeypatch.setattr(limits, limit, most)
    app = open_app()
    app.segmented_control(key="source").set_value("upload").run()
    assert any(f"{most:,} " in caption.value for caption in app.caption)
    upload(app, files.plain())
    assert len(app.error) == 1
    assert words in app.error[0].value.replace("\\", "")
