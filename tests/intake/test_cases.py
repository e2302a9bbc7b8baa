"""Files as people have them elsewhere that need no particular care: they are read, or asked about, as they were."""

import pandas as pd
import pytest

from forecasting.errors import AmbiguousInput, ReadError
from tests.intake.case_files import case


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "choices", "frequency", "first", "last", "lengths", "series", "ends"),
    [
        ("17", {}, "min", "2006-12-16 17:24", "2006-12-17 00:03", 400, 2, (4.0, 4.67)),
        ("18", {"target": "<CLOSE>"}, "h", "2024-01-02", "2024-01-06 23:00", 120, 1, (1.1001, 1.112)),
        ("20", {}, "B", "2024-01-02", "2024-03-25", 60, 8, (100.0, 105.9)),
        ("21", {}, "B", "2024-01-02", "2024-03-25", 60, 5, (254.0, 259.9)),
        ("23", {}, "B", "2023-01-02", "2023-10-06", 200, 1, (149.46, 156.41)),
        ("24", {"decimal": "."}, "D", "2023-06-01", "2023-09-28", 120, 1, (1456, 1524)),
        ("25", {"series": "Country Code"}, "YS", "1995-01-01", "2021-01-01", 27, 3, (2433305804.8, 6746266820.85729)),
        ("27", {}, "MS", "2021-01-01", "2023-12-01", 36, 2, (119.3, 117.3)),
        ("38", {}, "D", "2023-01-01", "2023-03-31", 90, 2, (-99.75, -344.06)),
        ("47", {}, "MS", "1990-01-01", "2024-09-01", 417, 1, (0.34, 0.99)),
        ("48", {"decimal": "."}, "MS", "2014-01-01", "2024-07-01", 127, 1, (240, 302.4)),
        ("49", {}, "B", "2024-01-02", "2024-05-20", 100, 5, (169.47, 168.69)),
        ("50", {"decimal": ",", "day_first": True}, "D", "2024-01-01", "2024-02-29", 60, 1, (1000, 6183)),
        ("53", {"zone": "America/New_York"}, "h", "2018-10-30 04:00", "2018-11-09 03:00", 240, 1, (30645.9, 29161.1)),
        ("57", {}, "15min", "2024-08-23", "2024-08-25 01:45", 200, 1, (40.06, 43.68)),
        ("81", {"zone": "Europe/Berlin"}, "h", "2023-10-26 22:00", "2023-10-31 22:00", 121, 2, (89.2, 79.29)),
        ("82", {"target": "Close*"}, "B", "2023-01-03", "2023-06-19", 120, 1, (100, 28.16)),
        ("84", {"duplicates": "sum"}, "D", "2024-01-01", "2024-02-29", 60, 1, (9, 15)),
        ("90", {}, "D", "2023-01-01", "2023-03-31", 90, 1, (295.535, 160.435)),
        ("91", {}, "h", "2024-02-01", "2024-03-21 23:00", 1200, 1, (49.3, 50.1)),
        ("92", {}, "30min", "2018-04-01 09:00", "2018-04-03 20:30", 120, 1, (100, 119)),
        ("95", {}, "D", "2020-03-07", "2020-06-28", 114, 3, (49, None)),
        ("99", {}, "D", "2015-07-01", "2015-10-28", 120, 3, (18, 22)),
    ],
)
def test_a_case_is_read(
    number: str,
    choices: dict[str, object],
    frequency: str,
    first: str,
    last: str,
    lengths: int,
    series: int,
    ends: tuple[float, float | None],
) -> None:
    panel, _ = case(number, **choices)
    times, values = panel.times()[0], panel.values()[0]
    assert (panel.frequency, len(panel.series_ids), len(values)) == (frequency, series, lengths)
    assert (pd.Timestamp(times[0]), pd.Timestamp(times[-1])) == (pd.Timestamp(first), pd.Timestamp(last))
    assert values[0] == pytest.approx(ends[0])
    assert ends[1] is None or values[-1] == pytest.approx(ends[1])


@pytest.mark.parametrize(
    ("number", "argument"),
    [
        *(("24", "decimal"), ("48", "decimal"), ("50", "decimal"), ("53", "zone"), ("81", "zone")),
        *(("58", "frequency"), ("84", "duplicates"), ("94", "frequency")),
    ],
)
def test_a_case_is_asked_about(number: str, argument: str) -> None:
    with pytest.raises(AmbiguousInput) as asked:
        case(number)
    assert asked.value.argument == argument
    assert len(asked.value.choices) > 1


def test_json_lines_are_refused_with_what_to_do() -> None:
    with pytest.raises(ReadError, match=r"JSON, not a table\. Export the data as CSV"):
        case("39")
