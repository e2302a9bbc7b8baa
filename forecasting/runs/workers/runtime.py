"""The one supervisor of this process, with its store.

It is named, not held: it is found by the name of its thread, so that a module that Streamlit imports anew after an edit
finds the one of before, ends it, and goes on with its own code.
"""

from __future__ import annotations

import threading
from typing import cast

from forecasting.runs.environment import Settings
from forecasting.runs.store import Store
from forecasting.runs.workers.supervisor import THREAD, Supervisor

_starting = threading.Lock()


def runtime() -> Supervisor:
    """The supervisor, started if there is none. ForecastingError if a setting is wrong."""
    with _starting:
        settings = Settings.from_environment()
        for running in _running():
            if type(running) is Supervisor and not running.stopping and running.store.settings == settings:
                return running
            running.stop()  # other settings, or a module edited since
        supervisor = Supervisor(Store())
        supervisor.start()
        return supervisor


def stop_runtime() -> None:
    """End the supervisor and its workers, if there are any."""
    with _starting:
        for running in _running():
            running.stop()


def _running() -> list[Supervisor]:
    """At most one, perhaps of a module edited since."""
    return [cast(Supervisor, thread) for thread in threading.enumerate() if thread.name == THREAD]
