"""The Model section: methods, the textbook's settings, and the inputs beside the values."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from forecasting import config, features
from forecasting.runs import Store, Workspace
from tests.app import files
from tests.app.conftest import Open, address, keyed, upload, with_covariates, words

pytestmark = pytest.mark.slow  # each opens the page, in a second or less


def asked(app: AppTest) -> dict[str, object]:
    """The settings of the run that Train asks for."""
    app.button(key=keyed(app, "train")).click().run()
    assert not app.exception, [e.message for e in app.exception]
    mine = address(app)
    return Store().run(Workspace(mine["workspace"]), mine["run"]).config


def test_every_method_and_cell_has_a_name(open_app: Open) -> None:
    app = open_app()
    assert app.selectbox(key=keyed(app, "set_method")).options == ["Recurrent network", "Best of all"]
    assert app.selectbox(key=keyed(app, "set_cell")).options == ["LSTM", "GRU", "RNN", "BiLSTM", "Attention LSTM"]
    assert app.selectbox(key=keyed(app, "set_anchor")).options == ["Naive, as fits best", "Constant"]
    for key in ("method", "cell", "anchor"):
        assert app.selectbox(key=keyed(app, f"set_{key}")).help
    for key in ("lookbacks", "calendar", "countries", "indicators"):
        assert app.multiselect(key=keyed(app, f"set_{key}")).help


def test_the_textbook_sets_what_tutorials_use_and_keeps_the_question(open_app: Open) -> None:
    app = upload(open_app(), files.german())
    for name, value in (("horizon", 5), ("epochs", 3), ("folds", 2), ("seed", 7), ("window", 21)):
        app.number_input(key=keyed(app, f"set_{name}")).set_value(value).run()
    app.selectbox(key=keyed(app, "set_method")).select("best").run()
    app.multiselect(key=keyed(app, "set_levels")).set_value([80]).run()
    app.multiselect(key=keyed(app, "set_calendar")).set_value(["day-of-week"]).run()
    app.button(key=keyed(app, "textbook")).click().run()
    assert app.button(key=keyed(app, "textbook")).disabled
    for name in ("window", "num_layers", "hidden_size"):
        assert app.number_input(key=keyed(app, f"set_{name}")).value == config.TEXTBOOK[name]
    for name in ("cell", "schedule", "loss", "anchor", "method"):
        assert app.selectbox(key=keyed(app, f"set_{name}")).value == config.TEXTBOOK[name]
    assert app.multiselect(key=keyed(app, "set_calendar")).value == []
    found = asked(app)
    assert {name: found[name] for name in config.TEXTBOOK} == config.TEXTBOOK
    kept = {name: found[name] for name in ("horizon", "epochs", "folds", "seed", "levels")}
    assert kept == {"horizon": 5, "epochs": 3, "folds": 2, "seed": 7, "levels": [80]}


def test_there_is_a_way_back_from_the_textbook(open_app: Open) -> None:
    app = upload(open_app(), files.german())
    window = app.number_input(key=keyed(app, "set_window")).value
    rate = app.number_input(key=keyed(app, "set_learning_rate")).value
    app.button(key=keyed(app, "textbook")).click().run()
    app.button(key=keyed(app, "reset")).click().run()
    assert app.number_input(key=keyed(app, "set_window")).value == window
    assert app.number_input(key=keyed(app, "set_learning_rate")).value == rate
    assert app.selectbox(key=keyed(app, "set_anchor")).value == "auto"
    assert not app.button(key=keyed(app, "textbook")).disabled


def test_the_range_of_the_data_is_kept_to_until_the_switch_lifts_it(open_app: Open) -> None:
    app = upload(open_app(), files.german())
    assert app.toggle(key=keyed(app, "keep_to_range")).value is True
    app.toggle(key=keyed(app, "keep_to_range")).set_value(False).run()
    again = open_app(**address(app))  # a reload leaves it as it is
    assert again.toggle(key=keyed(again, "keep_to_range")).value is False
    found = asked(again)
    assert (found["support"], found.get("floor")) == ("free", None)
    again.toggle(key=keyed(again, "keep_to_range")).set_value(True).run()
    assert "support" not in asked(again)


def test_calendar_holidays_and_indicators_become_features_in_one_order(open_app: Open) -> None:
    app = upload(open_app(), files.german())
    app.multiselect(key=keyed(app, "set_indicators")).set_value(["volatility", "rsi"]).run()
    app.multiselect(key=keyed(app, "set_countries")).set_value(["DE", "US"]).run()
    app.multiselect(key=keyed(app, "set_regions")).set_value(["DE-BY", "DE-NW"]).run()
    app.multiselect(key=keyed(app, "set_calendar")).set_value(["month-of-year", "day-of-week"]).run()
    again = open_app(**address(app))  # a reload brings them back
    assert again.multiselect(key=keyed(again, "set_countries")).value == ["DE", "US"]
    assert again.multiselect(key=keyed(again, "set_regions")).value == ["DE-BY", "DE-NW"]
    assert set(again.multiselect(key=keyed(again, "set_calendar")).value) == {"month-of-year", "day-of-week"}
    chosen = ["day-of-week", "month-of-year", "holidays-DE-BY", "holidays-DE-NW", "holidays-US", "rsi", "volatility"]
    assert asked(again)["features"] == chosen
    features.check_names(chosen)
    again.multiselect(key=keyed(again, "set_countries")).set_value(["US"]).run()  # the regions of a country go with it
    assert [name for name in asked(again)["features"] if "holidays" in name] == ["holidays-US"]


def test_what_cannot_apply_is_not_shown(open_app: Open) -> None:
    app = upload(open_app(), files.german())
    app.multiselect(key=keyed(app, "set_calendar")).set_value(["day-of-week"]).run()
    assert not [one for one in app.multiselect if one.key == "set_covariates"]
    app.segmented_control(key="source").set_value("sample").run()
    app.selectbox(key="sample").select("sine").run()  # its steps are whole numbers
    assert not app.exception
    shown = {str(one.key).partition("-")[0] for one in (*app.multiselect, *app.selectbox)}
    assert not shown & {"set_calendar", "set_countries", "set_covariates"}
    assert "set_indicators" in shown
    assert asked(app)["features"] == []


def test_only_cycles_that_the_frequency_has_are_offered(open_app: Open) -> None:
    app = open_app()
    app.selectbox(key="sample").select("co2").run()
    assert len(app.multiselect(key=keyed(app, "set_calendar")).options) == len(features.suitable("W-SAT"))


def test_each_country_that_is_offered_has_holidays(open_app: Open) -> None:
    from pages.shared.services.methods import COMMON, countries

    open_app()
    codes = list(countries("en"))
    assert codes[: len(COMMON)] == list(COMMON)
    features.check_names([features.HOLIDAYS + code for code in codes])
    assert countries("en")["DE"] == "Germany"
    assert countries("en")["BA"] == "Bosnia and Herzegovina"


def test_all_covariates_are_used_until_some_are_taken_away(open_app: Open) -> None:
    app = with_covariates(open_app())
    assert app.multiselect(key=keyed(app, "set_covariates")).value == ["temperature", "price"]
    assert "Known ahead: temperature" in words(app)
    assert asked(app)["covariates"] is None
    app.multiselect(key=keyed(app, "set_covariates")).set_value(["temperature"]).run()
    assert asked(app)["covariates"] == ["temperature"]
    app.multiselect(key=keyed(app, "set_covariates")).set_value([]).run()
    assert asked(app)["covariates"] == []
    app.button(key=keyed(app, "reset")).click().run()
    assert app.multiselect(key=keyed(app, "set_covariates")).value == ["temperature", "price"]


def test_a_lookback_is_offered_or_typed(open_app: Open) -> None:
    app = upload(open_app(), files.german())
    app.multiselect(key=keyed(app, "set_lookbacks")).set_value(["33", "9"]).run()
    assert not app.error
    assert asked(app)["lookbacks"] == [9, 33]
    app.multiselect(key=keyed(app, "set_lookbacks")).set_value(["33", "many"]).run()
    assert "Lookbacks is 'many'" in app.error[0].value.replace("\\", "")
    assert app.button(key=keyed(app, "train")).disabled


def test_a_number_out_of_range_stops_train_and_says_so_at_its_field(open_app: Open) -> None:
    app = open_app()
    for name, label, wrong in (
        ("horizon", "Horizon", 0),
        ("window", "Window", 20_001),
        ("num_layers", "Layers", 9),
        ("hidden_size", "Hidden size", -4),
        ("folds", "Folds", 51),
        ("dropout", "Dropout", 0.95),
        ("learning_rate", "Learning rate", 0.0),
    ):
        good = app.number_input(key=keyed(app, f"set_{name}")).value
        app.number_input(key=keyed(app, f"set_{name}")).set_value(wrong).run()
        (said,) = app.error
        assert f"{label} is {wrong}; it must be" in said.value.replace("\\", "")
        assert app.button(key=keyed(app, "train")).disabled
        assert f"Correct this first: {label}" in words(app)
        app.number_input(key=keyed(app, f"set_{name}")).set_value(good).run()
        assert not app.error
        assert not app.button(key=keyed(app, "train")).disabled
    app.number_input(key=keyed(app, "set_horizon")).set_value(-1).run()
    assert open_app(**address(app)).number_input(key="set_horizon").value == -1  # neither lost nor replaced
    assert "必须是" in open_app(**address(app), language="zh").error[0].value


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_setting_has_a_name_and_a_value_in_words(open_app: Open, language: str) -> None:
    from forecasting.config import ForecastConfig
    from pages.shared import setting_words

    open_app(language=language)
    for name in ForecastConfig().to_dict():
        assert setting_words.setting_label(name) != name
    assert setting_words.setting_value("features", []) == "—"
    for name in (*features.CALENDAR, *features.INDICATORS, "holidays-DE"):
        assert setting_words.feature_name(name) != name


def test_what_was_set_and_pressed_for_the_data_before_is_not_taken_for_the_new_ones(open_app: Open) -> None:
    """The browser sends it with the choice of other data where it was pressed before those were drawn."""
    app = open_app()
    usual = {name: app.number_input(key=f"set_{name}").value for name in ("horizon", "window")}
    app.selectbox(key="sample").select_index(1).run()
    suggested = {name: app.number_input(key=keyed(app, f"set_{name}")).value for name in usual}
    assert suggested != usual
    again = open_app()
    again.number_input(key="set_horizon").set_value(3)
    again.button(key="train").click()
    again.selectbox(key="sample").select_index(1).run()
    assert {name: again.number_input(key=keyed(again, f"set_{name}")).value for name in usual} == suggested
    assert "run" not in address(again)
    again.selectbox(key="sample").select_index(0).run()  # and for the data that it was set for it is kept
    assert again.number_input(key=keyed(again, "set_horizon")).value == 3
