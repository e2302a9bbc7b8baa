"""The options of the command line, in the words of ReadingChoices and ForecastConfig."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from forecasting.config import ANCHORS, CELLS, LOSSES, METHODS, SCHEDULES, SUPPORTS, WHOLE
from forecasting.errors import ForecastingError
from forecasting.events import parse
from forecasting.messages import Message

SAMPLE = "sample:"  # an INPUT that begins so names a sample instead of a file


def parser() -> Parser:
    """The parser; `command` in what it parses is the command's name."""
    installed = Path(sys.argv[0]).stem == "tidecast"
    prog = "tidecast" if installed else "python -m forecasting"
    top = Parser(prog=prog, description="Forecast time series with small recurrent networks.")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)
    for name, about in (
        ("inspect", "show how a file is read and what was repaired"),
        ("forecast", "train on all of a file and forecast beyond its end"),
        ("backtest", "train on parts of a file and measure forecasts of the rest"),
        ("tune", "search for settings that beat the default by more than noise"),
    ):
        command = commands.add_parser(name, help=about, description=about[0].upper() + about[1:] + ".")
        _add_reading(command)
        if name != "inspect":
            _add_settings(command)
            result = ("JSON", "the settings to keep") if name == "tune" else ("CSV", "the result")
            command.add_argument(
                "--output", required=True, metavar=result[0], help=f"where to write {result[1]}; - for standard output"
            )
        if name == "forecast":
            about_onnx = "where to write the network as an ONNX file; with the method best without its other members"
            command.add_argument("--onnx", metavar="FILE", help=about_onnx)
        if name == "backtest":
            command.add_argument(
                "--anomalies", metavar="CSV", help="where to write the past values that no forecast could expect"
            )
            command.add_argument(
                "--false-alarms", type=_whole, default=1000, metavar="N", help="one in so many values (default: 1000)"
            )
        if name == "tune":
            _add_search(command)
        command.add_argument(
            "--report", metavar="JSON", help="where to write what was read and done; - for standard output"
        )
    worker = commands.add_parser("worker", help="work on queued runs", description="Work on queued runs.")
    worker.add_argument("--database", metavar="URL", help="the store of runs; default: the user's own")
    worker.add_argument("--once", action="store_true", help="end when the queue is empty")
    about = "bring back the last good copy of the store, after damage to its file"
    restore = commands.add_parser("restore", help=about, description=about[0].upper() + about[1:] + ".")
    restore.add_argument("--database", metavar="URL", help="the store of runs; default: the user's own")
    return top


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ForecastingError(Message("cli.usage", problem=message.rstrip("."), program=self.prog))


def _add_reading(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "input", metavar="INPUT", help=f"a file (or a ZIP of several), - for standard input, or {SAMPLE}NAME"
    )
    group = command.add_argument_group("reading (default: inferred from the file)")
    add = group.add_argument
    add("--time", metavar="COLUMN", help="time stamps")
    add("--target", metavar="COLUMN", action="append", help="values to forecast; may be given several times")
    add("--series", metavar="COLUMN", action="append", help="names of the series; may be given several times")
    add(
        "--frequency",
        metavar="F",
        help="D, B, h, W-SUN, MS, 30min, C-XNYS (trading days), ..., or step for whole numbers",
    )
    add("--season", metavar="S", type=_season, action="append", help="steps in a season; may be given several times")
    order = group.add_mutually_exclusive_group()
    order.add_argument("--day-first", dest="day_first", action="store_true", default=None, help="01/02 is 1 February")
    order.add_argument("--month-first", dest="day_first", action="store_false", default=None, help="01/02 is 2 January")
    add("--decimal", metavar="C", help="decimal mark: . or ,")
    add("--encoding", metavar="NAME", help="such as utf-8 or cp1252")
    add("--delimiter", metavar="C", type=_delimiter, help="between cells; tab for a tab")
    add("--header", metavar="LINE", type=_header, help="the line of the column names, or none")
    add("--sheet", metavar="NAME", help="of a workbook")
    add("--zone", metavar="ZONE", help="time zone of times without one, such as Europe/Berlin; UTC leaves them as is")
    add("--dates", metavar="READING", help="how dates are meant where a question offers it, such as fiscal-years")
    about = "where the column of series tells nearly all rows apart: keep, without, or another column"
    add("--lone", metavar="HOW", help=about)
    add("--files", metavar="HOW", help="files of a ZIP without such a column: join (one series), or apart (one each)")
    add(
        "--duplicates",
        metavar="HOW",
        help="how several values at one time become one: mean, sum, first, last, min, max",
    )
    add("--outliers", metavar="HOW", default="keep", help="suspected outliers: keep, or missing to fill them")
    add("--zeros", metavar="HOW", default="keep", help="suspected stand-ins for missing values: keep, or missing")
    add("--limits", metavar="HOW", default="limit", help="values such as <0.02: limit, half, or missing")
    about = "numbers to use beside the values; may be given several times"
    add("--covariate", dest="covariates", metavar="COLUMN", action="append", help=about)


def _add_settings(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("settings (default: computed from the data)")
    group.add_argument("--settings", metavar="JSON", help="a file of settings, which options override")
    add = group.add_argument
    add(
        "--events",
        dest="events_file",
        metavar="CSV",
        help="a file of own events: name, dates, none | weekly | monthly | yearly",
    )
    about = "public holidays of a country (US) or of a part of it (DE-BY); may be given several times"
    add("--holidays", metavar="CODE", action="append", help=about)
    for name, (option, kind, about) in SETTINGS.items():
        action = "append" if name in SEVERAL else "store"
        group.add_argument(
            option, dest=name, type=kind, action=action, help=about, metavar=option.strip("-")[0].upper()
        )


def _add_search(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("search (default: the usual ranges, 40 trials)")
    budget = group.add_mutually_exclusive_group()
    budget.add_argument("--trials", type=_whole, metavar="N", help="settings to try")
    about = "as many trials as are expected to fit, by how fast this machine is now"
    budget.add_argument("--minutes", type=_real, metavar="M", help=about)
    about = "what to search, such as hidden_size=64:512 or cell=lstm,gru; may be given several times"
    group.add_argument("--space", metavar="RANGE", type=_space, action="append", default=[], help=about)


def _space(text: str) -> tuple[str, list[Any]]:
    """A setting with the ends of its range, or with what to choose from."""
    name, _, value = text.partition("=")
    name = name.strip().replace("-", "_")
    if name == "cell":
        return name, [cell.strip() for cell in value.split(",") if cell.strip()]
    low, _, high = value.partition(":")
    read = _real if name in ("dropout", "learning_rate") else _whole
    return name, [read(low), read(high or low)]


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None


def _season(text: str) -> int:
    steps = _whole(text)
    if steps < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number of steps; it must be 1 (no season) or more")
    return steps


def _real(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None


def _header(text: str) -> int | bool:
    return False if text == "none" else _whole(text)


def _delimiter(text: str) -> str:
    return {"tab": "\t", "\\t": "\t"}.get(text, text)


SETTINGS: dict[str, tuple[str, Callable[[str], Any], str]] = {  # setting of ForecastConfig: option, type, help
    "horizon": ("--horizon", _whole, "steps to forecast"),
    "method": ("--method", str, " | ".join(METHODS)),
    "cell": ("--cell", str, " | ".join(CELLS)),
    "window": ("--window", _whole, "past values that each forecast uses"),
    "num_layers": ("--layers", _whole, "recurrent layers"),
    "hidden_size": ("--hidden-size", _whole, "units in a layer"),
    "dropout": ("--dropout", _real, "share of units dropped in training"),
    "learning_rate": ("--learning-rate", _real, "highest of the schedule"),
    "schedule": ("--schedule", str, " | ".join(SCHEDULES)),
    "epochs": ("--epochs", _whole, "at most; training may stop earlier"),
    "batch_size": ("--batch-size", _whole, "chunks in a step"),
    "members": ("--members", _whole, "networks whose median is the forecast"),
    "lookbacks": ("--lookback", _whole, "window of further networks; may be given several times"),
    "anchor": ("--anchor", str, " | ".join(ANCHORS)),
    "loss": ("--loss", str, " | ".join(LOSSES)),
    "seed": ("--seed", _whole, "of the random numbers"),
    "levels": ("--level", _whole, "nominal coverage of an interval, percent; may be given several times"),
    "features": ("--feature", str, "a calendar feature, holidays-US, an indicator; may be given several times"),
    "events": ("--event", parse, "an own event, 'Sale=2023-11-24 2024-11-29,yearly'; may be given several times"),
    "folds": ("--folds", _whole, "trainings of the backtest"),
    "floor": ("--floor", _real, "what no forecast and no interval falls below"),
    "cap": ("--cap", _real, "what no forecast and no interval rises above"),
    "support": ("--support", str, " | ".join(SUPPORTS) + ": keep to the range found in the values, or to none"),
    "whole": ("--whole", str, " | ".join(WHOLE) + ": forecasts as whole numbers; auto: where the values are counts"),
    "totals": ("--total", str, "sums to forecast: a key, 'region / shop', or all; may be given several times"),
}
SEVERAL = {"levels", "lookbacks", "features", "events", "totals"}
