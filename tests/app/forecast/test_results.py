"""The Forecast page after a training: what it shows against what the store holds."""

from __future__ import annotations

import hashlib
import html
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from forecasting import export
from forecasting.errors import ExportError
from forecasting.evaluation.backtests.backtest import Backtest
from forecasting.messages import Message
from forecasting.panel import Panel
from forecasting.runs import Store, Workspace
from tests.app import files
from tests.app.conftest import address, alt, figure, keyed, opener, store_in, train_small, values, words

pytestmark = [pytest.mark.slow, pytest.mark.together]  # they share a training

SETTINGS = {"horizon": 4, "window": 14, "hidden_size": 4, "epochs": 2, "folds": 2}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The address of a small run on an uploaded file, done."""
    folder = tmp_path_factory.mktemp("store")
    with store_in(folder):
        app = opener()()
        app.segmented_control(key="source").set_value("upload").run()
        app.file_uploader(key="upload").set_value(("sales.csv", files.german(), "text/csv")).run()
        app.selectbox(key=keyed(app, "set_method")).set_value("recurrent")
        yield train_small(app, folder, SETTINGS)


@pytest.fixture
def app(trained: dict[str, str]) -> AppTest:
    """The page opened at that run, as by a bookmark."""
    return opener()(**trained)


@pytest.fixture
def backtest(trained: dict[str, str]) -> Backtest:
    return Backtest.from_bytes(Store().artifact(Workspace(trained["workspace"]), trained["run"], "backtest"))


def tab(app: AppTest, name: str) -> AppTest:
    app.session_state["tabs"] = name
    app.run()
    assert not app.exception, [e.message for e in app.exception]
    return app


def table(app: AppTest, heading: str) -> pd.DataFrame:
    """The table with such a heading."""
    (found,) = (one.value for one in app.dataframe if any(heading in str(name) for name in one.value.columns))
    return found


def details(app: AppTest) -> Any:
    """The block that Details opens."""
    (found,) = (one for one in app.get("popover") if one.proto.popover.label == "Details")
    return found


def scores_shown(app: AppTest) -> list[tuple[str, str]]:
    """(Name, value) of each score in Details; a sentence stands below each."""
    lines = [one.value.replace("\\", "") for one in details(app).markdown if one.value.startswith("**")]
    found = [re.fullmatch(r"\*\*(.+)\*\* +(.+?) *\n:gray\[(.+)\]", line) for line in lines]
    assert all(one and one[3].endswith(".") for one in found)
    return [(one[1], one[2]) for one in found if one]


def test_the_settings_of_the_run_are_in_the_widgets(app: AppTest) -> None:
    for name, value in SETTINGS.items():
        assert app.number_input(key=keyed(app, f"set_{name}")).value == value
    assert "results below" in words(app)


def test_the_verdict_is_shown_in_the_colour_of_its_grade(app: AppTest, backtest: Backtest) -> None:
    shown = {"better": app.success, "same": app.info, "worse": app.warning}[backtest.verdict.grade]
    assert shown[0].value.replace("\\", "") == backtest.verdict.text


def test_every_score_stands_behind_details_with_a_sentence(app: AppTest, backtest: Backtest) -> None:
    scores, own = backtest.scores, backtest.scores["methods"]["forecast"]
    found = dict(scores_shown(app))
    names = ["MAE", "RMSE", "MASE", "sMAPE", "Skill", "Coverage 50 %", "Coverage 80 %", "Coverage 95 %"]
    assert list(found) == [*names, "Trainings", "Origins"]
    for name, key in (("MAE", "mae"), ("RMSE", "rmse"), ("MASE", "mase"), ("sMAPE", "smape")):
        assert float(found[name].split()[0]) == pytest.approx(own[key], rel=0.01)
    assert float(found["Skill"].split()[0]) == pytest.approx(backtest.verdict.values["skill"], abs=0.51)
    assert float(found["Coverage 80 %"].split()[0]) == pytest.approx(100 * scores["coverage"]["80"], abs=0.51)
    assert (int(found["Trainings"]), int(found["Origins"])) == (scores["trainings"], scores["origins"])


def test_no_word_of_statisticians_stands_outside_of_details(app: AppTest) -> None:
    texts = [one.value for kind in ("markdown", "caption", "success", "info", "warning") for one in app.main.get(kind)]
    texts += [one.label for one in app.metric]
    hidden = [one.value for one in details(app).markdown] + [one.value for one in details(app).caption]
    told = [text for text in texts if text not in hidden]
    assert len(told) < len(texts)
    assert [
        text for text in told for word in ("mase", "skill", "origin", "anchor", "fold") if word in text.lower()
    ] == []


def test_beside_the_verdict_stands_what_the_forecast_adds_up_to(app: AppTest, trained: dict[str, str]) -> None:
    store, mine = Store(), Workspace(trained["workspace"])
    ahead = pd.read_parquet(io.BytesIO(store.artifact(mine, trained["run"], "forecast")))["forecast"].sum()
    (found,) = app.metric
    assert found.label == "Total, next 4 days"
    assert float(found.value.replace(",", "")) == pytest.approx(ahead, abs=0.51)
    before = store.panel(mine, trained["dataset"]).frame["y"].tail(4).sum()
    assert float(found.delta.split()[0]) == pytest.approx(100 * (ahead / before - 1), abs=0.051)


def test_the_forecast_is_the_first_tab_and_the_series_a_strip(app: AppTest) -> None:
    assert [one.label for one in app.tabs][:3] == ["Forecast", "True vs predicted", "Errors"]
    assert figure(app, "chart_forecast")
    strip = figure(app, "chart_series")["layout"]
    assert strip["height"] < 100
    assert "rangeslider" not in strip["xaxis"]


def test_true_vs_predicted_opens_in_the_middle_and_says_why_one_step_flatters(app: AppTest) -> None:
    tab(app, "True vs predicted")
    assert app.slider(key="step").value == 2
    assert "One step ahead nearly every forecast looks this good" in words(app)
    app.slider(key="step").set_value(1).run()
    assert "One step ahead flatters" in words(app)


@pytest.mark.parametrize("step", [1, 4])
def test_true_vs_predicted_is_the_backtest_at_that_step(app: AppTest, backtest: Backtest, step: int) -> None:
    tab(app, "True vs predicted")
    app.slider(key="step").set_value(step).run()
    traces = {trace["name"]: trace for trace in figure(app, "chart_predicted")["data"]}
    rows = backtest[backtest["step"] == step].sort_values("ds")
    np.testing.assert_allclose(values(traces["Predicted"]), rows["forecast"])
    np.testing.assert_allclose(values(traces["Naive"]), rows["naive"])
    truth = dict(zip([x[:10] for x in values(traces["True"], "x")], values(traces["True"]), strict=True))
    for row in rows.itertuples():
        assert truth[row.ds.strftime("%Y-%m-%d")] == row.y
    assert "Umsatz" in alt(app, "chart_predicted")


def test_forecast_fans_out_beyond_the_data(app: AppTest) -> None:
    tab(app, "Forecast")
    traces = [trace for trace in figure(app, "chart_forecast")["data"] if trace["name"] == "Forecast"]
    assert values(traces[0], "x")[-1].startswith("2023-07-23")  # four days after the last of 200
    assert len(table(app, "95 %")) == 4


@pytest.mark.parametrize(
    ("name", "charts"),
    [
        ("Errors", ["chart_by_step", "chart_residuals", "chart_by_calendar", "chart_residual_autocorrelation"]),
        ("Training", ["chart_loss", "chart_rate"]),
        ("Explain", ["chart_waterfall", "chart_stacked", "chart_usual", "chart_explain_parts", "chart_lags"]),
        ("Compare", ["chart_compare", "chart_apart"]),
    ],
)
def test_each_tab_draws_its_charts_and_no_other(app: AppTest, name: str, charts: list[str]) -> None:
    tab(app, name)
    for key in charts:
        assert len(figure(app, key)["data"]) >= 1
        assert alt(app, key)
    assert len(app.get("plotly_chart")) == 1 + len(charts)  # the series above, and these


def test_errors_by_horizon_are_those_of_the_backtest(app: AppTest, backtest: Backtest) -> None:
    tab(app, "Errors")
    traces = {trace["name"]: values(trace) for trace in figure(app, "chart_by_step")["data"]}
    for step in range(1, 5):
        rows = backtest[backtest["step"] == step]
        assert traces["Predicted"][step - 1] == pytest.approx((rows["y"] - rows["forecast"]).abs().mean())
        assert traces["Naive"][step - 1] == pytest.approx((rows["y"] - rows["naive"]).abs().mean())


def test_settings_used_are_those_of_the_run(app: AppTest) -> None:
    tab(app, "Training")
    shown = table(app, "Setting")
    used = dict(zip(shown.iloc[:, 0], shown.iloc[:, 1], strict=True))
    assert used["Horizon"] == "4"
    assert used["Cell"] == "LSTM"


def test_export_offers_the_run_in_every_format(app: AppTest) -> None:
    tab(app, "Export")
    tables = ["forecast CSV", "backtest CSV", "report (HTML)", "workbook", "settings", "Python script", "notebook"]
    labels = [button.label for button in app.get("download_button")]
    names = ["report", *tables, "weights (safetensors)"]  # the first is of what was read
    assert labels == [f"Download {name}" for name in names]
    app.segmented_control(key="export_format").set_value("parquet").run()
    labels = [button.label for button in app.get("download_button")]
    assert labels[1:3] == ["Download forecast PARQUET", "Download backtest PARQUET"]
    app.segmented_control(key="export_format").set_value("csv").run()


@pytest.mark.parametrize(
    ("name", "lines"),
    [("forecast", 5), ("predicted", 5), ("steps", 3), ("residuals", 1), ("methods", 1)],
)
def test_every_chart_is_offered_as_a_picture_with_its_title_and_the_name_of_its_file(
    app: AppTest, name: str, lines: int
) -> None:
    tab(app, "Export")
    app.selectbox(key="picture_chart").set_value(name).run()
    app.segmented_control(key="picture_format").set_value("svg").run()
    assert not app.exception
    drawn = figure(app, "picture")
    assert len(drawn["data"]) >= lines
    assert drawn["layout"]["title"]["text"].endswith("· Umsatz")
    (element,) = (one for one in app.get("plotly_chart") if "picture" in one.proto.id)
    options = json.loads(element.proto.config)["toImageButtonOptions"]
    assert options == {"format": "svg", "filename": f"sales-{name}", "width": 1200, "height": 600, "scale": 2}
    app.segmented_control(key="picture_format").set_value("html").run()
    assert "Download chart (HTML)" in [button.label for button in app.get("download_button")]


def test_weights_are_made_and_measured_when_asked_for_and_remembered(
    app: AppTest, trained: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def made(model: bytes, panel: Panel, about: dict[str, str]) -> export.Weights:
        asked.append((len(model), panel.series_ids, about))
        measured = {"size": 2000, "milliseconds": 1.5, "mae": 10.0}
        every = {"safetensors": measured, "float32": measured, "int8": measured | {"mae": 11.0}}
        return export.Weights(dict.fromkeys(every, b"file"), every)

    monkeypatch.setattr(export, "weights", made)
    tab(app, "Export")
    assert asked == []
    app.button(key="weights_measure").click().run()
    assert not app.exception
    shown = table(app, "MAE")
    assert shown["File"].tolist() == ["safetensors", "ONNX float32", "ONNX int8"]
    assert shown["Error change (%)"].tolist() == [0, 0, 10]
    assert "10 % larger" in words(app)
    labels = [button.label for button in app.get("download_button")][-3:]
    assert labels == [f"Download weights ({name})" for name in ("safetensors", "ONNX float32", "ONNX int8")]
    tab(opener()(**address(app)), "Export")
    assert [(names, about) for _, names, about in asked] == [(["Umsatz"], {"run": trained["run"]})]


def test_why_there_are_no_onnx_files_is_said_in_a_sentence(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> export.Weights:
        raise ExportError(Message("onnx.totals"))

    monkeypatch.setattr(export, "weights", refused)
    st.cache_resource.clear()
    tab(app, "Export")
    app.button(key="weights_measure").click().run()
    assert "cannot be exported as ONNX: it has totals" in words(app)
    assert "Download weights (safetensors)" in [button.label for button in app.get("download_button")]


def test_export_is_as_the_file_until_something_else_is_chosen(app: AppTest) -> None:
    tab(app, "Export")
    chosen = {name: app.selectbox(key=f"export_{name}").value for name in ("separator", "decimal", "columns", "dates")}
    assert chosen == {"separator": ";", "decimal": ",", "columns": "file", "dates": "file"}
    assert app.toggle(key="export_mark").value is True
    app.selectbox(key="export_separator").set_value("\t").run()
    app.selectbox(key="export_columns").set_value("program").run()
    app.toggle(key="export_mark").set_value(False).run()
    tab(app, "Forecast")  # the download there is written in the same way, and coming back finds it as it was left
    tab(app, "Export")
    again = opener()(**address(app))  # a reload
    tab(again, "Export")
    for shown in (app, again):
        assert shown.selectbox(key="export_separator").value == "\t"
        assert shown.selectbox(key="export_columns").value == "program"
        assert shown.toggle(key="export_mark").value is False
    again.selectbox(key="export_separator").set_value(";").run()  # the other tests have the same store
    again.selectbox(key="export_columns").set_value("file").run()
    again.toggle(key="export_mark").set_value(True).run()


def test_the_table_of_the_forecast_has_the_names_and_dates_of_the_file(app: AppTest) -> None:
    shown = table(app, "80 % low")
    assert list(shown.columns)[:2] == ["Datum", "Umsatz"]
    assert shown["Datum"].tolist()[0] == "20.07.2023"
    start = next(
        element.value for element in app.markdown if "01.01.2023 to 19.07.2023" in element.value.replace("\\", "")
    )
    assert "sales" in start


def test_without_covariates_what_if_says_what_it_needs_and_offers_adjustments(app: AppTest) -> None:
    tab(app, "What if")
    assert "Scenarios need a covariate" in app.info[-1].value
    assert "Adjustments by hand" in words(app)
    assert len(figure(app, "chart_what_if")["data"]) == 4  # truth, band and forecast


def test_each_download_says_how_large_it_is(app: AppTest, backtest: Backtest) -> None:
    tab(app, "Export")
    written = words(app)
    assert "4 rows \u00d7 9 columns" in written
    assert f"{len(backtest):,} rows \u00d7 {len(backtest.columns)} columns" in written
    assert f"10 sheets, {4 + len(backtest):,} rows" in written
    assert "JSON" in written


def test_the_report_says_what_the_page_says_in_its_language(trained: dict[str, str], backtest: Backtest) -> None:
    from pages.shared import i18n
    from pages.shared.results import export_report
    from pages.shared.results.shown import Shown

    workspace = Workspace(trained["workspace"])
    run = Store().run(workspace, trained["run"])
    shown = Shown(workspace, run, "Umsatz")
    page = export_report.made(shown, live=False).decode()
    assert page == export_report.made(shown, live=False).decode()
    assert html.escape(backtest.verdict.text.split(".")[0]) in page
    for part in ("sales.csv", run.id, Store().panel(workspace, run.dataset_id or "").id, "1 gap filled", "torch"):
        assert part in page
    assert hashlib.sha256(files.german()).hexdigest() in page
    first = Store().artifact(workspace, run.id, "forecast")
    assert f"{pd.read_parquet(io.BytesIO(first))['forecast'].iloc[0]:.2f}" in page
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(i18n, "language", lambda: "zh")
        later = i18n.later(lambda: export_report.made(shown, live=False))
    chinese = later().decode()  # in a thread without the session that asked
    assert '<html lang="zh">' in chinese
    assert "\u8bfb\u53d6" in chinese


def test_a_link_offers_files_where_its_owner_allows_it(trained: dict[str, str]) -> None:
    from pages.shared.results import export_report
    from pages.shared.results.shown import Shown

    owner, store = Workspace(trained["workspace"]), Store()
    allowed, closed = (store.share(owner, trained["run"], exports=exports) for exports in (True, False))
    here = tab(opener()(link=allowed), "Export")
    labels = [button.label for button in here.get("download_button")]
    files_of_run = ("forecast CSV", "backtest CSV", "report (HTML)", "workbook", "settings")
    assert labels == ["Download report", *(f"Download {name}" for name in files_of_run)]
    page = export_report.made(Shown(allowed, store.shared_run(allowed), "Umsatz"), live=False).decode()
    assert "1 gap filled" in page
    assert hashlib.sha256(files.german()).hexdigest() not in page
    there = opener()(link=closed)
    assert not there.get("download_button")
    assert any("1 step had no value" in one.value for one in there.markdown)  # what was read is said
    assert any(f"Made by run {trained['run']}" in caption.value for caption in there.caption)
    assert "Export" not in [one.label for one in there.tabs]
    store.end_shares(owner, trained["run"])


def test_the_time_shown_is_the_one_waited_for(app: AppTest, trained: dict[str, str]) -> None:
    from pages.shared.formats import duration

    run = Store().run(Workspace(trained["workspace"]), trained["run"])
    assert run.started is not None
    assert run.finished is not None
    tab(app, "Training")
    facts = {metric.label: metric.value for metric in app.metric}
    assert facts["Time from start to finish"] == duration(run.finished - run.started)
    assert "Season lengths tried" in facts


def test_an_end_before_that_of_the_data_is_explained(app: AppTest) -> None:
    tab(app, "True vs predicted")
    app.slider(key="step").set_value(1).run()
    assert "ends 3 steps before the data:" in words(app)
    app.slider(key="step").set_value(4).run()
    assert "before the data:" not in words(app)


def test_a_changed_setting_says_that_the_results_are_of_another(app: AppTest) -> None:
    app.number_input(key=keyed(app, "set_window")).set_value(21).run()
    assert "Window 14" in words(app)
    assert app.metric  # and they stay


def test_the_same_question_again_is_answered_at_once(app: AppTest, trained: dict[str, str]) -> None:
    app.number_input(key=keyed(app, "set_window")).set_value(21).run()
    app.number_input(key=keyed(app, "set_window")).set_value(14).run()
    app.button(key=keyed(app, "train")).click().run()
    assert address(app)["run"] == trained["run"]
    assert app.metric


def test_a_run_of_another_workspace_is_not_shown(trained: dict[str, str]) -> None:
    app = opener()(run=trained["run"], dataset=trained["dataset"])
    assert not app.metric
    assert "run" not in address(app)


def test_other_data_hides_the_results_and_coming_back_shows_them(app: AppTest) -> None:
    app.segmented_control(key="source").set_value("sample").run()
    assert not app.metric
    app.segmented_control(key="source").set_value("upload").run()
    assert app.metric


def test_too_short_a_series_says_what_is_needed_and_offers_what_fits(app: AppTest) -> None:
    app.number_input(key=keyed(app, "set_window")).set_value(500).run()
    assert "200 values" in app.warning[0].value.replace("\\", "")
    assert not app.button(key=keyed(app, "train")).disabled  # it forecasts without a network then
    assert "without a network" in words(app)
    app.button(key=keyed(app, "use_fitting")).click().run()
    assert not app.warning
    assert app.number_input(key=keyed(app, "set_window")).value < 200
    assert app.number_input(key=keyed(app, "set_horizon")).value == SETTINGS["horizon"]


def test_what_not_even_the_simplest_forecast_can_be_made_of_is_refused(app: AppTest) -> None:
    app.number_input(key=keyed(app, "set_horizon")).set_value(150).run()
    assert app.button(key=keyed(app, "train")).disabled
    assert "horizon of 150" in app.warning[0].value.replace("\\", "")
    app.button(key=keyed(app, "use_fitting")).click().run()
    assert not app.button(key=keyed(app, "train")).disabled


def test_a_damaged_store_is_reported(trained: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    from forecasting.errors import StoreError

    def broken(*_: object) -> bytes:
        raise StoreError("The stored result is damaged.")

    st.cache_resource.clear()
    monkeypatch.setattr(Store, "artifact", broken)
    app = opener()(**trained)
    assert "damaged" in app.error[0].value
    assert app.button(key=keyed(app, "train"))


def test_a_stored_run_is_read_from_the_store_once(trained: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    opener()(**trained)  # reads the artifacts
    read: list[str] = []
    original = Store.artifact

    def counted(self: Store, workspace: Workspace, run: str, name: str) -> bytes:
        read.append(name)
        return original(self, workspace, run, name)

    monkeypatch.setattr(Store, "artifact", counted)
    app = opener()(**trained)
    assert app.metric
    assert read == []
