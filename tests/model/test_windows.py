import numpy as np
import pytest

from forecasting.model import windows


@pytest.mark.parametrize(
    ("length", "horizon", "folds"), [(100, 14, 3), (500, 7, 3), (60, 5, 1), (1000, 48, 5), (41, 10, 4)]
)
def test_folds_share_the_origins_evenly_and_every_origin_belongs_to_one(length, horizon, folds):
    plan = windows.plan_folds(length, horizon, folds)
    origins = []
    for fold in plan:
        last = min(length - fold.test_end - 1, length - horizon)
        origins.append(list(range(length - fold.test_start, last + 1)))
    assert len(plan) == folds
    assert [seen for fold in origins for seen in fold] == list(range(origins[0][0], length - horizon + 1))
    counts = [len(fold) for fold in origins]
    assert max(counts) - min(counts) <= 1
    assert min(counts) >= 1


def test_flatten_leads_every_series_with_its_first_value():
    flat = windows.flatten([np.array([1.0, 2.0]), np.array([5.0, 6.0, 7.0])], pad=2)
    assert flat.z.tolist() == [1, 1, 1, 2, 5, 5, 5, 6, 7]
    assert flat.start.tolist() == [2, 6]
