"""What a training says of itself: how far it is while it works, and what happened when it is done."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from forecasting.config import ForecastConfig
from forecasting.panel import Panel
from forecasting.suggestions import needed_values

if TYPE_CHECKING:
    from forecasting.evaluation.predictor import Predictor
    from forecasting.model.fitting import Account


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


OnProgress = Callable[[Progress], None]


def progress_of_fit(
    config: ForecastConfig,
    on_progress: OnProgress | None,
    last_stage: str,
    fold: int,
    folds: int,
    start: float,
    share: float,
) -> Callable[[str, int, Any], None] | None:
    """Turns the epochs of one fitting.fit into Progress over `share` of the whole call, from `start` on."""
    if on_progress is None:
        return None

    def report(stage: str, member: int, epoch: Any) -> None:
        done = (member + epoch.epoch / max(1, epoch.epochs)) / (config.members * (1 + len(config.lookbacks)))
        within = (done if stage == "validation" else 1 + done) / 2
        shown = "fold" if last_stage == "fold" else stage
        on_progress(
            Progress(
                shown, fold, folds, epoch.epoch, epoch.epochs, epoch.train_loss, epoch.valid_loss,
                min(1.0, start + share * within),
            )
        )  # fmt: skip

    return report


def account_of(
    predictor: Predictor, account: Account | None, panel: Panel, config: ForecastConfig, seconds: float
) -> dict[str, Any]:
    """What the Training tab shows, JSON-able."""
    shrink = predictor.shrink
    found: dict[str, Any] = {
        "seconds": seconds,
        "periods": [int(one) for one in predictor.periods],
        "log": [state.log for state in predictor.states][:1000],
        "shrink": dataclasses.asdict(shrink),
        "weights": predictor.pool.mean_weights() if predictor.pool is not None else {},
        "fallback": None,
    }
    if predictor.method is None or account is None:
        longest = int(panel.lengths.max())
        found["fallback"] = (
            f"The longest series has {longest:,} values; a network with a window of {config.window} and a horizon of "
            f"{config.horizon} needs {needed_values(config):,}. It was forecast without a network."
        )
        nothing: dict[str, Any] = {"anchor": [], "penalty": None, "share": 0.0, "held_out": 0, "held_out_errors": {}}
        return found | nothing | {"curves": [], "parameters": 0, "best_epochs": [], "stopped": "no network was trained"}
    method = predictor.method
    return found | {
        "curves": [
            {"stage": stage, "member": member, **dataclasses.asdict(epoch)}
            for stage, members in account.curves.items()
            for member, epochs in enumerate(members)
            for epoch in epochs
        ],
        "parameters": account.parameters,
        "anchor": list(method.anchor_names),
        "penalty": account.penalty if math.isfinite(account.penalty) else None,
        "share": account.share,
        "held_out": account.held_out,
        "held_out_errors": account.errors,
        "best_epochs": list(account.best_epochs),
        "stopped": account.stopped,
    }
