"""What the command line shows: how a file was read, a progress bar, nothing that controls the terminal."""

from __future__ import annotations

import io
from typing import Any

import pytest

from forecasting import terminal
from forecasting.progress import Progress


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_one_line_that_is_wiped_at_the_end() -> None:
    screen = _Terminal()
    with terminal.progress_line(screen) as on_progress:
        assert on_progress is not None
        on_progress(_progress("fold", 0.5))
        on_progress(_progress("fold", 0.51))  # too soon after the first to be drawn
    drawn = screen.getvalue()
    assert drawn.endswith("\r\x1b[K")
    assert drawn.count("\r") == 2
    assert "\n" not in drawn
    for words in (" 50%", "fold 2/3", "epoch 4/30", "loss 0.25", "s left"):
        assert words in drawn


def test_a_pipe_gets_no_progress() -> None:
    with terminal.progress_line(io.StringIO()) as on_progress:
        assert on_progress is None


def _progress(stage: Any, fraction: float) -> Progress:
    return Progress(
        stage=stage, fold=2, folds=3, epoch=4, epochs=30, train_loss=0.25, valid_loss=None, fraction=fraction
    )


@pytest.mark.parametrize(
    ("rows", "columns", "head"),
    [(1, ["y"], "a.csv: 1 row, 1 column, utf-8, tab"), (1200, ["t", "y"], "a.csv: 1,200 rows, 2 columns, utf-8, tab")],
)
def test_the_first_line_counts_rows_and_columns(rows: int, columns: list[str], head: str) -> None:
    dialect = {"delimiter": "\t", "encoding": "utf-8"}
    about = {"input": "a.csv", "rows": rows, "columns": columns, "dialect": dialect, "frequency": "D", "seasons": []}
    assert terminal.describe({**about, "series": []}).splitlines()[0] == head


@pytest.mark.parametrize(
    ("text", "shown"), [("a\nb\t c", "a b c"), ("\x1b[2Jx", "\ufffd[2Jx"), ("\u202eab", "\ufffdab"), ("é €", "é €")]
)
def test_text_is_one_line_without_control_characters(text: str, shown: str) -> None:
    assert terminal.plain(text) == shown
