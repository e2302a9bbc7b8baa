"""What the command line shows: how a file was read, in a few lines, and a progress bar."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from forecasting.messages import Message

if TYPE_CHECKING:
    from forecasting.progress import Progress

REFRESH = 0.1  # seconds between two drawings
BAR = 24  # characters
LISTED = 5  # series named one by one
DELIMITERS = {"\t": "tab", ",": "comma", ";": "semicolon", " ": "space", "|": "bar"}


def describe(about: Mapping[str, Any]) -> str:
    """A few lines on how a file was read; `about` is what --report holds."""
    head = about["input"]
    if "dialect" in about:
        dialect = about["dialect"]
        delimiter = DELIMITERS.get(dialect["delimiter"], dialect["delimiter"])
        rows = Message("cli.rows", count=about["rows"])
        columns = Message("cli.columns", count=len(about["columns"]))
        head += f": {rows}, {columns}, {dialect['encoding']}, {delimiter}"
    lines = [*_roles(about), *_series(about["series"])]
    lines.append(("frequency", about["frequency"], about.get("frequency_reason", "")))
    lines.append(("seasons", ", ".join(map(str, about["seasons"])) or "none known", ""))
    if offered := about.get("candidates", {}).get("covariates"):
        known = ", ".join(about["known_ahead"])
        remark = f"known beyond the last value: {known}" if known else "offered"
        lines.append(("covariates", ", ".join(offered), remark))
    lines += _files(about.get("files", ()))
    if "summary" in about:
        lines.append(("repairs", about["summary"], ""))
    lines += [("note", note["message"], "") for note in about.get("notes", ())]
    text = [plain(head)]
    text += [
        f"  {label:<11}{plain(words)}" + (f"  ({plain(remark)})" if remark else "") for label, words, remark in lines
    ]
    return "\n".join(text) + "\n"


def plain(text: str) -> str:
    """`text` on one line, without characters that could control a terminal: names come from untrusted files."""
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in " ".join(text.split())
    )


@contextlib.contextmanager
def progress_line(stream: TextIO) -> Iterator[Callable[[Progress], None] | None]:
    """A callback that redraws one line of `stream`, wiped at the end; None where `stream` is no terminal."""
    if not stream.isatty():
        yield None
        return
    started = time.monotonic()
    drawn = 0.0

    def draw(progress: Progress) -> None:
        nonlocal drawn
        now = time.monotonic()
        if now - drawn >= REFRESH:
            drawn = now
            width = shutil.get_terminal_size().columns - 1
            stream.write("\r\x1b[K" + _line(progress, now - started)[:width])
            stream.flush()

    try:
        yield draw
    finally:
        stream.write("\r\x1b[K")
        stream.flush()


def _line(progress: Progress, seconds: float) -> str:
    done = round(BAR * progress.fraction)
    parts = [f"{'█' * done}{'░' * (BAR - done)} {progress.fraction:4.0%}"]
    parts.append(f"fold {progress.fold}/{progress.folds}" if progress.stage == "fold" else progress.stage)
    parts.append(f"epoch {progress.epoch}/{progress.epochs}")
    if progress.train_loss is not None:
        parts.append(f"loss {progress.train_loss:.4g}")
    if progress.valid_loss is not None:
        parts.append(f"validation {progress.valid_loss:.4g}")
    if progress.fraction > 0.05:  # earlier estimates would jump about
        parts.append(f"{seconds / progress.fraction - seconds:.0f} s left")
    return "  ".join(parts)


def _roles(about: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    roles = about.get("roles")
    if roles is None:
        return []
    named = [(role, roles[role]) for role in ("time", "target", "series") if roles[role]]
    return [
        (role, ", ".join(column) if isinstance(column, list) else column, roles["reasons"].get(role, ""))
        for role, column in named
    ]


def _files(files: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    return [
        ("file", file["name"], file["problem"] or f"{Message('cli.rows', count=file['rows'])} {_span(file)}")
        for file in files
    ]


def _series(series: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    lines = [("values", f"{about['unique_id']}: {about['values']:,} {_span(about)}", "") for about in series[:LISTED]]
    if len(series) > LISTED:
        lines.append(("", f"and {len(series) - LISTED:,} more series", ""))
    return lines


def _span(about: Mapping[str, Any]) -> str:
    start, end = str(about["start"]), str(about["end"])
    midnight = "T00:00:00"
    if start.endswith(midnight) and end.endswith(midnight):
        start, end = start.removesuffix(midnight), end.removesuffix(midnight)
    return f"from {start} to {end}"
