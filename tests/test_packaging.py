"""`pip install .`: what is declared, what the wheel holds, and that it works where there is no checkout."""

from __future__ import annotations

import email.parser
import os
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
import zipfile
from email.message import Message
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import forecasting
from tests.conftest import ROOT

pytestmark = pytest.mark.together  # they share a wheel

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PAGES_ONLY = {"starlette", "streamlit", "uvicorn"}


def test_the_declared_dependencies_are_those_of_the_requirements_file() -> None:
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    required = {line.partition("#")[0].strip() for line in lines if line and not line.startswith(("#", "-"))}
    core, app = set(PROJECT["dependencies"]), set(PROJECT["optional-dependencies"]["app"])
    assert core | app == required
    assert {re.split(r"[<>=]", one)[0] for one in app} == PAGES_ONLY


def test_the_locks_hold_what_is_required_with_hashes_and_nothing_of_cuda() -> None:
    locked = {}
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text("utf-8")
        assert "://" not in text  # no index but the one that is asked
        for entry in re.split(r"\n(?=[a-z])", text)[1:]:
            package, version = re.match(r"([a-z0-9-]+)(?:\[.*?\])?==([^ ]+)", entry).groups()
            assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), package
            locked.setdefault(canonicalize_name(package), []).append(Version(version))
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text("utf-8").splitlines():
            if line and not line.startswith(("#", "-")):
                wanted = Requirement(line.partition("#")[0])
                if wanted.name != "torch":  # its wheels for the processor have hashes of their own
                    assert any(one in wanted.specifier for one in locked[canonicalize_name(wanted.name)]), wanted
    assert not [name for name in locked if name.startswith(("torch", "nvidia", "cuda", "triton"))]


def test_a_vulnerability_that_has_a_release_without_it_fails_and_one_without_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    audit = runpy.run_path(str(ROOT / "scripts" / "audit.py"))
    open_one = {"id": "GHSA-1", "fix_versions": [], "aliases": ["CVE-1"]}
    mended = {"id": "GHSA-2", "fix_versions": ["1.1"], "aliases": ["CVE-2"]}

    def found(*vulnerabilities: dict[str, object]) -> tuple[list[str], bool]:
        package = {"name": "one", "version": "1.0", "vulns": list(vulnerabilities)}
        return audit["verdict"]({"dependencies": [package, {"name": "two", "skip_reason": "not found"}]})

    assert found() == (["vulnerabilities: 1 packages audited, 1 not known to the index"], False)
    assert not found(open_one)[1]
    assert "GHSA-1, not mended yet" in found(open_one)[0][0]
    assert found(open_one, mended)[1]
    monkeypatch.setitem(audit["IGNORED"], "CVE-2", "not reached by Tidecast")
    assert not found(mended)[1]
    lines, fails = audit["verdict"]({"dependencies": [{"name": "two", "skip_reason": "not found"}]})
    assert (lines, fails) == (["vulnerabilities: not known here, the index tells nothing of them"], False)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("requests.exceptions.ConnectionError: no route", 0),
        ("No module named pip_audit", 1),
        ("pip_audit: the requirements file cannot be read", 1),
    ],
)
def test_without_a_network_nothing_is_known_and_anything_else_that_goes_wrong_fails(
    said: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit = runpy.run_path(str(ROOT / "scripts" / "audit.py"))
    done = subprocess.CompletedProcess([], 1, "", f"Traceback\n{said}\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    assert audit["main"]() == status


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy: a build writes beside its sources, and tests run side by side."""
    folder = tmp_path_factory.mktemp("packaging")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    for name in ("forecasting", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "out", "."]
    _run(command, folder)
    (made,) = (folder / "out").iterdir()
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """A folder with the installed package and nothing else."""
    target = wheel.parent.parent / "installed"
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet", "--target", str(target)]
    _run([*command, str(wheel)], wheel.parent)
    return target


@pytest.mark.slow
def test_the_wheel_holds_the_package_with_its_words_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    about = f"tidecast-{forecasting.__version__}.dist-info/"
    assert {name for name in names if not name.startswith(about)} == {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "forecasting").rglob("*")
        if path.suffix in {".py", ".po", ".typed", ".json", ".safetensors"}
    }
    assert "forecasting/words/zh.po" in names
    assert about + "licenses/LICENSE" in names


@pytest.mark.slow
def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    about = _metadata(wheel)
    assert (about["Name"], about["Version"]) == ("tidecast", forecasting.__version__)
    assert about["License-Expression"] == "MIT"
    assert about["Requires-Python"] == ">=3.11"
    assert "# Tidecast" in str(about.get_payload())
    needed = [re.split(r"[<>=;]", one)[0] for one in about.get_all("Requires-Dist", []) if "extra ==" not in one]
    assert "torch" in needed
    assert not PAGES_ONLY & set(needed)


@pytest.mark.slow
def test_the_installed_command_reads_a_file(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text("day,sales\n" + "".join(f"2024-01-{d:02},{d}\n" for d in range(1, 29)))
    told = _run([str(installed / "bin" / "tidecast"), "inspect", "sales.csv"], tmp_path, installed)
    assert "28" in told
    usage = _run([str(installed / "bin" / "tidecast"), "--help"], tmp_path, installed)
    assert usage.startswith("usage: tidecast ")


@pytest.mark.slow
def test_the_installed_package_works_a_queue_off(installed: Path, tmp_path: Path) -> None:
    """Migrations, words and the worker's own module are all found in the installed folder."""
    code = """
import json, time
from forecasting import runs
store = runs.runtime().store
workspace = store.new_workspace()
run = store.submit(workspace, "pair", {"epochs": 5}, None, "pair")
end = time.monotonic() + 100
while store.run(workspace, run).active and time.monotonic() < end:
    time.sleep(0.05)
runs.stop_runtime()
print(runs.__file__, store.run(workspace, run).state, len(json.loads(store.artifact(workspace, run, "scores"))))
"""
    where, state, scores = _run([sys.executable, "-c", code], tmp_path, installed).split()
    assert Path(where).is_relative_to(installed)
    assert (state, scores) == ("done", "2")


def _metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("dist-info/METADATA"))
        return email.parser.Parser().parsestr(archive.read(name).decode())


def _run(command: list[str], folder: Path, packages: Path | None = None) -> str:
    """Its output. `packages`: where to import from beside the environment; the checkout is not."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {"TIDECAST_DATA": str(folder / "data")}
    if packages is not None:
        environment["PYTHONPATH"] = str(packages)
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
