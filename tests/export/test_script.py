"""A run as a script and as a notebook: started as a program, they make the same forecast, bit for bit."""

from __future__ import annotations

import ast
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from forecasting import export
from forecasting.config import ForecastConfig
from forecasting.intake import ReadingChoices, load_sample, packing, read
from forecasting.intake.choices import TABLE
from forecasting.notation import Notation
from forecasting.panel import Panel
from forecasting.runs.jobs import train
from forecasting.whole import rounded
from tests.app import files
from tests.conftest import ROOT

CONFIG = ForecastConfig(horizon=4, window=14, hidden_size=4, epochs=2, folds=1, levels=(80,), lookbacks=(7,))


def forecast_of(panel: Panel, config: ForecastConfig = CONFIG) -> pd.DataFrame:
    """The artifact of a run, as pages show it."""
    made = train(panel, config.to_dict(), "fit", lambda _: None)
    return rounded(pd.read_parquet(io.BytesIO(made["forecast"])), json.loads(made["training"]).get("whole"))


def started(folder: Path, code: bytes) -> str:
    (folder / "again.py").write_bytes(code)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "again.py"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def uploaded(raw: bytes, name: str, **choices: Any) -> tuple[export.Source, Panel, Notation]:
    reading = ReadingChoices(**choices)
    _, panel, report = read(raw, name, reading)
    source = export.Source(name, panel.id, export.uploaded(raw, name), reading.to_dict(), TABLE)
    return source, panel, Notation.of(report.to_dict())


@pytest.mark.slow
def test_a_script_makes_the_forecast_of_a_messy_file_again(tmp_path: Path) -> None:
    raw = files.german()
    source, panel, notation = uploaded(raw, "sales \u00fc'.csv", duplicates="mean", delimiter=";", target=["Umsatz"])
    forecast = forecast_of(panel)
    (tmp_path / "sales \u00fc'.csv").write_bytes(raw)
    assert "bit for bit" in started(tmp_path, export.script(source, CONFIG, forecast, "a" * 64, notation))
    back = pd.read_csv(tmp_path / "sales-\u00fc-forecast.csv", parse_dates=["ds"], float_precision="round_trip")
    pd.testing.assert_frame_equal(back, forecast, check_dtype=False, check_exact=True)


@pytest.mark.slow
def test_a_script_makes_the_forecast_of_several_files_again(tmp_path: Path) -> None:
    parts = [("north.csv", files.plain(days=90)), ("south.csv", files.plain(days=100))]
    source, panel, notation = uploaded(packing.pack(parts), "north.csv + 1")
    assert list(source.files) == ["north.csv", "south.csv"]
    for name, data in parts:
        (tmp_path / name).write_bytes(data)
    event = {"name": "Sale '\"x", "dates": [str(panel.times()[0][5])[:10]], "repeats": "monthly"}
    config = CONFIG.replace(events=[event], whole="on")
    forecast = forecast_of(panel, config)
    assert (forecast["forecast"] % 1 == 0).all()
    code = export.script(source, config, forecast, "a" * 64, notation, whole=True)
    assert "bit for bit" in started(tmp_path, code)


@pytest.mark.slow
def test_the_cells_of_a_notebook_make_the_forecast_of_a_sample_again(tmp_path: Path) -> None:
    panel = load_sample("sine")
    source = export.Source("sine", panel.id, sample="sine")
    forecast = forecast_of(panel)
    document = json.loads(export.notebook(source, CONFIG, forecast, "a" * 64))
    code = "\n\n".join("".join(cell["source"]) for cell in document["cells"] if cell["cell_type"] == "code")
    assert "bit for bit" in started(tmp_path, code.encode())
    back = pd.read_csv(tmp_path / "sine-forecast.csv", float_precision="round_trip")
    pd.testing.assert_frame_equal(back, forecast, check_dtype=False, check_exact=True)


def test_prices_are_read_from_the_file_that_is_offered_beside_the_script() -> None:
    frame = pd.DataFrame({"unique_id": ["AAPL"], "ds": [1], "forecast": [1.0]})
    code = export.script(export.Source("AAPL", "0" * 64, stored="AAPL-data.parquet"), CONFIG, frame, "a" * 64).decode()
    assert "Panel.from_bytes(Path('AAPL-data.parquet').read_bytes())" in code
    assert "fetched again" in code


def test_a_script_refuses_another_file(tmp_path: Path) -> None:
    source, panel, notation = uploaded(files.plain(), "a.csv")
    frame = pd.DataFrame({"unique_id": ["value"], "ds": panel.frame["ds"].iloc[:1], "forecast": [1.0]})
    code = export.script(source, CONFIG, frame, "a" * 64, notation)
    (tmp_path / "a.csv").write_bytes(files.plain() + b"\n")
    (tmp_path / "again.py").write_bytes(code)
    done = subprocess.run(
        [sys.executable, "again.py"], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "is not the file" in done.stderr


def test_only_choices_and_settings_that_were_made_are_spelled_out() -> None:
    source, panel, notation = uploaded(files.german(), "a.csv", encoding="utf-8", duplicates="sum")
    frame = pd.DataFrame({"unique_id": ["Umsatz"], "ds": panel.frame["ds"].iloc[:1], "forecast": [1.0]})
    code = export.script(source, ForecastConfig(horizon=3, covariates=()), frame, "a" * 64, notation).decode()
    assert "read_table(data, 'a.csv', encoding='utf-8')" in code
    assert "to_panel(table, duplicates='sum')" in code
    assert "ForecastConfig(horizon=3, covariates=())" in code
    first = re.search(r"^(from|import) (?!os\b)\w+", code, re.MULTILINE)
    assert first is not None
    assert code.index("OMP_NUM_THREADS") < first.start()


@pytest.mark.parametrize(
    "name", ["'''\"\"\"\\.csv", "a\nimport os\n.csv", "\ud800.csv", "x" * 10_000, "a + 1", "\u202e.csv"]
)
def test_no_name_of_a_file_becomes_code(name: str) -> None:
    frame = pd.DataFrame({"unique_id": ["y"], "ds": [1], "forecast": [1.0]})
    reading = {"target": name, "sheet": name}
    source = export.Source(name, "0" * 64, export.uploaded(b"a,b\n", name), reading, TABLE)
    for made in (export.script, export.notebook):
        made(source, CONFIG, frame, "a" * 64)
    code = export.script(source, CONFIG, frame, "a" * 64)
    texts = [node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant)]
    assert name in texts
    plain = export.script(export.Source("b.csv", "0" * 64, {"b.csv": "1"}, {"target": "b", "sheet": "b"}, TABLE),
                          CONFIG, frame, "a" * 64)  # fmt: skip
    assert len(list(ast.walk(ast.parse(code)))) == len(list(ast.walk(ast.parse(plain))))


def test_a_notebook_has_what_its_format_asks_for() -> None:
    source = export.Source("sine", "0" * 64, sample="sine")
    frame = pd.DataFrame({"unique_id": ["y"], "ds": [1], "forecast": [1.0]})
    document = json.loads(export.notebook(source, CONFIG, frame, "a" * 64))
    assert (document["nbformat"], document["nbformat_minor"]) == (4, 5)
    names = [cell["id"] for cell in document["cells"]]
    assert len(set(names)) == len(names)
    for cell in document["cells"]:
        assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", cell["id"])
        assert {"cell_type", "metadata", "source"} <= set(cell)
        assert ("outputs" in cell) == (cell["cell_type"] == "code")
