"""Generated series: the same for the same seed, finite, and what they are said to be."""

import numpy as np
import pytest

from pretraining import components, generator


def blocks(count=8, size=128, seed=3):
    return [generator.block(seed, number, size) for number in range(count)]


def test_a_block_depends_on_seed_and_number_alone():
    first = generator.block(5, 12, 64)
    generator.block(5, 11, 64)
    again = generator.block(5, 12, 64)
    other = generator.block(6, 12, 64)
    for name in ("values", "known", "season", "longer"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    assert first.values.shape != other.values.shape or not np.array_equal(first.values, other.values)


def test_blocks_have_every_context_and_each_series_a_known_value_in_it():
    made = blocks(40, 16)
    assert {block.context for block in made} == set(generator.CONTEXTS)
    for block in made:
        assert block.values.shape == (16, block.context + generator.HORIZON)
        assert np.isfinite(block.values).all()
        assert block.known[:, : block.context].any(axis=1).all()
        assert (block.season >= 1).all()
        assert (block.longer >= block.season).all()


def test_a_season_repeats_itself_where_it_neither_grows_nor_changes():
    period = np.full(200, 12)
    made = components.season(np.random.default_rng(0), period, 144)
    moved = np.abs(made[:, 12:] - made[:, :-12]).max(axis=1)
    made = made[made.std(axis=1) > 0]
    assert (moved < 1e-3).mean() > 0.3
    np.testing.assert_allclose(made.std(axis=1), 1, rtol=1e-3)


def test_autoregressions_are_stationary_and_walks_are_not():
    rng = np.random.default_rng(1)
    still, walks = components.autoregression(rng, 300, 400), components.walk(rng, 300, 400)

    def drift(series):  # how far the halves of a series are apart, in its deviations
        return np.median(np.abs(series[:, :200].mean(axis=1) - series[:, 200:].mean(axis=1)))

    assert drift(still) < 0.4 < drift(walks)


def test_gaussian_processes_of_long_lengths_are_smooth():
    made = components.gaussian_process(np.random.default_rng(2), np.ones(200, dtype=np.int64), 256)
    roughness = np.abs(np.diff(made, axis=1)).mean(axis=1)
    assert np.quantile(roughness, 0.1) < 0.1
    np.testing.assert_allclose(made.mean(axis=1), 0, atol=1e-4)


@pytest.mark.parametrize("part", [components.trend, components.walk, components.wandering_slope])
def test_components_have_unit_deviation(part):
    made = part(np.random.default_rng(4), 100, 96)
    np.testing.assert_allclose(made.std(axis=1), 1, rtol=1e-2)
