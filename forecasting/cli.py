"""The command line: `python -m forecasting inspect | forecast | backtest | tune | worker | restore`.

Exit status 0, 2 with one sentence on standard error, or 130 after Ctrl-C.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecasting.config import HOLIDAYS, ForecastConfig
from forecasting.errors import AmbiguousInput, ConfigError, ForecastingError, ReadError
from forecasting.events import read_file
from forecasting.hierarchy import with_totals
from forecasting.messages import Message
from forecasting.notation import Notation
from forecasting.options import SAMPLE, SETTINGS, parser
from forecasting.output_files import as_json, check_writable, write
from forecasting.terminal import describe, plain, progress_line
from forecasting.threads import limit_threads

if TYPE_CHECKING:
    from argparse import Namespace

    import pandas as pd

    from forecasting.panel import Panel

DONE, WRONG, INTERRUPTED = 0, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status.

    Torch and BLAS have one thread, as in the workers, so that a forecast made here has the same bits as one made there
    (and a busy machine is not stalled by threads that spin); OMP_NUM_THREADS overrules it for torch.
    """
    limit_threads()
    try:
        args = parser().parse_args(arguments)
        return COMMANDS[args.command](args)
    except ForecastingError as error:
        return _refuse(_sentence(error))
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has closed it; without this, Python complains once more while it shuts down.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:  # a bug: still one sentence, and a way to see where
        if os.environ.get("TIDECAST_DEBUG"):
            raise
        return _refuse(Message("cli.bug", error=plain(f"{type(error).__name__}: {error}")))


def _inspect(args: Namespace) -> int:
    _, about = _read(args)
    if args.report != "-":
        sys.stdout.write(describe(about))
    _write_report(args, about)
    return DONE


def _forecast(args: Namespace) -> int:
    from forecasting.forecaster import fit

    check_writable(args.onnx, args.input)
    panel, about = _read(args)
    config, reasons = _settings(args, panel)
    with progress_line(sys.stderr) as on_progress:
        forecaster = fit(panel, config, on_progress=on_progress)
    _write_frame(args, forecaster.predict().rounded(forecaster.training.get("whole")), about)
    if args.onnx is not None:
        write(args.onnx, forecaster.to_onnx())
    done = {"config": config.to_dict(), "reasons": reasons, "training": forecaster.training}
    _write_report(args, {**about, **done})
    return DONE


def _backtest(args: Namespace) -> int:
    from forecasting.evaluation.backtests.level_scores import reached
    from forecasting.evaluation.findings.anomalies import check_rate
    from forecasting.export import forecast_csv
    from forecasting.forecaster import evaluate

    check_rate(rate := 1 / max(args.false_alarms, 1))
    check_writable(args.anomalies, args.input)
    panel, about = _read(args)
    config, reasons = _settings(args, panel)
    with progress_line(sys.stderr) as on_progress:
        backtest = evaluate(panel, config, on_progress=on_progress)
    _write_frame(args, backtest, about)
    verdict = backtest.verdict
    done: dict[str, Any] = {
        "config": config.to_dict(),
        "reasons": reasons,
        "scores": backtest.scores,
        "verdict": verdict.to_dict() | {"text": verdict.text},
        "slices": backtest.slices(panel, config.features).to_dict(),
    }
    if args.anomalies is not None:
        found = backtest.anomalies(rate)
        write(args.anomalies, forecast_csv(found.table, Notation.of(about)))
        done["anomalies"] = {"rate": rate, "count": len(found.own), "text": str(found.message)}
    if len(panel.series_ids) > 1:
        table = backtest.by_series(with_totals(panel, config.totals)[0] if config.totals else panel)
        done["by_series"] = table.astype(object).where(table.notna(), None).to_dict("records")
    _write_report(args, {**about, **done})
    if "-" not in (args.output, args.report):
        sys.stdout.write("\n".join(map(plain, [verdict.text, *reached(backtest.scores)])) + "\n")
    return DONE


def _tune(args: Namespace) -> int:
    from forecasting import tuning
    from forecasting.export import settings_json
    from forecasting.runs.workers.speed import burst

    panel, about = _read(args)
    base, reasons = _settings(args, panel)
    space = tuning.SearchSpace.from_dict({**tuning.usual_space(panel, base).to_dict(), **dict(args.space)})
    config = tuning.TuneConfig(base=base, space=space, trials=40 if args.trials is None else args.trials)
    if args.minutes is not None:
        speed, stretch = burst()
        config = tuning.within_minutes(panel, config, args.minutes, speed * stretch)
    tuning.check(panel, config)
    with progress_line(sys.stderr) as on_progress:
        found = tuning.Tuning(result=json.loads(tuning.search(panel, config, on_progress)["result"]))
    kept = base.replace(**(found.settings or {})) if found.better else base
    write(args.output, settings_json(kept.to_dict(), {"input": about["input"], "verdict": str(found.verdict)}))
    verdict = {"grade": found.result["verdict"], "text": found.verdict}
    _write_report(args, {**about, "reasons": reasons, **found.result, "verdict": verdict})
    if "-" not in (args.output, args.report):
        sys.stdout.write(plain(found.verdict) + "\n")
    return DONE


def _worker(args: Namespace) -> int:
    from forecasting.runs.workers.worker import worker_main

    return worker_main(args.database, once=args.once)


def _restore(args: Namespace) -> int:
    from forecasting.runs.copies import restore
    from forecasting.runs.environment import Settings

    done = restore(args.database or Settings.from_environment().database)
    made = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(done.made))
    about = {"file": str(done.file), "made": made}
    if done.set_aside is None:
        message = Message("cli.restored", **about)
    else:
        message = Message("cli.restored-aside", **about, aside=str(done.set_aside))
    sys.stdout.write(plain(message) + "\n")
    return DONE


COMMANDS = {
    "inspect": _inspect,
    "forecast": _forecast,
    "backtest": _backtest,
    "tune": _tune,
    "worker": _worker,
    "restore": _restore,
}


def _read(args: Namespace) -> tuple[Panel, dict[str, Any]]:
    """The Panel of INPUT, and how it was read, for --report."""
    from forecasting.intake import ReadingChoices, load_sample, read

    check_writable(args.report, args.input)
    output = getattr(args, "output", None)
    check_writable(output, args.input)
    if output is not None and args.report is not None and os.path.realpath(output) == os.path.realpath(args.report):
        raise ForecastingError(Message("cli.same-file", path=output), field="report")
    if args.input.startswith(SAMPLE):
        panel, about = load_sample(args.input.removeprefix(SAMPLE)), {"input": args.input}
    else:
        data, name = _bytes(args.input)
        chosen = {field.name: getattr(args, field.name, None) for field in dataclasses.fields(ReadingChoices)}
        table, panel, report = read(data, name, ReadingChoices(**chosen))
        dialect = dataclasses.asdict(table.dialect)
        rows = sum(file.rows for file in report.files) or len(table)
        about = {"input": name, "rows": rows, "columns": table.columns, "dialect": dialect, **report.to_dict()}
    if args.season:
        panel = dataclasses.replace(panel, seasons=tuple(sorted(set(args.season))))
    notation = Notation.of(about)
    series = [
        {"unique_id": name, "values": len(times), "start": _iso(times[0], notation), "end": _iso(times[-1], notation)}
        for name, times in zip(panel.series_ids, panel.times(), strict=True)
    ]
    if panel.keys is not None:
        about["keys"] = [str(name) for name in panel.keys.columns]
    about |= {"panel": panel.id, "frequency": panel.frequency, "series": series}
    about["seasons"] = [season for season in panel.seasons if 2 * season <= panel.lengths.max()]
    return panel, about


def _bytes(source: str) -> tuple[bytes, str]:
    if source == "-":
        return sys.stdin.buffer.read(), "standard input"
    try:
        return Path(source).read_bytes(), Path(source).name
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise ReadError(Message("cli.input", path=source, reason=reason)) from error


def _iso(time: Any, notation: Notation) -> str | int:
    """A time stamp of a Panel as ISO 8601 text with the offset of the file's zone, a whole number as it is."""
    if time.dtype.kind == "i":
        return int(time)
    return notation.write([time], iso=True, dated=False)[0]


def _settings(args: Namespace, panel: Panel) -> tuple[ForecastConfig, dict[str, str]]:
    """As suggested or from --settings, overridden by the options; the reasons of what was suggested."""
    from forecasting.forecaster import suggest_config

    given = {name: value for name in SETTINGS if (value := getattr(args, name)) is not None}
    if args.events_file is not None:
        given["events"] = [*read_file(args.events_file), *given.get("events", [])]
    if args.settings is None:
        config, reasons = suggest_config(panel)
    else:
        config, reasons = _settings_file(args.settings), {}
    if args.holidays:
        features = given.get("features", config.features)
        given["features"] = [*features, *(HOLIDAYS + code for code in args.holidays)]
    return config.replace(**given), {name: reason for name, reason in reasons.items() if name not in given}


def _settings_file(path: str) -> ForecastConfig:
    from forecasting.export import read_settings

    try:
        data = Path(path).read_bytes()
    except OSError as error:
        message = Message("cli.settings-file", path=path, reason=error.strerror)
        raise ConfigError(message, field="settings") from error
    return read_settings(data, path)


def _write_frame(args: Namespace, frame: pd.DataFrame, about: Mapping[str, Any]) -> None:
    from forecasting.export import forecast_csv

    write(args.output, forecast_csv(frame, Notation.of(about)))


def _write_report(args: Namespace, about: Mapping[str, Any]) -> None:
    if args.report is not None:
        write(args.report, as_json(about))


def _sentence(error: ForecastingError) -> str:
    """The error in one line that names the option to use."""
    message = plain(error.message)
    if isinstance(error, AmbiguousInput):
        return f"{message.rstrip('.?')}; pass {_answers(error)}."
    option = SETTINGS.get(error.field or "", ("",))[0]
    if option and isinstance(error.message, Message) and error.message.key.startswith("tune."):
        option = "--space"
    return f"{option}: {message}" if option and isinstance(error, ConfigError) else message


def _answers(error: AmbiguousInput) -> str:
    if error.argument == "day_first":
        return "--day-first or --month-first"
    choices = ", ".join(plain(str(choice)) for choice in error.choices)
    return f"--{error.argument.replace('_', '-')} with one of: {choices}"


def _refuse(message: str) -> int:
    sys.stderr.write(message + "\n")
    return WRONG
