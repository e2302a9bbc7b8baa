"""The lines that the pages show run as they stand."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from forecasting.labs.sequences import SineConfig, snippet
from tests.conftest import ROOT

SMALL: dict[str, dict[str, Any]] = {
    "sine": {"points": 120, "epochs": 2, "rollout": 5, "cell": "gru"},
    "cosine": {"steps": 12},
    "one_cell": {"steps": 5},
    "cells": {"steps": 10, "lag": 5, "clip": False, "task": "sine"},
    "rollout": {"epochs": 1, "future": 5, "window": 5},
    "marker": {"steps": 10, "length": 5},
}


@pytest.mark.slow
def test_the_lines_run_and_print_a_line_for_each_network() -> None:
    code = "\n".join(snippet(kind, changed) for kind, changed in SMALL.items())
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    begins = [line.split()[0] for line in done.stdout.splitlines()]
    assert begins == [
        *("classic", "tidecast"),
        *("carried", "reset"),
        *("rnn", "lstm", "gru"),
        *("rnn", "lstm", "gru"),
        *("one-step", "direct"),
        *("lstm", "bilstm", "attention"),
    ]


def test_only_what_was_changed_is_written_out_and_no_line_is_too_long() -> None:
    assert "config = SineConfig()\n" in snippet("sine", {})
    long = SineConfig(period=5.0, amplitude=2.0, noise=0.1, points=500, window=20, cell="gru", epochs=9).to_dict()
    changed = {name: value for name, value in long.items() if value != SineConfig().to_dict()[name]}
    lines = snippet("sine", changed).splitlines()
    assert max(map(len, lines)) <= 100
    assert "    cell='gru'," in lines
