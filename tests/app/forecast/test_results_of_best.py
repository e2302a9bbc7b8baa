"""After a training of the pool: what it is made of, how it compares, what it rests on; and the textbook beside it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from forecasting.config import TEXTBOOK
from forecasting.evaluation.backtests.backtest import Backtest
from forecasting.runs import Run, Store, Workspace
from tests.app import files
from tests.app.conftest import address, figure, keyed, opener, store_in, upload, values, with_covariates, words, work
from tests.app.forecast.test_results import scores_shown, tab
from tests.conftest import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.together]  # they share a training

SETTINGS = {"horizon": 4, "window": 14, "hidden_size": 8, "epochs": 8, "folds": 2}


def train(app: AppTest, folder: Path, **choices: Any) -> dict[str, str]:
    """The address of a done run with these settings on what the page shows."""
    for name, value in choices.items():
        widget = {str: app.selectbox, list: app.multiselect}.get(type(value), app.number_input)
        widget(key=keyed(app, f"set_{name}")).set_value(value)
    app.run()
    app.button(key=keyed(app, "train")).click().run()
    assert not app.exception, [e.message for e in app.exception]
    work(folder)
    return address(app)


def opened(name: str, **query: str) -> AppTest:
    """The page at its first run with a tab open: by a link or in another language the tester cannot do a second one."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for key, value in query.items():
        app.query_params[key] = value
    app.session_state["tabs"] = name
    app.run()
    assert not app.exception, [e.message for e in app.exception]
    return app


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    found = tmp_path_factory.mktemp("store")
    with store_in(found):
        yield found


@pytest.fixture(scope="module")
def pooled(folder: Path) -> dict[str, str]:
    """Best of all, with the attention cell, two windows, the calendar and covariates."""
    more = {"method": "best", "cell": "attention", "lookbacks": ["7"], "calendar": ["day-of-week"]}
    return train(with_covariates(opener()()), folder, **SETTINGS, **more)


@pytest.fixture(scope="module")
def short(folder: Path) -> dict[str, str]:
    """Too few values for a network."""
    return train(upload(opener()(), files.plain(days=40)), folder, horizon=3, window=60, folds=2)


@pytest.fixture
def app(pooled: dict[str, str]) -> AppTest:
    return opener()(**pooled)


def artifact(where: dict[str, str], name: str) -> bytes:
    return Store().artifact(Workspace(where["workspace"]), where["run"], name)


def explained(where: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(artifact(where, "explain"))
    return found


def ranked(app: AppTest) -> Any:
    """The table of Compare."""
    (found,) = (one.value for one in app.dataframe if "Method" in one.value.columns)
    return found


def test_compare_ranks_every_member_on_the_same_origins(app: AppTest, pooled: dict[str, str]) -> None:
    scores = Backtest.from_bytes(artifact(pooled, "backtest")).scores
    tab(app, "Compare")
    table = ranked(app).set_index("Method")
    shown = {name.removesuffix(" · this forecast"): row for name, row in table.iterrows()}
    names = {
        "Best of all": "best",
        "Whole network": "recurrent",
        "Anchor + linear": "anchor-linear",
        "Anchor": "anchor",
    }
    names |= {"Ridge": "ridge", "Theta": "theta", "ETS": "ets", "Drift": "drift", "Naive": "naive"}
    for name, method in names.items():
        if method in scores["methods"]:
            assert shown[name]["MAE"] == pytest.approx(scores["methods"][method]["mae"])
    assert table["MAE"].is_monotonic_increasing
    assert f"{scores['origins']:,} origins" in words(app)
    bars = figure(app, "chart_compare")["data"][0]
    assert [name.removesuffix(" · this forecast") for name in table.index] == list(reversed(bars["y"]))


def test_the_pools_weights_are_shown_beside_its_members(app: AppTest, pooled: dict[str, str]) -> None:
    weights = Backtest.from_bytes(artifact(pooled, "backtest")).scores["weights"]
    tab(app, "Compare")
    shown = ranked(app).set_index("Method")["Weight in pool"]
    assert shown["Anchor + linear"] == f"{100 * weights['linear']:.0f} %" or weights["linear"] < 0.005
    known = [text for text in shown if text != "—"]
    assert len(known) >= len(weights) - 1
    assert sum(float(text.split()[0]) for text in known if not text.startswith("<")) == pytest.approx(100, abs=6)


def test_the_forecast_that_is_shown_is_marked_once(app: AppTest) -> None:
    tab(app, "Compare")
    assert sum("this forecast" in name for name in ranked(app)["Method"]) == 1


def test_the_network_is_taken_apart(app: AppTest, pooled: dict[str, str]) -> None:
    scores = Backtest.from_bytes(artifact(pooled, "backtest")).scores
    tab(app, "Compare")
    bars = figure(app, "chart_apart")["data"][0]
    errors = [scores["methods"][stage]["mae"] for stage in ("anchor", "anchor-linear", "recurrent")]
    np.testing.assert_allclose(values(bars), errors)
    assert "recurrent part" in words(app)


def test_explain_shows_what_the_artifact_holds(app: AppTest, pooled: dict[str, str]) -> None:
    found = explained(pooled)
    tab(app, "Explain")
    attention = figure(app, "chart_attention")["data"]
    assert len(found["attention"]["sales"]) == SETTINGS["window"]
    np.testing.assert_allclose(values(attention[1]), found["attention"]["sales"])
    assert len(values(attention[0])) == SETTINGS["window"]
    lags = figure(app, "chart_lags")["data"][0]
    assert list(values(lags, "x")) == [one["lag"] for one in found["lags"]]
    parts = {trace["name"]: values(trace) for trace in figure(app, "chart_explain_parts")["data"]}
    np.testing.assert_allclose(parts["Forecast"][1:], found["parts"]["sales"]["forecast"])
    np.testing.assert_allclose(parts["Anchor"][1:], found["parts"]["sales"]["anchor"])
    weights = json.loads(artifact(pooled, "training"))["weights"]
    bars = values(figure(app, "chart_weights")["data"][0], "x")
    np.testing.assert_allclose(sorted(bars), sorted(one for one in weights.values() if one >= 0.005))


def test_parts_are_named_in_words(app: AppTest) -> None:
    tab(app, "Explain")
    names = figure(app, "chart_usual")["layout"]["yaxis"]["ticktext"]
    assert {"Day of week", "Weekly season", "Last values", "temperature", "price"} <= set(names)


def test_the_step_that_is_chosen_is_taken_apart(app: AppTest, pooled: dict[str, str]) -> None:
    found = explained(pooled)["contributions"]["series"]["sales"]
    tab(app, "Explain")
    app.select_slider(key="explain_step").set_value(3).run()
    bars = values(figure(app, "chart_waterfall")["data"][0], "x")
    assert bars[0] == pytest.approx(found["base"])
    assert bars[-1] == pytest.approx(found["forecast"][2])
    assert bars[:-1].sum() == pytest.approx(found["forecast"][2], rel=1e-4)
    stacked = [values(trace) for trace in figure(app, "chart_stacked")["data"]]
    np.testing.assert_allclose(np.sum(stacked[:-1], axis=0), stacked[-1], atol=1e-3)
    largest = max(found["parts"], key=lambda part: abs(part["values"][2]))
    assert f"{largest['values'][2]:+.3g}" in words(app).replace("\\", "")


def test_a_column_that_is_known_ahead_has_a_curve_and_a_sentence(app: AppTest, pooled: dict[str, str]) -> None:
    (curve,) = explained(pooled)["effects"]["sales"]
    assert curve["name"] == "temperature"
    tab(app, "Explain")
    assert "**temperature** 10 % lower" in words(app)
    drawn = values(figure(app, "chart_effect")["data"][-1])
    np.testing.assert_allclose(np.delete(drawn, 2), curve["change"])  # nothing changes in the middle


def test_an_explanation_of_an_earlier_version_says_what_it_lacks(
    pooled: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pages.shared import services

    record = services.record

    def older(access: Workspace, run_id: str, name: str) -> dict[str, Any]:
        found = record(access, run_id, name)
        return {key: found[key] for key in ("parts", "lags", "inputs", "attention")} if name == "explain" else found

    monkeypatch.setattr(services, "record", older)
    app = opener()(**pooled)
    tab(app, "Explain")
    assert "did not say what adds up" in words(app)
    assert figure(app, "chart_explain_parts")


@pytest.mark.parametrize("name", ["解释", "比较"])
def test_in_chinese_no_english_name_is_left(pooled: dict[str, str], name: str) -> None:
    app = opened(name, **pooled, language="zh")
    if name == "解释":
        names = figure(app, "chart_usual")["layout"]["yaxis"]["ticktext"]
    else:
        (table,) = (one.value for one in app.dataframe if "方法" in one.value.columns)
        names = list(table["方法"])
    assert {one for one in names if one.isascii()} <= {"Theta", "ETS", "temperature", "price"}


def test_another_cell_says_which_one_has_attention(folder: Path) -> None:
    where = train(upload(opener()(), files.german()), folder, **SETTINGS)
    app = opener()(**where)
    tab(app, "Explain")
    assert "Only the cell Attention LSTM" in words(app)
    assert explained(where)["attention"] == {}


def test_several_networks_can_be_looked_at(app: AppTest) -> None:
    tab(app, "Training")
    member = app.selectbox(key="member")
    assert member.options == ["Network 1 · window 14", "Network 2 · window 7"]
    before = values(figure(app, "chart_loss")["data"][0])
    member.set_value(1).run()
    assert not np.array_equal(values(figure(app, "chart_loss")["data"][0]), before)


def test_intervals_show_their_nominal_and_actual_coverage(app: AppTest, pooled: dict[str, str]) -> None:
    scores = Backtest.from_bytes(artifact(pooled, "backtest")).scores
    tab(app, "Errors")
    (table,) = (one.value for one in app.dataframe if "Nominal" in one.value.columns)
    assert list(table["Nominal"]) == ["50 %", "80 %", "95 %"]
    assert [float(text.split()[0]) for text in table["Actual"]] == pytest.approx(
        [100 * scores["coverage"][level] for level in ("50", "80", "95")], abs=0.051
    )
    assert list(table["Interval score"]) == pytest.approx([scores["msis"][level] for level in ("50", "80", "95")])
    tab(app, "Forecast")
    assert "50 / 80 / 95 % intervals held" in words(app)


def test_the_direction_is_shown_beside_what_chance_gives(app: AppTest, pooled: dict[str, str]) -> None:
    direction = Backtest.from_bytes(artifact(pooled, "backtest")).scores["direction"]
    tab(app, "Errors")
    assert f"**{100 * direction['right']:.0f} %** of the cases" in words(app)
    assert (
        f"Tossing a coin gives {100 * (0.5 - direction['band']):.0f} % to {100 * (0.5 + direction['band']):.0f} %"
        in words(app)
    )


@pytest.mark.parametrize(
    ("share", "period", "shares", "said"),
    [
        (0.0, 1, [0.0, 0.0], ["repeats the last value", "0 % of the method's own"]),
        (0.0, 7, [1.0, 1.0], ["repeats the last season"]),
        (0.4, 1, [1.0, 0.5], ["40 % of the method's own", "75 % of the method's own"]),
        (1.0, 1, [1.0, 1.0], []),
    ],
)
def test_shrinkage_is_reported(
    pooled: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    share: float,
    period: int,
    shares: list[float],
    said: list[str],
) -> None:
    from pages.shared import services

    backtest, record = services.backtest, services.record

    def tested(workspace: Workspace, run: str) -> Backtest:
        found = backtest(workspace, run)
        copy = Backtest(found)
        copy.scores = {**found.scores, "shrink": shares}
        return copy

    def trained(workspace: Workspace, run: str, name: str) -> dict[str, Any]:
        return {
            **record(workspace, run, name),
            "shrink": {"share": share, "period": period, "gain": 0.1, "stretches": 9},
        }

    monkeypatch.setattr(services, "backtest", tested)
    monkeypatch.setattr(services, "record", trained)
    shown = words(opener()(**pooled))
    for part in said:
        assert part in shown
    assert ("own forecast" in shown) == bool(said)


def test_a_run_from_before_explanations_says_to_train_again(
    pooled: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pages.shared import services

    poll = services.poll

    def older(workspace: Workspace, run_id: str) -> Run | None:
        found = poll(workspace, run_id)
        return found and dataclasses.replace(found, artifacts=tuple(n for n in found.artifacts if n != "explain"))

    monkeypatch.setattr(services, "poll", older)
    app = opener()(**pooled)
    tab(app, "Explain")
    assert "Train again" in words(app)


def test_settings_of_an_older_run_are_completed(pooled: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    from pages.shared import services

    poll, new = services.poll, ("lookbacks", "anchor", "features", "covariates")

    def older(workspace: Workspace, run_id: str) -> Run | None:
        found = poll(workspace, run_id)
        return found and dataclasses.replace(found, config={k: v for k, v in found.config.items() if k not in new})

    monkeypatch.setattr(services, "poll", older)
    app = opener()(**pooled)
    for name in ("Training", "Explain", "Compare", "Export"):
        tab(app, name)
    assert "for other settings (Lookbacks —, Features —)" in words(app).replace("\\", "")


def test_too_short_for_a_network_is_forecast_without_one(short: dict[str, str]) -> None:
    app = opener()(**short)
    assert app.metric
    assert "without a network" in words(app)
    tab(app, "Training")
    assert "No network was trained" in words(app)
    assert not [one for one in app.get("plotly_chart") if "chart_loss" in one.proto.id]
    tab(app, "Explain")
    assert [trace["name"] for trace in figure(app, "chart_explain_parts")["data"]] == ["True", "Forecast"]
    assert figure(app, "chart_weights")
    tab(app, "Compare")
    assert {"Naive", "Drift"} <= set(ranked(app)["Method"])
    assert "no network to take apart" in words(app)
    assert "textbook's network needs" in words(app)
    for name in ("Errors", "Forecast", "Export"):
        tab(app, name)


def test_the_textbooks_network_is_trained_beside_and_found_again(folder: Path, pooled: dict[str, str]) -> None:
    app = opener()(**pooled)
    tab(app, "Compare")
    before = Store().run(Workspace(pooled["workspace"]), pooled["run"]).config
    app.button(key="add_textbook").click().run()
    assert not app.exception, [e.message for e in app.exception]
    assert "Training the textbook's network" in next(one.proto.text for one in app.get("progress"))
    assert address(app)["run"] == pooled["run"]  # the page goes on showing its own run
    (rival,) = (run for run in Store().runs(Workspace(pooled["workspace"])) if run.name.endswith("Textbook"))
    assert rival.config == {**before, **TEXTBOOK}
    work(folder)
    app = opener()(**pooled)  # found again by its settings
    tab(app, "Compare")
    assert not [button for button in app.button if button.key == "add_textbook"]
    theirs = Backtest.from_bytes(Store().artifact(Workspace(pooled["workspace"]), rival.id, "backtest")).scores
    row = ranked(app).set_index("Method").loc["Textbook"]
    assert row["MAE"] == pytest.approx(theirs["methods"]["recurrent"]["mae"])
    own = opener()(**{**pooled, "run": rival.id})
    tab(own, "Compare")
    assert "This is the textbook's network" in words(own)
    shared = Store().share(Workspace(pooled["workspace"]), pooled["run"])  # shows one run, and no other
    link = opened("Compare", link=shared.token)
    assert "Textbook" not in set(ranked(link)["Method"])
    assert not [button for button in link.button if button.key == "add_textbook"]


def test_a_better_method_is_taken_by_a_button_that_trains(
    pooled: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pages.shared import services

    backtest = services.backtest

    def where_the_network(low: float, high: float) -> None:
        def found(access: Workspace, run: str) -> Backtest:
            one = backtest(access, run)
            copy = Backtest(one)
            copy.scores = {**one.scores, "instead": {"best": [-0.01, 0.01], "recurrent": [low, high]}}
            return copy

        monkeypatch.setattr(services, "backtest", found)

    where_the_network(-0.02, 0.3)  # within chance
    app = opener()(**pooled)
    tab(app, "Compare")
    assert not [button for button in app.button if button.key == "use_method"]
    where_the_network(0.1, 0.3)
    app = opener()(**pooled)
    tab(app, "Compare")
    assert "between 10 % and 30 % less" in words(app)
    before = Store().run(Workspace(pooled["workspace"]), pooled["run"]).config
    app.button(key="use_method").click().run()
    assert not app.exception, [e.message for e in app.exception]
    mine = address(app)
    assert mine["run"] != pooled["run"]
    assert Store().run(Workspace(mine["workspace"]), mine["run"]).config == {**before, "method": "recurrent"}
    assert app.selectbox(key=keyed(app, "set_method")).value == "recurrent"
    assert app.number_input(key=keyed(app, "set_window")).value == before["window"]


def test_columns_of_different_units_are_never_averaged(folder: Path) -> None:
    app = upload(opener()(), files.shop().replace(b"sales,temperature", b"sales (EUR),temperature (C)"), "two.csv")
    app.multiselect(key="col_target").set_value(["sales (EUR)", "temperature (C)"]).run()
    where = train(app, folder, **SETTINGS, method="recurrent")
    tested = Backtest.from_bytes(artifact(where, "backtest"))
    assert tested.scores["series"] == 2
    app = opener()(**where)
    assert "Over 2 series" in words(app)
    assert tested.verdict.text.startswith("Over 2 series") or "Over 2 series" in tested.verdict.text
    for name, unit in (("sales (EUR)", "EUR"), ("temperature (C)", "C")):
        app.selectbox(key="series_shown").set_value(name).run()
        rows = tested[tested["unique_id"] == name]
        shown = {label: value for label, value in scores_shown(app) if label.startswith("MAE")}
        ((label, value),) = shown.items()
        assert name in label
        assert value.endswith(f" {unit}")
        assert float(value.split()[0]) == pytest.approx((rows["y"] - rows["forecast"]).abs().mean(), rel=0.01)
        tab(app, "Errors")
        drawn = {trace["name"]: values(trace) for trace in figure(app, "chart_by_step")["data"]}
        first = rows[rows["step"] == 1]
        assert drawn["Predicted"][0] == pytest.approx((first["y"] - first["forecast"]).abs().mean())
    tab(app, "Compare")
    table = ranked(app)
    assert "MAE" not in table.columns
    assert table["MASE"].is_monotonic_increasing


def test_a_backtest_of_an_older_version_still_shows(pooled: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    from pages.shared import services

    backtest, new = services.backtest, ("skill_interval_seasonal", "instead", "frequency", "unit")

    def older(access: Workspace, run: str) -> Backtest:
        found = backtest(access, run)
        copy = Backtest(found)
        copy.scores = {name: value for name, value in found.scores.items() if name not in new}
        return copy

    monkeypatch.setattr(services, "backtest", older)
    app = opener()(**pooled)
    assert "a step on average" in words(app) or "No better" in words(app)
    for name in ("True vs predicted", "Errors", "Compare"):
        tab(app, name)
