"""Names that cannot be guessed (tokens) and names that follow from content (ids)."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from forecasting import __version__
from forecasting.threads import THREADS

_PACKAGE = Path(__file__).resolve().parent.parent
_APART = ("runs", "intake", "charts", "export", "cli", "__main__")  # cannot change a result,
_DECIDES = Path("runs/jobs.py")  # except this one
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
_ID = re.compile(r"[0-9a-f]{64}")


def new_token() -> str:
    """128 random bits as 22 characters that an address can hold."""
    return secrets.token_urlsafe(16)


def is_token(text: object) -> bool:
    """Whether `text` has the form of a token."""
    return isinstance(text, str) and _TOKEN.fullmatch(text) is not None


def is_id(text: object) -> bool:
    """Whether `text` has the form of an id."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None


def token_id(token: str) -> str:
    """What the database keeps of a token: a copy of the database opens no workspace."""
    return hashlib.sha256(token.encode()).hexdigest()


def dataset_id(raw_sha256: str | None, choices: Mapping[str, Any], panel_id: str | None) -> str:
    """The id of a dataset: bytes, reading choices and the Panel that followed from them."""
    return _digest({"raw": raw_sha256, "choices": dict(choices), "panel": panel_id})


def run_id(kind: str, panel_id: str | None, config: Mapping[str, Any]) -> str:
    """The id of a run: everything that decides its result, so that the same question has one answer."""
    return _digest({"kind": kind, "input": panel_id, "config": dict(config), "made_by": version(), "threads": THREADS})


def version() -> str:
    """Package version, digest of the code that computes as it now lies on the disk, and torch version."""
    return f"{__version__}+{_code_digest()} torch {_torch_version()}"


@functools.cache
def _torch_version() -> str:
    return importlib.metadata.version("torch")  # without importing torch


def _code_digest() -> str:
    modules = [(_DECIDES.as_posix(), (_PACKAGE / _DECIDES).stat())]
    folders = [""]
    while folders:  # by scandir: workers ask before each run, and a Path for each module takes ten times as long
        folder = folders.pop()
        with os.scandir(_PACKAGE / folder) as entries:
            for entry in entries:
                if not folder and entry.name.removesuffix(".py") in _APART:
                    continue
                name = f"{folder}{entry.name}"
                if name.endswith(".py"):
                    modules.append((name, entry.stat()))
                elif entry.is_dir():
                    folders.append(f"{name}/")
    return _digest_of(_PACKAGE, tuple(sorted((name, state.st_mtime_ns, state.st_size) for name, state in modules)))


@functools.lru_cache(4)
def _digest_of(package: Path, modules: tuple[tuple[str, int, int], ...]) -> str:
    """Of the modules of these names, times and sizes: read again only where one of them has changed."""
    digest = hashlib.sha256()
    for name, _, _ in modules:
        digest.update(name.encode() + b"\0" + (package / name).read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _digest(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
