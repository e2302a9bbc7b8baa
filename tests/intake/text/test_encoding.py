"""Encodings: found by marks, by validity, by the words that letters make; guesses are noted."""

import pytest

from forecasting.errors import ReadError
from forecasting.intake import read_table
from forecasting.intake.text.encoding import decode
from tests.intake.tables import CELLS, PLAIN, cells, kinds


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


def test_a_few_zero_bytes_are_removed_and_noted() -> None:
    data = PLAIN.replace("2024-01-02", "2024-01-02\x00").encode() + b"".join(
        b"2024-02-%02d,1\n" % d for d in range(1, 29)
    )
    table = read_table(data, "a.csv")
    assert cells(table)[:3] == CELLS
    assert next(note for note in table.notes if note.kind == "zero bytes").rows == (3,)


@pytest.mark.parametrize(
    "word", ["Montréal", "München Köln", "Besançon à côté", "Málaga España", "São Paulo", "Malmö Gävle Åre"]
)
def test_dos_pages_are_not_taken_for_windows_with_quotes_inside_words(word: str) -> None:
    text = f"date;city;y\n2024-01-01;{word};5\n"
    assert decode(text.encode("cp850"), "a.csv").text == text
    assert decode(text.encode("cp1252"), "a.csv").text == text


def test_another_code_page_that_fits_as_well_is_named() -> None:
    decoded = decode("date;city;y\n2024-01-01;Köln;5\n".encode("cp850"), "a.csv")
    assert any("'Köln' or 'Kîln'" in note.message for note in decoded.notes)
    assert not any("plausible" in note.message for note in decode("a;Montréal;1\n".encode("cp1252"), "a.csv").notes)


def test_characters_that_plain_big5_lacks_do_not_change_the_script() -> None:
    text = "日期;城市;銷售\n2024-01-01;臺北市;5\n2024-01-02;高雄市;5\n2024-01-03;碁;5€\n"
    decoded = decode(text.encode("cp950"), "a.csv")
    assert (decoded.text, decoded.encoding) == (text, "cp950")


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("date;Straße;größe\n2024-01-01;Österreich ä;5\n", "cp1252"),
        ("date;Straße;größe\n2024-01-01;Österreich ä;5\n", "cp850"),
        ("date;Maß;Füße\n2024-01-01;Süßstoff;5\n", "latin-1"),
        ("date;°C\n2024-01-01;5\n", "cp1252"),
        ("date;µg/m³;±\n2024-01-01;5;1\n", "cp1252"),
        ("日期,数值,备注\n2024-01-01,5,国家电网公司数据\n", "gb18030"),
        ("日付,値,備考\n2024-01-01,5,東京の電力データ\n", "cp932"),
        ("日付,値,備考\n2024-01-01,5,東京の電力データ\n", "euc_jp"),
        ("날짜,값\n2024년 1월 1일,5\n", "cp949"),
    ],
)
def test_words_of_a_few_lines_tell_their_code_page(text: str, codec: str) -> None:
    assert decode(text.encode(codec), "a.csv").text == text
