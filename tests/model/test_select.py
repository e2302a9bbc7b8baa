"""The share of the networks beside the linear path, by held-out errors."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.model.held_out import Offsets
from forecasting.model.origins import Span
from forecasting.model.select import SHARES, network_share
from forecasting.panel import Values


def offsets(network: Values, truth: Values) -> Offsets:
    """At origins where the linear path says nothing happens."""
    nothing = np.zeros_like(truth)
    origins = Span(np.array([10]), np.array([9 + len(truth)])).origins(truth.shape[1])
    return Offsets(
        origins=origins, truth=truth, anchor=nothing, path=nothing, network=network, spread=np.ones_like(truth)
    )


@pytest.fixture
def truth() -> Values:
    return np.random.default_rng(0).normal(size=(120, 3))


def test_a_network_that_foresees_the_truth_is_kept_whole(truth: Values) -> None:
    assert network_share(offsets(truth, truth)) == 1


def test_a_network_that_says_the_opposite_is_switched_off(truth: Values) -> None:
    assert network_share(offsets(-truth, truth)) == 0


def test_a_network_that_goes_twice_too_far_is_kept_by_half(truth: Values) -> None:
    assert network_share(offsets(2 * truth, truth)) == 0.5


def test_of_shares_that_do_equally_well_the_largest_is_kept(truth: Values) -> None:
    assert network_share(offsets(np.zeros_like(truth), truth)) == max(SHARES)
