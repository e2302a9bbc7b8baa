"""The workbook of a run, read back by another library."""

from __future__ import annotations

import datetime
import io
from typing import Any

import pandas as pd
import pytest
import python_calamine

from forecasting import export
from forecasting.config import ForecastConfig
from forecasting.errors import DataError
from forecasting.intake import ReadingChoices, read
from forecasting.messages import Message, catalogue
from tests.charts import synthetic

SCORES: dict[str, Any] = {
    "methods": {"forecast": {"mae": 1.5, "skill": 0.25}, "naive": {"mae": 2.0, "skill": 0.0}},
    "by_step": {"forecast": [1.0, 2.0], "naive": [1.5, 2.5]},
    "coverage": {"80": 0.81, "95": 0.9},
    "weights": {},
}
FILE = b"date,v\n2024-01-01,1\n2024-01-02,2\n2024-01-02,4\n2024-01-04,5\n2024-01-05,6\n2024-01-06,7\n2024-01-07,8\n"


def opened(data: bytes) -> dict[str, list[list[Any]]]:
    book = python_calamine.load_workbook(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def of_run(**more: Any) -> dict[str, pd.DataFrame]:
    _, _, report = read(FILE, "=cmd.csv", ReadingChoices(duplicates="mean"))
    config = ForecastConfig(horizon=5).to_dict()
    about = {"run": "a1", "data": "=cmd.csv"}
    return export.run_sheets(
        synthetic.forecast(), synthetic.backtest(), SCORES, config, report.to_dict(), about, **more
    )


def test_a_run_has_a_sheet_for_each_of_its_parts() -> None:
    sheets = opened(export.workbook(of_run()))
    names = [
        "forecast",
        "scores",
        "errors by step",
        "intervals",
        "backtest",
        "contributions",
        "settings",
        "repairs",
        "about",
    ]
    assert list(sheets) == names
    assert sheets["forecast"][1][:3] == ["y", datetime.date(2024, 7, 19), 12.0]
    assert sheets["scores"] == [["method", "mae", "skill"], ["forecast", 1.5, 0.25], ["naive", 2.0, 0.0]]
    assert sheets["errors by step"][2] == [2.0, 2.0, 2.5]
    assert sheets["intervals"] == [["level", "coverage"], [80.0, 0.81], [95.0, 0.9]]
    assert len(sheets["backtest"]) == 1 + len(synthetic.backtest())


def test_anomalies_are_a_sheet_whose_missing_times_are_empty_cells() -> None:
    stamp = pd.Timestamp("2024-07-01")
    table = pd.DataFrame({"unique_id": "=y", "ds": [stamp, stamp], "y": [1.0, 2.0], "after": [pd.NaT, stamp]})
    sheet = opened(export.workbook(of_run(anomalies=table)))["anomalies"]
    assert sheet[1:] == [["=y", stamp.date(), 1.0, ""], ["=y", stamp.date(), 2.0, stamp.date()]]
    assert export.forecast_csv(table).decode().splitlines()[1:] == [
        "'=y,2024-07-01,1.0,",
        "'=y,2024-07-01,2.0,2024-07-01",
    ]
    steps = table.assign(ds=[1, 2], after=pd.Series([None, 1], dtype="Int64"))
    assert export.forecast_csv(steps).decode().splitlines()[1:] == ["'=y,1,1.0,", "'=y,2,2.0,1"]
    assert opened(export.workbook({"anomalies": steps}))["anomalies"][1:] == [
        ["=y", 1.0, 1.0, ""],
        ["=y", 2.0, 2.0, 1.0],
    ]


def test_contributions_of_each_step_sum_to_its_forecast() -> None:
    parts = [
        {"kind": "season", "name": "7", "values": [2.0, -1.0]},
        {"kind": "covariate", "name": "=cmd", "values": [0.5, 0.0]},
    ]
    series = {"a": {"base": 10.0, "forecast": [12.5, 9.0], "parts": parts}}
    sheet = opened(export.workbook(of_run(explained={"contributions": {"series": series}})))["contributions"]
    table = pd.DataFrame(sheet[1:], columns=sheet[0])
    assert table.groupby("step")["value"].sum().tolist() == [12.5, 9.0]
    assert table["name"].tolist() == ["", "", "7", "7", "=cmd", "=cmd"]  # text, never a formula


def test_settings_are_numbers_where_they_are_numbers() -> None:
    settings = dict(opened(export.workbook(of_run()))["settings"][1:])
    assert settings["horizon"] == 5.0
    assert settings["method"] == "recurrent"
    assert settings["levels"] == "[50, 80, 95]"
    assert settings["covariates"] == ""


def test_repairs_are_listed_with_their_lines_after_the_notes() -> None:
    table = of_run()["repairs"]
    steps = table[table["unique_id"].notna()].set_index("kind")
    assert steps.loc["filled", "ds"] == pd.Timestamp("2024-01-03")
    assert steps.loc["filled", "lines"] == "3-5"
    assert steps.loc["merged", ["y", "lines"]].tolist() == [3.0, "3, 4"]
    assert set(table.loc[table["note"].notna(), "kind"]) >= {"gaps", "duplicates"}


def test_notes_come_in_the_language_asked_for() -> None:
    chinese = catalogue("zh")

    def translate(text: str) -> str:
        return chinese.text(text.key, text.values) if isinstance(text, Message) else text

    notes = " ".join(of_run(translate=translate)["repairs"]["note"].dropna())
    assert any("\u4e00" <= letter <= "\u9fff" for letter in notes)


def test_no_cell_is_a_formula() -> None:
    frame = pd.DataFrame({"=1+1": ["=1+1", "@SUM(A1)", '=HYPERLINK("x")'], "n": [1, "=2", None]})
    cells = opened(export.workbook({"a": frame}))["a"]
    assert cells[0][0] == "=1+1"  # a formula would be read as its result
    assert [row[0] for row in cells[1:]] == ["=1+1", "@SUM(A1)", '=HYPERLINK("x")']
    assert [row[1] for row in cells[1:]] == [1.0, "=2", ""]


def test_a_sheet_that_is_too_long_holds_the_first_rows_and_says_so() -> None:
    frame = pd.DataFrame({"n": range(10)})
    cells = opened(export.workbook({"a": frame}, most=5, cut=lambda held, rows: f"{held} of {rows}"))["a"]
    assert [row[0] for row in cells] == ["n", 0.0, 1.0, 2.0, 3.0, "4 of 10"]
    whole = opened(export.workbook({"a": frame}, most=10, cut=lambda held, rows: "never"))["a"]
    assert [row[0] for row in whole[1:]] == list(range(10))
    with pytest.raises(DataError, match="10"):
        export.workbook({"a": frame}, most=5)


def test_parquet_gives_back_the_backtest() -> None:
    backtest = synthetic.backtest()
    back = pd.read_parquet(io.BytesIO(export.table_file(backtest, "parquet", "backtest")))
    pd.testing.assert_frame_equal(back, backtest, check_dtype=False, check_exact=True)
