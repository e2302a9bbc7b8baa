"""What a training reports: how far it is while it works, and what happened when it is done."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from forecasting.config import ForecastConfig
from forecasting.messages import Message, restored
from forecasting.panel import Panel
from forecasting.suggestions import needed_values
from forecasting.whole import find
from forecasting.work import Work

if TYPE_CHECKING:
    from forecasting.evaluation.predictor import Predictor
    from forecasting.model.fit import TrainingReport


@dataclasses.dataclass(frozen=True)
class Progress:
    """How far a call of `fit` or `evaluate` is. Losses are in scaled units; stage: "validation", "final" or "fold"."""

    stage: str
    fold: int
    folds: int
    epoch: int
    epochs: int
    train_loss: float | None
    valid_loss: float | None
    fraction: float
    detail: Mapping[str, Any] | None = None  # what else a page draws while it works: some kB that JSON can hold
    frame: Mapping[str, Any] | None = None  # what the network does now, of a training that is filmed: some kB as well


OnProgress = Callable[[Progress], None]


def progress_of_fit(
    config: ForecastConfig,
    on_progress: OnProgress | None,
    last_stage: str,
    fold: int,
    folds: int,
    start: float,
    share: float,
    work: Work,
) -> Callable[[str, int, Any], None] | None:
    """Turns the epochs of one fit, whose stages take what `work` says, into Progress over `share` of the whole call,
    from `start` on. The last report is not of its end: what comes after the epochs has its share as well."""
    if on_progress is None:
        return None

    def report(stage: str, member: int, epoch: Any) -> None:
        done = (member + epoch.epoch / max(1, epoch.epochs)) / (config.members * (1 + len(config.lookbacks)))
        within = work.done(stage, min(1.0, done))
        shown = "fold" if last_stage == "fold" else stage
        on_progress(
            Progress(
                shown, fold, folds, epoch.epoch, epoch.epochs, epoch.train_loss, epoch.valid_loss,
                min(1.0, start + share * within),
            )
        )  # fmt: skip

    return report


def training_report(
    predictor: Predictor,
    trained: TrainingReport | None,
    panel: Panel,
    config: ForecastConfig,
    inputs: Sequence[str],
    notes: Sequence[str],
) -> dict[str, Any]:
    """What the Training tab shows, JSON-able; `messages` has key and values of the texts in it that are Messages."""
    report: dict[str, Any] = {
        "periods": [int(period) for period in predictor.periods],
        "log": [state.log for state in predictor.states][:1000],
        "shrink": predictor.shrinkage.to_dict(),
        "weights": predictor.mean_weights,
        "inputs": list(inputs),
        "notes": list(notes),
    }
    if whole := find(panel, config):
        report["whole"] = whole
    report |= _without_network(panel, config) if trained is None else _of_network(predictor, trained)
    report["messages"] = {
        "fallback": message_dict(report["fallback"]),
        "stopped": message_dict(report["stopped"]),
        "inputs": [message_dict(name) for name in inputs],
        "notes": [message_dict(note) for note in notes],
    }
    return report


def message_dict(text: str | None) -> dict[str, Any] | None:
    """Key and values of a Message; None for plain text."""
    return text.to_dict() if isinstance(text, Message) else None


def input_names(training: Mapping[str, Any]) -> list[str]:
    """The names of further inputs in a training report that JSON may have held: Messages where they were ones."""
    names = training["inputs"]
    messages = training.get("messages", {}).get("inputs") or [None] * len(names)
    return [restored(name, message) for name, message in zip(names, messages, strict=True)]


def _without_network(panel: Panel, config: ForecastConfig) -> dict[str, Any]:
    return {
        "fallback": Message(
            "model.fallback",
            available=int(panel.lengths.max()),
            window=config.window,
            horizon=config.horizon,
            needed=needed_values(config),
        ),
        "curves": [],
        "parameters": 0,
        "anchor": [],
        "penalty": None,
        "share": 0.0,
        "held_out": 0,
        "held_out_errors": {},
        "best_epochs": [],
        "stopped": Message("model.stopped.no-network"),
    }


def _of_network(predictor: Predictor, trained: TrainingReport) -> dict[str, Any]:
    return {
        "fallback": None,
        "curves": [
            {"stage": stage, "member": member, **dataclasses.asdict(epoch)}
            for stage, members in trained.curves.items()
            for member, epochs in enumerate(members)
            for epoch in epochs
        ],
        "parameters": trained.parameters,
        "anchor": list(predictor.method.anchor_names) if predictor.method is not None else [],
        "penalty": trained.penalty if math.isfinite(trained.penalty) else None,
        "share": trained.share,
        "held_out": trained.held_out,
        "held_out_errors": trained.errors,
        "best_epochs": list(trained.best_epochs),
        "stopped": trained.stopped,
    }
