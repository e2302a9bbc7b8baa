"""The verdict: one honest sentence about a backtest, as data that a page can translate."""

from __future__ import annotations

import dataclasses
from typing import Any

SENTENCES = {
    "better": "Beats the naive forecast by {skill} % (95 % interval {low} to {high} %) {basis}; its {level} % "
    "intervals held {held} % of the time.",
    "better-seasonal": "Beats the naive forecast by {skill} % (95 % interval {low} to {high} %) and repeating the last "
    "season by {seasonal} % {basis}; its {level} % intervals held {held} % of the time.",
    "better-not-seasonal": "Beats the naive forecast by {skill} % (95 % interval {low} to {high} %) {basis}, but not "
    "repeating the last season ({seasonal} % against it); its {level} % intervals held {held} % of the time.",
    "same": "No better than repeating the last value: {skill} % (95 % interval {low} to {high} %) {basis}. Treat this "
    "series as a random walk.",
    "same-seasonal": "No better than repeating the last value: {skill} % (95 % interval {low} to {high} %) {basis}. "
    "Repeating the last season is the forecast to beat here.",
    "worse": "Worse than repeating the last value by {loss} % {basis}. Use the naive forecast instead.",
    "worse-exact": "Repeating the last value was exact {basis}, this forecast was not. Use the naive forecast.",
    "unknown": "Too few origins to tell whether this beats repeating the last value ({skill} % {basis}). A shorter "
    "horizon or more data would tell.",
    "exact": "Nothing changed in the test stretch, and the forecast said so {basis}.",
}
EXACT = 1e-9  # scaled error that rounding leaves
BASIS = "over {trainings} trainings and {origins} origins"


@dataclasses.dataclass(frozen=True)
class Verdict:
    """grade: "better", "same" or "worse". `key` and `values` (percent) fill the sentence; `text` is English."""

    grade: str
    key: str
    values: dict[str, float]

    @property
    def text(self) -> str:
        shown = {name: f"{value:,.0f}" for name, value in self.values.items()}
        basis = BASIS.format(**shown)
        if self.values["trainings"] == 1:
            basis = basis.replace("1 trainings", "1 training")
        return f"{SENTENCES[self.key].format(basis=basis, **shown)} {self.aside}".rstrip()

    @property
    def aside(self) -> str:
        """What `text` adds on series that were left out; empty where none was."""
        left = self.values.get("left_out")
        if not left:
            return ""
        were = "was" if left == 1 else "were"
        return f"{left:,.0f} of {self.values['series']:,.0f} series {were} too short to be tested."

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
