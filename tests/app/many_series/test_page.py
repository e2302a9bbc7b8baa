"""The page Many series: the list before and after a training, against what the files and the store hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from forecasting.portfolio import needs_attention, stored_table
from forecasting.runs import Store, Workspace
from tests.app.conftest import Open, address, keyed, opener, store_in, train_small, upload, words, work

pytestmark = [pytest.mark.slow, pytest.mark.together]  # they share a training

PAGE = "pages/many_series/page.py"
SHOPS = 60


def shops(count: int = SHOPS, days: int = 70) -> bytes:
    """Daily sales of so many shops: the first never changes, the second is new, the third ends early."""
    noise = np.random.default_rng(3)
    dates = pd.date_range("2024-01-01", periods=days)
    frames = []
    for shop in range(count):
        sales = (50 + shop) * (1 + 0.3 * np.sin(2 * np.pi * np.arange(days) / 7)) + noise.normal(0, 4, days)
        rows = pd.DataFrame({"shop": f"shop {shop:03d}", "date": dates.strftime("%Y-%m-%d"), "sales": sales.round(2)})
        if shop == 0:
            rows["sales"] = 12.0
        frames.append(rows.tail(4) if shop == 1 else rows.head(days - 10) if shop == 2 else rows)
    return pd.concat(frames).to_csv(index=False).encode()


def listed(app: AppTest) -> pd.DataFrame:
    """The rows of the list that are on the page."""
    (found,) = (one.value for one in app.dataframe if "End and forecast" in one.value.columns)
    return found


def names(app: AppTest) -> list[str]:
    return [name.removeprefix("▸ ") for name in listed(app)["Series"]]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The address of a small run over all shops, done."""
    folder = tmp_path_factory.mktemp("store")
    with store_in(folder):
        app = upload(opener()(PAGE), shops())
        yield train_small(app, folder, {"horizon": 4, "window": 7, "hidden_size": 4, "epochs": 2, "folds": 1})


@pytest.fixture
def app(trained: dict[str, str]) -> AppTest:
    """The page opened at that run, as nobody had used it before."""
    app = opener()(PAGE, **trained)
    session = app.session_state["_session"]
    session.forms, session.opened = {}, {}
    return app.run()


@pytest.fixture
def table(trained: dict[str, str]) -> pd.DataFrame:
    """What the run stored."""
    return stored_table(Store().artifact(Workspace(trained["workspace"]), trained["run"], "series"))


def test_a_single_series_leads_to_the_forecast_page_and_asks_for_more(open_app: Open) -> None:
    app = open_app(PAGE)
    assert "single series" in words(app)
    assert len(app.dataframe) == 0


def test_an_upload_is_listed_before_anything_is_trained(open_app: Open) -> None:
    app = upload(open_app(PAGE), shops(12))
    assert names(app) == [f"shop {shop:03d}" for shop in range(12)]
    rows = listed(app)
    assert rows["Values"].tolist()[:4] == ["70", "4", "60", "70"]
    assert "never changes" in rows["Marks"].iloc[0]
    assert "ends 10 steps early" in rows["Marks"].iloc[2]
    assert all(picture.startswith("data:image/svg+xml,") for picture in rows["End and forecast"])
    assert not app.button(key=keyed(app, "train")).disabled


def test_the_list_is_searched_sorted_and_turned(app: AppTest, table: pd.DataFrame) -> None:
    assert names(app) == [f"shop {shop:03d}" for shop in range(50)]
    app.text_input(key="many_search").set_value("shop 00").run()
    assert names(app) == [f"shop {shop:03d}" for shop in range(10)]
    app.text_input(key="many_search").set_value("").run()
    app.selectbox(key="many_sort").set_value("skill").run()
    known = table[np.isfinite(table["skill"])].sort_values("skill", kind="stable")["unique_id"].tolist()
    assert names(app)[: len(known)] == known[:50]
    app.toggle(key="many_descending").set_value(True).run()
    best = table.sort_values("skill", ascending=False, kind="stable", na_position="last")["unique_id"].tolist()
    assert names(app)[:10] == best[:10]


def test_the_verdicts_are_counted_and_filter(app: AppTest, table: pd.DataFrame) -> None:
    counts = table["verdict"].value_counts()
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["Too short"] == str(counts["too-short"])
    tested = table[table["rows"] > 0]
    wape = (tested["mae"] * tested["rows"]).sum() / (tested["size"] * tested["rows"]).sum()
    assert shown["Error of the volume (WAPE)"] == f"{100 * wape:.1f} %"
    app.session_state["_session"].forms["many_series"] = {"verdicts": ["too-short"]}
    app.run()
    assert names(app) == table.loc[table["verdict"] == "too-short", "unique_id"].tolist()


def test_a_series_is_opened_stepped_through_and_found_again(app: AppTest, trained: dict[str, str]) -> None:
    app.session_state["_session"].open_series("shop 004")
    app.run()
    assert address(app)["series"] == "shop 004"
    assert "Off by" in words(app)
    app.button(key="many_next").click().run()
    assert address(app)["series"] == "shop 005"
    assert listed(app)["Series"].iloc[5] == "▸ shop 005"
    again = opener()(PAGE, **trained, series="shop 005")
    assert again.button(key="many_previous").disabled is False
    again.button(key="many_close").click().run()
    assert "series" not in address(again)
    assert not [one for one in again.button if one.key == "many_next"]


def test_a_name_that_no_series_has_opens_nothing(app: AppTest, trained: dict[str, str]) -> None:
    app.session_state["_session"].open_series("region = North")  # a total of another run, say
    app.run()
    assert not app.exception, [e.message for e in app.exception]
    assert not [one for one in app.button if one.key == "many_next"]


def test_what_needs_results_waits_while_there_are_none(app: AppTest, trained: dict[str, str]) -> None:
    session = app.session_state["_session"]
    session.forms["many_series"] = {"sort": "skill", "verdicts": ["too-short"], "marked": True, "shape": 0}
    runs, session.runs = session.runs, {}
    app.run()
    assert not app.exception, [e.message for e in app.exception]
    assert names(app) == [f"shop {shop:03d}" for shop in range(50)]
    session.runs = runs
    app.run()
    assert session.forms["many_series"]["sort"] == "skill"
    assert names(app) == []


def test_filters_are_of_the_data_they_were_set_for(app: AppTest) -> None:
    session = app.session_state["_session"]
    session.forms["many_series"] = {"search": "shop 00", "sort": "last", "page": 2, "dataset": "another"}
    app.run()
    assert app.text_input(key="many_search").value == ""
    assert app.selectbox(key="many_sort").value == "last"
    assert len(names(app)) == 50


def test_one_that_was_too_short_says_so_instead_of_a_score(app: AppTest) -> None:
    app.session_state["_session"].open_series("shop 001")
    app.run()
    assert "too few values to be tested" in words(app)


def test_what_needs_attention_is_listed_with_its_reason(app: AppTest, table: pd.DataFrame) -> None:
    app.session_state["many_tabs"] = "Needs attention"
    app.run()
    first = needs_attention(table)[0]
    assert app.button(key="many_look_0").label.replace("\\", "") == first.series
    assert str(first.reason) in words(app).replace("\\", "")
    app.button(key="many_look_0").click().run()
    assert address(app)["series"] == first.series


@pytest.mark.parametrize("name", ["Overview", "Alike", "Download"])
def test_the_other_tabs_are_drawn(app: AppTest, name: str) -> None:
    app.session_state["many_tabs"] = name
    app.run()
    assert not app.exception, [e.message for e in app.exception]
    if name == "Overview":
        assert len(app.get("plotly_chart")) == 2
    elif name == "Alike":
        assert len(app.get("plotly_chart")) == 1


def test_the_forecast_page_shows_the_same_series_and_leads_back(app: AppTest, trained: dict[str, str]) -> None:
    app.session_state["_session"].open_series("shop 007")
    app.run()
    app.switch_page("pages/forecast/page.py").run()
    assert app.selectbox(key="series_shown").value == "shop 007"
    app.selectbox(key="series_shown").set_value("shop 009").run()
    assert address(app)["series"] == "shop 009"


def test_ten_thousand_series_are_listed_fifty_at_a_time(open_app: Open) -> None:
    app = upload(open_app(PAGE), shops(10_000, 12))
    assert len(listed(app)) == 50
    assert "10,000 series in all" in words(app)
    app.text_input(key="many_search").set_value("shop 9999").run()
    assert names(app) == ["shop 9999"]


def test_the_page_is_chinese_where_the_session_is(app: AppTest) -> None:
    app.selectbox(key="language").set_value("zh").run()
    assert not app.exception, [e.message for e in app.exception]
    assert "多序列" in [one.value for one in app.title]
    assert "结论" in app.dataframe[0].value.columns


def test_columns_of_several_units_are_not_added_up(open_app: Open, data_folder: Path) -> None:
    days = np.arange(70)
    rows = pd.DataFrame({"date": pd.date_range("2024-01-01", periods=70).strftime("%Y-%m-%d")})
    rows["sales_eur"], rows["visitors"] = 1000 + 50 * np.sin(days), 5 + days % 7
    app = upload(open_app(PAGE), rows.to_csv(index=False).encode())
    app.multiselect(key="col_target").set_value(["sales_eur", "visitors"]).run()
    for name, value in {"horizon": 4, "window": 7, "hidden_size": 4, "epochs": 1, "folds": 1}.items():
        app.number_input(key=keyed(app, f"set_{name}")).set_value(value)
    app.run()
    app.button(key=keyed(app, "train")).click().run()
    work(data_folder)
    app = open_app(PAGE, **address(app))
    assert len(listed(app)) == 2
    assert "Error of the volume (WAPE)" not in [metric.label for metric in app.metric]
    assert "sales_eur, visitors may have different units" in words(app).replace("\\", "")
