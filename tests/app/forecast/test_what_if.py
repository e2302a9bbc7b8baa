"""The tab What if of a done run: scenarios, adjustments, and where they go."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from forecasting import export
from forecasting.runs import Store, Workspace
from forecasting.scenarios import Adjustment, Change, Plan, Scenario
from pages.shared.results import export_report
from pages.shared.results.shown import Shown
from pages.shared.results.what_if_kept import adjusted_forecast, scenario_sheet
from pages.shared.results.what_if_tables import parsed
from tests.app.conftest import alt, figure, keyed, opener, store_in, train_small, values, words

pytestmark = [pytest.mark.slow, pytest.mark.together]  # they share a training

SETTINGS = {"horizon": 4, "window": 14, "hidden_size": 4, "epochs": 2, "folds": 2}
LIFT = 40.0  # what a promotion adds


def shop(days: int = 220, ahead: int = 8) -> bytes:
    """Daily sales: 100, a week, a price and a promotion that are known ahead, and a temperature that does nothing."""
    generator = np.random.default_rng(3)
    start = datetime.date(2024, 1, 1)
    rows = ["date,sales,<b>price</b>,promo,temperature"]
    for i in range(days + ahead):
        price, promo = round(10 + 2 * generator.random(), 1), int(generator.random() < 0.2)
        sales = 300 + 20 * (i % 7 == 5) - 10 * price + LIFT * promo + 3 * generator.standard_normal()
        sold = f"{sales:.1f}" if i < days else ""
        warm = f"{20 + 4 * generator.standard_normal():.1f}"
        rows.append(f"{start + datetime.timedelta(i)},{sold},{price},{promo},{warm}")
    return ("\n".join(rows) + "\n").encode()


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The address of a small run on that file, done."""
    with store_in(folder := tmp_path_factory.mktemp("store")):
        app = opener()()
        app.segmented_control(key="source").set_value("upload").run()
        app.file_uploader(key="upload").set_value(("shop.csv", shop(), "text/csv")).run()
        app.multiselect(key="col_target").set_value(["sales"]).run()
        app.session_state["how_read"] = True
        app.run()
        app.multiselect(key="col_covariates").set_value(["<b>price</b>", "promo", "temperature"]).run()
        app.selectbox(key=keyed(app, "set_method")).set_value("recurrent")
        yield train_small(app, folder, SETTINGS)


@pytest.fixture
def app(trained: dict[str, str]) -> AppTest:
    """The tab of that run, as by a bookmark, with nothing kept."""
    Store().put_what_if(Workspace(trained["workspace"]), trained["run"], {})
    return shown(trained)


def shown(trained: dict[str, str]) -> AppTest:
    app = opener()(**trained)
    app.session_state["tabs"] = "What if"
    app.run()
    assert not app.exception, [e.message for e in app.exception]
    return app


def apply(app: AppTest, column: str, kind: str, value: float) -> None:
    app.selectbox(key="what_if_column").set_value(column)
    app.selectbox(key="what_if_kind").set_value(kind)
    app.number_input(key="what_if_value").set_value(value).run()
    app.button(key="what_if_apply").click().run()
    assert not app.exception, [e.message for e in app.exception]


def compared(app: AppTest) -> pd.DataFrame:
    (found,) = (one.value for one in app.dataframe if "Scenario" in one.value.columns)
    return found


def number(text: str) -> float:
    return float(text.split()[0].replace(",", ""))


def test_a_promotion_at_each_step_adds_what_it_did(app: AppTest) -> None:
    assert "from the file" in words(app)
    app.button(key="what_if_add").click().run()
    apply(app, "promo", "set", 1.0)
    row = compared(app).iloc[1]
    planned = pd.read_csv(io.BytesIO(shop()))["promo"].to_numpy()[220:224]
    true = LIFT * (1 - planned).sum()
    low, high = (float(one) for one in row["80 % interval of it"].split(" to "))
    assert (row["Scenario"], row["Borne out?"]) == ("Scenario 1", "Yes")
    assert low <= number(row["Difference to the base"]) <= high
    assert number(row["Difference to the base"]) == pytest.approx(true, rel=0.1)
    names = [trace.get("name") for trace in figure(app, "chart_what_if")["data"]]
    assert names[-1] == "Scenario 1"
    assert "1 scenarios" in alt(app, "chart_what_if")


def test_what_does_nothing_is_not_borne_out_and_draws_no_line(app: AppTest) -> None:
    app.button(key="what_if_add").click().run()
    apply(app, "temperature", "add", 2.0)
    apply(app, "<b>price</b>", "percent", -90.0)
    row = compared(app).iloc[1]
    assert (row["Difference to the base"], row["Borne out?"]) == ("—", "No")
    said = words(app).replace("\\", "")
    assert "Scenario 1** is not borne out by the data" in said
    assert "<b>price</b> of" in said  # letter by letter, as its markup is made harmless
    assert len(figure(app, "chart_what_if")["data"]) == 4  # truth, band and forecast


def test_scenarios_are_copied_named_and_deleted_and_a_wrong_name_is_refused(app: AppTest) -> None:
    app.button(key="what_if_add").click().run()
    apply(app, "promo", "set", 1.0)
    app.button(key="what_if_copy").click().run()
    app.text_input(key="what_if_name_1").set_value("Scenario 1")
    app.button(key="what_if_rename_now").click().run()
    assert "already" in app.error[0].value
    app.text_input(key="what_if_name_1").set_value("Summer sale")
    app.button(key="what_if_rename_now").click().run()
    assert compared(app)["Scenario"].tolist() == ["Base", "Scenario 1", "Summer sale"]
    app.button(key="what_if_delete").click().run()
    assert compared(app)["Scenario"].tolist() == ["Base", "Scenario 1"]


def test_a_scenario_is_kept_and_shown_behind_a_link_where_nothing_can_be_changed(
    app: AppTest, trained: dict[str, str]
) -> None:
    app.button(key="what_if_add").click().run()
    apply(app, "promo", "set", 1.0)
    before = compared(app)
    pd.testing.assert_frame_equal(compared(shown(trained)), before)
    link = Store().share(Workspace(trained["workspace"]), trained["run"])
    behind = opener()(link=link)
    behind.session_state["tabs"] = "What if"
    behind.run()
    assert not behind.exception
    pd.testing.assert_frame_equal(compared(behind), before)
    assert not [one for one in behind.button if str(one.key).startswith("what_if")]


def test_adjustments_stand_in_chart_report_and_workbook(trained: dict[str, str]) -> None:
    workspace, run = Workspace(trained["workspace"]), trained["run"]
    plan = Plan((Scenario("Sale", (Change("promo", "set", 1, 1, 4),)),), (Adjustment("sales", 2, 999.0, "=fair"),))
    Store().put_what_if(workspace, run, plan.to_dict())
    app = shown(trained)
    assert values(figure(app, "chart_what_if")["data"][-1])[1] == 999
    assert compared(app)["Scenario"].tolist() == ["Base", "Sale", "Adjusted"]
    app.session_state["tabs"] = "Export"
    app.run()
    assert not app.exception
    assert "11 sheets" in words(app)
    of_run = Shown(workspace, Store().run(workspace, run), "sales")
    csv = export.forecast_csv(adjusted_forecast(of_run), of_run.notation, export.CsvForm.of(of_run.notation)).decode()
    assert "sales adjusted,sales note" in csv
    assert ",999.0,'=fair" in csv
    sheet = scenario_sheet(of_run, plan)
    assert sheet is not None
    assert sheet["scenario"].tolist() == ["base"] * 4 + ["Sale"] * 4
    assert sheet.groupby("scenario")["forecast"].sum()["Sale"] == pytest.approx(sheet["total"].iloc[4])
    page = export_report.made(of_run, live=False).decode()
    assert "<h2>What if</h2>" in page
    assert "=fair" in page


def test_bad_cells_are_named_by_where_they_stand() -> None:
    edits = {0: {"0": "abc", "1": "2,5"}, 3: {"0": None}}
    assert parsed(edits, ["0", "1"], ",") == ([(0, "1", 2.5)], [(0, "0", "abc"), (3, "0", "")])
    (cell,), bad = parsed({1: {"value": " "}}, ["value"], ".", empty=True)
    assert (cell[:2], np.isnan(cell[2]), bad) == ((1, "value"), True, [])
