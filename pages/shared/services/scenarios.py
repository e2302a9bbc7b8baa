"""What is kept of scenarios with a run, and what its history says of its covariates."""

from __future__ import annotations

import dataclasses

from forecasting.panel import Values
from forecasting.runs import Access, Workspace
from forecasting.scenarios import Effects, Future, Plan, estimate, future, level_spread
from pages.shared.services.cache import cached
from pages.shared.services.data import panel
from pages.shared.services.results import backtest
from pages.shared.services.store import store


@dataclasses.dataclass(frozen=True)
class Basis:
    """What scenarios of a run rest on."""

    effects: Effects
    future: Future
    spread: Values  # [S]


@cached(most=16, of="run")
def scenario_basis(access: Access, run_id: str, dataset_id: str, names: tuple[str, ...], horizon: int) -> Basis:
    """Of the covariates `names`, of which there is one at least."""
    data = panel(access, dataset_id)
    spread = level_spread(data, backtest(access, run_id).frame)
    return Basis(estimate(data, names), future(data, names, horizon), spread)


def plan(access: Access, run_id: str) -> Plan:
    """The scenarios and adjustments of a run. ConfigError where what is kept cannot be read."""
    return Plan.from_dict(store().what_if(access, run_id))


def keep_plan(workspace: Workspace, run_id: str, kept: Plan) -> None:
    """Keep them with the run."""
    store().put_what_if(workspace, run_id, kept.to_dict())
