"""One task before several contestants: seconds to fit, error, memory.

    python benchmarks/speed.py                                    the six shared series, or the bundled samples
    python benchmarks/speed.py sales.csv --target units           any file that Tidecast reads
    python benchmarks/speed.py --only tidecast darts --repeats 1 --out speed.json
    pip install -r benchmarks/requirements.txt                    the peers; those that are missing are left out

The task: the last 2,500 values of a series. Fit on the first 80 % with a window of 60, a horizon of 14 and one LSTM
layer of 64, then forecast from every origin of the last 20 % with the weights as they are. Each contestant works in a
process of its own, one after the other, --repeats times with as many seeds. Fit seconds run from the values to
something that can forecast, imports apart, by the clock and by the processor (all threads), so that what else the
machine did is visible; peak memory is that of the whole process. The peers have their own defaults, with progress bars,
logs and checkpoints off. A further contestant is a function and a line in CONTESTANTS.

Axes: N windows, W window, H horizon, O origins.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import importlib.util
import json
import logging
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the checkout that this file is in, installed or not

Values = npt.NDArray[np.float64]

SHARED = ROOT.parent / "shared" / "data" / "series"
SHARED_SERIES = {  # name: file, value column
    "births": ("R_fivethirtyeight_US_births_2000_2007.csv", "births"),
    "wti": ("wti_daily.csv", "Price"),
    "natgas": ("natgas_daily.csv", "Price"),
    "vix": ("vix_daily.csv", "CLOSE"),
    "co2": ("sm_co2.csv", "co2"),
    "temp_max": ("vega_seattle_weather_daily.csv", "temp_max"),
}
LAST, TRAIN_SHARE = 2500, 0.8


@dataclasses.dataclass(frozen=True)
class Task:
    """values[:split] may be seen; forecasts are made from each of `origins`, the index of the last value known."""

    name: str
    values: Values
    seasons: tuple[int, ...]  # what the calendar suggests
    seed: int = 0
    window: int = 60
    horizon: int = 14
    hidden_size: int = 64

    @property
    def split(self) -> int:
        return int(TRAIN_SHARE * len(self.values))

    @property
    def origins(self) -> npt.NDArray[np.int64]:
        return np.arange(self.split - 1, len(self.values) - self.horizon)

    @property
    def targets(self) -> Values:  # [O, H]
        return self.values[self.origins[:, None] + np.arange(1, self.horizon + 1)]


@dataclasses.dataclass
class Seconds:
    """By the clock, and by the processor with all threads together."""

    seconds: float = 0.0
    processor: float = 0.0


@contextlib.contextmanager
def timed() -> Iterator[Seconds]:
    """Seconds that are filled in when the block ends."""
    taken, began, used = Seconds(), time.perf_counter(), time.process_time()
    yield taken
    taken.seconds, taken.processor = time.perf_counter() - began, time.process_time() - used


def tidecast(task: Task) -> tuple[Seconds, Values]:
    """Everything but the size of the task is left to `suggest_config`."""
    import pandas as pd

    from forecasting import Panel, fit, suggest_config
    from forecasting.panel import STEP

    def panel(values: Values) -> Panel:
        frame = pd.DataFrame({"unique_id": task.name, "ds": np.arange(len(values)), "y": values})
        return Panel(frame, STEP, task.seasons)

    with timed() as taken:
        train = panel(task.values[: task.split])
        config, _ = suggest_config(train)
        given = {"window": task.window, "horizon": task.horizon, "hidden_size": task.hidden_size, "seed": task.seed}
        forecaster = fit(train, config.replace(cell="lstm", num_layers=1, **given))
    backtest = forecaster.backtest(panel(task.values), task.split)
    return taken, backtest.sort_values(["cutoff", "ds"])["forecast"].to_numpy().reshape(-1, task.horizon)


def loop(task: Task) -> tuple[Seconds, Values]:
    """The LSTM of the usual tutorial: windows slid by one, min-max scaling, a read-out of the last step."""
    import torch
    from torch import nn

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lstm = nn.LSTM(1, task.hidden_size, batch_first=True)
            self.head = nn.Linear(task.hidden_size, task.horizon)

        def forward(self, windows: torch.Tensor) -> torch.Tensor:  # [B, W, 1] -> [B, H]
            states, _ = self.lstm(windows)
            read_out: torch.Tensor = self.head(states[:, -1])
            return read_out

    torch.manual_seed(task.seed)
    with timed() as taken:
        train = task.values[: task.split]
        low, span = train.min(), train.max() - train.min()
        scaled = torch.tensor((task.values - low) / span, dtype=torch.float32)
        stretches = scaled[: task.split].unfold(0, task.window + task.horizon, 1)  # [N, W + H]
        examples = torch.utils.data.TensorDataset(stretches[:, : task.window, None], stretches[:, task.window :])
        batches = torch.utils.data.DataLoader(examples, batch_size=64, shuffle=True)
        network = Network()
        optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
        for _ in range(30):
            for windows, targets in batches:
                loss = nn.functional.mse_loss(network(windows), targets)
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
    network.train(False)
    windows = scaled.unfold(0, task.window, 1)[task.origins - task.window + 1]  # [O, W]
    with torch.no_grad():
        forecasts: Values = network(windows[..., None]).double().numpy() * span + low
    return taken, forecasts


def darts(task: Task) -> tuple[Seconds, Values]:
    """Darts' BlockRNNModel: 30 epochs, its defaults else, the values scaled by its Scaler."""
    from darts import TimeSeries
    from darts.dataprocessing.transformers import Scaler
    from darts.models import BlockRNNModel

    size = {"input_chunk_length": task.window, "output_chunk_length": task.horizon}
    with timed() as taken:
        scaler = Scaler()
        train = scaler.fit_transform(TimeSeries.from_values(task.values[: task.split].astype(np.float32)))
        model = BlockRNNModel(
            **size,
            model="LSTM",
            hidden_dim=task.hidden_size,
            n_rnn_layers=1,
            n_epochs=30,
            random_state=task.seed,
            pl_trainer_kwargs=QUIET,
        )
        model.fit(train)
    whole = scaler.transform(TimeSeries.from_values(task.values.astype(np.float32)))
    found = model.historical_forecasts(
        whole, start=task.split, forecast_horizon=task.horizon, retrain=False, last_points_only=False
    )
    assert [one.start_time() - 1 for one in found] == task.origins.tolist()
    return taken, np.stack([scaler.inverse_transform(one).values()[:, 0] for one in found])


def neuralforecast(task: Task) -> tuple[Seconds, Values]:
    """NeuralForecast's LSTM: 500 steps, its defaults else (a robust scaler of each window, the absolute error)."""
    import pandas as pd
    from neuralforecast import NeuralForecast
    from neuralforecast.models import LSTM

    frame = pd.DataFrame({"unique_id": task.name, "ds": np.arange(len(task.values)), "y": task.values})
    with timed() as taken:
        model = LSTM(
            h=task.horizon,
            input_size=task.window,
            encoder_hidden_size=task.hidden_size,
            encoder_n_layers=1,
            max_steps=500,
            random_seed=task.seed,
            **QUIET,
        )
        forecaster = NeuralForecast([model], freq=1)
        forecaster.fit(frame[: task.split])
    found = forecaster.cross_validation(frame, n_windows=len(task.origins), use_fitted=True)
    found = found.sort_values(["cutoff", "ds"])
    assert found["cutoff"].to_numpy()[:: task.horizon].tolist() == task.origins.tolist()
    return taken, found["LSTM"].to_numpy().reshape(-1, task.horizon)


QUIET = {  # for the trainer of PyTorch Lightning: nothing but the training
    "accelerator": "cpu",
    "logger": False,
    "enable_checkpointing": False,
    "enable_progress_bar": False,
    "enable_model_summary": False,
}


CONTESTANTS: dict[str, tuple[Callable[[Task], tuple[Seconds, Values]], int | None]] = {
    # name: function, threads (None: as many as the library takes)
    "tidecast": (tidecast, 1),  # what a background worker has
    "loop": (loop, None),
    "darts": (darts, None),
    "neuralforecast": (neuralforecast, None),
}
PEERS = ("darts", "neuralforecast")  # packages of these names


def main() -> None:
    args = _parser().parse_args()
    if args.contestant:
        sys.stdout.write(json.dumps(_compete(args.contestant, Path(args.files[0]))) + "\n")
        return
    missing = [name for name in PEERS if importlib.util.find_spec(name) is None]
    names = [name for name in args.only if name not in missing]
    for name in args.only:
        if name in missing:
            print(f"Left out: {name}, which is not installed (pip install -r benchmarks/requirements.txt).\n")
    if not names:
        return
    tasks = read_tasks(args.files, args.target, args.shortest)
    results: dict[tuple[str, str], list[dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for repeat in range(args.repeats):
            for task in tasks:
                path = Path(folder, "task.json")
                changed = {"values": task.values.tolist(), "seed": repeat}
                path.write_text(json.dumps(dataclasses.asdict(task) | changed))
                for name in names:
                    sys.stderr.write(f"repeat {repeat + 1}/{args.repeats}: {task.name}, {name}\n")
                    results.setdefault((task.name, name), []).append(_run(name, path, args.threads))
    print(_table(tasks, names, results))
    if args.out:
        runs = [
            {"series": series, "contestant": name, "seed": seed} | run
            for (series, name), found in results.items()
            for seed, run in enumerate(found)
        ]
        args.out.write_text(json.dumps({"versions": versions(_peers(names)), "runs": runs}, indent=1) + "\n")


def _compete(name: str, path: Path) -> dict[str, Any]:
    """In a process of its own: what the contestant did."""
    document = json.loads(path.read_text())
    task = Task(**document | {"values": np.array(document["values"]), "seasons": tuple(document["seasons"])})
    import torch

    function, threads = CONTESTANTS[name]
    if threads is not None and "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(threads)
    if name in PEERS:
        warnings.simplefilter("ignore")  # the peers' own, about each other
        logging.disable(logging.INFO)
    taken, forecasts = function(task)
    error = np.abs(forecasts - task.targets)
    assert error.shape == (len(task.origins), task.horizon)
    return {
        **dataclasses.asdict(taken),
        "mae": float(error.mean()),
        "peak_mb": peak_mb(),
        "threads": torch.get_num_threads(),
    }


def peak_mb() -> float:
    """Of this process. getrusage would also count what the parent held at the fork; Linux tells it apart."""
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        assert found is not None
        return int(found[1]) / 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def _run(name: str, path: Path, threads: int | None) -> dict[str, Any]:
    environment = dict(os.environ)
    if threads is not None:
        environment["OMP_NUM_THREADS"] = str(threads)
    command = [sys.executable, __file__, "--contestant", name, str(path)]
    # In the folder of the task: whatever a peer writes beside itself goes with it.
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, check=True, text=True, cwd=path.parent, encoding="utf-8"
    )
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def read_tasks(paths: list[str], target: list[str] | None, shortest: int) -> list[Task]:
    """A task for each series of the files; of the six shared series, or of the samples, where there are none."""
    from forecasting import load_sample, read_table, sample_names, to_panel

    if paths or SHARED.is_dir():
        files = [(path.stem, path, target) for path in map(Path, paths)] or [
            (name, SHARED / file, column) for name, (file, column) in SHARED_SERIES.items()
        ]
        read = [
            (name, *to_panel(read_table(path.read_bytes(), path.name), target=column)) for name, path, column in files
        ]
        frames = [(name, panel, _as_in_the_file(panel.frame, report.filled)) for name, panel, report in read]
    else:
        samples = [(name, load_sample(name)) for name in sample_names()]
        frames = [(name, panel, panel.frame) for name, panel in samples]
    return [
        Task(name if len(panel.series_ids) == 1 else f"{name} {one}", values[-LAST:], panel.seasons)
        for name, panel, frame in frames
        for one, values in ((one, part["y"].to_numpy()) for one, part in frame.groupby("unique_id", sort=True))
        if len(values) >= shortest
    ]


def _as_in_the_file(frame: Any, filled: Any) -> Any:
    """Without the steps that reading had to fill: values that nobody measured are no test."""
    added = frame.set_index(["unique_id", "ds"]).index.isin(filled.set_index(["unique_id", "ds"]).index)
    return frame[~added]


def _table(tasks: list[Task], names: list[str], results: dict[tuple[str, str], list[dict[str, Any]]]) -> str:
    threads = ", ".join(f"{name} {results[tasks[0].name, name][0]['threads']}" for name in names)
    repeats = len(next(iter(results.values())))
    lines = [
        f"{versions(_peers(names))}; {os.cpu_count()} cores; threads: {threads}. MAE over every origin of the last "
        f"20 %. Seconds and MAE: median of {repeats} (lowest to highest).",
        "",
        "| series | contestant | fit seconds | of the processor | MAE | naive's MAE | MAE / naive's | peak MB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for task in tasks:
        naive = float(np.abs(task.values[task.origins][:, None] - task.targets).mean())
        for name in names:
            runs = results[task.name, name]
            mae = statistics.median(run["mae"] for run in runs)
            memory = max(run["peak_mb"] for run in runs)
            lines.append(
                f"| {task.name} | {name} | {_spread(runs, 'seconds', '.2f')} | {_spread(runs, 'processor', '.2f')} "
                f"| {_spread(runs, 'mae', '.4g')} | {naive:.4g} | {mae / naive:.3f} | {memory:.0f} |"
            )
    return "\n".join(lines)


def _peers(names: list[str]) -> list[str]:
    return [name for name in names if name in PEERS]


def _spread(runs: list[dict[str, Any]], key: str, digits: str) -> str:
    return spread([run[key] for run in runs], digits)


def spread(values: list[float], digits: str) -> str:
    """The median (lowest to highest); the value alone where there is one."""
    middle = f"{statistics.median(values):{digits}}"
    return middle if len(values) == 1 else f"{middle} ({min(values):{digits}} to {max(values):{digits}})"


def versions(packages: Iterable[str] = ()) -> str:
    """Of Tidecast, of what it computes with, and of those among `packages` that are installed."""
    from forecasting import __version__

    parts = [f"Tidecast {__version__}", f"torch {version('torch')}", f"NumPy {np.__version__}"]
    for name in packages:
        with contextlib.suppress(PackageNotFoundError):
            parts.append(f"{name} {version(name)}")
    return ", ".join([*parts, f"Python {platform.python_version()}"])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", metavar="FILE", help="default: the six shared series, else the samples")
    parser.add_argument("--target", action="append", metavar="COLUMN", help="value column of the files")
    parser.add_argument("--only", nargs="+", choices=CONTESTANTS, default=list(CONTESTANTS), metavar="CONTESTANT")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, help="for every contestant; default: as CONTESTANTS says")
    parser.add_argument("--shortest", type=int, default=300, help="series with fewer values are left out")
    parser.add_argument("--out", type=Path, metavar="JSON", help="every run, for machines to read")
    parser.add_argument("--contestant", choices=CONTESTANTS, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    main()
