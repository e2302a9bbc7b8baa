"""The command line: one sentence for what is wrong, and files written as a whole or not at all."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from forecasting import cli, options
from forecasting.config import ForecastConfig
from forecasting.intake import packing, sample_names
from forecasting.onnx_file.measure import open_session
from forecasting.runs.identity import THREADS
from forecasting.tuning import parts
from tests.conftest import ROOT

QUICK = ["--method", "recurrent", "--window", "14", "--hidden-size", "4", "--epochs", "1", "--folds", "1"]


@pytest.fixture
def daily(tmp_path: Path) -> Path:
    """Two years of days with a weekly pattern; one day is missing, one is there twice."""
    days = pd.date_range("2022-01-01", periods=730)
    noise = np.random.default_rng(0).normal(0, 1, 730)
    frame = pd.DataFrame({"day": days, "sold": 100 + 10 * np.sin(2 * np.pi * np.arange(730) / 7) + noise})
    frame = pd.concat([frame.drop(index=40), frame.iloc[[99]]])
    path = tmp_path / "shop.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.fixture
def steps(tmp_path: Path) -> Path:
    """Two series in long form with whole-number ds."""
    wave = np.tile([1.0, 5.0, 3.0, 8.0], 60)
    frame = pd.concat(
        pd.DataFrame({"unique_id": name, "ds": np.arange(1, 241), "y": wave + shift})
        for name, shift in (("a", 10), ("b", 50))
    )
    path = tmp_path / "long.csv"
    frame.to_csv(path, index=False)
    return path


def _refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one line on standard error of a call that has to end with status 2 and print nothing else."""
    assert cli.main([str(argument) for argument in arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.endswith("\n")
    assert printed.err.count("\n") == 1
    assert "Traceback" not in printed.err
    return printed.err.rstrip("\n")


def _python(*arguments: object, **more: Any) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "forecasting", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False, **more)


@pytest.mark.slow
def test_inspect_says_how_a_file_is_read(daily: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["inspect", str(daily)]) == 0
    output = capsys.readouterr().out
    assert output.startswith("shop.csv: 730 rows, 2 columns, utf-8, comma\n")
    for words in ("day", "sold", "730 from 2022-01-01 to 2023-12-31", "7, 365", "1 gap filled", "1 duplicate merged"):
        assert words in output


def test_inspect_offers_covariates_and_says_which_are_known_ahead(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [f"2024-01-{d:02d},{d if d < 20 else ''},{d * 2},{d % 3}" for d in range(1, 25)]
    path = tmp_path / "a.csv"
    path.write_text("date,y,price,level\n" + "\n".join(lines), encoding="utf-8")
    assert cli.main(["inspect", str(path)]) == 0
    assert "covariates price, level  (known beyond the last value: price, level)" in capsys.readouterr().out


@pytest.mark.slow
def test_inspect_lists_the_files_of_a_zip_and_why_one_was_left_out(
    daily: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, weeks = daily.read_bytes(), "day,sold\n" + "".join(f"2022-{month:02d}-01,{month}\n" for month in range(1, 13))
    both = tmp_path / "both.zip"
    both.write_bytes(packing.pack([("north.csv", text), ("south.csv", text), ("months.csv", weeks.encode())]))
    assert cli.main(["inspect", str(both), "--report", str(tmp_path / "r.json")]) == 0
    printed = capsys.readouterr().out
    assert "file       north.csv  (730 rows from 2022-01-01 to 2023-12-31)" in printed
    assert "file       months.csv  (Its values are a month apart, those of most files a day." in printed
    report = json.loads((tmp_path / "r.json").read_text())
    assert [one["unique_id"] for one in report["series"]] == ["north", "south"]
    assert [file["frequency"] for file in report["files"]] == ["D", "D", "MS"]


@pytest.mark.slow
def test_reading_takes_covariates_outliers_zeros_duplicates_and_a_zone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [f"2024-01-{d:02d},{ {9: 5000, 15: 0}.get(d, 100 + d % 3) },{d * 2}" for d in range(1, 30)]
    path, out = tmp_path / "a.csv", tmp_path / "r.json"
    path.write_text("date,y,price\n" + "\n".join(["2024-01-01,110,2", *lines]), encoding="utf-8")
    more = ["--covariate", "price", "--outliers", "missing", "--zeros", "missing", "--duplicates", "first"]
    assert cli.main(["inspect", str(path), *more, "--report", str(out)]) == 0
    report = json.loads(out.read_text())
    assert report["covariates"] == ["price"]
    assert [kept["ds"][:10] for kept in report["filled"]] == ["2024-01-09", "2024-01-15"]
    assert (report["aggregation"], report["merged"][0]["y"]) == ("first", 110)
    capsys.readouterr()
    assert "it must be one of keep, missing" in _refused(capsys, "inspect", path, "--outliers", "drop")
    nights = pd.date_range("2023-10-20", "2023-11-10", freq="h", tz="Europe/Berlin")
    path.write_text("time,y\n" + "".join(f"{at:%Y-%m-%d %H:%M},{i}\n" for i, at in enumerate(nights)), encoding="utf-8")
    assert "pass --zone with one of: Europe/Berlin, UTC" in _refused(capsys, "inspect", path)
    assert cli.main(["inspect", str(path), "--zone", "Europe/Berlin", "--report", str(out)]) == 0
    report = json.loads(out.read_text())
    assert (report["timezone"], report["series"][0]["values"]) == ("Europe/Berlin", len(nights))


@pytest.mark.slow
def test_reading_takes_limits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = tmp_path / "a.csv", tmp_path / "r.json"
    path.write_text(
        "day,v\n" + "".join(f"2024-01-{d:02d},{'<4' if d % 3 else d}\n" for d in range(1, 30)), encoding="utf-8"
    )
    values = {}
    for how in ("limit", "half", "missing"):
        assert cli.main(["inspect", str(path), "--limits", how, "--report", str(out)]) == 0
        report = json.loads(out.read_text())
        values[how] = (report["limits_count"], report["filled_count"])
    assert values == {"limit": (20, 0), "half": (20, 0), "missing": (20, 16)}
    capsys.readouterr()
    assert "it must be one of limit, half, missing" in _refused(capsys, "inspect", path, "--limits", "drop")


@pytest.mark.slow
def test_inspect_reports_everything_as_json(daily: Path, tmp_path: Path) -> None:
    assert cli.main(["inspect", str(daily), "--report", str(tmp_path / "r.json")]) == 0
    report = json.loads((tmp_path / "r.json").read_text())
    assert (report["input"], report["rows"], report["columns"]) == ("shop.csv", 730, ["day", "sold"])
    assert report["dialect"]["delimiter"] == ","
    assert (report["roles"]["time"], report["roles"]["target"]) == ("day", ["sold"])
    assert set(report["roles"]["reasons"]) >= {"time", "target"}
    assert (report["frequency"], report["seasons"]) == ("D", [7, 365])
    assert (report["filled_count"], report["filled"][0]["ds"]) == (1, "2022-02-10T00:00:00")
    assert report["merged_count"] == 1
    span = {"unique_id": "sold", "values": 730, "start": "2022-01-01T00:00:00", "end": "2023-12-31T00:00:00"}
    assert report["series"] == [span]
    assert all(note["message"] and note["kind"] for note in report["notes"])


@pytest.mark.slow
def test_standard_input_and_output_take_the_place_of_files(daily: Path) -> None:
    done = _python("inspect", "-", "--report", "-", input=daily.read_bytes())
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["input"] == "standard input"


@pytest.mark.slow
def test_a_sample_can_be_named_as_input(capsys: pytest.CaptureFixture[str]) -> None:
    for name in sample_names():
        assert cli.main(["inspect", f"sample:{name}"]) == 0
        assert capsys.readouterr().out.startswith(f"sample:{name}\n")


@pytest.mark.slow
def test_inspect_and_help_load_nothing_heavy(daily: Path) -> None:
    code = (
        "import sys; from forecasting.cli import main; main(sys.argv[1:]); "
        "print([name for name in ('torch', 'streamlit', 'plotly', 'statsmodels') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "inspect", str(daily)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_every_setting_has_an_option_but_covariates_which_are_chosen_while_reading() -> None:
    assert {*options.SETTINGS, "covariates"} == {field.name for field in dataclasses.fields(ForecastConfig)}


def test_help_is_printed_for_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    for command in cli.COMMANDS:
        with pytest.raises(SystemExit) as ended:
            cli.main([command, "--help"])
        assert ended.value.code == 0
        assert capsys.readouterr().out.startswith(f"usage: python -m forecasting {command}")


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ([], "COMMAND"),
        (["predict"], "predict"),
        (["inspect"], "INPUT"),
        (["inspect", "nowhere.csv"], "nowhere.csv"),
        (["inspect", "."], "directory"),
        (["inspect", "x\0y"], "null"),
        (["inspect", "sample:nothing"], "no sample called 'nothing'"),
        (["inspect", "x.csv", "--season", "week"], "--season: 'week' is not a whole number"),
        (["inspect", "x.csv", "--header", "first"], "--header: 'first' is not a whole number"),
        (["inspect", "x.csv", "--day-first", "--month-first"], "not allowed with"),
        (["inspect", "x.csv", "--colour"], "--colour"),
        (["forecast", "x.csv"], "--output"),
        (["forecast", "x.csv", "--output", "o.csv", "--dropout", "much"], "--dropout: 'much' is not a number"),
    ],
)
def test_a_wrong_call_gets_one_sentence(
    arguments: list[str],
    found: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert found in _refused(capsys, *arguments)


def test_an_unknown_column_gets_one_sentence(daily: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "'price'" in _refused(capsys, "inspect", daily, "--target", "price")


@pytest.mark.slow
def test_a_question_names_the_options_that_answer_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "dates.csv"
    path.write_text("date,y\n" + "".join(f"{month:02}/01/2024,{month * month}\n" for month in range(1, 13)))
    assert _refused(capsys, "inspect", path).endswith("; pass --day-first or --month-first.")
    starts = {}
    for order in ("--day-first", "--month-first"):
        assert cli.main(["inspect", str(path), order]) == 0
        starts[order] = capsys.readouterr().out
    assert "2024-01-01 to 2024-01-12" in starts["--day-first"]
    assert "2024-01-01 to 2024-12-01" in starts["--month-first"]


@pytest.mark.slow
def test_a_wrong_setting_names_its_option(daily: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = _refused(capsys, "forecast", daily, "--layers", "0", "--output", tmp_path / "o.csv")
    assert line.startswith("--layers: num_layers is 0")
    assert not (tmp_path / "o.csv").exists()


def test_names_from_a_file_cannot_control_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "evil.csv"
    rows = "".join(f"2024-01-{day:02},{day * day}\n" for day in range(1, 29))
    path.write_text("date,\x1b]0;owned\x07\x1b[2J\n" + rows)
    assert cli.main(["inspect", str(path)]) == 0
    printed = capsys.readouterr()
    assert not {"\x1b", "\x07"} & set(printed.out + printed.err)
    assert "\x1b" not in _refused(capsys, "inspect", path, "--target", "\x1b[2Jx")


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("nowhere/o.csv", "there is no folder 'nowhere'"),
        (".", "it is a folder"),
        ("shop.csv", "it is the input itself"),
    ],
)
def test_an_output_that_cannot_be_written_is_refused_before_the_training(
    path: str, found: str, daily: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(daily.parent)
    before = daily.read_bytes()
    assert found in _refused(capsys, "forecast", daily, "--epochs", "10000", "--output", path)
    assert found in _refused(capsys, "inspect", daily, "--report", path)
    assert daily.read_bytes() == before


@pytest.mark.slow
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    daily: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "r.json"
    target.write_text("old")

    def full(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert cli.main(["inspect", str(daily), "--report", str(target)]) == 2
    assert (
        capsys.readouterr().err
        == f"{str(target)!r} could not be written (No space left on device); name another file.\n"
    )
    assert target.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.json", "shop.csv"]


@pytest.mark.slow
def test_a_link_stays_a_link_and_a_device_a_device(daily: Path, tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    assert cli.main(["inspect", str(daily), "--report", str(tmp_path / "link.json")]) == 0
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "real.json").read_text())["input"] == "shop.csv"
    assert cli.main(["inspect", str(daily), "--report", os.devnull]) == 0
    assert not Path(os.devnull).is_file()


@pytest.mark.slow
def test_forecast_writes_what_lies_beyond_the_data(daily: Path, tmp_path: Path) -> None:
    output, report = tmp_path / "f.csv", tmp_path / "r.json"
    call = ["forecast", str(daily), "--horizon", "10", *QUICK, "--level", "95", "--level", "80"]
    network = tmp_path / "model.onnx"
    assert cli.main([*call, "--output", str(output), "--report", str(report), "--onnx", str(network)]) == 0
    frame = pd.read_csv(output)
    (again,) = open_session(network.read_bytes()).run(["forecast"], {})
    np.testing.assert_allclose(again[0], frame["forecast"], rtol=1e-5)
    bounds = [f"forecast-{side}-{level}" for level in (80, 95) for side in ("lo", "hi")]
    assert list(frame.columns) == ["unique_id", "ds", "forecast", *bounds]
    assert frame["ds"].tolist() == [f"2024-01-{day:02}" for day in range(1, 11)]
    assert np.isfinite(frame[["forecast", *bounds]].to_numpy()).all()
    reported = json.loads(report.read_text())
    given = {"horizon": 10, "window": 14, "hidden_size": 4, "epochs": 1, "levels": [80, 95]}
    assert given.items() <= reported["config"].items()
    assert not set(given) & set(reported["reasons"])
    assert reported["filled_count"] == 1
    assert reported["training"]


@pytest.mark.slow
def test_the_same_call_writes_the_same_bytes_and_another_seed_trains_otherwise(daily: Path, tmp_path: Path) -> None:
    """Shrinkage may lead two networks to the same naive forecast; their losses differ all the same."""
    written, curves = [], []
    for seed in ("1", "1", "2"):
        output, report = tmp_path / "f.csv", tmp_path / "r.json"
        call = ["forecast", str(daily), "--horizon", "3", *QUICK, "--seed", seed]
        assert cli.main([*call, "--output", str(output), "--report", str(report)]) == 0
        written.append(output.read_bytes())
        curves.append(json.loads(report.read_text())["training"]["curves"])
    assert written[0] == written[1]
    assert curves[0] == curves[1] != curves[2]


@pytest.mark.slow
def test_long_files_with_whole_number_steps_need_no_options_but_the_season(steps: Path, tmp_path: Path) -> None:
    output, report = tmp_path / "f.csv", tmp_path / "r.json"
    call = ["forecast", str(steps), "--horizon", "4", "--season", "4", *QUICK]
    assert cli.main([*call, "--output", str(output), "--report", str(report)]) == 0
    frame = pd.read_csv(output)
    assert frame["unique_id"].tolist() == ["a"] * 4 + ["b"] * 4
    assert frame["ds"].tolist() == [241, 242, 243, 244] * 2
    np.testing.assert_allclose(frame["forecast"], [11, 15, 13, 18, 51, 55, 53, 58], atol=0.5)
    assert json.loads(report.read_text())["seasons"] == [4]


@pytest.mark.slow
def test_torch_has_as_many_threads_as_in_a_worker_unless_the_environment_sets_them(daily: Path) -> None:
    code = (
        "import sys; from forecasting.cli import main; main(sys.argv[1:]); "
        "import torch; print(torch.get_num_threads(), file=sys.stderr)"
    )
    call = [sys.executable, "-c", code, "forecast", str(daily), *QUICK, "--output", "-"]
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    for given, threads in (({}, THREADS), ({"OMP_NUM_THREADS": "2"}, 2)):
        done = subprocess.run(call, cwd=ROOT, env=environment | given, capture_output=True, text=True, check=True)
        assert done.stderr == f"{threads}\n"


@pytest.mark.slow
def test_events_come_from_a_file_and_from_options_beside_holidays_of_several_places(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, path, report = tmp_path / "sold.csv", tmp_path / "events.csv", tmp_path / "r.json"
    days = pd.date_range("2022-01-01", periods=120)
    pd.DataFrame({"day": days, "sold": 100.5 + np.arange(120) % 7}).to_csv(data, index=False)
    path.write_text("name,dates,repeats\nSale,2022-02-03,monthly\nFair,2022-03-01,\nFair,2022-04-01,\n")
    call = ["forecast", str(data), "--horizon", "3", "--window", "14", "--hidden-size", "4", "--epochs", "1"]
    call += ["--method", "recurrent", "--level", "80"]
    call += ["--events", str(path), "--event", "Strike=2022-03-17", "--holidays", "US", "--holidays", "DE-BY"]
    assert cli.main([*call, "--output", "-", "--report", str(report)]) == 0
    about = json.loads(report.read_text())
    assert [event["name"] for event in about["config"]["events"]] == ["Sale", "Fair", "Strike"]
    assert about["config"]["features"] == ["holidays-US", "holidays-DE-BY"]
    seen = {one["name"]: one["seen"] for one in about["training"]["events"]["sold"]}
    assert (seen["own 0 Sale"], seen["own 0 Fair"], seen["own 0 Strike"]) == (3, 2, 1)
    capsys.readouterr()
    line = _refused(capsys, "forecast", data, "--event", "Sale=29.11.2024", "--output", tmp_path / "o.csv")
    assert line.startswith("--event: ")
    assert "2024-11-29" in line
    line = _refused(capsys, "forecast", data, "--events", tmp_path, "--output", tmp_path / "o.csv")
    assert "CSV file" in line


@pytest.mark.slow
@pytest.mark.parametrize("wrapped", [False, True])
def test_saved_settings_are_used_and_options_override_them(
    wrapped: bool, daily: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = ForecastConfig(horizon=5, window=20, hidden_size=4, epochs=1, folds=1).to_dict()
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"name": "shop.csv", "settings": saved} if wrapped else saved))
    report = tmp_path / "r.json"
    call = ["forecast", str(daily), "--settings", str(path), "--horizon", "3", "--output", "-", "--report", str(report)]
    assert cli.main(call) == 0
    assert capsys.readouterr().out.count("\n") == 1 + 3
    assert json.loads(report.read_text())["config"] == saved | {"horizon": 3}


@pytest.mark.slow
@pytest.mark.parametrize("text", ["", "[]", "{", '{"horizn": 3}', '{"settings": 3}'])
def test_files_without_settings_are_refused(
    text: str, daily: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text)
    line = _refused(capsys, "forecast", daily, "--settings", path, "--output", tmp_path / "o.csv")
    assert "settings" in line


@pytest.mark.slow
def test_the_report_of_a_backtest_of_several_series_has_the_scores_of_each(steps: Path, tmp_path: Path) -> None:
    output, report = tmp_path / "backtest.csv", tmp_path / "report.json"
    call = ["backtest", str(steps), "--horizon", "4", "--season", "4", *QUICK]
    assert cli.main([*call, "--output", str(output), "--report", str(report)]) == 0
    rows = pd.read_csv(output)
    for one in json.loads(report.read_text("utf-8"))["by_series"]:
        own = rows[rows["unique_id"] == one["unique_id"]]
        assert one["mae"] == pytest.approx((own["y"] - own["forecast"]).abs().mean(), abs=1e-9)
        assert one["origins"] == own["cutoff"].nunique()
        assert one["mase"] is not None
        assert one["verdict"] in ("same", "worse")  # a season without noise: the naive forecast is exact


def test_a_rate_of_false_alarms_that_cannot_be_kept_is_refused_before_the_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["backtest", "sample:sine", "--output", str(tmp_path / "b.csv"), "--false-alarms", "2"]
    assert cli.main(call) == 2
    assert "between 0.000001 (one in a million) and 0.1" in capsys.readouterr().err


@pytest.mark.slow
def test_backtest_writes_forecasts_with_the_truth_and_prints_the_verdict(
    daily: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output, report = tmp_path / "b.csv", tmp_path / "r.json"
    call = ["backtest", str(daily), "--horizon", "5", *QUICK, "--output", str(output), "--report", str(report)]
    unexpected = tmp_path / "a.csv"
    assert cli.main([*call, "--anomalies", str(unexpected), "--false-alarms", "100"]) == 0
    assert unexpected.read_text().startswith("unique_id,ds,y,forecast,low,high,spreads,one_in,after")
    frame = pd.read_csv(output)
    assert {"unique_id", "cutoff", "ds", "y", "forecast", "forecast-lo-80", "naive"} <= set(frame.columns)
    original = pd.read_csv(daily).drop_duplicates("day").set_index("day")["sold"]
    known = frame[frame["ds"].isin(original.index)]
    np.testing.assert_allclose(known["y"], original.loc[known["ds"]], rtol=1e-9)
    reported = json.loads(report.read_text())
    mae = (frame["y"] - frame["forecast"]).abs().mean()
    assert reported["scores"]["methods"]["forecast"]["mae"] == pytest.approx(mae)
    assert reported["verdict"]["grade"] in {"better", "same", "worse"}
    assert reported["anomalies"]["rate"] == 0.01
    assert reported["slices"]["text"]
    assert capsys.readouterr().out == reported["verdict"]["text"] + "\n"


@pytest.mark.slow
def test_a_bug_is_one_sentence_too_and_can_be_looked_into(
    daily: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(about: object) -> str:
        raise ValueError("some\nthing")

    monkeypatch.setattr(cli, "describe", broken)
    assert "(ValueError: some thing)" in _refused(capsys, "inspect", daily)
    monkeypatch.setenv("TIDECAST_DEBUG", "1")
    with pytest.raises(ValueError, match="thing"):
        cli.main(["inspect", str(daily)])


@pytest.mark.slow
def test_a_reader_that_leaves_early_is_no_error(daily: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "forecasting", "inspect", str(daily), "--report", "-"]
    done = subprocess.run(command, cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.slow
def test_ctrl_c_ends_a_training_with_130_and_leaves_no_file(daily: Path, tmp_path: Path) -> None:
    output = tmp_path / "f.csv"
    call = ["forecast", str(daily), "--epochs", "10000", "--hidden-size", "256", "--output", str(output)]
    terminal, screen = pty.openpty()
    # Where this test itself runs in the background, shells have SIGINT ignored, and children inherit that.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        running = subprocess.Popen(
            [sys.executable, "-m", "forecasting", *call], cwd=ROOT, stdout=subprocess.PIPE, stderr=screen
        )
    finally:
        signal.signal(signal.SIGINT, handler)
        os.close(screen)
    try:
        shown = b""
        while b"epoch" not in shown:  # past the imports, into the training
            shown += os.read(terminal, 1000)
        running.send_signal(signal.SIGINT)
        with contextlib.suppress(OSError):  # which is how a terminal ends that nobody writes to
            while more := os.read(terminal, 1000):
                shown += more
        out, _ = running.communicate(timeout=60)
    finally:
        running.kill()
        os.close(terminal)
    assert (running.returncode, out) == (130, b"")
    assert shown.endswith(b"\r\x1b[K\r\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["shop.csv"]


@pytest.mark.slow
def test_ctrl_c_in_the_middle_of_an_import_ends_with_130_as_well(daily: Path, tmp_path: Path) -> None:
    """Modules execute texts while they are imported, and Python takes an interruption of these for an unhandled one."""
    interrupted = 'from forecasting import cli\ncli.COMMANDS["inspect"] = lambda _: exec("raise KeyboardInterrupt")\n'
    (tmp_path / "sitecustomize.py").write_text(interrupted)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    command = [sys.executable, "-m", "forecasting", "inspect", str(daily)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"\n")


@pytest.mark.slow
def test_the_worker_ends_when_nothing_is_queued(tmp_path: Path) -> None:
    done = _python("worker", "--once", "--database", f"sqlite:///{tmp_path / 'runs.db'}", timeout=60)
    assert (done.returncode, done.stdout) == (0, b"")


@pytest.mark.parametrize("path", ["both.csv", "-"])
def test_output_and_report_may_not_overwrite_each_other(
    path: str, daily: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(daily.parent)
    line = _refused(capsys, "forecast", daily, "--horizon", "5", "--output", path, "--report", path)
    assert "are both" in line
    assert not Path("both.csv").exists()


@pytest.mark.parametrize("season", ["0", "-7"])
def test_a_season_has_at_least_one_step(season: str, daily: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no number of steps" in _refused(capsys, "inspect", daily, "--season", season)


@pytest.mark.slow
def test_times_of_a_zone_come_out_by_its_clock_with_their_offset(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hours = pd.date_range("2024-03-10", "2024-03-31", freq="h", tz="Europe/Berlin", inclusive="left")
    path, out, report = tmp_path / "load.csv", tmp_path / "out.csv", tmp_path / "r.json"
    path.write_text("t,load\n" + "".join(f"{t:%Y-%m-%d %H:%M},{t.hour}.5\n" for t in hours), encoding="utf-8")
    asked = ["forecast", str(path), "--zone", "Europe/Berlin", "--horizon", "3", "--output", str(out), *QUICK]
    assert cli.main([*asked, "--report", str(report)]) == 0
    capsys.readouterr()
    assert pd.read_csv(out)["ds"].tolist() == [
        "2024-03-31T00:00:00+01:00",
        "2024-03-31T01:00:00+01:00",
        "2024-03-31T03:00:00+02:00",
    ]
    assert json.loads(report.read_text())["series"][0]["start"] == "2024-03-10T00:00:00+01:00"


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    """Sixty days of two shops in each of two regions."""
    random = np.random.default_rng(0)
    frames = [
        pd.DataFrame({"day": pd.date_range("2024-01-01", periods=60), "region": region, "shop": shop, "sold": sold})
        for region, shop in (("north", "a"), ("north", "b"), ("south", "a"), ("south", "b"))
        for sold in [50 + random.normal(0, 3, 60).round(2)]
    ]
    path = tmp_path / "sales.csv"
    pd.concat(frames).to_csv(path, index=False)
    return path


KEYED = ["--series", "region", "--series", "shop", "--horizon", "3", *QUICK]


@pytest.mark.slow
def test_totals_are_rows_of_the_output_that_add_up(sales: Path, tmp_path: Path) -> None:
    output, report = tmp_path / "forecast.csv", tmp_path / "report.json"
    totals = ["--total", "region", "--total", "all", "--output", str(output), "--report", str(report)]
    assert cli.main(["forecast", str(sales), *KEYED, *totals]) == 0
    forecast = pd.read_csv(output).pivot(index="ds", columns="unique_id", values="forecast")
    assert list(forecast) == [
        "Total", "north / a", "north / b", "region = north", "region = south", "south / a", "south / b",
    ]  # fmt: skip
    np.testing.assert_allclose(forecast["region = north"], forecast["north / a"] + forecast["north / b"], rtol=1e-9)
    np.testing.assert_allclose(forecast["Total"], forecast["region = north"] + forecast["region = south"], rtol=1e-9)
    about = json.loads(report.read_text())
    assert (about["keys"], about["config"]["totals"]) == (["region", "shop"], ["region", "all"])


@pytest.mark.slow
def test_a_backtest_reports_what_the_intervals_of_each_level_hold(
    sales: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output, report = tmp_path / "backtest.csv", tmp_path / "report.json"
    assert cli.main([
        "backtest", str(sales), *KEYED, "--total", "region", "--output", str(output), "--report", str(report),
    ]) == 0  # fmt: skip
    levels = json.loads(report.read_text())["scores"]["levels"]
    assert "region: 2 tested, MASE" in capsys.readouterr().out
    rows = pd.read_csv(output)
    assert {level: about["series"] for level, about in levels.items()} == {"region / shop": 4, "region": 2}
    mine = rows[rows["unique_id"].str.startswith("region =")]
    inside = (mine["y"] >= mine["forecast-lo-80"]) & (mine["y"] <= mine["forecast-hi-80"])
    assert levels["region"]["coverage"]["80"] == pytest.approx(inside.mean())


def test_an_unknown_total_names_its_option_and_the_keys(
    sales: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = _refused(
        capsys, "forecast", sales, *KEYED, "--total", "town", "--output", tmp_path / "forecast.csv",
    )  # fmt: skip
    assert refused.startswith("--total: There is no key called 'town'")
    assert "region, shop" in refused


@pytest.mark.slow
def test_tune_writes_settings_that_a_forecast_takes(
    daily: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SEEDS", "HELD_OUT"):
        monkeypatch.setattr(parts, name, 2)
    kept, report, output = tmp_path / "settings.json", tmp_path / "report.json", tmp_path / "forecast.csv"
    space = ["--space", "hidden_size=2:4", "--space", "num_layers=1", "--space", "window=8:14", "--space", "cell=rnn"]
    search = ["--horizon", 7, *QUICK, *space, "--trials", 1, "--output", kept, "--report", report]
    assert cli.main([str(word) for word in ("tune", daily, *search)]) == 0
    about = json.loads(report.read_text())
    assert [trial["settings"]["cell"] for trial in about["trials"]] == ["rnn"]
    better = about["verdict"]["grade"] == "better"
    expected = about["best"]["settings"]["hidden_size"] if better else 4  # the default is kept
    assert json.loads(kept.read_text())["settings"]["hidden_size"] == expected
    assert cli.main([str(word) for word in ("forecast", daily, "--settings", kept, "--output", output)]) == 0
    assert len(pd.read_csv(output)) == 7


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--space", "hidden_size=64:8"], "The range of hidden_size is reversed"),
        (["--space", "depth=1:2"], "depth"),
        (["--space", "num_layers=one:2"], "is not a whole number"),
        (["--trials", "0"], "budget of 0 trials"),
        (["--minutes", "0"], "budget of 0.0 minutes"),
    ],
)
def test_a_space_or_budget_that_cannot_be_gets_one_sentence(
    arguments: list[str], sentence: str, daily: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sentence in _refused(
        capsys, "tune", daily, *QUICK, "--horizon", 7, *arguments, "--output", tmp_path / "s.json"
    )
