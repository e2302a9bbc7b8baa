"""The verdict: one honest sentence about a backtest, as a key and values."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from forecasting import spans, units
from forecasting.messages import Message

EXACT = 1e-9  # of the error of repeating the last value: an error that is mere rounding

_SENTENCES = {"same": "random-walk"}  # what no better than the last value means; of a season it means something else


@dataclasses.dataclass(frozen=True)
class Verdict:
    """grade: "better", "same" or "worse", against the better of the two naive forecasts. `key` and `values` (percent;
    `error` in the unit of the series) fill the sentence; `text` is English.

    Keys that end in "-seasonal" compare with repeating the last `season` steps, the others with the last value.
    """

    grade: str
    key: str
    values: dict[str, float]
    unit: str = ""  # of the values, as far as it is known
    frequency: str = ""
    season: int = 1

    @property
    def reference(self) -> Message:
        """The naive forecast it was compared with, such as "copying last week"."""
        return spans.copying(self.frequency, self.season if self.key.endswith("-seasonal") else 1)

    @property
    def error(self) -> Message:
        """How far it was off: "Off by 178 EUR a day on average"."""
        error = units.amount(self.values["error"], self.unit)
        return Message("verdict.off", error=error, each=spans.a_step(self.frequency))

    @property
    def messages(self) -> tuple[Message, ...]:
        """The sentences, and one more where series were left out."""
        counts = {name: round(value) for name, value in self.values.items()}
        shown = {name: f"{value:,.0f}" for name, value in self.values.items()}
        one = counts["series"] == 1
        head = self.error if one else Message("verdict.over", count=counts["series"] - counts["left_out"])
        interval: Message | str = ""
        if "low" in shown:
            ends = sorted(
                abs(self.values[end]) if self.grade == "worse" else self.values[end] for end in ("low", "high")
            )
            interval = Message("verdict.interval", low=f"{ends[0]:,.0f}", high=f"{ends[1]:,.0f}")
        sentence = Message(
            f"verdict.{_SENTENCES.get(self.key) or self.key.removesuffix('-seasonal')}",
            head=head, reference=self.reference, interval=interval, level=shown["level"], held=shown["held"],
            skill=shown["skill"], loss=shown["loss"],
        )  # fmt: skip
        if not counts["left_out"]:
            return (sentence,)
        return sentence, Message("verdict.left-out", count=counts["left_out"], series=counts["series"])

    @property
    def text(self) -> str:
        return " ".join(self.messages)

    def to_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


def judge(scores: Mapping[str, Any], unit: str | None = None) -> Verdict:
    """The verdict on the scores of a Backtest. `unit` overrules the one that the name of a series says.

    The forecast is compared with the better of the two naive forecasts on the same origins. Better means: the whole
    95 % interval of its skill against that one is above zero; worse, that it is below.
    """
    methods, season = scores["methods"], int(scores["season"])
    seasonal = season > 1 and _beats(methods["seasonal-naive"], methods["naive"])
    own = methods["forecast"]
    skill = own["skill_seasonal" if seasonal else "skill"] or 0.0
    low, high = scores.get("skill_interval_seasonal" if seasonal else "skill_interval") or (None, None)
    level = min(scores["coverage"], key=lambda name: abs(int(name) - 80))
    values = {
        "trainings": float(scores["trainings"]),
        "origins": float(scores["origins"]),
        "level": float(level),
        "held": 100 * scores["coverage"][level],
        "error": float(own["mae"] or 0.0),
        "skill": 100 * skill,
        "loss": -100 * skill,
        "series": float(scores["series"]),
        "left_out": float(scores["series_left_out"]),
    }
    if low is not None and high is not None:
        values |= {"low": 100 * low, "high": 100 * high}
    grade, key = _grade(scores, seasonal, skill, low, high)
    said = scores.get("unit") or ""
    return Verdict(
        grade,
        f"{key}-seasonal" if seasonal else key,
        values,
        unit=said if unit is None else unit,
        frequency=scores.get("frequency") or "",
        season=season,
    )


def _grade(
    scores: Mapping[str, Any], seasonal: bool, skill: float, low: float | None, high: float | None
) -> tuple[str, str]:
    """(grade, key without its ending), from the skill against the better naive forecast and its 95 % interval."""
    methods = scores["methods"]
    own, reference = methods["forecast"], methods["seasonal-naive" if seasonal else "naive"]
    rounding = EXACT * methods["naive"]["mae"]
    if reference["mae"] <= rounding:
        exact = own["mae"] <= rounding or (own["mase"] is not None and own["mase"] < EXACT)
        return ("same", "exact") if exact else ("worse", "worse-exact")
    if seasonal and "skill_interval_seasonal" not in scores:  # stored by an older version
        low, high = scores["skill_interval"]  # against the last value
        if skill > 0 and (low or 0.0) > 0:
            return "better", "better"
        return ("worse", "worse") if (high or 0.0) < 0 else ("same", "same")
    if low is None or high is None:
        return ("worse", "worse") if skill < 0 else ("same", "unknown")
    if high < 0:
        return "worse", "worse"
    return ("better", "better") if low > 0 else ("same", "same")


def _beats(one: Mapping[str, float | None], other: Mapping[str, float | None]) -> bool:
    """Whether a method's error is smaller: scaled, as the skill is, so that series of any unit count alike."""
    name = "mase" if None not in (one["mase"], other["mase"]) else "mae"
    return (one[name] or 0.0) < (other[name] or 0.0)
