"""Files behind download buttons go with the page that offered them, also where nobody comes afterwards."""

from __future__ import annotations

from typing import ClassVar

import pytest
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from pages.shared import media


class Timer:
    """A timer that the test rings."""

    set_: ClassVar[list[Timer]] = []

    def __init__(self, seconds: float, then: object) -> None:
        self.seconds, self.then, self.daemon = seconds, then, False

    def start(self) -> None:
        self.set_.append(self)

    def ring(self) -> None:
        self.set_.remove(self)
        self.then()  # type: ignore[operator]


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> MediaFileManager:
    """The media files of a server, watched."""
    monkeypatch.setattr(media.threading, "Timer", Timer)
    monkeypatch.setattr(Timer, "set_", [])
    made = MediaFileManager(MemoryMediaFileStorage("/media"))
    media.Janitor(made).start()
    return made


def offer(manager: MediaFileManager, monkeypatch: pytest.MonkeyPatch, session: str, content: bytes) -> str:
    """A page of `session` offers a file; its id."""
    monkeypatch.setattr("streamlit.runtime.media_file_manager._get_session_id", lambda: session)
    url = manager.add(content, "text/csv", "1.2", "forecast.csv", is_for_static_download=True)
    return url.rpartition("/")[2].partition(".")[0]


def end(manager: MediaFileManager, session: str) -> None:
    """What Streamlit does when a session ends, and at the end of a page that offers nothing."""
    manager.clear_session_refs(session)
    manager.remove_orphaned_files()


def test_the_file_of_the_last_session_goes_when_it_has_ended(
    manager: MediaFileManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = offer(manager, monkeypatch, "one", b"1")
    end(manager, "one")
    assert manager.read_file(file) is not None  # a click on the button that is on its way is still answered
    (timer,) = Timer.set_
    assert 0 < timer.seconds <= 15
    assert timer.daemon
    timer.ring()
    assert manager.read_file(file) is None
    assert not Timer.set_


def test_what_another_page_offers_stays(manager: MediaFileManager, monkeypatch: pytest.MonkeyPatch) -> None:
    file, again = (offer(manager, monkeypatch, session, b"same") for session in ("one", "two"))
    other = offer(manager, monkeypatch, "three", b"other")
    assert file == again
    end(manager, "one")
    assert not Timer.set_  # it is offered by "two"
    end(manager, "three")
    Timer.set_[0].ring()
    assert manager.read_file(file) is not None
    assert manager.read_file(other) is None


def test_a_page_that_is_drawn_anew_keeps_its_file(manager: MediaFileManager, monkeypatch: pytest.MonkeyPatch) -> None:
    file = offer(manager, monkeypatch, "one", b"1")
    end(manager, "one")
    assert offer(manager, monkeypatch, "one", b"1") == file
    Timer.set_[0].ring()
    assert manager.read_file(file) is not None
    assert not Timer.set_


def test_a_session_that_ends_while_its_page_is_drawn_leaves_nothing(
    manager: MediaFileManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = offer(manager, monkeypatch, "one", b"1")
    manager.clear_session_refs("one")  # and no look follows
    for _ in range(2):
        Timer.set_[0].ring()
    assert manager.read_file(file) is None
    assert not Timer.set_
