"""Several files in the uploader: one dataset, which each added or removed file makes anew."""

from __future__ import annotations

import io
import zipfile

import pytest
from streamlit.testing.v1 import AppTest

from tests.app import files
from tests.app.conftest import Open, address, keyed, words

pytestmark = pytest.mark.slow  # each opens the page, in a second or less

NORTH, SOUTH = files.plain(days=100), files.plain(days=90)
PICTURE = b"\x89PNG not a table"


def bring(app: AppTest, **content: bytes) -> AppTest:
    """Choose Upload and bring files, all at once."""
    app.segmented_control(key="source").set_value("upload").run()
    several = [(f"{name}.csv", data, "text/csv") for name, data in content.items()]
    app.file_uploader(key="upload").set_value(several).run()
    assert not app.exception, [e.message for e in app.exception]
    return app


def add(app: AppTest, name: str, content: bytes) -> AppTest:
    """Bring one more file beside those that the uploader shows, which have their ids still."""
    uploader = app.file_uploader(key="upload")
    shown = [(file.file_id, file.name, b"", file.type) for file in uploader.value]
    uploader._files = [*shown, (f"added {name}", name, content, "text/csv")]
    return app.run()


def remove(app: AppTest, name: str) -> AppTest:
    uploader = app.file_uploader(key="upload")
    uploader._files = [(file.file_id, file.name, b"", file.type) for file in uploader.value if file.name != name]
    return app.run()


def test_files_become_one_dataset_and_those_left_out_are_listed_with_why(open_app: Open) -> None:
    app = bring(open_app(), north=NORTH, south=SOUTH, photo=PICTURE)
    assert app.selectbox(key="series_shown").options == ["north", "south"]
    (listed,) = (frame.value for frame in app.dataframe if "What became of it" in frame.value)
    assert listed["File"].tolist() == ["north.csv", "south.csv", "photo.csv"]
    assert listed["Rows"].tolist() == [100, 90, 0]
    assert listed["What became of it"].tolist()[:2] == ["Read.", "Read."]
    assert listed["What became of it"].iloc[2].startswith("Left out: 'photo.csv' is a picture")
    assert "2 files read, 1 left out" in app.get("popover")[0].proto.popover.label
    again = open_app(**address(app))
    assert again.selectbox(key="series_shown").options == ["north", "south"]


def test_a_file_that_is_added_or_removed_makes_the_dataset_anew(open_app: Open) -> None:
    """The uploader keeps no bytes of files that are stored: they come from the store."""
    app = bring(open_app(), north=NORTH)
    alone = address(app)["dataset"]
    add(app, "south.csv", SOUTH)
    assert app.selectbox(key="series_shown").options == ["north", "south"]
    add(app, "west.csv", NORTH)
    assert app.selectbox(key="series_shown").options == ["north", "south", "west"]
    remove(app, "south.csv")
    assert app.selectbox(key="series_shown").options == ["north", "west"]
    remove(app, "west.csv")
    assert address(app)["dataset"] == alone


def test_a_zip_is_an_upload(open_app: Open) -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("all/north.csv", NORTH)
        archive.writestr("all/south.csv", SOUTH)
    app = open_app()
    app.segmented_control(key="source").set_value("upload").run()
    app.file_uploader(key="upload").set_value(("all.zip", sink.getvalue(), "application/zip")).run()
    assert app.selectbox(key="series_shown").options == ["north", "south"]


def test_whether_files_continue_each_other_is_a_question_with_two_answers(open_app: Open) -> None:
    later = files.plain(days=120).replace(b"2024-", b"2025-").replace(b"2025-02-29", b"2025-05-01")
    app = bring(open_app(), y2024=files.plain(days=100), y2025=later)
    assert "Are the files one series, or one each?" in words(app)
    assert app.button(key=keyed(app, "train")).disabled
    (join,) = (button for button in app.button if button.label == "One series that goes on")
    join.click().run()
    assert not app.exception, [e.message for e in app.exception]
    assert not [box for box in app.selectbox if box.key == "series_shown"]


def test_a_key_that_tells_all_rows_apart_is_a_question_that_another_column_answers(open_app: Open) -> None:
    rows = files.plain(days=60).decode().splitlines()[1:]
    lines = [f"{1000 + 2 * i + k},{shop},{row}" for i, row in enumerate(rows) for k, shop in enumerate(("P", "Q"))]
    app = bring(open_app(), orders=("unique_id,shop,ds,y\n" + "\n".join(lines)).encode())
    assert "What names the series?" in words(app)
    (shop,) = (button for button in app.button if button.label == "shop")
    shop.click().run()
    assert app.selectbox(key="series_shown").options == ["P", "Q"]
    assert app.radio(key="answer_lone").value == 0


def test_more_than_may_be_uploaded_together_is_said(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    from pages.shared.reading import upload

    monkeypatch.setattr(upload.st, "get_option", lambda name: 0)
    app = bring(open_app(), north=NORTH, south=SOUTH)
    assert "at most 0 MB are read together" in words(app)
