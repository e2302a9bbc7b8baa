"""Records with a separator too many or too few: cells in their columns again, or missing."""

import pytest

from forecasting.intake import read_table, to_panel
from tests.intake.tables import cells
from tests.intake.text.test_records import WHOLE, cells_of_line


@pytest.mark.parametrize("at", range(5))
def test_a_separator_too_many_is_taken_out_where_the_kinds_of_cells_tell_its_place(at: int) -> None:
    found, kinds = cells_of_line(",".join([*WHOLE[:at], "", *WHOLE[at:]]))
    assert found == WHOLE
    assert "realigned" in kinds


def test_cells_that_ran_together_count_as_missing_and_the_others_stay() -> None:
    found, kinds = cells_of_line("2024-01-11,11:00,11,11.50nail,")
    assert found == ["2024-01-11", "11:00", None, None, None, ""]  # 11 may be 1 and 1, before a kind called 11.50nail
    assert "realigned" in kinds


def test_numbers_that_ran_together_are_guessed_by_nobody() -> None:
    found, _ = cells_of_line("2024-01-11,11:00,1111.50,nail,")
    assert found == ["2024-01-11", "11:00", None, None, "nail", ""]


@pytest.mark.parametrize("line", [",2024-01-11,11.5", "2024-01-11,,11.5", "2024-01-11,11.5,"])
def test_a_separator_too_many_in_a_table_of_two_columns_is_taken_out(line: str) -> None:
    lines = [f"2024-01-{d:02d},{d}.5" for d in range(1, 29)]
    lines[10] = line
    panel, report = to_panel(read_table(("date,v\n" + "\n".join(lines)).encode(), "a.csv"))
    assert panel.frame["y"].tolist() == [d + 0.5 for d in range(1, 29)]
    assert len(report.filled) == 0
    assert next(note for note in report.notes if note.kind == "realigned").rows == (12,)


def test_records_too_short_and_too_long_are_kept_and_flagged() -> None:
    lines = [f"2024-01-{day:02d},{day},x" for day in range(1, 30)]
    lines[3] = "2024-01-04,4"
    lines[6] = "2024-01-07,7,x,y"
    table = read_table("\n".join(["date,v,w", *lines]).encode(), "a.csv")
    assert len(table) == 29
    assert table.ragged.tolist() == [8]  # the one too short can only lack its last cell
    assert cells(table)[3] == ["2024-01-04", "4", None, None]
    assert cells(table)[6] == ["2024-01-07", "7", "x", "y"]
