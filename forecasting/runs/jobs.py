"""The jobs: each kind of run in one place, with its settings, its computation and what its progress counts.

`Job.complete` runs where the question is asked: it fills in the settings, so that one question has one id, or raises
ConfigError. `compute` runs in workers, never in the server: it is called as `compute(data, config, report)` with what
the job `reads` (None where the run has no data) and a function that takes a Progress, its `fraction` counted over the
whole run, and raises Cancelled when the run is to stop. It returns artifacts by name: the same bytes for the same
question, so nothing in them may depend on time, except in one called "clock". An artifact "scores" (a small JSON
object) is also shown in lists. How a run looks: pages/shared/jobs.py, by the same names.
"""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from forecasting import work
from forecasting.config import ForecastConfig
from forecasting.errors import DataError
from forecasting.labs import sequences
from forecasting.labs.lessons import LABS, LESSONS
from forecasting.labs.sequences import SineGridConfig, split_clock
from forecasting.labs.text import (
    PairConfig,
    TextConfig,
    UnitConfig,
    run_pair,
    run_units,
    train_text,
    units_work,
    work_of_text,
)
from forecasting.messages import Message
from forecasting.panel import Panel
from forecasting.portfolio import group_by_shape, series_table, shapes_bytes, table_bytes
from forecasting.runs.films import filmed
from forecasting.runs.job import Job, Report, Shards
from forecasting.tuning import (
    TuneConfig,
    compute_part,
    expected_work,
    first_parts,
    further_parts,
    merge_parts,
    search,
    work_of_part,
)

if TYPE_CHECKING:
    import pandas as pd


WORTH_GROUPS = 8  # series, from which on groups of them are looked for
EXPLAINED = 50  # series
GATHERING = 0.03  # of a forecast's time, for what comes after the trainings


def forecast(panel: Panel | None, config: Mapping[str, Any], report: Report) -> dict[str, bytes]:
    """Fit on everything, then evaluate: `forecaster`, `forecast` (Parquet), `backtest`, `training`, `explain`,
    `scores`, `slices` (JSON); of several series also `series`, their table (Parquet), and of many `shapes`, their
    groups (JSON)."""
    expected = work_of_forecast(panel, config)
    whole, done = sum(expected.values()) / (1 - GATHERING), 0.0
    parts = {}
    for name in trainings(config):
        end = done + expected[name]
        parts[name] = train(panel, config, name, _part(report, done / whole, end / whole))
        done = end
    return gather(panel, config, parts)


def trainings(config: Mapping[str, Any]) -> tuple[str, ...]:
    """The trainings of a forecast, none of which needs another: "fit", "fold 1", "fold 2", ..."""
    return ("fit", *(f"fold {fold}" for fold in range(1, ForecastConfig.from_dict(config).folds + 1)))


def train(panel: Panel | None, config: Mapping[str, Any], name: str, report: Report) -> dict[str, bytes]:
    """One of the `trainings`: `forecaster`, `forecast`, `training`, `explain`, or of a fold `tested` and
    what covariates did in it, `effects`."""
    from forecasting.forecaster import evaluate_fold, fit

    settings = ForecastConfig.from_dict(config)
    if panel is None:
        raise DataError(Message("runs.no_data"))
    if name != "fit":
        fold = int(name.removeprefix("fold "))
        of_all = _of_several(report, fold - 1, settings.folds)
        tested = evaluate_fold(panel, settings, fold, of_all, EXPLAINED)
        return {"tested": tested.to_bytes(), "effects": _json(tested.effects)}
    forecaster = fit(panel, settings, on_progress=report)
    return {
        "forecaster": forecaster.to_bytes(),
        "forecast": _parquet(forecaster.predict()),
        "training": _json(_timeless(forecaster.training)),
        "explain": _json(forecaster.explain(EXPLAINED)),
    }


def gather(panel: Panel | None, config: Mapping[str, Any], parts: dict[str, dict[str, bytes]]) -> dict[str, bytes]:
    """The artifacts of a forecast, made of those of its `trainings`, which are taken out of `parts`: those of thousands
    of series are too large to hold them longer than needed."""
    from forecasting.evaluation.backtests.tested import Tested
    from forecasting.evaluation.explaining.effects import with_held_out
    from forecasting.forecaster import gather as gather_folds

    assert panel is not None  # noqa: S101 - `train` had it
    of_folds = [json.loads(parts[name].get("effects", b"{}")) for name in trainings(config)[1:]]
    tested = [Tested.from_bytes(parts.pop(name)["tested"]) for name in trainings(config)[1:]]
    settings = ForecastConfig.from_dict(config)
    backtest = gather_folds(panel, settings, tested)
    del tested
    explained = parts["fit"]["explain"]
    if any(of_folds):
        explained = _json(with_held_out(json.loads(explained), [one for one in of_folds if one]))
    found = {
        **parts["fit"],
        "explain": explained,
        "backtest": backtest.to_bytes(),
        "scores": _json(_few(backtest.scores)),
        "slices": _json(backtest.slices(panel, settings.features).to_dict()),
    }
    if len(panel.series_ids) > 1:
        forecast_frame = _frame(parts["fit"]["forecast"])
        found["series"] = table_bytes(series_table(panel, forecast_frame, backtest, settings.totals))
    if len(panel.series_ids) >= WORTH_GROUPS:
        found["shapes"] = shapes_bytes(group_by_shape(panel))
    return found


def work_of_forecast(panel: Panel | None, config: Mapping[str, Any]) -> dict[str, float]:
    """Reference seconds of each of the `trainings`."""
    if panel is None:
        return dict.fromkeys(trainings(config), 1.0)
    return work.of_trainings(panel, ForecastConfig.from_dict(config))


def _teaching(name: str, unit: Literal["epoch", "step"] = "epoch") -> Job:
    """A teaching system: `result`, `scores`, `clock` (how long things took), all JSON, and `frames`."""
    system = LABS[name]

    def compute(_data: None, config: Mapping[str, Any], report: Report) -> dict[str, bytes]:
        result, clock = split_clock(system.run(config, report))
        return {"result": _json(result), "scores": _json(system.scores(result)), "clock": _json(clock)}

    return Job(name=name, settings=system.config, compute=filmed(compute), unit=unit)


def _sine_grid() -> Job:
    """A grid of sine waves, a shard each network: `result`, `scores`, `clock`, as of a teaching system."""

    def compute_part(_data: None, config: Mapping[str, Any], name: str, report: Report) -> dict[str, bytes]:
        part, clock = split_clock(sequences.run_grid_part(config, name, report))
        return {"part": _json(part), "clock": _json(clock)}

    def merge(_data: None, config: Mapping[str, Any], parts: Mapping[str, Mapping[str, bytes]]) -> dict[str, bytes]:
        result = sequences.merge_grid(config, {name: json.loads(part["part"]) for name, part in parts.items()})
        clock = {"parts": {name: json.loads(part["clock"]) for name, part in parts.items()}}
        scores = sequences.SYSTEMS["sine_grid"].scores(result)
        return {"result": _json(result), "scores": _json(scores), "clock": _json(clock)}

    def compute(data: None, config: Mapping[str, Any], report: Report) -> dict[str, bytes]:
        names = sequences.grid_names(config)
        ends = [(place / len(names), (place + 1) / len(names)) for place in range(len(names))]
        parts = {
            name: compute_part(data, config, name, _part(report, *end)) for name, end in zip(names, ends, strict=True)
        }
        return merge(data, config, parts)

    def seconds(_data: None, config: Mapping[str, Any]) -> float:
        return sum(sequences.grid_seconds(config).values())

    return Job(
        name="sine_grid",
        settings=SineGridConfig,
        compute=compute,
        shards=Shards(sequences.grid_names, seconds, compute_part, merge, always=True),
        work=lambda _data, config: sequences.grid_seconds(config),
    )


def pair(_data: None, config: Mapping[str, Any], report: Report) -> dict[str, bytes]:
    """Train on a pair of words: `result`, `scores` (JSON)."""
    result = _timeless(run_pair(config, report))
    return {
        "result": _json(result),
        "scores": _json({"learned_at": result["learned_at"], "bits": result["losses"][-1]}),
    }


def text(raw: bytes | None, config: Mapping[str, Any], report: Report) -> dict[str, bytes]:
    """Train a character LSTM on UTF-8 text: `result`, `scores` (JSON), `model`, `tail` (safetensors)."""
    from safetensors.numpy import save

    if raw is None:
        raise DataError(Message("runs.no_text"))
    trained = train_text(raw.decode("utf-8", errors="replace"), TextConfig.from_dict(config), report)
    tail = {name: bits.astype(np.float32) for name, bits in trained.tail.items()}
    result = _timeless(trained.result)
    scores = {"bits": result["bits"], "ngram_bits": min(result["ngrams"].values()), "characters": result["characters"]}
    return {
        "result": _json(result),
        "scores": _json(scores),
        "model": trained.model.to_bytes(),
        "tail": save(tail),
    }


JOBS: dict[str, Job] = {
    job.name: job
    for job in (
        Job(
            name="forecast",
            settings=ForecastConfig,
            compute=forecast,
            reads="panel",
            shards=Shards(
                trainings, lambda panel, config: sum(work_of_forecast(panel, config).values()), train, gather
            ),
            work=work_of_forecast,
        ),
        Job(name="pair", settings=PairConfig, compute=filmed(pair)),
        Job(name="text", settings=TextConfig, compute=filmed(text), reads="bytes", unit="step", work=work_of_text),
        Job(name="text_units", settings=UnitConfig, compute=run_units, reads="bytes", uses=("model",), work=units_work),
        Job(
            name="tune",
            settings=TuneConfig,
            compute=lambda panel, config, report: search(panel, TuneConfig.from_dict(config), report),
            reads="panel",
            shards=Shards(
                lambda config: first_parts(TuneConfig.from_dict(config)),
                lambda panel, config: sum(expected_work(panel, TuneConfig.from_dict(config)).values()),
                lambda panel, config, name, report: compute_part(panel, TuneConfig.from_dict(config), name, report),
                lambda panel, config, parts: merge_parts(panel, TuneConfig.from_dict(config), parts),
                then=lambda config, parts: further_parts(TuneConfig.from_dict(config), parts),
                work=lambda panel, config, name: work_of_part(panel, TuneConfig.from_dict(config), name),
                always=True,
            ),
            work=lambda panel, config: expected_work(panel, TuneConfig.from_dict(config)),
        ),
        _teaching("sine"),
        _teaching("recipes"),
        _sine_grid(),
        _teaching("cosine", unit="step"),
        _teaching("one_cell", unit="step"),
        _teaching("cells", unit="step"),
        _teaching("rollout"),
        _teaching("marker", unit="step"),
        *map(_teaching, LESSONS),
    )
}


def _few(scores: Mapping[str, Any]) -> dict[str, Any]:
    """What a list of runs shows of a Backtest's scores."""
    methods = scores["methods"]["forecast"]
    chosen = {name: methods[name] for name in ("mae", "rmse", "mase", "smape", "skill")}
    return chosen | {name: scores[name] for name in ("skill_interval", "coverage", "trainings", "origins", "series")}


def _timeless(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without how long it took: the worker notes that beside the result."""
    return {name: value for name, value in values.items() if name != "seconds"}


def _part(report: Report, start: float, end: float) -> Report:
    """Progress of a part, as progress of the run."""
    return lambda part: report(dataclasses.replace(part, fraction=start + (end - start) * part.fraction))


def _of_several(report: Report, place: int, count: int) -> Report:
    """From progress over `count` folds, the progress of the one at `place`."""
    return lambda part: report(dataclasses.replace(part, fraction=min(1.0, max(0.0, part.fraction * count - place))))


def _parquet(frame: pd.DataFrame) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), sink, compression="zstd")
    return sink.getvalue()


def _frame(data: bytes) -> pd.DataFrame:
    """What `_parquet` wrote."""
    import pandas as pd

    return pd.read_parquet(io.BytesIO(data))


def _json(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True).encode()
