"""Turns at reading: so many at a time, first come, first served, and nobody who left is waited for."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from unittest.mock import MagicMock

import pytest
from streamlit.runtime.scriptrunner import RerunData
from streamlit.runtime.scriptrunner_utils.exceptions import RerunException, StopException

from forecasting import intake
from pages.shared import parsers, services
from pages.shared.parsers import KEEP_SECONDS, Line
from tests.app import files


def yes() -> bool:
    return True


class Shown:
    """What `st.empty` gives, in a page that is stopped, or begun anew, when it writes."""

    def __init__(self, ends: BaseException) -> None:
        self.ends = ends

    def info(self, text: str, icon: str) -> None:
        assert "place 1" in text
        assert icon
        raise self.ends

    def empty(self) -> None:
        raise AssertionError("its turn has not come")


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    line = Line()
    monkeypatch.setattr(parsers, "_line", lambda: line)
    monkeypatch.setattr(parsers, "LOOK_SECONDS", 0.01)
    return line


def test_those_who_wait_are_taken_in_the_order_in_which_they_came() -> None:
    line = Line()
    assert [line.begin(who, 2) for who in "abcde"] == [0, 0, 1, 2, 3]
    assert line.begin("d", 2) == 2  # asking again keeps the place
    line.end()
    assert line.begin("e", 2) == 3  # there is room, but for those before it
    assert line.begin("c", 2) == 0
    line.end()
    assert line.begin("d", 2) == 0
    assert line.begin("e", 2) == 1


def test_a_place_that_is_given_up_moves_the_others_up() -> None:
    line = Line()
    assert [line.begin(who, 1) for who in "abc"] == [0, 1, 2]
    line.leave("b")
    assert line.begin("c", 1) == 1


def test_a_place_that_nobody_asks_for_again_is_given_up() -> None:
    now = [0.0]
    line = Line(lambda: now[0])
    assert [line.begin(who, 1) for who in "abc"] == [0, 1, 2]
    now[0] = KEEP_SECONDS / 2
    assert line.begin("c", 1) == 2
    now[0] = KEEP_SECONDS + 0.1
    assert line.begin("c", 1) == 1


def test_who_waits_goes_on_as_soon_as_a_reader_has_finished() -> None:
    line = Line()
    assert line.begin("a", 1) == 0
    began: list[int] = []
    thread = threading.Thread(target=lambda: began.append(line.begin("b", 1, 30.0)))
    thread.start()
    line.end()
    thread.join(10)
    assert began == [0]


@pytest.mark.parametrize(("ends", "after"), [(StopException(), 1), (RerunException(RerunData()), 2)])
def test_a_closed_tab_gives_its_place_up_and_a_page_begun_anew_keeps_it(
    line: Line, monkeypatch: pytest.MonkeyPatch, ends: BaseException, after: int
) -> None:
    assert line.begin("reader", 1) == 0
    monkeypatch.setattr(parsers.st, "empty", lambda: Shown(ends))
    with pytest.raises(type(ends)), parsers.turn(1, yes):
        raise AssertionError("it waits")
    assert line.begin("another", 1) == after


def test_a_turn_is_over_when_reading_fails(line: Line) -> None:
    with pytest.raises(ValueError, match="broken"), parsers.turn(1, yes), parsers.turn(1, yes):
        raise ValueError("broken")
    assert line.begin("next", 1) == 0


def test_a_small_file_waits_for_nobody(line: Line) -> None:
    assert line.begin("reader", 1) == 0
    with parsers.turn(1, lambda: False):
        assert line.begin("another", 1) == 1


def test_two_pages_that_need_one_table_do_not_wait_for_each_other(
    line: Line, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One is about to make series of it and has the turn, the other one only looks at it, and came first."""
    monkeypatch.setenv("TIDECAST_PARSERS", "1")
    workspace = services.store().new_workspace()
    upload = services.keep_upload(workspace, files.german(), "a.csv")
    monkeypatch.setattr(intake, "takes_long", lambda _: True)
    monkeypatch.setattr(parsers.st, "empty", lambda: MagicMock())
    assert line.begin("reader", 1) == 0
    done: list[str] = []
    looks = threading.Thread(target=lambda: done.append(services.table(workspace, upload, {}).name), daemon=True)
    reads = threading.Thread(target=lambda: done.append(services.read_upload(workspace, upload, {})), daemon=True)
    for place, thread in ((1, reads), (2, looks)):
        thread.start()
        while len(line._waiting) < place:
            time.sleep(0.01)
    line.end()
    for thread in (looks, reads):
        thread.join(20)
    assert len(done) == 2
    assert line.begin("next", 1) == 0
