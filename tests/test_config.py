"""ForecastConfig: frozen, validated, strict."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting.config import (
    ANCHORS,
    CALENDAR,
    CELLS,
    INDICATORS,
    LOSSES,
    METHODS,
    SCHEDULES,
    TEXTBOOK,
    ForecastConfig,
)
from forecasting.errors import ConfigError


def test_defaults_are_pinned() -> None:
    assert ForecastConfig().to_dict() == {
        "horizon": 14,
        "window": 60,
        "method": "recurrent",
        "cell": "lstm",
        "hidden_size": 64,
        "num_layers": 1,
        "dropout": 0.0,
        "learning_rate": 5e-3,
        "schedule": "one-cycle",
        "epochs": 8,
        "batch_size": 8,
        "members": 1,
        "lookbacks": [],
        "anchor": "auto",
        "loss": "mae",
        "seed": 0,
        "levels": [50, 80, 95],
        "features": [],
        "covariates": None,
        "folds": 3,
    }


def test_a_floor_and_a_cap_are_named_only_where_they_are_set() -> None:
    assert {"floor", "cap", "support"}.isdisjoint(ForecastConfig().to_dict())
    assert ForecastConfig(support="free").to_dict()["support"] == "free"
    limited = ForecastConfig(floor=0, cap=100.0)
    assert ForecastConfig.from_dict(limited.to_dict()) == limited
    for wrong in ({"floor": 5, "cap": 5}, {"floor": float("nan")}, {"cap": "high"}, {"floor": True}):
        with pytest.raises(ConfigError):
            ForecastConfig(**wrong)  # type: ignore[arg-type]


def test_the_textbook_is_a_config_and_names_only_settings() -> None:
    config = ForecastConfig(horizon=9, seed=4).replace(**TEXTBOOK)
    assert (config.num_layers, config.hidden_size, config.window, config.schedule) == (2, 64, 60, "plateau")
    assert (config.anchor, config.horizon, config.seed) == ("constant", 9, 4)


def test_a_config_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        ForecastConfig().horizon = 3  # type: ignore[misc]  # what the test is about


def test_a_config_takes_keywords_only() -> None:
    with pytest.raises(TypeError):
        ForecastConfig(14)  # type: ignore[misc]  # what the test is about


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("horizon", 0),
        ("horizon", 10_001),
        ("horizon", 1.5),
        ("horizon", True),
        ("horizon", "14"),
        ("window", 0),
        ("window", None),
        ("method", "magic"),
        ("cell", "LSTM"),
        ("cell", ["lstm"]),
        ("hidden_size", 0),
        ("num_layers", 9),
        ("dropout", 0.91),
        ("dropout", float("nan")),
        ("learning_rate", 0.0),
        ("learning_rate", float("inf")),
        ("schedule", "step"),
        ("epochs", -1),
        ("batch_size", 0),
        ("members", 21),
        ("loss", "rmse"),
        ("seed", -1),
        ("levels", ()),
        ("levels", 80),
        ("levels", (100,)),
        ("levels", (79.5,)),
        ("levels", "80"),
        ("features", "month"),
        ("features", ("phase of the moon",)),
        ("features", ("holidays-us",)),
        ("covariates", "price"),
        ("lookbacks", (0,)),
        ("lookbacks", (1, 2, 3, 4, 5)),
        ("lookbacks", 30),
        ("anchor", "zero"),
        ("folds", 0),
    ],
)
def test_a_wrong_value_names_its_field_and_itself(field: str, value: Any) -> None:
    with pytest.raises(ConfigError) as caught:
        ForecastConfig(**{field: value})
    assert caught.value.field == field
    assert field in caught.value.message


def test_an_unknown_setting_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"no setting called 'horizn'.*horizon") as caught:
        ForecastConfig.from_dict({"horizn": 3})
    assert caught.value.field == "horizn"


def test_levels_are_sorted_and_each_once() -> None:
    assert ForecastConfig(levels=(95, 50, 95)).levels == (50, 95)


def test_replace_validates_again() -> None:
    config = ForecastConfig(horizon=7)
    assert config.replace(window=30) == ForecastConfig(horizon=7, window=30)
    with pytest.raises(ConfigError):
        config.replace(window=0)


@pytest.mark.slow
@given(
    st.builds(
        ForecastConfig,
        horizon=st.integers(1, 10_000),
        window=st.integers(1, 20_000),
        method=st.sampled_from(METHODS),
        cell=st.sampled_from(CELLS),
        schedule=st.sampled_from(SCHEDULES),
        loss=st.sampled_from(LOSSES),
        dropout=st.floats(0, 0.9),
        learning_rate=st.floats(1e-6, 1),
        levels=st.lists(st.integers(1, 99), min_size=1),
        lookbacks=st.lists(st.integers(1, 20_000), max_size=4),
        anchor=st.sampled_from(ANCHORS),
        features=st.lists(st.sampled_from((*CALENDAR, *INDICATORS, "holidays-US"))),
        covariates=st.none() | st.lists(st.text()),
    )
)
def test_any_config_survives_json(config: ForecastConfig) -> None:
    assert ForecastConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
