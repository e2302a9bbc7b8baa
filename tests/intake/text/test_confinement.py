"""The process that reads a packed file has nothing but the file: no variables, files, network or other processes."""

from __future__ import annotations

import gzip
import io
import json
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from forecasting.errors import ReadError
from forecasting.intake import limits, read_table
from forecasting.intake.text import containers
from tests.faults import hostile_files
from tests.intake.text.test_containers import workbook

TRIED = """
import json, os, socket, subprocess, sys
sys.path.append(os.path.dirname(sys.argv[1]))
import confinement
if sys.argv[2] == "plain":
    confinement._landlock = lambda libc: False
done = confinement.confine()
def outcome(act):
    try:
        act()
    except OSError as error:
        return type(error).__name__
    return "allowed"
print(json.dumps({"done": done, **{name: outcome(act) for name, act in {
    "read": lambda: open(sys.argv[1]).close(),
    "list": lambda: os.listdir("/"),
    "variables": lambda: open(f"/proc/{os.getppid()}/environ").close(),
    "write": lambda: open(sys.argv[3], "w").close(),
    "remove": lambda: os.remove(sys.argv[1]),
    "connect": lambda: socket.create_connection(("127.0.0.1", 9)),
    "datagram": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
    "unix": lambda: socket.socket(socket.AF_UNIX),
    "program": lambda: subprocess.run(["true"]),
    "signal": lambda: os.kill(os.getppid(), 0),
}.items()}}))
"""
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process give up what it has")


@linux
@pytest.mark.parametrize("kernel", ["landlock", "plain"])
def test_a_confined_process_opens_connects_and_starts_nothing(tmp_path: Path, kernel: str) -> None:
    copy = tmp_path / "confinement.py"
    copy.write_bytes(Path(containers.__file__).with_name("confinement.py").read_bytes())
    command = [sys.executable, "-P", "-c", TRIED, str(copy), kernel, str(tmp_path / "new")]
    status, answer = containers._run(command, b"", 60, 1 << 20)
    assert status == 0
    found = json.loads(answer)
    done = found.pop("done")
    if not done["seccomp"]:
        pytest.skip("this system has no filter for system calls, or it is another processor's")
    assert set(found.values()) == {"PermissionError"}, found
    assert copy.exists()


def test_the_variables_of_the_server_are_not_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TIDECAST_DATABASE", "TIDECAST_LOGIN_KEY", "PGPASSWORD", "HTTPS_PROXY", "HOME"):
        monkeypatch.setenv(name, "secret")
    code = "import json, os; print(json.dumps(dict(os.environ)))"
    status, answer = containers._run([sys.executable, "-P", "-c", code], b"", 60, 1 << 20)
    assert status == 0
    assert "secret" not in answer.decode()
    assert "PATH" not in json.loads(answer)


def test_a_program_that_writes_without_end_is_ended() -> None:
    code = "import sys\nwhile True: sys.stdout.buffer.write(bytes(1 << 20))"
    status, answer = containers._run([sys.executable, "-c", code], b"", 60, 5 << 20)
    assert status != 0
    assert len(answer) == 0


def test_a_program_that_never_ends_is_ended() -> None:
    status, _ = containers._run([sys.executable, "-c", "import time; time.sleep(600)"], bytes(1 << 20), 0.2, 1 << 20)
    assert status is None


@pytest.mark.slow
@pytest.mark.parametrize("kernel", ["as it is", "without Landlock"])
def test_honest_files_are_read_as_well_by_a_confined_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kernel: str
) -> None:
    if kernel != "as it is":
        beside = repr(str(containers._PROGRAM.parent))
        monkeypatch.setattr(containers, "_PROGRAM", tmp_path / "sandbox.py")
        containers._PROGRAM.write_text(
            f"import sys\nsys.path.append({beside})\nimport confinement, json, sandbox\n"
            "confinement._landlock = lambda libc: False\nsandbox.main(sys.argv[1], json.loads(sys.argv[2]))\n"
        )
    moments = pd.date_range("2024-03-01", periods=40, freq="h", tz="Europe/Berlin")
    frame = pd.DataFrame({"at": moments, "v": [i / 4 for i in range(40)], "kind": ["a", "b"] * 20})
    sink = io.BytesIO()
    frame.to_parquet(sink)
    table = read_table(sink.getvalue(), "a.parquet")
    assert table.cells["at"][0].as_py().startswith("2024-02-29 23:00:00")
    assert table.cells["kind"].to_pylist() == ["a", "b"] * 20
    assert read_table(workbook([["day", "v"], ["2024-01-01", 1.5]]), "a.xlsx").cells["v"].to_pylist() == ["1.5"]
    text = frame.to_csv(index=False).encode()
    assert len(read_table(gzip.compress(text), "a.csv.gz")) == 40


@pytest.mark.slow
def test_a_sheet_that_begins_further_down_and_right_keeps_its_places() -> None:
    cells = b'<row r="3"><c r="C3" t="inlineStr"><is><t>v</t></is></c></row><row r="4"><c r="C4"><v>1</v></c></row>'
    rows = cells + b'<row r="5"><c r="C5"><v>2</v></c></row>'
    table = read_table(hostile_files.excel(rows), "a.xlsx")
    assert table.rows.tolist() == [4, 5]
    assert table.cells.columns[-1].to_pylist() == ["1", "2"]


@pytest.mark.slow
def test_a_text_that_parquet_stores_once_is_read_in_every_row() -> None:
    words = pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 0] * 30_000, pa.int32()), ["north", "south"])
    sink = io.BytesIO()
    pq.write_table(pa.table({"v": list(range(120_000)), "where": words}), sink)
    table = read_table(sink.getvalue(), "a.parquet")
    assert table.cells["where"].to_pylist() == ["north", "south", None, "north"] * 30_000
    assert table.cells["v"].to_pylist() == [str(i) for i in range(120_000)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("made", "key"),
    [
        (lambda: hostile_files.repeated_string(8, 200), "repeated"),
        (lambda: hostile_files.repeated_string_disguised(8, 200), "memory"),
        (lambda: hostile_files.open_document(rows=1_000), "memory"),
        (hostile_files.far_cell, "memory"),
        (lambda: hostile_files.lying_sizes(140), "expanded"),
        (lambda: hostile_files.many_entries(11_000), "entries"),
        (hostile_files.gzip_members, "members"),
        (lambda: hostile_files.repeated_value(1, 100_000), "repeated"),
        (lambda: hostile_files.repeated_numbers(10_000, 250), "cells"),
    ],
)
@linux
def test_what_grows_beyond_the_memory_of_a_reader_is_refused(made: object, key: str) -> None:
    with limits.unpacking_in(512 * 2**20), pytest.raises(ReadError) as caught:
        read_table(made(), "a")  # type: ignore[operator]  # parameters have no types
    assert caught.value.message.key == f"intake.unpack.{key}"  # type: ignore[union-attr]  # it is a Message
