"""Ids: of runs, of datasets, and what they depend on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from forecasting.runs import JOBS, identity

PANEL = "p" * 64
RUN_IDS = {  # of each job with its default settings, under one version of the code
    "forecast": "51fa3161f4df942ab68a6a7c688f38354741375fdd46fa56580bf230c1d8c2dd",
    "pair": "34ba050ce0da6ddaa5dbcb42a779aab2275a24150f4cb751baa9f6f4f4cf9010",
    "text": "d2199b12c7afd72c6a69bd45e62f81b3b2a192543d1828f0793de506d68fab36",
    "sine": "b1d13482505363e62707e09c368f4145eb83f97d0fbc7347aa80d0b287cd0943",
    "recipes": "b465708a44b1e3b41c410f897a14ab72658d0717c43dd62667bea9a4e88fb559",
    "cosine": "be7e1edbd07f0730221582645453b5f95686efb9678d22345464bc0c3827a504",
    "one_cell": "56659b265904e5636ef613df701f8031933b121d6660b939bab69148b6d202dc",
    "cells": "0d21b85f98d4b539f6e8dc62056e7e7982289e90df910f7c09299f71b61159d7",
    "rollout": "b202e0e567c927e668c26cf686d7ff8119cda81393e71a85e394fbb9690d9b21",
    "marker": "303e8273ab5274a921ddf016f0c917eed759f934f93f12627592da0775025dfb",
}


@pytest.mark.parametrize("name", RUN_IDS)
def test_an_equal_question_keeps_its_id(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a new version would find none of the results that are stored."""
    monkeypatch.setattr(identity, "version", lambda: "0.1.0+aaaaaaaaaaaa torch 2.0")
    monkeypatch.setattr(identity, "THREADS", 1)
    config = JOBS[name].complete({"horizon": 3, "window": 7} if name == "forecast" else {})
    assert identity.run_id(name, PANEL if JOBS[name].reads else None, config) == RUN_IDS[name]


def test_an_equal_reading_keeps_its_id() -> None:
    choices = {"source": "upload", "upload": "u", "reading": {"target": ["y"]}}
    made = identity.dataset_id("r" * 64, choices, PANEL)
    assert made == "fba50d0372c3ec46a1b861f4cd630c7fe48aea6df9cd6f4296bcc8e1cbbec124"


def test_a_run_id_depends_on_the_code_that_computes_and_on_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("model/training.py", "runs/jobs.py", "runs/store.py", "charts/line.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x = 1\n")
    monkeypatch.setattr(identity, "_PACKAGE", tmp_path)
    before = identity._code_digest()
    (tmp_path / "runs/store.py").write_text("x = 2\n")
    (tmp_path / "charts/line.py").write_text("x = 2\n")
    assert identity._code_digest() == before
    for name in ("model/training.py", "runs/jobs.py"):
        (tmp_path / name).write_text("x = 2\n")
        os.utime(tmp_path / name, (0, 0))  # a clock of files may stand still for some milliseconds
        assert identity._code_digest() != before
        before = identity._code_digest()


def test_a_run_id_is_the_same_for_the_same_question_however_its_settings_are_ordered() -> None:
    first = identity.run_id("forecast", "a" * 64, {"horizon": 3, "window": 5})
    assert identity.run_id("forecast", "a" * 64, {"window": 5, "horizon": 3}) == first
    assert identity.is_id(first)
    assert "torch 2" in identity.version()
