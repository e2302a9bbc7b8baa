"""Which of some runs can be compared with each other, and why the others cannot."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence

from forecasting.runs import Run, Workspace
from pages.shared import services
from pages.shared.i18n import t


@dataclasses.dataclass(frozen=True)
class Comparable:
    """Runs with one answer to "of what": the same data and horizon; the others, each with the reason."""

    same: list[Run]
    others: list[tuple[Run, str]]


def comparable(workspace: Workspace, ticked: Sequence[Run]) -> Comparable:
    """Those of the largest group of forecasts of the same values over the same horizon, the first ticked of equals."""
    panels = {run.id: _panel(workspace, run) for run in ticked}
    questions = {run.id: (panels[run.id], run.config.get("horizon")) for run in ticked if _finished(run)}
    if not questions:
        return Comparable([], [(run, _reason(run, None, same_data=False)) for run in ticked])
    (panel, horizon), _ = Counter(questions.values()).most_common(1)[0]
    same = [run for run in ticked if questions.get(run.id) == (panel, horizon)]
    others = [(run, _reason(run, horizon, same_data=panels[run.id] == panel)) for run in ticked if run not in same]
    return Comparable(same, others)


def _finished(run: Run) -> bool:
    return run.kind == "forecast" and run.state == "done"


def _panel(workspace: Workspace, run: Run) -> str | None:
    """The values that it is about, however the file was called or read."""
    return None if run.dataset_id is None else services.dataset(workspace, run.dataset_id).panel_id


def _reason(run: Run, horizon: int | None, *, same_data: bool) -> str:
    if run.kind != "forecast":
        return t("runs.other.kind")
    if run.state != "done":
        return t("runs.other.state")
    if not same_data:
        return t("runs.other.data")
    return t("runs.other.horizon", horizon=run.config.get("horizon"), usual=horizon)
