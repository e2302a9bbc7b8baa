"""What a search has found: the trials, the default with its noise, and whether anything beats it.

Axes: O origins.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from forecasting.errors import DataError
from forecasting.evaluation.backtests import metrics
from forecasting.evaluation.backtests.backtest import Backtest
from forecasting.evaluation.backtests.tested import Tested
from forecasting.folds import gather
from forecasting.messages import Message
from forecasting.panel import Panel
from forecasting.tuning import parts as of_parts
from forecasting.tuning.points import Point, study_of
from forecasting.tuning.space import TuneConfig

LEVEL = 0.95  # of both intervals
FEWEST = 4  # trials from which on importance can be told


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tuning:
    """What `tune` found. `result` is JSON-able.

    result: `trials` (number, state "done", "pruned" or "failed", settings, error: MASE on the last part of what may be
    searched, or None; early, early_default: after a part of the epochs; asked: what was too large; why), `default`
    (errors over seeds, mean, deviation), `best` (number and settings of the trial that was best over several seeds,
    its errors), `held_out` (of the default and the best: errors over seeds on the folds that the search never saw;
    gain: 1 - ratio of their means; interval: of the gain, paired over origins; seeds: the same over seeds; trainings,
    origins), `importance` (share of each setting), `verdict` ("better", "same", "worse" or "none"), `config`.
    """

    result: dict[str, Any]

    @property
    def better(self) -> bool:
        """Whether the best settings beat the default by more than noise."""
        return bool(self.result["verdict"] == "better")

    @property
    def settings(self) -> dict[str, Any] | None:
        """The settings that were best in the search; None where no trial ended."""
        best = self.result["best"]
        return None if best is None else dict(best["settings"])

    @property
    def verdict(self) -> Message:
        """The verdict in a sentence."""
        return sentence(self.result)


def merge_parts(panel: Panel | None, config: TuneConfig, parts: Mapping[str, of_parts.Part]) -> dict[str, bytes]:
    """The artifacts of a search, made of those of its parts: `result`, `scores`, `clock` (JSON)."""
    if panel is None:
        raise DataError(Message("runs.no_data"))
    trials = of_parts.trials_of(parts)
    default = of_parts.errors_of(parts, None)
    chosen = of_parts.chosen_of(parts)
    best = held_out = None
    if chosen is not None:
        errors = of_parts.errors_of(parts, chosen["number"])
        best = {"number": chosen["number"], "settings": chosen["settings"], "errors": errors, "mean": _mean(errors)}
        held_out = _held_out(panel, config, parts, chosen)
    result = {
        "config": config.to_dict(),
        "trials": trials,
        "default": {"errors": default, "mean": _mean(default), "deviation": _deviation(default)},
        "best": best,
        "held_out": held_out,
        "importance": _importance(config, trials),
        "verdict": "none" if held_out is None else _grade(held_out),
    }
    scores: dict[str, Any] = {"trials": len(trials), "verdict": result["verdict"]}
    if held_out is not None:
        scores |= {"mase": _mean(held_out["best"]), "default": _mean(held_out["default"]), "gain": held_out["gain"]}
    took = {name: json.loads(part["clock"])["seconds"] for name, part in parts.items()}
    by_trial = {name[1:].split(".")[0]: seconds for name, seconds in took.items() if name.startswith("t")}
    clock = {"trials": by_trial, "all": sum(took.values())}
    return {name: json.dumps(value, sort_keys=True).encode() for name, value in
            (("result", result), ("scores", scores), ("clock", clock))}  # fmt: skip


def sentence(result: Mapping[str, Any]) -> Message:
    """The verdict on a result."""
    held_out = result["held_out"]
    if held_out is None:
        return Message("tune.verdict.none")
    values = {
        "best": f"{_mean(held_out['best']):.3g}",
        "default": f"{_mean(held_out['default']):.3g}",
        "count": len(held_out["default"]),
        "folds": result["config"]["base"]["folds"],
        "gain": f"{abs(100 * held_out['gain']):.1f}",
        "noise": f"{100 * _noise(held_out):.1f}",
        "number": result["best"]["number"],
    }
    return Message(f"tune.verdict.{result['verdict']}", **values)


def _held_out(
    panel: Panel, config: TuneConfig, parts: Mapping[str, of_parts.Part], chosen: Mapping[str, Any]
) -> dict[str, Any]:
    """Of the default and the chosen point: errors over seeds, and how far the gain can be trusted."""
    code = Point(**chosen["settings"]).code()
    errors, by_origin, trainings, origins = {}, {}, 0, 0
    for name, end in (("default", ""), ("best", f".{chosen['number']}.{code}")):
        settings = config.base if not end else Point(**chosen["settings"]).config(config.base)
        backtests = [
            gather(
                panel,
                settings,
                [
                    Tested.from_bytes(parts[f"h{seed}.{fold}{end}"]["tested"])
                    for fold in range(1, config.base.folds + 1)
                ],
            )
            for seed in range(1, of_parts.HELD_OUT + 1)
        ]
        errors[name] = [of_parts.error_of(backtest.scores) for backtest in backtests]
        by_origin[name] = sum(_by_origin(backtest) for backtest in backtests) / len(backtests)
        trainings += sum(int(backtest.scores["trainings"]) for backtest in backtests)
        origins = int(backtests[0].scores["origins"])
    interval = metrics.skill_interval(by_origin["best"], by_origin["default"], config.base.horizon)
    return {
        **errors,
        "gain": 1 - _mean(errors["best"]) / _mean(errors["default"]) if _mean(errors["default"]) > 0 else 0.0,
        "interval": [end if math.isfinite(end) else None for end in interval],
        "seeds": _over_seeds(errors["best"], errors["default"]),
        "trainings": trainings,
        "origins": origins,
    }


def _by_origin(backtest: Backtest) -> Any:
    """Mean scaled error at each cutoff of each fold, in time order [O]: as `series_errors.paired_skill` does."""
    rows: pd.DataFrame = backtest.frame
    naive = (rows["y"] - rows["naive"]).abs().groupby(rows["unique_id"]).transform("mean")
    errors = (rows["y"] - rows["forecast"]).abs() / naive.where(naive > 0, 1.0)
    return errors.groupby([rows["fold"], rows["cutoff"]]).mean().to_numpy()


def _over_seeds(best: Sequence[float], default: Sequence[float]) -> list[float]:
    """95 % interval of the gain by what seeds alone change: Welch's for the difference of two means, as a share of the
    default's (B. L. Welch, Biometrika 34, 1947)."""
    from scipy.special import stdtrit

    parts = [np.var(one, ddof=1) / len(one) for one in (best, default)]
    variance, mean = float(sum(parts)), _mean(default)
    gain = mean - _mean(best)
    if variance <= 0 or mean <= 0:
        return [gain / mean if mean > 0 else 0.0] * 2
    freedom = variance**2 / sum(part**2 / (len(one) - 1) for part, one in zip(parts, (best, default), strict=True))
    reach = float(stdtrit(freedom, 0.5 + LEVEL / 2)) * math.sqrt(variance)
    return [float((gain - reach) / mean), float((gain + reach) / mean)]


def _noise(held_out: Mapping[str, Any]) -> float:
    """Half the wider of the two intervals of the gain: less than that is noise."""
    widths = [high - low for low, high in (held_out["interval"], held_out["seeds"]) if low is not None]
    return float(max(widths) / 2)


def _grade(held_out: Mapping[str, Any]) -> str:
    """It is "better" only where both what seeds change and what the origins show leave a gain."""
    low, high = held_out["interval"]
    if low is None:
        return "same"  # too few origins for an interval
    lower, upper = held_out["seeds"]
    if low > 0 and lower > 0:
        return "better"
    return "worse" if high < 0 and upper < 0 else "same"


def _importance(config: TuneConfig, trials: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """What share of the differences between trials each setting explains: functional ANOVA over a random forest
    (Hutter, Hoos and Leyton-Brown, ICML 2014). Pruned trials count with the error that they were given up with."""
    import optuna

    whole = [
        {**trial, "state": "done", "error": trial["early"] if trial["error"] is None else trial["error"]}
        for trial in trials
        if trial["state"] != "failed"
    ]
    study = study_of(config, whole)
    if len(study.trials) < FEWEST or len({trial.value for trial in study.trials}) < 2:
        return {}
    evaluator = optuna.importance.FanovaImportanceEvaluator(n_trees=32, seed=config.seed)
    found = optuna.importance.get_param_importances(study, evaluator=evaluator)
    return {name: float(share) for name, share in found.items()}


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


def _deviation(values: Sequence[float]) -> float:
    return float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
