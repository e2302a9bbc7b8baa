"""What every test shares: no test touches a user's data, none is skipped in continuous integration."""

from __future__ import annotations

import gc
import itertools
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import schedule

REPORTED = "what was tried"  # a property of a report; here, since pytest -n loads no deeper conftest for the summary
ROOT = Path(__file__).resolve().parent.parent

# One thread a process, as the workers have: same bits on every machine, and no spinning beside the browser's processes.
# Read when torch or NumPy is first imported, here or in a subprocess.
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

# Each of hundreds of stores waits for the disk at each transaction: they lie in memory, where there is room for them.
MEMORY = "/dev/shm"  # noqa: S108 - pytest makes a folder of its own there
if (
    os.access(MEMORY, os.W_OK)
    and shutil.disk_usage(MEMORY).free > 4 * 2**30
    and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC  # programs are run from there, too
):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", MEMORY)

# Else each of hundreds of subprocesses compiles all modules again, and each process of pytest -n all tests.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


@pytest.fixture(autouse=True, scope="session")
def _own_data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The store's folder and everything that a test's subprocess keeps lie in a temporary folder."""
    patch = pytest.MonkeyPatch()
    patch.setenv("TIDECAST_DATA", str(tmp_path_factory.mktemp("tidecast")))
    patch.delenv("TIDECAST_DATABASE", raising=False)
    yield
    patch.undo()


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One process more than cores, since many slow tests wait for a browser, a server or a worker; the others do not,
    and each process imports and collects for ten seconds of the processor's time."""
    return (os.cpu_count() or 1) + ("not slow" not in config.option.markexpr)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> schedule.LongestFirst:
    return schedule.LongestFirst(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[object]:
    """Nothing that is imported or collected is thrown away, so no collection of garbage looks through it: not one while
    it grows, a fifth of the time that collecting takes, and none later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first; and a test that opens a page is tried once more where it fails, and both are printed: a
    browser, a server and a worker beside two other such tests can be late in ways that no wait foresees; a fault of a
    page fails twice.
    """
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))
    items[:] = schedule.longest_first(items)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in itertools.chain.from_iterable(terminalreporter.stats.values()):
        if isinstance(report, pytest.TestReport) and report.when == "call":
            for name, sentence in report.user_properties:
                if name == REPORTED:
                    terminalreporter.write_line(str(sentence))
    for report in terminalreporter.stats.get("rerun", []):  # why the first attempt failed, which nothing else tells
        terminalreporter.write_line(f"first attempt: {report.nodeid}\n{str(report.longrepr)[-2000:]}")
    if _skipped_in_ci(terminalreporter):
        terminalreporter.write_line("In continuous integration every test has to run: a skipped one fails the run.")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus == pytest.ExitCode.OK and reporter is not None and _skipped_in_ci(reporter):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _skipped_in_ci(reporter: pytest.TerminalReporter) -> bool:
    """Whether a test was skipped for a part that continuous integration has to have.

    The development data is no such part: it is not in the repository, and lies beside some checkouts only.
    """
    skipped = [str(report.longrepr) for report in reporter.stats.get("skipped", [])]
    return bool(os.environ.get("CI")) and any("../shared/data" not in reason for reason in skipped)
