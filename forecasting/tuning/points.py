"""Points of a search space: where trials are made, round after round.

The first half fills the space evenly; then Optuna's tree-structured Parzen estimator (Bergstra et al., NeurIPS 2011)
proposes the rest in two rounds, each from the results of the rounds before. A round depends on nothing that happens
while it is worked on, so that the order in which parallel trials end changes no point.
"""

from __future__ import annotations

import dataclasses
import math
import random
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from forecasting import work
from forecasting.config import CELLS, ForecastConfig
from forecasting.panel import Panel
from forecasting.tuning.space import LOGARITHMIC, RANGES, WHOLE, SearchSpace, TuneConfig

if TYPE_CHECKING:
    import optuna

FEWEST = 8  # trials that the first round has, if there are so many
LEAST_SECONDS = 4.0  # reference seconds that a trial may always take: fair turns need short ones
TIMES_DEFAULT = 3.0  # or so many times what the default takes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Point:
    """Settings of one trial. Dropout is a whole number of percent, the learning rate has three digits."""

    hidden_size: int
    num_layers: int
    dropout: float
    learning_rate: float
    window: int
    cell: str

    def config(self, base: ForecastConfig) -> ForecastConfig:
        """`base` with these settings."""
        return base.replace(**dataclasses.asdict(self))

    def code(self) -> str:
        """At most 21 letters that `from_code` reads, for names that have to say everything."""
        mantissa, exponent = f"{self.learning_rate:.2e}".split("e")
        rate = f"{mantissa.replace('.', '')}{int(exponent) - 2:d}"
        cell, percent = CELLS.index(self.cell), round(100 * self.dropout)
        return f"{cell}.{self.hidden_size:x}.{self.num_layers}.{percent}.{rate}.{self.window:x}"

    @classmethod
    def from_code(cls, code: str) -> Point:
        """The Point whose `code` it is."""
        cell, hidden, layers, percent, rate, window = code.split(".")
        return cls(
            cell=CELLS[int(cell)],
            hidden_size=int(hidden, 16),
            num_layers=int(layers),
            dropout=int(percent) / 100,
            learning_rate=float(f"{rate[:3]}e{rate[3:]}"),
            window=int(window, 16),
        )


def rounds(trials: int) -> tuple[int, ...]:
    """How many trials each round has; their sum is `trials`."""
    first = min(trials, max(FEWEST, math.ceil(trials / 2)))
    second = math.ceil((trials - first) / 2)
    return tuple(count for count in (first, second, trials - first - second) if count)


def first_points(config: TuneConfig) -> list[Point]:
    """The first round: points of Roberts' R-sequence, an additive recurrence by powers of the generalised golden ratio
    (M. Roberts, "The unreasonable effectiveness of quasirandom sequences", 2018), shifted by the seed."""
    dimensions = len(RANGES) + 1
    ratio = 2.0
    for _ in range(40):  # the root of x^(d+1) = x + 1, by its fixed point
        ratio = (1 + ratio) ** (1 / (dimensions + 1))
    shift = random.Random(config.seed)  # noqa: S311 - nothing secret
    start = [shift.random() for _ in range(dimensions)]
    steps = [ratio ** -(axis + 1) for axis in range(dimensions)]
    return [
        _point(config.space, [(begin + number * step) % 1.0 for begin, step in zip(start, steps, strict=True)])
        for number in range(1, rounds(config.trials)[0] + 1)
    ]


def next_points(config: TuneConfig, tried: Sequence[Mapping[str, Any]], count: int) -> list[Point]:
    """`count` points that the results so far favour: `tried` has of each trial its `settings`, `state` and `error`, and
    of a pruned one `early`."""
    import optuna

    distributions = _distributions(config.space)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        sampler = optuna.samplers.TPESampler(
            seed=config.seed + len(tried), n_startup_trials=1, multivariate=True, constant_liar=True
        )
        study = study_of(config, tried, sampler)
        asked = [study.ask(distributions) for _ in range(count)]
    fixed = {name: config.space.range(name)[0] for name in RANGES} | {"cell": config.space.cell[0]}
    return [_rounded({**fixed, **trial.params}) for trial in asked]


def study_of(
    config: TuneConfig, tried: Sequence[Mapping[str, Any]], sampler: optuna.samplers.BaseSampler | None = None
) -> optuna.Study:
    """The trials as a study in memory; failed ones, of which nothing is known, are left out."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    distributions = _distributions(config.space)
    study = optuna.create_study(sampler=sampler)
    for trial in tried:
        params = {name: trial["settings"][name] for name in distributions}
        if not all(_between(params[name], *config.space.range(name)) for name in params if name in RANGES):
            continue  # rounding has put it just outside
        if trial["state"] == "done":
            study.add_trial(optuna.trial.create_trial(params=params, distributions=distributions, value=trial["error"]))
        elif trial["state"] == "pruned":
            study.add_trial(
                optuna.trial.create_trial(
                    state=optuna.trial.TrialState.PRUNED, params=params, distributions=distributions,
                    intermediate_values={1: trial["early"]},
                )
            )  # fmt: skip
    return study


def within(point: Point, panel: Panel, config: TuneConfig) -> Point:
    """`point`, its network made smaller, as far as the space has smaller ones, until its training on `panel` is
    expected to take no longer than a trial may: a minute's training would keep others waiting."""
    base = config.base.replace(folds=1)
    most = max(LEAST_SECONDS, TIMES_DEFAULT * work.of_fold(panel, base, 1, compare=False).seconds)
    hidden, layers = config.space.hidden_size[0], config.space.num_layers[0]

    def fits(one: Point) -> bool:
        return work.of_fold(panel, one.config(base), 1, compare=False).seconds <= most

    while not fits(point) and point.hidden_size > hidden:
        point = dataclasses.replace(point, hidden_size=max(hidden, int(point.hidden_size * 0.9)))
    while not fits(point) and point.num_layers > layers:
        point = dataclasses.replace(point, num_layers=point.num_layers - 1)
    return point


def seconds(point: Point, panel: Panel, base: ForecastConfig) -> float:
    """Reference seconds of one training of `point`."""
    return work.of_fold(panel, point.config(base.replace(folds=1)), 1, compare=False).seconds


def _between(value: float, low: float, high: float) -> bool:
    return low <= value <= high


def _point(space: SearchSpace, at: Sequence[float]) -> Point:
    """The point at places from 0 to 1 of each axis."""
    values: dict[str, Any] = {}
    for name, place in zip(RANGES, at, strict=False):
        low, high = space.range(name)
        if name in WHOLE:  # every number has a share of its own
            low, high = low - 0.5, high + 0.499
        values[name] = low * (high / low) ** place if name in LOGARITHMIC else low + place * (high - low)
        if name in WHOLE:
            values[name] = min(max(round(values[name]), int(space.range(name)[0])), int(space.range(name)[1]))
    values["cell"] = space.cell[int(at[-1] * len(space.cell))]
    return _rounded(values)


def _rounded(values: Mapping[str, Any]) -> Point:
    whole = {name: int(values[name]) for name in WHOLE}
    rate = float(f"{values['learning_rate']:.2e}")
    return Point(cell=values["cell"], dropout=round(values["dropout"], 2), learning_rate=rate, **whole)


def _distributions(space: SearchSpace) -> dict[str, optuna.distributions.BaseDistribution]:
    """Of what is not fixed."""
    import optuna

    found: dict[str, optuna.distributions.BaseDistribution] = {}
    for name in RANGES:
        low, high = space.range(name)
        if low == high:
            continue
        log = name in LOGARITHMIC
        if name in WHOLE:
            found[name] = optuna.distributions.IntDistribution(int(low), int(high), log=log)
        else:
            found[name] = optuna.distributions.FloatDistribution(low, high, log=log)
    if len(space.cell) > 1:
        found["cell"] = optuna.distributions.CategoricalDistribution(space.cell)
    return found
