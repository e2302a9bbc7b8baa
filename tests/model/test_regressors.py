"""The order of regressors is the same for arrays and for tensors."""

from __future__ import annotations

import dataclasses

import numpy as np
import torch

from forecasting.model import material, regressors, windows
from forecasting.model.linear import Linear
from forecasting.model.windows import Extra


def test_lags_past_inputs_inputs_known_ahead_and_the_last_value_stand_in_this_order() -> None:
    random = np.random.default_rng(0)
    z, past, known = random.normal(size=30), random.normal(size=(30, 1)), random.normal(size=(32, 2))
    flat = windows.flatten([z], 5, Extra([past], [known]), ahead=2)
    flat = dataclasses.replace(flat, constant=True)
    lags = np.array([-3, 0])
    origin = flat.start + 19
    expected = [
        z[16] - z[19],
        0.0,
        *past[20 - flat.memory : 20].ravel(),
        *known[20 - flat.memory : 20].ravel(),
        *known[20:22].ravel(),
        z[19],
    ]
    read = regressors.regressors(flat, origin, lags)
    assert read[0].tolist() == expected
    assert read.shape[1] == len(lags) + regressors.beside_lags(flat)
    assert read[0, regressors.LAST_VALUE] == z[19]

    nothing = np.zeros((2, read.shape[1]))
    tensors = material.material(flat, (), Linear(nothing, nothing, lags, 0.1), np.ones(2), 4, "lstm")
    steps, back = torch.arange(1, 3), torch.arange(1 - flat.memory, 1)
    groups = regressors.gather(tensors, torch.from_numpy(origin)[None], tensors.lags, back, steps)
    np.testing.assert_allclose(torch.cat(groups, -1)[0].numpy(), read, rtol=1e-6)


def test_targets_are_offsets_from_the_last_value() -> None:
    flat = windows.flatten([np.array([1.0, 2, 4, 8, 16])], 2)
    assert regressors.targets(flat, flat.start + np.array([0, 2]), 2).tolist() == [[1, 3], [4, 12]]
