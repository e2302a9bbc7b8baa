"""Files behind download buttons go with the page that offered them.

Streamlit keeps such a file until the second time that it looks for files that no page offers, and it only looks when
some page is drawn or a session ends: the file of a session that was the last one stays for good, and so does that of a
link that was ended. Here the second look follows the first by itself.
"""

from __future__ import annotations

import threading

from streamlit import runtime
from streamlit.runtime.media_file_manager import MediaFileManager

GRACE_SECONDS = 10.0  # for a click on a button that is just being drawn anew

_lock = threading.Lock()
_watched: MediaFileManager | None = None


def watch() -> None:
    """Have this server look again; once for each server, whoever calls."""
    global _watched
    if not runtime.exists():
        return
    manager = runtime.get_instance().media_file_mgr
    with _lock:
        if _watched is not manager:
            _watched = manager
            Janitor(manager).start()


class Janitor:
    """Follows `manager`'s own looks with one more, as long as there is something that no page offers."""

    def __init__(self, manager: MediaFileManager) -> None:
        self._manager = manager
        self._look, self._leave = manager.remove_orphaned_files, manager.clear_session_refs
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """From now on be told when the manager looks, and when a page or session leaves its files."""
        self._manager.remove_orphaned_files = self.look  # type: ignore[method-assign]  # Streamlit offers no hook
        self._manager.clear_session_refs = self.leave  # type: ignore[method-assign]  # as above

    def look(self) -> None:
        """As the manager does, and once more after a while where it has marked something."""
        self._look()
        self._look_again()

    def leave(self, session_id: str | None = None) -> None:
        """As the manager does; a session that ends while its page is drawn is followed by no look of its own."""
        self._leave(session_id)
        self._look_again()

    def _look_again(self) -> None:
        with self._lock:
            if self._timer is None and self._offered_by_none():
                self._timer = threading.Timer(GRACE_SECONDS, self._ring)
                self._timer.daemon = True
                self._timer.start()

    def _ring(self) -> None:
        with self._lock:
            self._timer = None
        self.look()

    def _offered_by_none(self) -> bool:
        with self._manager._lock:
            return bool(self._manager._get_inactive_file_ids())
