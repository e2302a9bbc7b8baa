"""Reading in bulk gives what the careful reading gives, or leaves the file to it."""

import subprocess
import sys

import numpy as np
import pytest

from forecasting.intake import read_table, to_panel
from forecasting.intake.text import read_table as table
from forecasting.intake.text.bulk import lay_out_regular
from forecasting.intake.text.dialect import sniff

LINES = [f"S{i % 7},2024-01-{1 + i % 28:02d},{i}.5,x" for i in range(20_000)]
HEAD = "id,date,v,w"


def text(lines: list[str] = LINES, ending: str = "\n") -> str:
    return ending.join([HEAD, *lines]) + ending


def both(data: str, monkeypatch: pytest.MonkeyPatch) -> tuple[object, object]:
    quick = read_table(data.encode(), "a.csv")
    monkeypatch.setattr(table, "LARGE", 1 << 60)
    return quick, read_table(data.encode(), "a.csv")


@pytest.mark.slow
@pytest.mark.parametrize(
    "data",
    [
        text(),
        text(ending="\r\n"),
        text().rstrip("\n"),
        "Title of it\n\n" + text(),
        text() + "\nSource: me\n",
        text([*LINES[:9000], "", "", *LINES[9000:]]),
        text([*LINES[:9000], HEAD, *LINES[9000:]]),
        text([line.replace("x", '"x, ""y"""') for line in LINES]),
        text([*LINES[:9000], "S1,2024-01-01", *LINES[9000:]]),
        text([*LINES[:9000], "S1,2024-01-01,1,2,3", *LINES[9000:]]),
        text([*LINES[:9000], ",,,", *LINES[9000:]]),
        text([*LINES[:9000], 'S1,2024-01-01,"1\n2",x', *LINES[9000:]]),
        text([*LINES[:9000], 'S1,2024-01-01,"1,x', *LINES[9000:]]),
        text([*LINES[:9000], "S1,2024-01-01,1,\u00e9", *LINES[9000:]]),
    ],
)
def test_bulk_and_careful_reading_agree(data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    quick, careful = both(data, monkeypatch)
    assert quick.columns == careful.columns
    assert quick.rows.tolist() == careful.rows.tolist()
    assert quick.cells.equals(careful.cells)
    assert quick.dialect == careful.dialect
    assert sorted(note.kind for note in quick.notes) == sorted(note.kind for note in careful.notes)


def test_a_regular_file_is_read_in_bulk() -> None:
    data = text()
    assert lay_out_regular(data, sniff(data).best, "a.csv", None) is not None


@pytest.mark.slow
def test_a_million_rows_take_little_memory(tmp_path) -> None:
    rng = np.random.default_rng(0)
    days = np.arange("2005-01-01", "2018-09-10", dtype="datetime64[D]").astype(str)
    values = rng.normal(100, 10, (200, len(days))).round(3)
    path = tmp_path / "long.csv"
    with path.open("w") as file:
        file.write("unique_id,ds,y\n")
        for series, row in enumerate(values):
            file.writelines(f"S{series},{day},{value}\n" for day, value in zip(days, row, strict=True))
    script = (
        "import pathlib, re, resource, sys\nfrom forecasting.intake import read_table, to_panel\n"
        "panel = to_panel(read_table(open(sys.argv[1], 'rb').read(), 'long.csv'))[0]\n"
        # Of this program alone: ru_maxrss begins with what the process that started it had.
        "status = pathlib.Path('/proc/self/status')\n"
        "peak = int(re.search(r'VmHWM:\\s+(\\d+) kB', status.read_text())[1]) if status.exists() else 0\n"
        "peak = peak or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(len(panel.frame), peak)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True, timeout=120
    )
    rows, kilobytes = map(int, done.stdout.split())
    assert rows == values.size
    assert kilobytes < 1.5 * 1024 * 1024


@pytest.mark.slow
def test_a_column_far_down_is_read_like_its_beginning() -> None:
    lines = [f"{i},{i}" for i in range(60_000)]
    lines[50_000] = "50000,oops"
    panel, report = to_panel(read_table(("step,v\n" + "\n".join(lines)).encode(), "a.csv"))
    assert panel.frame["y"].iloc[50_000] == 49_999
    assert next(note for note in report.notes if note.kind == "not a number").rows == (50_002,)
