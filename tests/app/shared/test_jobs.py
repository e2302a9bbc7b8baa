"""Each job has a view of the same name."""

from __future__ import annotations

import dataclasses

import pytest

from forecasting.runs import JOBS, Run
from pages.shared import jobs
from tests.conftest import ROOT


def run_of(kind: str) -> Run:
    values = {field.name: None for field in dataclasses.fields(Run)}
    return Run(**{**values, "kind": kind, "name": "", "config": {}, "scores": None})  # type: ignore[arg-type]


def test_every_job_has_a_view_and_every_view_a_job() -> None:
    assert set(jobs.VIEWS) == set(JOBS)
    assert all(name == job.name for name, job in JOBS.items())


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(JOBS))
def test_a_view_has_words_a_page_that_exists_and_a_drawing(name: str) -> None:
    from pages.shared.i18n import known

    view = jobs.VIEWS[name]
    assert known(f"kind.{name}")
    assert view.page is not None  # what a page shows can be opened from the list of runs
    assert (ROOT / view.page).is_file()
    assert callable(jobs.drawer(run_of(name)))


def test_the_unit_of_progress_is_the_jobs() -> None:
    assert {name for name in JOBS if jobs.counts_steps(name)} == {"text", "cosine", "one_cell", "cells", "marker"}
    assert not jobs.counts_steps("of another version")
