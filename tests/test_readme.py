"""What the README says to type works as it stands."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting.options import parser
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text("utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a sales.csv in it."""
    days = pd.date_range("2024-01-01", periods=400)
    sales = 100 + 10 * np.sin(2 * np.pi * np.arange(400) / 7) + np.random.default_rng(0).normal(0, 1, 400)
    pd.DataFrame({"day": days, "sales": sales}).to_csv(tmp_path / "sales.csv", index=False)
    return tmp_path


def _run(command: list[str], folder: Path) -> str:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_python_example_runs(folder: Path) -> None:
    (example,) = _blocks("python")
    assert "better than copying last week" in _run([sys.executable, "-W", "error", "-c", example], folder)
    assert (folder / "sales.safetensors").exists()


@pytest.mark.slow
def test_the_command_lines_run(folder: Path) -> None:
    lines = [line for block in _blocks("") for line in block.splitlines() if line.startswith("python -m forecasting")]
    assert len(lines) == 5
    for line in lines:
        words = shlex.split(line)[1:]
        if "tune" in words:  # minutes: `tests/test_cli.py` runs a small one
            parser().parse_args(words[2:])
        else:
            _run([sys.executable, *words], folder)
    assert len(pd.read_csv(folder / "forecast.csv")) == 14
    assert {"report.json", "backtest.csv"} <= {path.name for path in folder.iterdir()}


def test_the_first_commands_and_every_link_lead_somewhere() -> None:
    assert _blocks("")[0] == "bash scripts/start\nbash scripts/test\n"
    linked = {target for target in re.findall(r"\]\(([^)]+)\)", README) if "://" not in target}
    assert [target for target in sorted(linked) if not (ROOT / target).exists()] == []
