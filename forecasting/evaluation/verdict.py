"""The verdict: one honest sentence about a backtest, as a key and values."""

from __future__ import annotations

import dataclasses
from typing import Any

from forecasting.messages import Message

EXACT = 1e-9  # scaled error that is mere rounding


@dataclasses.dataclass(frozen=True)
class Verdict:
    """grade: "better", "same" or "worse". `key` and `values` (percent) fill the sentence; `text` is English."""

    grade: str
    key: str
    values: dict[str, float]

    @property
    def messages(self) -> tuple[Message, ...]:
        """The sentence, and a second one where series were left out."""
        counts = {name: round(value) for name, value in self.values.items()}
        trainings = Message("verdict.trainings", count=counts["trainings"])
        basis = Message(
            "verdict.basis", trainings=trainings, origins=Message("verdict.origins", count=counts["origins"])
        )
        shown = {name: f"{value:,.0f}" for name, value in self.values.items()}
        sentence = Message(f"verdict.{self.key}", basis=basis, **shown)
        if not counts.get("left_out"):
            return (sentence,)
        return sentence, Message("verdict.left-out", count=counts["left_out"], series=counts["series"])

    @property
    def text(self) -> str:
        return " ".join(self.messages)

    def to_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


def judge(scores: dict[str, Any]) -> Verdict:
    """The verdict on the scores of a Backtest.

    Better means: the whole 95 % interval of the skill against naive is above zero, and so is the skill against
    repeating the last season.
    """
    skill = scores["methods"]["forecast"]["skill"]
    low, high = scores["skill_interval"]
    seasonal = scores["methods"]["forecast"]["skill_seasonal"]
    level = min(scores["coverage"], key=lambda name: abs(int(name) - 80))
    values = {
        "trainings": float(scores["trainings"]),
        "origins": float(scores["origins"]),
        "level": float(level),
        "held": 100 * scores["coverage"][level],
        "skill": 100 * (skill or 0.0),
        "loss": -100 * (skill or 0.0),
        "seasonal": 100 * (seasonal or 0.0),
        "series": float(scores["series"]),
        "left_out": float(scores["series_left_out"]),
        "low": 100 * (low or 0.0),
        "high": 100 * (high or 0.0),
    }
    methods = scores["methods"]
    if methods["naive"]["mae"] == 0:
        exact = methods["forecast"]["mase"] is not None and methods["forecast"]["mase"] < EXACT
        return Verdict("same", "exact", values) if exact else Verdict("worse", "worse-exact", values)
    if low is None or high is None:
        return Verdict("worse", "worse", values) if (skill or 0.0) < 0 else Verdict("same", "unknown", values)
    if high < 0:
        return Verdict("worse", "worse", values)
    if low <= 0:
        better_season = scores["season"] > 1 and (methods["seasonal-naive"]["skill"] or 0.0) > 0
        return Verdict("same", "same-seasonal" if better_season else "same", values)
    if scores["season"] <= 1 or seasonal is None:
        return Verdict("better", "better", values)
    if seasonal <= 0:
        return Verdict("same", "better-not-seasonal", values)
    return Verdict("better", "better-seasonal", values)
