"""Which search the page shows, and what it was asked with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecasting.config import ForecastConfig
from forecasting.runs import Run
from pages.shared import services, state
from pages.shared.state import Session

KIND = state.TUNE


def of_dataset(session: Session, dataset: str) -> Run | None:
    """The search that was shown last, if it is of this data; else the newest one that is."""
    shown = session.shown.get(KIND)
    run = services.poll(session.workspace, shown) if shown else None
    if run is None or run.dataset_id != dataset:
        mine = (one for one in services.runs(session.workspace) if one.kind == KIND and one.dataset_id == dataset)
        run = next(mine, None)
        if run is not None:
            session.shown = {**session.shown, KIND: run.id}
    return run


def base_of(session: Session, dataset: str) -> ForecastConfig:
    """The settings that the Forecast page would train with; ConfigError where they cannot be so."""
    suggested, _ = services.suggestion(session.workspace, dataset)
    return ForecastConfig.from_dict({**suggested.to_dict(), **session.settings.get(subject_of(session, dataset), {})})


def subject_of(session: Session, dataset: str) -> str:
    """What the settings of the Forecast page are kept for."""
    return state.subject(services.dataset(session.workspace, dataset).choices)


def remembered(session: Session, dataset: str) -> dict[str, Any]:
    """What was typed for this data: ranges by setting, cell, budget, trials, minutes."""
    form = session.form(KIND)
    if "space" in form:  # the question of a search that was just opened
        return {**form["space"], "budget": "trials", "trials": form["trials"]}
    return dict(form) if form.get("of") == dataset else {}


def remember(session: Session, dataset: str, values: Mapping[str, Any]) -> None:
    """Keep what was typed."""
    session.forms = {**session.forms, KIND: {"of": dataset, **values}}
