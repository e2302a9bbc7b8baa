"""The ONNX files of a model and their measurements, made in a process of their own: the server never loads torch."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from forecasting.errors import ExportError
from forecasting.messages import Message
from forecasting.panel import Panel
from forecasting.threads import THREADS

SECONDS = 300.0  # after which it is given up


@dataclasses.dataclass(frozen=True)
class Weights:
    """The files of a model, "safetensors", "float32" and "int8", and what was measured of each (`measure.Measured`)."""

    files: Mapping[str, bytes]
    measured: Mapping[str, Mapping[str, float]]


def weights(model: bytes, panel: Panel, about: Mapping[str, str]) -> Weights:
    """Of the file of a Forecaster, and the `panel` that it was trained on. `about` goes into the metadata of the ONNX
    files.

    ExportError where the model cannot be written as ONNX, and where the process fails or takes too long.
    """
    with tempfile.TemporaryDirectory(prefix="tidecast-") as name:
        folder = Path(name)
        (folder / "model").write_bytes(model)
        (folder / "panel").write_bytes(panel.to_bytes())
        (folder / "about.json").write_text(json.dumps(dict(about)), encoding="utf-8")
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", "forecasting.export.weight_program", str(folder)],
                stdin=subprocess.DEVNULL,
                env=_environment(),
                timeout=SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ExportError(Message("onnx.failed")) from error
        refused = folder / "refused.json"
        if refused.exists():
            raise ExportError(Message.from_dict(json.loads(refused.read_text(encoding="utf-8"))))
        if done.returncode != 0:
            raise ExportError(Message("onnx.failed"))
        files = {name: (folder / f"{name}.onnx").read_bytes() for name in ("float32", "int8")}
        measured = json.loads((folder / "measured.json").read_text(encoding="utf-8"))
        return Weights({"safetensors": model, **files}, measured)


def _environment() -> dict[str, str]:
    package = str(Path(__file__).resolve().parents[2])
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH")))),
        **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(THREADS)),
    }
