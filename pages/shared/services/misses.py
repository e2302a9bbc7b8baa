"""Where the backtest of a run was off: by slice, and beyond what a forecast could expect."""

from __future__ import annotations

from forecasting.evaluation.findings.anomalies import Anomalies
from forecasting.evaluation.findings.anomalies import anomalies as find
from forecasting.evaluation.findings.slices import Slices, slices
from forecasting.runs import Access
from pages.shared.services.cache import cached
from pages.shared.services.data import panel
from pages.shared.services.results import backtest, rows_of


@cached(most=4, of="run")
def anomalies(access: Access, run_id: str, one_in: int) -> Anomalies:
    """Those of all series of a run, with one false alarm in so many values: seconds where there are thousands."""
    return backtest(access, run_id).anomalies(1 / one_in)


@cached(most=64, of="run")
def anomalies_of(access: Access, run_id: str, series: str, one_in: int) -> Anomalies:
    """The same of one series: its errors alone tell how rare one of them is."""
    season = int(backtest(access, run_id).scores["season"])
    return find(rows_of(access, run_id, "backtest", series), 1 / one_in, season)


@cached(most=64, of="run")
def errors_by_slice(access: Access, run_id: str, dataset_id: str, series: str, features: tuple[str, ...]) -> Slices:
    """The errors of one series by slice; which one is worse than the rest, the run says (its artifact "slices")."""
    return slices(rows_of(access, run_id, "backtest", series), panel(access, dataset_id), features, search=False)
