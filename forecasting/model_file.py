"""Files of trained models: safetensors, which cannot carry code, with JSON in their metadata.

The format is the file's own number; that of a Forecaster also has a digest of all that it holds, which shows a damaged
or changed one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from forecasting.errors import ModelFileError
from forecasting.messages import Message

FORMAT = 4


def pack(tensors: Mapping[str, Any], about: Mapping[str, Any]) -> bytes:
    """The file that holds the arrays `tensors` and `about`, which JSON can hold; the same bytes for the same."""
    from safetensors.numpy import save

    arrays = {name: np.ascontiguousarray(value) for name, value in tensors.items()}
    rest = {**about, "format": FORMAT}
    rest["digest"] = _digest(rest, arrays)
    return save(arrays, {"tidecast": json.dumps(rest, allow_nan=False)})


def unpack(data: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """(tensors, about) of a file that `pack` wrote; ModelFileError if it is none, or from another format."""
    tensors, about = read(data, "tidecast", FORMAT, Message("model.file-damaged"))
    if about.pop("digest", None) != _digest(about, tensors):
        raise ModelFileError(Message("model.file-changed"))
    return tensors, about


def read(data: bytes, kind: str, form: int, damaged: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """(tensors, about) of a file whose metadata has `about` under `kind`, in the format `form`; ModelFileError, with
    the message `damaged` where it is no such file at all."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        size = int.from_bytes(data[:8], "little")
        about = json.loads(json.loads(data[8 : 8 + size])["__metadata__"][kind])
        if about["format"] != form:
            raise ModelFileError(Message("model.file-format", found=str(about["format"]), read=form))
        return load(data), about
    except (SafetensorError, KeyError, ValueError, TypeError, RuntimeError) as error:
        raise ModelFileError(damaged) from error


def _digest(about: dict[str, Any], arrays: dict[str, Any]) -> str:
    """SHA-256 over all that the file holds."""
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode())
    for name in sorted(arrays):
        digest.update(f"{name} {arrays[name].dtype} {arrays[name].shape}".encode())
        digest.update(arrays[name].tobytes())
    return digest.hexdigest()
