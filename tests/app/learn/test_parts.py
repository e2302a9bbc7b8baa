"""What the pages of the labs share: findings and the warning of networks that diverged."""

from __future__ import annotations

from types import ModuleType

import pytest
from streamlit.testing.v1 import AppTest

from pages.learn.sequence_lab import cosine_tab, marker_tab, rollout_tab


def _warnings() -> None:
    from pages.learn import parts

    parts.diverged({"First": {"step": 1234, "learning_rate": 0.01}, "Second": None}, "sine")
    parts.diverged({"Third": {"step": None, "learning_rate": 0.002}}, "sine")
    parts.diverged({"Fourth": True, "Fifth": False}, "pair")  # as results of earlier versions have it
    parts.diverged({"Sixth": None}, "text")


@pytest.mark.slow
def test_each_network_that_diverged_is_named_with_its_step_and_a_rate_to_try() -> None:
    first, second, third = (warning.value for warning in AppTest.from_function(_warnings).run().warning)
    assert first.startswith("**First** diverged at step 1,234. ")
    assert "Try a learning rate of 0.01." in first
    assert "Second" not in first
    assert second.startswith("**Third** diverged: its weights")
    assert "0.002" in second
    assert third.startswith("**Fourth** diverged: its weights")
    assert "Fifth" not in third


@pytest.mark.parametrize(("tab", "networks"), [(cosine_tab, "ways"), (rollout_tab, "methods"), (marker_tab, "readers")])
def test_there_are_no_findings_where_a_network_diverged(tab: ModuleType, networks: str) -> None:
    result = {networks: {"one": {"diverged": None}, "other": {"diverged": {"step": 3, "learning_rate": 0.01}}}}
    assert tab._findings(result) == []
