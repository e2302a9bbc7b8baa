"""Importing the intake costs nothing that a page does not need."""

import subprocess
import sys

import pytest


@pytest.mark.slow
def test_importing_the_intake_loads_no_heavy_package() -> None:
    script = "import sys, forecasting.intake; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    loaded = set(done.stdout.split())
    heavy = {
        "torch",
        "streamlit",
        "statsmodels",
        "yfinance",
        "clevercsv",
        "charset_normalizer",
        "plotly",
        "python_calamine",
    }
    assert not heavy & loaded
