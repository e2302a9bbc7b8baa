"""The number of threads of a process that was started without a word about it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

SHOW = """
import json, os, sys
{start}
import numpy, scipy.linalg, torch
from threadpoolctl import threadpool_info
pools = [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]
print(json.dumps([pools, torch.get_num_threads()]))
"""
STARTS = {
    "command line": "from forecasting.__main__ import main; main(['inspect', '--sample', 'sales', '--report', '-'])",
    "worker": "from forecasting.runs.workers.worker import worker_main; worker_main(None, once=True)",
    "cluster": "from forecasting.runs.workers.cluster import carry_out; carry_out('x', 'y', 'another version')",
}


@pytest.mark.slow
@pytest.mark.parametrize("how", STARTS)
def test_every_way_to_start_leaves_one_thread(how: str, tmp_path: Path) -> None:
    bare = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    script = SHOW.format(start=STARTS[how])
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env={**bare, "TIDECAST_DATA": str(tmp_path)}, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    pools, torchs = json.loads(done.stdout.splitlines()[-1])
    assert len(pools) >= 1
    assert {*pools, torchs} == {1}
