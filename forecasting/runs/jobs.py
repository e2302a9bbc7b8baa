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
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from forecasting import work
from forecasting.config import ForecastConfig
from forecasting.errors import DataError
from forecasting.labs.sequences import SYSTEMS, split_clock
from forecasting.labs.text import PairConfig, TextConfig, expected_seconds, run_pair, train_text
from forecasting.messages import Message
from forecasting.panel import Panel
from forecasting.portfolio import group_by_shape, series_table, shapes_bytes, table_bytes

if TYPE_CHECKING:
    import pandas as pd

    from forecasting.progress import Progress

WORTH_GROUPS = 8  # series, from which on groups of them are looked for
GATHERING = 0.03  # of a forecast's time, for what comes after the trainings

Report = Callable[["Progress"], None]


class Settings(Protocol):
    """A frozen dataclass that validates itself."""

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Any: ...


@dataclasses.dataclass(frozen=True)
class Shards:
    """How a run is done in parts that need nothing of each other. Merged they give what `Job.compute` gives."""

    names: Callable[[Mapping[str, Any]], tuple[str, ...]]  # in the order in which they are merged
    seconds: Callable[[Any, Mapping[str, Any]], float]  # that the whole run is expected to take
    compute: Callable[[Any, Mapping[str, Any], str, Report], dict[str, bytes]]
    merge: Callable[[Any, Mapping[str, Any], Mapping[str, Mapping[str, bytes]]], dict[str, bytes]]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Job:
    """A kind of run. Its name is part of every run's id and row: it never changes."""

    name: str
    settings: type[Settings]
    compute: Callable[[Any, Mapping[str, Any], Report], dict[str, bytes]]
    reads: Literal["panel", "bytes"] | None = None  # of its dataset
    unit: Literal["epoch", "step"] = "epoch"  # what its progress counts
    shards: Shards | None = None  # how a large run of it is split
    work: Callable[[Any, Mapping[str, Any]], Mapping[str, float]] | None = None  # reference seconds of its parts

    def complete(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """Every setting of `config`, as JSON holds it; without those that came later and are not set."""
        settings = self.settings.from_dict(config)
        values = settings.to_dict() if isinstance(settings, ForecastConfig) else dataclasses.asdict(settings)
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def forecast(panel: Panel | None, config: Mapping[str, Any], report: Report) -> dict[str, bytes]:
    """Fit on everything, then evaluate: `forecaster`, `forecast` (Parquet), `backtest`, `training`, `explain`, `scores`
    (JSON); of several series also `series`, their table (Parquet), and of many `shapes`, their groups (JSON)."""
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
    """One of the `trainings`: `forecaster`, `forecast`, `training`, `explain`, or of a fold `tested`."""
    from forecasting.forecaster import evaluate_fold, fit

    settings = ForecastConfig.from_dict(config)
    if panel is None:
        raise DataError(Message("runs.no_data"))
    if name != "fit":
        fold = int(name.removeprefix("fold "))
        of_all = _of_several(report, fold - 1, settings.folds)
        return {"tested": evaluate_fold(panel, settings, fold, of_all).to_bytes()}
    forecaster = fit(panel, settings, on_progress=report)
    return {
        "forecaster": forecaster.to_bytes(),
        "forecast": _parquet(forecaster.predict()),
        "training": _json(_timeless(forecaster.training)),
        "explain": _json(forecaster.explain()),
    }


def gather(
    panel: Panel | None, config: Mapping[str, Any], parts: Mapping[str, Mapping[str, bytes]]
) -> dict[str, bytes]:
    """The artifacts of a forecast, made of those of its `trainings`."""
    from forecasting.evaluation.backtest import Tested
    from forecasting.forecaster import gather as gather_folds

    assert panel is not None  # noqa: S101 - `train` had it
    tested = [Tested.from_bytes(parts[name]["tested"]) for name in trainings(config)[1:]]
    settings = ForecastConfig.from_dict(config)
    backtest = gather_folds(panel, settings, tested)
    found = {**parts["fit"], "backtest": backtest.to_bytes(), "scores": _json(_few(backtest.scores))}
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
    """A teaching system: `result`, `scores`, `clock` (how long things took), all JSON."""
    system = SYSTEMS[name]

    def compute(_data: None, config: Mapping[str, Any], report: Report) -> dict[str, bytes]:
        result, clock = split_clock(system.run(config, report))
        return {"result": _json(result), "scores": _json(system.scores(result)), "clock": _json(clock)}

    return Job(name=name, settings=system.config, compute=compute, unit=unit)


def _work_of_text(raw: bytes | None, config: Mapping[str, Any]) -> dict[str, float]:
    text = (raw or b"").decode("utf-8", errors="replace")
    return {"text": expected_seconds(text, TextConfig.from_dict(config))}


def pair(_data: None, config: Mapping[str, Any], report: Report) -> dict[str, bytes]:
    """Train on a pair of words: `result`, `scores` (JSON)."""
    result = _timeless(run_pair(config, report))
    scores = {"learned_at": result["learned_at"], "bits": result["losses"][-1]}
    return {"result": _json(result), "scores": _json(scores)}


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
        Job(name="pair", settings=PairConfig, compute=pair),
        Job(name="text", settings=TextConfig, compute=text, reads="bytes", unit="step", work=_work_of_text),
        _teaching("sine"),
        _teaching("recipes"),
        _teaching("cosine", unit="step"),
        _teaching("cells", unit="step"),
        _teaching("rollout"),
        _teaching("marker", unit="step"),
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
