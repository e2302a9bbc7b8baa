"""Wide tables: times along the header, or months across and years down."""

import pandas as pd
import pytest

from tests.intake.tables import kinds, read


def test_months_across_and_years_down() -> None:
    names = "Year,Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec\n"
    panel, report = read(names + "".join(f"{year},1,2,3,4,5,6,7,8,9,10,11,12\n" for year in range(2000, 2004)))
    assert panel.frequency == "MS"
    assert panel.frame["ds"].iloc[0] == pd.Timestamp("2000-01-01")
    assert panel.frame["y"].tolist() == [*range(1, 13)] * 4
    assert len(report.filled) == 0
    assert "unfolded" in kinds(report)


def test_times_along_the_header() -> None:
    panel, report = read("Country,Code,2000,2001,2002,2003\nGermany,DE,1,2,3,4\nFrance,FR,5,6,7,8\n")
    assert panel.frequency == "YS"
    assert panel.series_ids == ["Germany", "France"]
    assert panel.values()[1].tolist() == [5, 6, 7, 8]
    note = next(note for note in report.notes if note.kind == "unfolded")
    assert note.message.endswith("column 'Country' names the series. Left out: 'Code'.")


@pytest.mark.slow
def test_flags_behind_the_times_of_a_header_are_taken_off_and_noted() -> None:
    for marks in ({2023: " p", 2020: "*"}, {2022: " (r)", 2023: " (r)"}, {2023: "[1]"}, {2022: "e", 2023: "e"}):
        header = ",".join(f"{year}{marks.get(year, '')}" for year in range(2012, 2024))
        rows = [f"{geo}," + ",".join(f"{k * 10 + i}.5" for i in range(12)) for k, geo in enumerate(("AT", "DE"))]
        panel, report = read("\n".join([f"geo,{header}", *rows]))
        assert panel.series_ids == ["AT", "DE"]
        assert panel.times()[0].astype("datetime64[Y]").astype(str).tolist() == [str(y) for y in range(2012, 2024)]
        assert panel.values()[1].tolist() == [10.5 + i for i in range(12)]
        assert next(note for note in report.notes if note.kind == "flags").count == len(marks)
