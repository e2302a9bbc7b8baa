"""Samples: each is a usable Panel, and the formulas are what they say."""

import numpy as np
import pytest

from forecasting.errors import DataError
from forecasting.intake import load_sample, sample_names
from forecasting.intake.samples import about_sample


@pytest.mark.parametrize("name", sample_names())
def test_sample_is_a_panel_with_label_source_and_licence(name: str) -> None:
    panel = load_sample(name)
    about = about_sample(name)
    assert panel.name == about.label
    assert about.source
    assert about.licence
    assert panel.lengths.sum() >= 100


@pytest.mark.slow
def test_first_sample_is_real_and_seasonal() -> None:
    assert about_sample(sample_names()[0]).source.startswith("bundled")
    assert load_sample(sample_names()[0]).seasons


def test_sine_is_a_thousand_points_of_sin_from_0_to_50() -> None:
    y = load_sample("sine").frame["y"].to_numpy()
    assert len(y) == 1000
    assert y[-1] == pytest.approx(np.sin(50.0))
    assert y[1] == pytest.approx(np.sin(50.0 / 999))


def test_a_sample_that_somebody_changed_is_whole_for_the_next() -> None:
    first = load_sample("sine")
    first.frame.loc[:, "y"] = 0.0
    assert load_sample("sine").frame["y"].std() > 0


def test_unknown_sample_names_those_there_are() -> None:
    with pytest.raises(DataError, match="random-walk"):
        load_sample("nothing")
