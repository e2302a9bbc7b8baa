"""The compose file of docs/deployment.md: it parses, and what it names exists. Docker itself is not needed."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from forecasting.runs import Settings
from tests.conftest import ROOT


@pytest.fixture
def services() -> dict[str, Any]:
    yaml = pytest.importorskip("yaml")
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    assert set(compose["volumes"]) == {
        mount.partition(":")[0]
        for service in compose["services"].values()
        for mount in service.get("volumes", [])
        if not mount.startswith("./")
    }
    services: dict[str, Any] = compose["services"]
    return services


def test_the_services_of_the_table_are_those_of_the_compose_file(services: dict[str, Any]) -> None:
    text = (ROOT / "docs" / "deployment.md").read_text().partition("## A team server")[2].partition("**Updates.**")[0]
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(services)
    for service in services.values():
        assert set(service.get("depends_on", [])) <= set(services)


def test_our_containers_have_no_rights_that_they_do_not_need(services: dict[str, Any]) -> None:
    for name in ("app", "scheduler", "worker"):
        service = services[name]
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert "ports" not in service  # only the proxy is reached from outside


def test_every_service_has_a_limit_of_memory_and_a_worker_more_than_it_may_take(services: dict[str, Any]) -> None:
    units = {"m": 1, "g": 1024}
    limits = {name: int(about["mem_limit"][:-1]) * units[about["mem_limit"][-1]] for name, about in services.items()}
    assert limits["worker"] > Settings(database="").memory_mb


def test_the_app_believes_the_proxy_alone_and_answers_to_its_own_name(services: dict[str, Any]) -> None:
    app, proxy = services["app"]["environment"], services["proxy"]
    assert app["FORWARDED_ALLOW_IPS"] == proxy["networks"]["front"]["ipv4_address"]
    assert "front" in services["app"]["networks"]
    assert list(proxy["networks"]) == ["front"]  # and so no way to the database
    assert app["STREAMLIT_SERVER_ALLOWED_HOSTS"].startswith("${HOST")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_certificates_are_for_their_owner_or_a_group_and_for_nobody_else(tmp_path: Path) -> None:
    def modes(folder: Path, *options: str) -> set[int]:
        subprocess.run(["bash", ROOT / "scripts" / "certificates", *options, folder, "scheduler"], check=True)
        return {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}

    assert modes(tmp_path / "own") == {0o600}
    shared = tmp_path / "shared"
    group = 10001 if os.geteuid() == 0 else os.getegid()
    assert modes(shared, "--group", str(group)) == {0o640}
    assert {file.stat().st_gid for file in (shared, *shared.iterdir())} == {group}
    assert stat.S_IMODE(shared.stat().st_mode) == 0o750
    users = re.findall(r"^USER (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert f"--group {users[-1].partition(':')[2]} " in (ROOT / "compose.yaml").read_text()


def test_the_settings_of_the_app_are_accepted(services: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forecasting.runs.environment.Path.is_file", lambda _: True)  # the certificates
    settings = Settings.from_environment(services["app"]["environment"])
    assert settings.scheduler == "tls://scheduler:8786"
    for name in ("scheduler", "worker"):
        command = shlex.split(services[name]["command"])
        for option, file in (("--tls-ca-file", settings.scheduler_ca), ("--tls-cert", settings.scheduler_cert)):
            assert command[command.index(option) + 1] == file
    worker = services["worker"]
    assert worker["environment"]["TIDECAST_DATABASE"] == services["app"]["environment"]["TIDECAST_DATABASE"]
    assert settings.scheduler in worker["command"]


def test_the_image_holds_what_the_app_needs_and_runs_as_nobody_special() -> None:
    text = (ROOT / "Dockerfile").read_text()
    steps = [line.split() for line in text.splitlines() if re.match(r"[A-Z]+ ", line)]
    copied = {name for step in steps if step[0] == "COPY" and "--from=" not in step[1] for name in step[1:-1]}
    locked = {"requirements.txt", "requirements.lock"}
    assert copied == {*locked, "app.py", ".streamlit", "forecasting", "pages", "docs/guide.md", "docs/guide.zh.md"}
    assert all((ROOT / name).exists() for name in copied)
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert all(name in let_through or any(one.startswith(f"{name}/") for one in let_through) for name in copied)
    users = [step[1] for step in steps if step[0] == "USER"]
    assert users[-1].partition(":")[0] not in ("root", "0")
    assert [step[0] for step in steps].index("USER") < [step[0] for step in steps].index("CMD")
    assert "HEALTHCHECK" in text
