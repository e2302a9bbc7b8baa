"""A program: writes the ONNX files of a model and measures them, in a folder that it is given.

It reads `model` (safetensors), `panel` (Parquet) and `about.json` (text for the metadata), and writes `float32.onnx`,
`int8.onnx` and `measured.json`, or `refused.json` with the Message of why not.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from forecasting.errors import ForecastingError
from forecasting.messages import Message
from forecasting.threads import limit_threads


def main(folder: Path) -> None:
    limit_threads()
    try:
        _write(folder)
    except ForecastingError as error:
        message = error.message if isinstance(error.message, Message) else Message("onnx.failed")
        (folder / "refused.json").write_text(json.dumps(message.to_dict()), encoding="utf-8")


def _write(folder: Path) -> None:
    from forecasting.forecaster import Forecaster
    from forecasting.panel import Panel

    model, about = (folder / "model").read_bytes(), json.loads((folder / "about.json").read_text(encoding="utf-8"))
    forecaster = Forecaster.from_bytes(model)
    files = {"safetensors": model}
    for name in ("float32", "int8"):
        files[name] = forecaster.to_onnx(quantised=name == "int8", about=about)
        (folder / f"{name}.onnx").write_bytes(files[name])
    measured = forecaster.measure(Panel.from_bytes((folder / "panel").read_bytes()), files)
    values = {name: one.to_dict() for name, one in measured.items()}
    (folder / "measured.json").write_text(json.dumps(values), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
