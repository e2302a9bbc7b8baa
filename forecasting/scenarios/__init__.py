"""What a forecast would be under other future inputs, how sure that is, and what an analyst overrides by hand.

Nothing is trained anew, and no network is loaded: a scenario of hundreds of series takes a fraction of a second.

names  = used(panel, config)
ahead  = future(panel, names, config.horizon)
effect = estimate(panel, names)
lower  = Scenario("Price -10 %", (Change("price", "percent", -10, 1, 14),))
[outcome] = compare(panel, forecast, config, [lower], effect, ahead, level_spread(panel, backtest.frame))
"""

from forecasting.scenarios.adjustments import NOTE_LETTERS, Adjustment, adjusted
from forecasting.scenarios.compare import LEVEL, Outcome, base_forecast, compare, level_spread
from forecasting.scenarios.effects import Effects, estimate
from forecasting.scenarios.future import Future, future, number_in, used
from forecasting.scenarios.plan import Plan
from forecasting.scenarios.scenario import KINDS, MOST, NAME_LETTERS, Change, Scenario
from forecasting.scenarios.table import scenario_rows

__all__ = [
    "KINDS",
    "LEVEL",
    "MOST",
    "NAME_LETTERS",
    "NOTE_LETTERS",
    "Adjustment",
    "Change",
    "Effects",
    "Future",
    "Outcome",
    "Plan",
    "Scenario",
    "adjusted",
    "base_forecast",
    "compare",
    "estimate",
    "future",
    "level_spread",
    "number_in",
    "scenario_rows",
    "used",
]
