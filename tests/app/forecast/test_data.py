"""The Forecast page before anything is trained: reading, asking, keeping."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import numpy as np
import pytest

from tests.app import files
from tests.app.conftest import Open, address, figure, keyed, upload, values, words
from tests.faults.hostile_files import sheet

pytestmark = pytest.mark.slow  # each opens the page, in a second or less


def test_the_first_visit_shows_a_sample_and_train(open_app: Open) -> None:
    app = open_app()
    assert not app.button(key=keyed(app, "train")).disabled
    assert len(values(figure(app, "chart_series")["data"][0])) > 100
    assert set(address(app)) == {"workspace", "dataset"}


def test_an_upload_is_read_repaired_and_reported(open_app: Open) -> None:
    app = upload(open_app(), files.german())
    assert app.selectbox(key="col_time").value == "Datum"
    assert app.multiselect(key="col_target").value == ["Umsatz"]
    assert app.selectbox(key="col_frequency").value == "D"
    spec = figure(app, "chart_series")
    line = values(spec["data"][0])
    assert len(line) == 200
    assert line[3] == pytest.approx(100 + 10 * np.sin(2 * np.pi * 3 / 7) + 3 / 20, abs=0.005)
    assert [len(values(trace)) for trace in spec["data"][1:]] == [1, 1]  # one gap filled, one day merged
    report = app.get("popover")[0].proto.popover.label
    assert "1 gap filled" in report
    assert "1 duplicate merged" in report


def ods(text: bytes) -> bytes:
    """A comma-separated text as an OpenDocument sheet of strings."""
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    lines = [line.split(",") for line in text.decode().splitlines()]
    rows = "".join(f"<table:table-row>{''.join(map(cell.format, line))}</table:table-row>" for line in lines)
    return sheet(rows)


@pytest.mark.parametrize(("name", "content"), [("a.csv.gz", gzip.compress), ("a.ods", ods)])
def test_packed_text_and_open_document_are_uploads(
    open_app: Open, name: str, content: Callable[[bytes], bytes]
) -> None:
    """Streamlit refuses a file whose kind the uploader does not name."""
    app = upload(open_app(), content(files.plain(days=120)), name)
    assert len(values(figure(app, "chart_series")["data"][0])) == 120


def test_a_reload_brings_back_upload_choices_and_settings(open_app: Open) -> None:
    app = upload(open_app(), files.german())
    app.number_input(key=keyed(app, "set_horizon")).set_value(9).run()
    app.selectbox(key="col_frequency").select("B").run()
    again = open_app(**address(app))
    assert again.segmented_control(key="source").value == "upload"
    assert again.selectbox(key="col_frequency").value == "B"
    assert again.number_input(key=keyed(again, "set_horizon")).value == 9  # also under another reading of the same file
    assert address(again)["dataset"] == address(app)["dataset"]


def test_an_address_with_only_workspace_and_dataset_shows_that_dataset(open_app: Open) -> None:
    app = upload(open_app(), files.german())
    mine = address(app)
    app.segmented_control(key="source").set_value("sample").run()
    assert address(app)["dataset"] != mine["dataset"]
    again = open_app(**mine)
    assert address(again)["dataset"] == mine["dataset"]
    assert len(values(figure(again, "chart_series")["data"][0])) == 200


def test_a_question_stops_the_line_until_it_is_answered(open_app: Open) -> None:
    app = upload(open_app(), files.ambiguous())
    assert "Day or month first?" in words(app)
    assert app.button(key=keyed(app, "train")).disabled
    assert "Answer the question about sales.csv first" in words(app).replace("\\", "")
    assert not app.get("plotly_chart")  # nothing of other data under this file's name
    assert "dataset" not in address(app)
    app = open_app(**address(app))  # and a reload does not lose the file
    as_days, as_months = (table.value for table in app.dataframe if "In the file" in table.value)
    assert list(as_days["In the file"]) == list(as_months["In the file"])
    assert list(as_days["Time"])[:2] == ["1 Jan 2001", "2 Jan 2001"]
    assert list(as_months["Time"])[:2] == ["1 Jan 2001", "1 Feb 2001"]
    app.button(key="answer_day_first_1").click().run()
    assert not app.button(key=keyed(app, "train")).disabled
    start = figure(app, "chart_series")["data"][0]["x"][0]
    assert start.startswith("2001-01-01")
    assert open_app(**address(app)).radio(key="answer_day_first").value == 1


def test_an_answer_can_be_changed_and_what_followed_from_it_is_asked_anew(open_app: Open) -> None:
    app = upload(open_app(), files.ambiguous())
    app.button(key="answer_day_first_0").click().run()
    assert "Which frequency" in words(app)
    app.button(key="answer_frequency_0").click().run()
    assert figure(app, "chart_series")
    app.radio(key="answer_day_first").set_value(1).run()
    assert app.selectbox(key="col_frequency").value == "MS"  # the frequency chosen for the other reading is not kept
    assert not [one for one in app.radio if one.key == "answer_frequency"]


def test_an_answer_for_one_column_of_dates_is_not_asked_again_for_the_next(open_app: Open) -> None:
    rows = [f"{1 + i % 12:02}/01/{2001 + i // 12},{1 + i % 12:02}/02/{2001 + i // 12},{i % 7}" for i in range(120)]
    app = upload(open_app(), ("ordered,sent,value\n" + "\n".join(rows) + "\n").encode())
    app.selectbox(key="col_time").select("ordered").run()
    app.button(key="answer_day_first_1").click().run()
    app.selectbox(key="col_time").select("sent").run()
    assert not app.button(key=keyed(app, "train")).disabled
    assert app.selectbox(key="col_time").value == "sent"
    assert app.radio(key="answer_day_first").value == 1


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty.csv"),
        (b"only,a,header\n", "header.csv"),
        (b"hello\nworld\n", "words.csv"),
        (bytes(range(256)) * 20, "binary.csv"),
        (b"<html><body>404</body></html>", "page.csv"),
        (b"\x00" * 1000, "nul.csv"),
    ],
)
def test_a_file_that_cannot_be_used_gets_one_sentence_and_the_page_stays(
    open_app: Open, content: bytes, name: str
) -> None:
    app = open_app()
    before = address(app)
    upload(app, content, name)
    assert len(app.error) + len(app.warning) == 1
    assert "Traceback" not in words(app)
    assert not app.sidebar.error  # it stands in the main area
    assert app.button(key=keyed(app, "train")).disabled
    assert not app.get("plotly_chart")
    app.segmented_control(key="source").set_value("sample").run()
    assert address(app) == before
    assert figure(app, "chart_series")


def test_a_file_that_is_not_read_does_not_show_the_one_before(open_app: Open) -> None:
    app = upload(open_app(), files.plain(), "good.csv")
    upload(app, b"hello\nworld\n", "bad.csv")
    for _ in range(2):  # also after a reload
        assert "bad.csv is not read yet" in words(app).replace("\\", "")
        assert "good.csv" not in words(app).replace("\\", "")
        assert app.button(key="train").disabled
        app = open_app(**address(app))
    upload(app, files.plain(), "better.csv")
    assert not app.error
    assert not app.button(key=keyed(app, "train")).disabled


def test_a_column_of_the_file_before_is_not_shown_for_the_next(open_app: Open) -> None:
    app = upload(open_app(), files.german())
    assert app.selectbox(key="col_time").value == "Datum"
    upload(app, b"a,b\n" + b"x,y\n" * 30, "words.csv")
    shown = app.selectbox(key="col_time")
    assert shown.value is None
    assert shown.proto.set_value  # the browser is told


def test_all_value_columns_can_be_taken_away_to_choose_one(open_app: Open) -> None:
    rows = [f"2024-{1 + i // 28:02}-{1 + i % 28:02},{i % 7},{i % 5},{i % 3}" for i in range(112)]
    app = upload(open_app(), ("date,a,b,c\n" + "\n".join(rows) + "\n").encode())
    assert len(app.multiselect(key="col_target").value) == 3
    app.multiselect(key="col_target").set_value([]).run()
    assert app.multiselect(key="col_target").value == []
    assert "Choose at least one" in words(app)
    app.multiselect(key="col_target").set_value(["b"]).run()
    assert app.multiselect(key="col_target").value == ["b"]
    assert not app.info
    assert figure(app, "chart_series")["data"][0]["name"] == "b"


def test_a_setting_typed_is_kept_for_its_data_and_can_be_undone(open_app: Open) -> None:
    app = open_app()
    default = app.number_input(key=keyed(app, "set_window")).value
    app.number_input(key=keyed(app, "set_window")).set_value(default + 3).run()
    app.selectbox(key="sample").select("sine").run()
    app.selectbox(key="sample").select("co2").run()
    assert app.number_input(key=keyed(app, "set_window")).value == default + 3
    app.button(key=keyed(app, "reset")).click().run()
    assert app.number_input(key=keyed(app, "set_window")).value == default


def test_another_page_and_back_loses_nothing(open_app: Open) -> None:
    app = upload(open_app(), files.german())
    app.number_input(key=keyed(app, "set_horizon")).set_value(9).run()
    app.switch_page("pages/learn/sine_wave/page.py").run()
    app.switch_page("pages/forecast/page.py").run()
    assert not app.exception
    assert app.number_input(key=keyed(app, "set_horizon")).value == 9
    assert app.selectbox(key="col_time").value == "Datum"


def test_only_what_the_package_accepts_is_offered(open_app: Open) -> None:
    from forecasting import config

    app = open_app()
    assert len(app.selectbox(key=keyed(app, "set_method")).options) == len(config.METHODS)
    assert len(app.selectbox(key=keyed(app, "set_cell")).options) == len(config.CELLS)
    assert len(app.selectbox(key=keyed(app, "set_schedule")).options) == len(config.SCHEDULES)


def test_settings_without_an_interval_level_are_refused_in_place(open_app: Open) -> None:
    app = open_app()
    app.multiselect(key=keyed(app, "set_levels")).set_value([]).run()
    assert len(app.error) == 1
    assert app.button(key=keyed(app, "train")).disabled


def test_an_address_that_opens_no_workspace_says_so_and_offers_a_new_one(open_app: Open) -> None:
    mine = address(open_app())["workspace"]
    for wrong in ("A" * 22, mine[:-1], mine[:-1] + ("A" if mine[-1] != "A" else "B"), "x", "é" * 500):
        app = open_app(workspace=wrong)
        assert "opens no workspace" in words(app)
        assert address(app)["workspace"] == wrong  # nothing was opened in its place
        assert not app.get("plotly_chart")
        app.button(key="fresh_workspace").click().run()
        assert address(app)["workspace"] not in (wrong, mine)
        assert app.get("plotly_chart")


def test_another_workspace_does_not_open_this_ones_data(open_app: Open) -> None:
    mine = address(upload(open_app(), files.german()))
    other = open_app(dataset=mine["dataset"])
    assert address(other)["workspace"] != mine["workspace"]
    assert address(other)["dataset"] != mine["dataset"]


def test_training_waits_in_the_queue_and_can_be_cancelled(open_app: Open) -> None:
    app = open_app()
    app.button(key=keyed(app, "train")).click().run()
    run = address(app)["run"]
    assert app.button(key="cancel")
    assert app.button(key=keyed(app, "train")).disabled
    again = open_app(**address(app))  # a reload finds the run
    assert address(again)["run"] == run
    again.button(key="cancel").click().run()
    assert "cancelled" in again.info[0].value
    assert not again.button(key=keyed(again, "train")).disabled


def test_several_series_are_shown_one_at_a_time(open_app: Open) -> None:
    rows = [
        f"{city},2024-{1 + i // 28:02}-{1 + i % 28:02},{i % 7 + shift}"
        for shift, city in ((0, "a"), (50, "<b>"))
        for i in range(112)
    ]
    app = upload(open_app(), ("city,date,sales\n" + "\n".join(rows) + "\n").encode())
    assert app.selectbox(key="col_series").value == "city"
    first = values(figure(app, "chart_series")["data"][0])
    app.selectbox(key="series_shown").select("<b>").run()
    np.testing.assert_allclose(values(figure(app, "chart_series")["data"][0]) - 50, first)
    assert figure(app, "chart_series")["data"][0]["name"] == "&lt;b&gt;"


def test_the_settings_offered_have_the_longest_window_that_fits(open_app: Open) -> None:
    from forecasting import load_sample
    from forecasting.config import ForecastConfig
    from forecasting.errors import TooShortError
    from forecasting.forecaster import check_length
    from pages.shared.settings.fitting_settings import fitting_settings

    panel = load_sample("nile")
    config = ForecastConfig(horizon=5, window=500)
    fitting = fitting_settings(panel, config)
    assert fitting is not None
    check_length(panel, fitting, folds=fitting.folds)
    with pytest.raises(TooShortError):
        check_length(panel, fitting.replace(window=fitting.window + 1), folds=fitting.folds)
    assert (fitting.horizon, fitting.folds) == (5, config.folds)


def test_the_settings_that_train_would_use_are_shown_beside_it(open_app: Open) -> None:
    app = upload(open_app(), files.german())
    app.number_input(key=keyed(app, "set_horizon")).set_value(9).run()
    app.number_input(key=keyed(app, "set_window")).set_value(21).run()
    assert "horizon 9, window 21" in words(app)


def test_what_is_known_ahead_is_offered_and_used_with_one_click(open_app: Open) -> None:
    from tests.browser import newcomer_files

    app = upload(open_app(), newcomer_files.promotions(), "promotions.csv")
    said = words(app)
    assert "**price**, **promo** are known 28 days ahead" in said
    declined = open_app(**address(app))
    declined.button(key="offer_decline").click().run()
    assert "known 28 days ahead" not in words(declined)
    assert "known 28 days ahead" not in words(open_app(**address(declined)))  # nor after a reload
    app.button(key="offer_use").click().run()
    assert app.multiselect(key=keyed(app, "set_covariates")).value == ["price", "promo"]
    assert "known 28 days ahead" not in words(app)
