"""A run as Python: a script and a notebook that make the same forecast again, bit for bit."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import pandas as pd

from forecasting.config import ForecastConfig
from forecasting.export.csv_file import forecast_csv
from forecasting.export.files import file_stem
from forecasting.notation import Notation

WIDTH = 100  # letters of a line that is not broken


@dataclasses.dataclass(frozen=True)
class Source:
    """Where the data of a run come from.

    files: name -> SHA-256 of the bytes, of an upload; several are read together. reading: the choices that they were
    read by, as `ReadingChoices.to_dict` has them; table: which of these are keywords of `read_table`. sample: the name
    of a sample. stored: the name of a file that `Panel.to_bytes` wrote, for prices that are no longer the same when
    they are fetched again. Of the three one is given.
    """

    name: str  # of the data
    panel: str  # the Panel's id
    files: Mapping[str, str] = dataclasses.field(default_factory=dict)
    reading: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    table: tuple[str, ...] = ()
    sample: str = ""
    stored: str = ""


def uploaded(raw: bytes, name: str) -> dict[str, str]:
    """The files of an upload -> their SHA-256: one, or those that were chosen together, which are kept as a ZIP."""
    first, _, others = name.rpartition(" + ")
    if first and others.isdecimal() and zipfile.is_zipfile(io.BytesIO(raw)):
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            found = archive.infolist()
            if len(found) == int(others) + 1 and all(info.compress_type == zipfile.ZIP_STORED for info in found):
                return {info.filename: hashlib.sha256(archive.read(info)).hexdigest() for info in found}
    return {name: hashlib.sha256(raw).hexdigest()}


def script(
    source: Source, config: ForecastConfig, forecast: pd.DataFrame, run: str, notation: Notation | None = None, *,
    whole: bool = False,
) -> bytes:  # fmt: skip
    """A Python script that makes the run's forecast again from the same data, and writes it as CSV.

    forecast: the run's own, whose hash the script compares with; notation: of the file, None where there was none;
    whole: the forecast has been rounded by `training["whole"]` of its run.
    """
    parts = [_intro(source, run), _threads(), *_steps(source, config, forecast, notation, whole)]
    return ("\n\n".join(code for _, code in parts) + "\n").encode("utf-8")


def notebook(
    source: Source, config: ForecastConfig, forecast: pd.DataFrame, run: str, notation: Notation | None = None, *,
    whole: bool = False,
) -> bytes:  # fmt: skip
    """The same as a notebook (nbformat 4.5), with the charts of the forecast and of a backtest."""
    title = f"# Forecast of {file_stem(source.name)}\n\nMade by run `{run}`. Start with a fresh kernel."
    cells = [_cell("title", "markdown", title)]
    parts = [("threads", _threads()[1]), *_steps(source, config, forecast, notation, whole), *_charts()]
    cells += [_cell(name, "code", code) for name, code in parts]
    document = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


def _intro(source: Source, run: str) -> tuple[str, str]:
    return "intro", (f'"""The forecast of run {run[:12]}, made again from the same data.\n\n{_needs(source)}\n"""')


def _needs(source: Source) -> str:
    """What has to lie where the script is started."""
    if source.sample:
        return "The data are a sample of the package `forecasting`."
    if source.stored:
        return (
            "The prices lie in a file of their own, offered beside this one: fetched again, they would have changed\n"
            "with every dividend. Start this in the folder of that file."
        )
    return "Start this in the folder of the file, or files, that were uploaded."


def _threads() -> tuple[str, str]:
    return "threads", (
        "import os\n\n"
        "# Before NumPy is imported: the number of threads decides the last bits of a sum.\n"
        'for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):\n'
        '    os.environ[name] = "1"'
    )


def _steps(
    source: Source, config: ForecastConfig, forecast: pd.DataFrame, notation: Notation | None, whole: bool
) -> list[tuple[str, str]]:
    """(Name, code) from the data to the CSV."""
    own = bool(source.files)
    expected = hashlib.sha256(forecast_csv(forecast, notation if own else None)).hexdigest()
    output = f"{file_stem(source.name)}-forecast.csv"
    written = "forecast_csv(forecast, report.notation)" if own else "forecast_csv(forecast)"
    return [
        ("imports", _imports(source)),
        ("data", _data(source)),
        ("settings", _call("config = ForecastConfig", [], _changed(config))),
        ("forecast", _forecast(whole)),
        (
            "file",
            f"written = {written}\n"
            f"Path({output!r}).write_bytes(written)\n"
            f"same = hashlib.sha256(written).hexdigest() == {expected!r}\n"
            'print("The same forecast, bit for bit." if same else\n'
            '      "Not the same bits: another version of a library, or another kind of processor.")',
        ),
    ]


def _forecast(whole: bool) -> str:
    if not whole:
        return "forecast = fit(panel, config).predict()"
    return 'forecaster = fit(panel, config)\nforecast = forecaster.predict().rounded(forecaster.training["whole"])'


def _imports(source: Source) -> str:
    names = {"ForecastConfig", "fit"}
    names |= {"load_sample"} if source.sample else {"Panel"} if source.stored else {"read_table", "to_panel"}
    lines = ["import hashlib", "from pathlib import Path", "", f"from forecasting import {', '.join(_sorted(names))}"]
    lines += ["from forecasting.export import forecast_csv"]
    lines += ["from forecasting.intake.packing import pack"] if len(source.files) > 1 else []
    return "\n".join(lines)


def _sorted(names: set[str]) -> list[str]:
    return sorted(names, key=lambda name: (name[0].islower(), name))


def _data(source: Source) -> str:
    if source.sample:
        lines = [f"panel = load_sample({source.sample!r})"]
    elif source.stored:
        lines = [f"panel = Panel.from_bytes(Path({source.stored!r}).read_bytes())"]
    else:
        lines = _read(source)
    return "\n".join(
        [
            *lines,
            f"if panel.id != {source.panel!r}:",
            '    raise SystemExit("These are not the series of the run: this version may read the data otherwise.")',
        ]
    )


def _read(source: Source) -> list[str]:
    """From the files to the Panel, each choice spelled out."""
    lines = ["files = {  # name -> SHA-256 of what the run was made of"]
    lines += [f"    {name!r}: {digest!r}," for name, digest in source.files.items()]
    lines += [
        "}",
        "for name, digest in files.items():",
        "    if hashlib.sha256(Path(name).read_bytes()).hexdigest() != digest:",
        '        raise SystemExit(f"{name} is not the file that the run was made of.")',
    ]
    if len(source.files) > 1:
        lines.append("data = pack([(name, Path(name).read_bytes()) for name in files])")
    else:
        lines.append("(data,) = [Path(name).read_bytes() for name in files]")
    of_table = {name: value for name, value in source.reading.items() if name in source.table}
    of_panel = {name: value for name, value in source.reading.items() if name not in source.table}
    return [
        *lines,
        _call("table = read_table", ["data", repr(source.name)], of_table),
        _call("panel, report = to_panel", ["table"], of_panel),
    ]


def _changed(config: ForecastConfig) -> dict[str, Any]:
    """The settings that are not their defaults."""
    defaults = ForecastConfig()
    names = [field.name for field in dataclasses.fields(config)]
    changed = {name: getattr(config, name) for name in names if getattr(config, name) != getattr(defaults, name)}
    return changed | ({"events": config.to_dict()["events"]} if config.events else {})


def _call(start: str, places: list[str], keywords: Mapping[str, Any]) -> str:
    """A call, on a line or with a line an argument."""
    arguments = [*places, *(f"{name}={value!r}" for name, value in keywords.items())]
    line = f"{start}({', '.join(arguments)})"
    if len(line) <= WIDTH:
        return line
    return "\n".join([f"{start}(", *(f"    {argument}," for argument in arguments), ")"])


def _charts() -> list[tuple[str, str]]:
    return [
        (
            "chart-forecast",
            "from forecasting import charts\n\n"
            'series = forecast["unique_id"].iloc[0]  # or another of panel.series_ids\n'
            "history = panel.of_series(series)\n"
            'ahead = forecast[forecast["unique_id"] == series]\n'
            "charts.forecast_chart(history, ahead, series, tail=max(60, 4 * len(ahead)))",
        ),
        (
            "backtest",
            "from forecasting import evaluate\n\nbacktest = evaluate(panel, config)\nprint(backtest.verdict.text)",
        ),
        (
            "chart-predicted",
            'tested = backtest.frame[backtest["unique_id"] == series]\n'
            'charts.true_vs_predicted(history, tested, 1, series, folds=backtest.scores["folds"])',
        ),
        ("chart-steps", "charts.errors_by_step(backtest.of_series(series).by_step)"),
    ]


def _cell(name: str, kind: str, text: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "id": name, "metadata": {}, "source": text.splitlines(keepends=True)}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})
