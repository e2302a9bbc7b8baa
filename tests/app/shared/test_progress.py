"""A run under way."""

from __future__ import annotations

from types import SimpleNamespace

from pages.shared import progress


def test_the_live_loss_shows_the_training_of_a_fold_that_goes_on_and_not_both() -> None:
    curve = [["validation", 1, 0.9, 0.8], ["fold 1", 1, 0.5, 0.6], ["fold 1", 2, 0.4, 0.5]]
    assert progress._latest_training(SimpleNamespace(curve=curve)) == [(1, 0.5, 0.6), (2, 0.4, 0.5)]
    again = [*curve, ["fold 1", 1, 0.45, None], ["fold 1", 2, 0.35, None]]
    assert progress._latest_training(SimpleNamespace(curve=again)) == [(1, 0.45, None), (2, 0.35, None)]
    assert progress._latest_training(SimpleNamespace(curve=[])) == []
