"""Tables: each messy text with the cells a person would write down for it."""

import pytest

from forecasting.errors import ReadError
from forecasting.intake import Table, limits, read_table
from forecasting.intake.text import table as table_module

PLAIN = "date,value\n2024-01-01,1\n2024-01-02,2\n2024-01-03,3\n"
CELLS = [["2024-01-01", "1"], ["2024-01-02", "2"], ["2024-01-03", "3"]]


def cells(table: Table) -> list[list[str | None]]:
    return [list(record.values()) for record in table.cells.to_pylist()]


def kinds(table: Table) -> set[str]:
    return {note.kind for note in table.notes}


def test_a_plain_file_is_read_without_a_note() -> None:
    table = read_table(PLAIN.encode(), "a.csv")
    assert table.columns == ["date", "value"]
    assert cells(table) == CELLS
    assert table.rows.tolist() == [2, 3, 4]
    assert (table.dialect.encoding, table.dialect.delimiter, table.dialect.header) == ("utf-8", ",", 1)
    assert table.notes == ()
    assert table.head(2).index.tolist() == [2, 3]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_delimiters_line_ends_and_unicode_encodings(delimiter: str, ending: str, encoding: str) -> None:
    text = PLAIN.replace(",", delimiter).replace("\n", ending)
    table = read_table(text.encode(encoding), "a.csv")
    assert cells(table) == CELLS
    assert table.dialect.delimiter == delimiter
    assert table.rows.tolist() == [2, 3, 4]


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp1252", "Datum;Größe;Straße\n01.02.2024;5 €;München\n"),
        ("cp1250", "Data;Wartość;Miasto\n2024-01-01;5;Łódź\n2024-01-02;6;Kraków\n"),
        ("cp1251", "Дата;Значение\n2024-01-01;5\n2024-01-02;Москва\n"),
        ("cp1253", "Ημερομηνία;Τιμή\n2024-01-01;5\n"),
        ("gb18030", "日期,销售额\n2024-01-01,上海市的数据\n2024-01-02,我们在这里\n"),
        ("big5", "日期,銷售額\n2024-01-01,這是一個測試檔案\n2024-01-02,我們在這裡工作\n"),
        ("cp932", "日付,売上\n2024-01-01,これはテストです\n2024-01-02,東京の気温データ\n"),
        ("cp949", "날짜,매출\n2024-01-01,서울의 기온 자료입니다\n2024-01-02,안녕하세요\n"),
        ("mac_roman", "Date;Température\n2024-01-01;été\n2024-01-02;février\n"),
    ],
)
def test_code_pages_are_guessed_and_the_guess_is_noted(codec: str, text: str) -> None:
    table = read_table(text.encode(codec), "a.csv")
    first, *rest = (line.split(table.dialect.delimiter) for line in text.splitlines())
    assert table.columns == first
    assert cells(table) == rest
    assert "encoding" in kinds(table)


def test_an_encoding_can_be_overruled_and_a_wrong_one_is_refused() -> None:
    data = "a,b\n1,é\n2,x\n".encode("cp1252")
    assert cells(read_table(data, "a.csv", encoding="cp1251"))[0][1] == "й"
    with pytest.raises(ReadError, match="not utf-8") as caught:
        read_table(data, "a.csv", encoding="utf-8")
    assert (caught.value.field, caught.value.row) == ("encoding", 2)
    with pytest.raises(ReadError, match="no encoding called"):
        read_table(data, "a.csv", encoding="klingon")


def test_one_damaged_byte_does_not_turn_the_other_letters_into_something_else() -> None:
    rows = "".join(f"2024-01-{day:02},{day}\n" for day in range(1, 29))
    table = read_table("Datum,Größe\n".encode() + rows.encode() + b"2024-01-29,\xff5\n", "one.csv")
    assert table.columns == ["Datum", "Größe"]
    assert table.dialect.encoding == "utf-8"
    note = next(note for note in table.notes if note.kind == "encoding")
    assert note.rows == (30,)


def test_damaged_utf8_is_shown_and_counted_not_read_as_something_else() -> None:
    data = ("name,v\n" + "".join(f"é{i},1\n" for i in range(20))).encode() + b"\xff\xfe,2\n"
    table = read_table(data, "a.csv")
    assert table.cells["name"][0].as_py() == "é0"
    note = next(note for note in table.notes if note.kind == "encoding")
    assert note.count == 2
    assert note.rows == (22,)


def test_quoted_delimiters_quotes_and_line_ends_stay_in_their_cell() -> None:
    text = 'date,text,v\n2024-01-01,"a, ""b""\nc",1\n2024-01-02,d,2\n'
    table = read_table(text.encode(), "a.csv")
    assert cells(table) == [["2024-01-01", 'a, "b"\nc', "1"], ["2024-01-02", "d", "2"]]
    assert table.rows.tolist() == [2, 4]


def test_a_backslash_escapes_quotes_where_none_are_doubled() -> None:
    text = 'id;text;v\n1;"say \\"hi\\" now";5\n2;"b \\"c\\" d";6\n3;e;7\n'
    assert [record[1] for record in cells(read_table(text.encode(), "a.csv"))] == ['say "hi" now', 'b "c" d', "e"]


def test_single_quotes() -> None:
    text = "date,text,v\n" + "".join(f"2024-01-0{i},'a, b{i}',{i}\n" for i in range(1, 6))
    assert [record[1] for record in cells(read_table(text.encode(), "a.csv"))] == [f"a, b{i}" for i in range(1, 6)]


def test_blanks_after_delimiters_belong_to_them() -> None:
    text = 'date, text, v\n2024-01-01, "a, b", 1\n2024-01-02, c, 2\n2024-01-03, "d, e", 3\n'
    assert cells(read_table(text.encode(), "a.csv"))[0] == ["2024-01-01", "a, b", "1"]


def test_columns_aligned_by_blanks() -> None:
    text = (
        "date        value   other\n2024-01-01    1.5      10\n2024-01-02   12.5     200\n2024-01-03  100.0       3\n"
    )
    table = read_table(text.encode(), "a.txt")
    assert table.columns == ["date", "value", "other"]
    assert cells(table)[1] == ["2024-01-02", "12.5", "200"]


def test_a_quote_without_partner_swallows_no_line() -> None:
    lines = [f"2024-01-{day:02d},x{day},{day}" for day in range(1, 20)]
    lines[4] = '2024-01-05,"broken,5'
    table = read_table("\n".join(["date,name,v", *lines]).encode(), "a.csv")
    assert len(table) == 19
    assert cells(table)[4] == ["2024-01-05", "broken", "5"]
    assert next(note for note in table.notes if note.kind == "quotes").rows == (6,)


def test_one_line_of_another_delimiter_is_read_by_it_and_noted() -> None:
    lines = [f"2024-01-{day:02d},x{day},{day}" for day in range(1, 20)]
    lines[4] = "2024-01-05;x5;5"
    table = read_table("\n".join(["date,name,v", *lines]).encode(), "a.csv")
    assert cells(table)[4] == ["2024-01-05", "x5", "5"]
    assert next(note for note in table.notes if note.kind == "delimiter").rows == (6,)


def test_title_units_comments_footer_and_repeated_header_are_set_aside_with_their_lines() -> None:
    text = (
        "Sales of the north\nprinted 2024-03-01\n\n# a comment\ndate,value,cost\n-,kWh,EUR\n"
        + "".join(f"2024-01-{day:02d},{day},{day}\n" for day in range(1, 10))
        + "date,value,cost\n"
        + "".join(f"2024-01-{day:02d},{day},{day}\n" for day in range(10, 20))
        + "\nSource: the office\n"
    )
    table = read_table(text.encode(), "a.csv")
    assert table.columns == ["date", "value", "cost"]
    assert [record[0] for record in cells(table)] == [f"2024-01-{day:02d}" for day in range(1, 20)]
    found = {note.kind: note.rows for note in table.notes}
    assert found["preamble"] == (1, 2)
    assert found["comments"] == (4,)
    assert found["units"] == (6,)
    assert found["repeated header"] == (16,)
    assert found["footer"] == (28,)


def test_every_line_of_a_file_is_a_record_or_in_a_note() -> None:
    text = "Title\n\ndate,v\n2024-01-01,1\n,\n2024-01-02,2\n2024-01-03,3\n2024-01-04,4\nEnd of report\n"
    table = read_table(text.encode(), "a.csv")
    noted = {row for note in table.notes for row in note.rows}
    filled = {row for row, line in enumerate(text.splitlines(), 1) if line.strip()}
    assert filled == set(table.rows.tolist()) | noted | {table.dialect.header}


def test_a_header_of_two_lines_is_joined() -> None:
    text = "date,north,,south,\n,min,max,min,max\n2024-01-01,1,2,3,4\n2024-01-02,1,2,3,4\n2024-01-03,5,6,7,8\n"
    table = read_table(text.encode(), "a.csv")
    assert table.columns == ["date", "north min", "north max", "south min", "south max"]
    assert len(table) == 3


def test_a_file_without_header_gets_numbered_columns() -> None:
    table = read_table(b"2024-01-01,1\n2024-01-02,2\n2024-01-03,3\n", "a.csv")
    assert table.columns == ["column 1", "column 2"]
    assert len(table) == 3
    assert table.dialect.header is None
    assert "header" in kinds(table)


@pytest.mark.parametrize(
    ("header", "columns", "rows"), [(True, ["1", "2"], 2), (False, ["column 1", "column 2"], 3), (2, ["3", "4"], 1)]
)
def test_the_header_can_be_overruled(header: bool | int, columns: list[str], rows: int) -> None:
    table = read_table(b"1,2\n3,4\n5,6\n", "a.csv", header=header)
    assert table.columns == columns
    assert len(table) == rows


def test_missing_double_and_blank_names_are_made_up_and_noted() -> None:
    table = read_table(b"date,a,a,,b\n2024-01-01,1,2,3,4\n2024-01-02,1,2,3,4\n", "a.csv")
    assert table.columns == ["date", "a", "a (2)", "column 4", "b"]
    assert "names" in kinds(table)


def test_a_first_column_without_name_is_one() -> None:
    table = read_table(b",co2\n1958-03-29,316.1\n1958-04-05,317.3\n", "a.csv")
    assert table.columns == ["column 1", "co2"]
    assert len(table) == 2


def test_row_names_as_r_writes_them() -> None:
    table = read_table(b"v,w\na1,1,2\na2,3,4\na3,5,6\n", "a.csv")
    assert table.columns == ["column 1", "v", "w"]


def test_a_delimiter_at_the_end_of_every_line_makes_no_column() -> None:
    table = read_table(b"date,v,\n2024-01-01,1,\n2024-01-02,2,\n", "a.csv")
    assert table.columns == ["date", "v"]


def test_records_too_short_and_too_long_are_kept_and_flagged() -> None:
    lines = [f"2024-01-{day:02d},{day},x" for day in range(1, 30)]
    lines[3] = "2024-01-04,4"
    lines[6] = "2024-01-07,7,x,y"
    table = read_table("\n".join(["date,v,w", *lines]).encode(), "a.csv")
    assert len(table) == 29
    assert table.ragged.tolist() == [8]  # the one too short can only lack its last cell
    assert cells(table)[3] == ["2024-01-04", "4", None, None]
    assert cells(table)[6] == ["2024-01-07", "7", "x", "y"]


def test_a_second_table_is_set_aside_and_counted() -> None:
    text = (
        "date,v\n" + "".join(f"2024-01-{day:02d},{day}\n" for day in range(1, 20)) + "\nname,a,b,c\nx,1,2,3\ny,4,5,6\n"
    )
    table = read_table(text.encode(), "a.csv")
    assert len(table) == 19
    note = next(note for note in table.notes if note.kind == "another table")
    assert note.rows == (22, 23, 24)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \n\t\n", "no text"),
        (b"\xef\xbb\xbf", "no text"),
        (b"date,value\n", "no rows below|header and no rows"),
        (b",,\n,,\n", "only empty cells"),
        (b"<html><body><table>", "web page"),
        (b"<!DOCTYPE html>\n<html>", "web page"),
        (b'{"a": [1, 2]}', "JSON"),
        (b'<?xml version="1.0"?>', "XML"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (bytes(range(256)) * 20, "zero bytes"),
        (b"\x00" * 1000, "zero bytes|not a text"),
        (b"PK\x03\x04garbage", "cannot be read|damaged"),
        (b"PAR1garbagePAR1", "cannot be read|damaged"),
        (b"\x1f\x8bgarbage", "cannot be read|damaged|cut off"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(ReadError, match=words) as caught:
        read_table(data, "a.csv")
    assert str(caught.value).endswith(".")
    assert "'a.csv'" in str(caught.value)


def test_a_few_zero_bytes_are_removed_and_noted() -> None:
    data = PLAIN.replace("2024-01-02", "2024-01-02\x00").encode() + b"".join(
        b"2024-02-%02d,1\n" % d for d in range(1, 29)
    )
    table = read_table(data, "a.csv")
    assert cells(table)[:3] == CELLS
    assert next(note for note in table.notes if note.kind == "zero bytes").rows == (3,)


def test_too_many_columns_and_too_long_cells_are_refused() -> None:
    with pytest.raises(ReadError, match="2,000 columns"):
        read_table(
            (",".join(f"c{i}" for i in range(2000)) + "\n" + ",".join("1" for _ in range(2000))).encode(), "a.csv"
        )
    with pytest.raises(ReadError, match="characters in line 2"):
        read_table(b"a,b\n1," + b"x" * 200_000 + b"\n", "a.csv")


def test_too_many_lines_are_refused_before_they_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROWS", 1000)
    monkeypatch.setattr(table_module, "sniff", None)  # never called
    with pytest.raises(ReadError, match=r"15,001 lines; at most 1,000 rows"):
        read_table(("date,v\n" + "2024-01-01,1\n" * 15_000).encode(), "a.csv")
