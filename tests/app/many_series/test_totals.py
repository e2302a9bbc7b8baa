"""The tab Totals: what is chosen there is trained, listed by level, opened, and no part of what all amount to."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from forecasting.portfolio import stored_table
from forecasting.runs import Store, Workspace
from tests.app.conftest import Open, address, figure, keyed, opener, store_in, upload, words, work

pytestmark = pytest.mark.slow

PAGE = "pages/many_series/page.py"
DAYS = 60
REGIONS = {"North": 3, "South": 2, "West": 2}


def sales() -> bytes:
    """Daily sales of shops in regions; one shop of the North closed ten days before the end."""
    noise = np.random.default_rng(5)
    dates = pd.date_range("2024-01-01", periods=DAYS).strftime("%Y-%m-%d")
    frames = []
    for region, shops in REGIONS.items():
        for shop in range(shops):
            for article in ("bread", "milk"):
                values = 40 + 10 * np.sin(2 * np.pi * np.arange(DAYS) / 7) + noise.normal(0, 2, DAYS)
                rows = {"region": region, "shop": f"{region[0]}{shop}", "article": article, "date": dates}
                frame = pd.DataFrame({**rows, "sales": values.round(2)})
                frames.append(frame.head(DAYS - 10) if (region, shop) == ("North", 0) else frame)
    return pd.concat(frames).to_csv(index=False).encode()


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The address of a small run with totals by region and of everything, chosen in the tab."""
    folder = tmp_path_factory.mktemp("store")
    with store_in(folder):
        app = upload(opener()(PAGE), sales())
        for name, value in {"horizon": 4, "window": 7, "hidden_size": 4, "epochs": 1, "folds": 1}.items():
            app.number_input(key=keyed(app, f"set_{name}")).set_value(value)
        app.session_state["many_tabs"] = "Totals"
        app.run()
        assert app.multiselect(key="many_totals").options[0] == "region"
        app.multiselect(key="many_totals").set_value(["region", "all"]).run()
        app.button(key=keyed(app, "train")).click().run()
        assert not app.exception, [e.message for e in app.exception]
        work(folder)
        yield address(app)


@pytest.fixture
def app(trained: dict[str, str]) -> AppTest:
    """The tab of that run, as nobody had used it before."""
    app = opener()(PAGE, **trained)
    session = app.session_state["_session"]
    session.forms, session.opened = {}, {}
    app.session_state["many_tabs"] = "Totals"
    return app.run()


@pytest.fixture
def table(trained: dict[str, str]) -> pd.DataFrame:
    """What the run stored."""
    return stored_table(Store().artifact(Workspace(trained["workspace"]), trained["run"], "series"))


def listed(app: AppTest) -> list[str]:
    (found,) = (one.value for one in app.dataframe if "End and forecast" in one.value.columns)
    return [name.removeprefix("▸ ") for name in found["Series"]]


def test_each_level_has_a_row_and_each_total_one_of_its_own(app: AppTest, table: pd.DataFrame) -> None:
    assert app.dataframe[0].value["Level"].tolist()[1:] == ["region", "Total of everything"]
    assert listed(app) == ["region = North", "region = South", "region = West", "Total"]
    totals = table.set_index("unique_id")["total"]
    assert totals["Total"] == pytest.approx(totals[[f"region = {name}" for name in REGIONS]].sum(), rel=1e-6)
    ended = table.loc[(table["total_of"] == "") & (table["stale"] > 0), "total"].sum()
    own = table.loc[table["total_of"] == "", "total"].sum()
    assert totals["Total"] == pytest.approx(own - ended, rel=1e-6)


def test_what_is_in_no_total_is_said(app: AppTest) -> None:
    assert "2 series (N0 / bread, N0 / milk, ...) do not end when the others do" in words(app).replace("\\", "")


def test_the_tree_holds_every_series_once(app: AppTest) -> None:
    (trace,) = figure(app, "chart_sums")["data"]
    assert set(REGIONS) <= set(trace["labels"])
    assert trace["labels"].count("bread") == sum(REGIONS.values())


def test_totals_are_ordered_by_themselves_and_opened(app: AppTest) -> None:
    session = app.session_state["_session"]
    session.forms = {"many_totals": {"sort": "total", "descending": True}, "many_series": {"search": "S0"}}
    session.open_series("region = West")
    app.run()
    assert listed(app)[0] == "Total"
    assert "in no total" not in words(app)
    assert "Off by" in words(app) or "No better" in words(app)
    app.session_state["many_tabs"] = "Series"
    app.run()
    assert listed(app) == ["S0 / bread", "S0 / milk"]


def test_sums_by_keys_that_the_data_do_not_have_are_left_out_of_a_training(open_app: Open) -> None:
    app = upload(open_app(PAGE), sales())
    session = app.session_state["_session"]
    session.change(f"upload:{session.upload}", "totals", ["country", "region"])
    app.run()
    app.button(key=keyed(app, "train")).click().run()
    assert not app.exception, [e.message for e in app.exception]
    assert Store().run(session.workspace, session.run).config["totals"] == ["region"]
