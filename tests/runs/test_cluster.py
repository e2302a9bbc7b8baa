"""A Dask scheduler and two workers as processes of their own, with TLS, and PostgreSQL as the store."""

from __future__ import annotations

import dataclasses
import datetime
import gc
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import time
import types
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from forecasting.runs import Settings, Store, Supervisor
from forecasting.runs.workers.cluster import Cluster
from tests.conftest import ROOT
from tests.runs import counting

pytest.importorskip("distributed")
pytestmark = pytest.mark.slow


@dataclasses.dataclass
class Dask:
    """Processes of a cluster that the test starts and kills."""

    folder: Path
    port: int
    environment: dict[str, str]
    processes: list[subprocess.Popen[bytes]]

    @property
    def address(self) -> str:
        return f"tls://127.0.0.1:{self.port}"

    def scheduler(self) -> subprocess.Popen[bytes]:
        return self._start("scheduler", "--host", "127.0.0.1", "--protocol", "tls", "--port", str(self.port))

    def worker(self) -> subprocess.Popen[bytes]:
        options = ["--nthreads", "1", "--no-nanny", "--preload", "tests.runs.cluster_job", "--host", "127.0.0.1"]
        return self._start("worker", self.address, *options, "--protocol", "tls")

    def _start(self, what: str, *options: str) -> subprocess.Popen[bytes]:
        files = [f"{self.folder / name}.pem" for name in ("ca", "cert", "key")]
        tls = [text for pair in zip(("--tls-ca-file", "--tls-cert", "--tls-key"), files, strict=True) for text in pair]
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *options, *tls, "--no-dashboard"]
        with (self.folder / f"{what}{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        self.processes.append(process)
        return process


@pytest.fixture
def dask(tmp_path: Path, postgres_store: Store) -> Iterator[Dask]:
    _make_certificates(tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = postgres_store.database.url.render_as_string(hide_password=False)
    environment = {**os.environ, "TIDECAST_DATABASE": url, "DASK_TEMPORARY_DIRECTORY": str(tmp_path)}
    cluster = Dask(tmp_path, port, environment, [])
    yield cluster
    for process in cluster.processes:
        process.kill()
        process.wait()
    # Dask leaves a connection to a scheduler that was killed to the collector, which would warn in any later test.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def supervisor(dask: Dask, postgres_store: Store) -> Iterator[Supervisor]:
    values = {f"TIDECAST_SCHEDULER_{part}": str(dask.folder / f"{part.lower()}.pem") for part in ("CA", "CERT", "KEY")}
    url = postgres_store.database.url.render_as_string(hide_password=False)
    values |= {"TIDECAST_SCHEDULER": dask.address, "TIDECAST_DATABASE": url}
    postgres_store.settings = Settings.from_environment(values)
    started = Supervisor(postgres_store)
    started.start()
    yield started
    started.stop()


def _make_certificates(folder: Path) -> None:
    """An authority, and one certificate that it signed, for all sides."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    def named(name: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])

    now = datetime.datetime.now(datetime.UTC)
    keys = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("ca", "own")}
    for name in ("ca", "own"):
        builder = (
            x509.CertificateBuilder()
            .subject_name(named(name))
            .issuer_name(named("ca"))
            .public_key(keys[name].public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=name == "ca", path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        )
        signed = builder.sign(keys["ca"], hashes.SHA256())
        file = {"ca": "ca.pem", "own": "cert.pem"}[name]
        (folder / file).write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    key = keys["own"].private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(key)


def wait_until(condition: Callable[[], bool], seconds: float, folder: Path) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        logs = "\n".join(path.read_text()[-2000:] for path in sorted(folder.glob("*.log")))
        assert time.monotonic() < deadline, logs
        time.sleep(0.1)


def test_a_cluster_does_the_work_though_its_scheduler_comes_late_and_a_worker_is_killed(
    dask: Dask, supervisor: Supervisor
) -> None:
    store = supervisor.store
    workspace = store.new_workspace()
    runs = [
        supervisor.store.submit(workspace, "counting", {"steps": 40, "pause": 0.1, "seed": seed}, None, "n")
        for seed in range(3)
    ]
    wait_until(lambda: "scheduler" in str(supervisor.health().trouble), 30, dask.folder)
    assert {run.state for run in store.runs(workspace)} == {"queued"}  # nothing is lost, and the page can say why

    dask.scheduler()
    wait_until(lambda: "no workers" in str(supervisor.health().trouble), 60, dask.folder)
    workers = [dask.worker(), dask.worker()]
    wait_until(lambda: store.run(workspace, runs[0]).state == "running", 60, dask.folder)
    wait_until(lambda: supervisor.health().trouble is None, 60, dask.folder)
    wait_until(lambda: sum(run.state == "running" for run in store.runs(workspace)) == 2, 60, dask.folder)
    workers[0].send_signal(signal.SIGKILL)
    wait_until(lambda: not any(run.active for run in store.runs(workspace)), 90, dask.folder)

    found = [store.run(workspace, run) for run in runs]
    assert [run.state for run in found] == ["done"] * 3, [run.error for run in found]
    assert sorted(run.attempts for run in found) == [1, 1, 2]  # one death: one more attempt, of one run
    for seed, run in enumerate(runs):
        assert store.artifact(workspace, run, "result") == counting.expected(seed, 40)
    assert supervisor.health().workers == 1


def test_the_cluster_gives_the_bits_of_a_local_worker_and_can_be_cancelled(
    dask: Dask, supervisor: Supervisor, tmp_path: Path
) -> None:
    dask.scheduler()
    dask.worker()
    store = supervisor.store
    workspace = store.new_workspace()
    run = supervisor.store.submit(workspace, "sine", {"epochs": 5}, None, "sine")
    wait_until(lambda: store.run(workspace, run).state == "done", 90, dask.folder)
    far = store.artifact(workspace, run, "result")

    endless = supervisor.store.submit(workspace, "counting", {"steps": 1000, "pause": 0.1}, None, "n")
    wait_until(lambda: store.run(workspace, endless).state == "running", 30, dask.folder)
    store.cancel(workspace, endless)
    wait_until(lambda: store.run(workspace, endless).state == "cancelled", 5, dask.folder)

    here = Supervisor(Store(f"sqlite:///{tmp_path / 'local.db'}"))
    here.start()
    own = here.store.new_workspace()
    assert here.store.submit(own, "sine", {"epochs": 5}, None, "sine") == run
    wait_until(lambda: here.store.run(own, run).state == "done", 60, dask.folder)
    assert here.store.artifact(own, run, "result") == far
    here.stop()
    here.store.close()


class _Strangers:
    """A client of a cluster on whose workers Tidecast is not installed: they die of a task, as Dask's do."""

    status = "running"
    scheduler = types.SimpleNamespace(ncores=None)

    def __init__(self) -> None:
        self.asked = 0

    def sync(self, *_: object, **__: object) -> dict[str, int]:
        return {"tls://one": 1, "tls://two": 1}

    def submit(self, *_: object, **__: object) -> object:
        from distributed.scheduler import KilledWorker

        self.asked += 1
        return types.SimpleNamespace(
            done=lambda: True, status="error", exception=lambda timeout: KilledWorker("task", None, 0)
        )

    def close(self, timeout: float) -> None: ...


def test_workers_without_tidecast_are_reported_and_not_asked_every_second(
    file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr("forecasting.runs.workers.cluster.time.monotonic", lambda: clock[0])
    workspace = file_store.new_workspace()
    runs = [file_store.submit(workspace, "counting", {"seed": seed}, None, "n") for seed in range(3)]
    cluster = Cluster(Settings(database="postgresql://x/y", scheduler="tcp://127.0.0.1:1"))
    cluster._client = strangers = _Strangers()
    for _ in range(600):
        cluster.hand_over(file_store.database, runs)
        clock[0] += 1
    assert "could not begin (KilledWorker)" in str(cluster.trouble)
    assert 2 * 10 <= strangers.asked <= 2 * 20  # of 600 looks; after a while once a minute
    assert {(run.state, run.attempts) for run in file_store.runs(workspace)} == {("queued", 0)}


def test_without_dask_the_runs_wait_and_the_reason_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    cluster = Cluster(Settings(database="postgresql://x/y", scheduler="tcp://127.0.0.1:1"))
    assert not cluster._connect()
    assert "pip install distributed" in str(cluster.trouble)
