"""The app under a real server and a real Chromium, on a free port, with a store of its own."""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Playwright,
    TimeoutError,
    ViewportSize,
    expect,
    sync_playwright,
)
from sqlalchemy import select, update
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from forecasting.runs import Store, ledger, schema
from tests.conftest import ROOT

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # One renderer for all pages of a profile: what it has compiled for one of them, it has for the next.
    "--process-per-site",
    "--js-flags=--no-flush-bytecode",
]
PATIENCE = 120_000  # milliseconds: two such tests and their servers and workers may share a slow machine's two cores
EMPTY = "http://127.0.0.1/empty"
SIZE: ViewportSize = {"width": 1280, "height": 900}
expect.set_options(timeout=PATIENCE)


@dataclasses.dataclass
class Server:
    """A running app. `log` is what it said."""

    url: str
    folder: Path
    log: Path
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End the server and with it its workers."""
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


Start = Callable[..., Server]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """start(**environment) starts the app; all that were started end with the test."""
    servers: list[Server] = []

    def start(
        folder: Path | None = None, port: int | None = None, script: str = "app.py", **environment: str
    ) -> Server:
        log = tmp_path / f"server-{len(servers)}.log"
        server = launch(folder or tmp_path / "data", log, port, environment, script)
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One app for all tests of a process, whose worker stays ready; each test has a workspace of its own."""
    folder = tmp_path_factory.mktemp("server")
    running = launch(folder / "data", folder / "server.log", None, {"TIDECAST_IDLE_SECONDS": "600"})
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def _nothing_left_running(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test has left in training does not keep the worker from that of the next: after its page is closed, all
    of it is cancelled."""
    yield
    if "server" in request.fixturenames:
        _end_all_runs(request.getfixturevalue("server"))


def _end_all_runs(server: Server) -> None:
    store = Store(f"sqlite:///{(server.folder / 'tidecast.db').as_posix()}")
    under_way = select(schema.runs.c.id).where(schema.runs.c.state.in_(("queued", "running", "split")))
    deadline = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < deadline:
        with store.database.write() as connection:
            left = connection.execute(under_way).scalars().all()
            connection.execute(
                update(schema.workspace_runs).where(schema.workspace_runs.c.run_id.in_(left)).values(cancelled=True)
            )
            ledger.stop_unwanted(connection, left)
        if not left:
            break
        time.sleep(0.1)
    store.close()
    assert not left, f"{len(left)} runs did not end"


def launch(folder: Path, log: Path, port: int | None, environment: dict[str, str], script: str = "app.py") -> Server:
    """Start `streamlit run app.py` and wait until it answers."""
    folder.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.address=127.0.0.1"]
    command += [f"--server.port={port}", "--server.headless=true", "--server.fileWatcherType=none"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "TIDECAST_DATA": str(folder), **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    server = Server(f"http://127.0.0.1:{port}", folder, log, process)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if healthy(port):
                return server
        if process.poll() is not None:
            break
        time.sleep(0.1)
    server.stop()
    raise AssertionError(f"the server did not start:\n{log.read_text(errors='replace')}")


def healthy(port: int) -> bool:
    """Whether the server says that it is."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/_stcore/health")
        return connection.getresponse().status == 200
    finally:
        connection.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """The Chromium that is there."""
    launched = start_chromium(playwright)
    if launched is None:
        pytest.skip("there is no Chromium: install the package chromium, or run `playwright install chromium`")
    yield launched
    launched.close()


def start_chromium(playwright: Playwright, *more: str) -> Browser | None:
    """Debian's without windows, which takes a quarter less time, or with them; another one; or Playwright's own.

    `more`: further flags.
    """
    own = playwright.chromium.executable_path
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), own if Path(own).exists() else None)
    if found is None:
        return None
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    flags = [*FLAGS, *more, *(["--no-sandbox"] if root else [])]  # Chromium refuses its sandbox to root
    return playwright.chromium.launch(executable_path=found, args=flags)


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One profile for the pages of all tests: Streamlit's scripts, 8 MB, are fetched and compiled once, as long as a
    page of 127.0.0.1 is open, whatever its port: an empty one, which no server has.

    Without motion, which is drawn by the processor here: half a second of it at each load.
    """
    shared = browser.new_context(viewport=SIZE, accept_downloads=True, reduced_motion="reduce")
    shared.set_default_timeout(PATIENCE)
    empty = shared.new_page()
    empty.route(EMPTY, lambda route: route.fulfill(body=""))
    empty.goto(EMPTY)
    yield shared
    shared.close()


@pytest.fixture
def page(context: BrowserContext, tmp_path: Path) -> Iterator[Page]:
    """A new page at 1280 x 900, without anything that another test has left. Whatever it logs as an error fails the
    test."""
    opened = context.new_page()
    complaints: list[str] = []
    frames: list[str | bytes] = []
    opened.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(frame)))
    opened.on("pageerror", lambda error: complaints.append(f"{error}\n{error.stack}\n{_told(frames)}"))
    yield opened
    _forget(context)
    context.clear_cookies()
    context.clear_permissions()
    assert complaints == []


def _forget(context: BrowserContext) -> None:
    """Close all pages but the empty one, then clear what they kept: a page that is open can write it again."""
    empty, *used = context.pages
    origins = {"/".join(left.url.split("/")[:3]) for left in used if left.url.startswith("http")}
    for left in used:
        left.close()
    storage = context.new_cdp_session(empty)
    for origin in origins:
        storage.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
    storage.detach()


def _told(frames: list[str | bytes], most: int = 150) -> str:
    """The last messages of the server: at one that it cannot place in the page, Streamlit's own page goes blank."""
    lines = []
    for frame in frames[-most:]:
        message = ForwardMsg.FromString(frame if isinstance(frame, bytes) else frame.encode())
        kind = message.WhichOneof("type")
        delta = message.delta.WhichOneof("type") if kind == "delta" else None
        what = getattr(message.delta, delta).WhichOneof("type") if delta in {"new_element", "add_block"} else None
        lines.append(f"{kind} {delta} {what} {list(message.metadata.delta_path)} {message.delta.fragment_id[:6]}")
    return "\n".join(lines)


def traces(chart: Locator) -> dict[str, dict[str, list[Any]]]:
    """What a Plotly figure really draws: {name: {x, y}}, the last of each name."""
    plot = chart.locator(".js-plotly-plot")
    expect(plot).to_have_count(1)  # while a page is redrawn the old figure stands beside the new one
    expect(plot.locator(".main-svg").first).to_be_visible()
    drawn = plot.evaluate("plot => plot._fullData.map(t => ({name: t.name, x: Array.from(t.x), y: Array.from(t.y)}))")
    return {trace["name"]: {"x": trace["x"], "y": trace["y"]} for trace in drawn}


def chart(page: Page, key: str) -> Locator:
    """The element of a chart's key."""
    return page.locator(f".st-key-{key}")


LIVE = ".st-key-live [data-testid=stVegaLiteChart]"


def live_loss(page: Page) -> tuple[int, list[float]]:
    """While a training is under way: points drawn of the loss curve, and the losses said beside it."""
    expect(page.locator(f"{LIVE} .mark-line path").first).to_be_attached()
    said = re.search(r"loss ([-\d.e]+)(?: / ([-\d.e]+))?", page.locator(".st-key-live").inner_text())
    assert said is not None
    path = page.locator(f"{LIVE} .mark-line path").first.get_attribute("d") or ""
    return len(re.findall("[ML]", path)), [float(loss) for loss in said.groups() if loss]


def settled(page: Page) -> None:
    """Wait until no script runs and each element is drawn, and look that none has failed."""
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible()
    # An element whose code the browser has yet to fetch and compile, on a slow machine seconds after the script's end.
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def upload(page: Page, content: bytes, name: str = "sales.csv") -> None:
    """Choose Upload and bring a file."""
    page.get_by_test_id("stSidebar").get_by_role("radio", name="Upload").or_(
        page.get_by_test_id("stSidebar").get_by_role("button", name="Upload", exact=True)
    ).first.click()
    page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )


def keyed(page: Page, key: str) -> Locator:
    """The element of a widget's key, whichever data it is for."""
    return page.locator(f'.st-key-{key}, [class*="st-key-{key}-"]')


def choose(page: Page, key: str, option: str | int) -> None:
    """Choose an option of a select box, by its name or its place."""
    for _ in range(5):  # a list that opens while the page is drawn anew closes again
        settled(page)
        keyed(page, key).locator("input").first.click()
        listed = page.get_by_role("option")
        wanted = listed.nth(option) if isinstance(option, int) else listed.filter(has_text=option).first
        with contextlib.suppress(TimeoutError):
            wanted.click(timeout=4_000)
            return
        page.keyboard.press("Escape")
    raise AssertionError(f"{key} does not offer {option}")


def go(page: Page, name: str) -> None:
    """Open a page by the navigation; the teaching pages stand under Learn."""
    link = page.get_by_test_id("stTopNavLink").filter(has_text=name)
    if name in ("Sine wave", "Sequence lab", "Text lab"):
        page.get_by_test_id("stTopNavSection").click()
        link = page.get_by_test_id("stTopNavDropdownLink").filter(has_text=name)
    link.first.click()
    path = "" if name == "Forecast" else name.lower().replace(" ", "_")
    page.wait_for_url(re.compile(rf"://[^/]+/{path}(\?.*)?$"))
    settled(page)


def train_button(page: Page) -> Locator:
    """Train as it is now: while a page is drawn anew, that of before may stand beside it for a moment."""
    now = page.locator("[data-testid=stElementContainer][data-stale=false]")
    return now.get_by_role("button", name="Train", exact=True)


def train(page: Page) -> None:
    train_button(page).click()


def set_number(page: Page, label: str, value: int) -> None:
    """Type into a number field, as a person does."""
    field = page.get_by_role("spinbutton", name=label, exact=True)
    field.fill(str(value))
    field.press("Enter")
