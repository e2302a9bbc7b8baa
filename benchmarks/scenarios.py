"""Whether scenarios keep what they promise: intervals of differences, evidence, and time.

    python benchmarks/scenarios.py                  50 made-up panels of three kinds
    python benchmarks/scenarios.py --seeds 10 --epochs 5
    python benchmarks/scenarios.py --time           seconds a scenario, on 1 and on 500 series

In each panel sales are f(price, promotion, weekday) times noise; a third covariate does nothing. The price is made 10 %
lower at all steps ahead. Counted are: how often the true difference of the totals lies in the 80 % interval, where the
scenario is borne out; how often a change of the price is borne out, and one of what does nothing is not (a price beyond
what was seen does not count here); and beside them how often the spread that the tab Explain shows of the network's own
reaction holds the true difference, and its share of it. Each panel is trained and backtested.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the checkout that this file is in, installed or not

from forecasting import ForecastConfig, Panel, evaluate, fit  # noqa: E402  # found by the line above
from forecasting.scenarios import (  # noqa: E402  # found by the line above
    Change,
    Scenario,
    compare,
    estimate,
    future,
    level_spread,
)

HORIZON = 14
NAMES = ["price", "promo", "nothing"]
WEEK = np.array([1, 0.9, 0.95, 1, 1.2, 1.5, 1.3])
KINDS = {  # series, days, deviation and autocorrelation of the noise, deviation of the steps of the level
    "independent errors": (3, 365, 0.12, 0.0, 0.0),
    "errors that follow each other, a level that walks": (3, 365, 0.12, 0.6, 0.01),
    "one short series": (1, 120, 0.15, 0.0, 0.0),
}
CHEAPER = Scenario("price -10 %", (Change("price", "percent", -10, 1, HORIZON),))
OTHER = Scenario("nothing", (Change("nothing", "add", 2, 1, HORIZON),))


def made(seed: int, kind: str) -> tuple[Panel, np.ndarray]:
    """(A panel, the true difference [S, H] that a price 10 % lower makes to what is to be expected)."""
    series, days, deviation, follows, walk = KINDS[kind]
    generator = np.random.default_rng(seed)
    ds = pd.date_range("2023-01-02", periods=days + HORIZON).as_unit("ns")
    past, ahead, differences = [], [], []
    for name in range(series):
        base, elasticity, lift = generator.uniform((50, -2.2, 0.2), (300, -1.0, 0.5))
        price = np.repeat(10 * np.exp(generator.normal(0, 0.12, len(ds) // 4 + 1)), 4)[: len(ds)]
        promo = (generator.random(len(ds)) < 0.15).astype(float)
        noise = np.zeros(len(ds))
        for step, shock in enumerate(generator.normal(0, deviation * np.sqrt(1 - follows**2), len(ds))):
            noise[step] = follows * noise[step - 1] + shock
        level = np.cumsum(generator.normal(0, walk, len(ds)))
        usual = base * WEEK[ds.dayofweek] * (price / 10) ** elasticity * (1 + lift * promo)
        usual = usual * np.exp(np.concatenate([level[:days], np.full(HORIZON, level[days - 1])]))
        frame = pd.DataFrame(
            {"unique_id": f"s{name}", "ds": ds, "y": usual * np.exp(noise), "price": price, "promo": promo,
             "nothing": generator.normal(20, 4, len(ds))}
        )  # fmt: skip
        past.append(frame[:days])
        ahead.append(frame[days:].drop(columns="y"))
        differences.append((usual * (0.9**elasticity - 1))[days:])
    panel = Panel(pd.concat(past, ignore_index=True), "D", (7,), ahead=pd.concat(ahead, ignore_index=True))
    return panel, np.stack(differences)


def accuracy(kind: str, seeds: int, epochs: int) -> str:
    """A row of the table."""
    inside, borne, noise, network, share = [], [], [], [], []
    config = ForecastConfig(
        horizon=HORIZON, window=28, hidden_size=8, epochs=epochs, folds=2, method="recurrent", covariates=tuple(NAMES)
    )
    for seed in range(seeds):
        panel, true = made(seed, kind)
        forecaster = fit(panel, config)
        spread = level_spread(panel, evaluate(panel, config).frame)
        effects, ahead = estimate(panel, NAMES), future(panel, NAMES, HORIZON)
        cheaper, other = compare(panel, forecaster.predict(), config, [CHEAPER, OTHER], effects, ahead, spread)
        curves = forecaster.explain()["effects"]
        for place, name in enumerate(panel.series_ids):
            total = float(true[place].sum())
            unsound = [message.key for message in cheaper.reasons[place]]
            borne.append(unsound in ([], ["scenario.unseen"]))
            noise.append(bool(other.reasons[place]))
            if not unsound:
                inside.append(cheaper.low[place] <= total <= cheaper.high[place])
            for curve in curves[name]:
                if curve["name"] == "price":
                    at, mean = curve["at"].index(-0.1), total / HORIZON
                    network.append(curve["low"][at] <= mean <= curve["high"][at])
                    share.append(curve["change"][at] / mean)
    cells = [kind, f"{np.mean(inside):.0%} of {len(inside)}", f"{np.mean(borne):.0%}", f"{np.mean(noise):.0%}"]
    return " | ".join([*cells, f"{np.mean(network):.0%}", f"{np.median(share):.2f}"])


def seconds() -> None:
    """Time on one series and on 500."""
    for count in (1, 500):
        kind = f"{count} series"
        KINDS[kind] = (count, 365, 0.12, 0.0, 0.0)
        panel, _ = made(0, kind)
        forecast = panel.future(HORIZON)[["unique_id", "ds"]].assign(forecast=100.0)
        started = time.perf_counter()
        effects, ahead = estimate(panel, NAMES), future(panel, NAMES, HORIZON)
        between = time.perf_counter()
        compare(panel, forecast, ForecastConfig(horizon=HORIZON), [CHEAPER], effects, ahead)
        print(f"{kind}: {time.perf_counter() - between:.3f} s a scenario, {between - started:.2f} s before the first")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--time", action="store_true")
    options = parser.parse_args()
    if options.time:
        seconds()
        return
    print("panels | true difference in the 80 % interval | price borne out | nothing not borne out | ", end="")
    print("in the network's spread | network's reaction over the truth")
    for kind in KINDS:
        print(accuracy(kind, options.seeds, options.epochs), flush=True)


if __name__ == "__main__":
    main()
