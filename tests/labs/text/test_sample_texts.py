"""The sample texts."""

from __future__ import annotations

import pytest

from forecasting.errors import DataError
from forecasting.labs.text import MOST_BYTES, sample_text


def test_the_samples_are_what_python_carries() -> None:
    from pydoc_data.topics import topics

    assert sample_text().startswith(topics[min(topics)][:500])
    assert 100_000 < len(sample_text("help-topics-all")) <= MOST_BYTES
    with pytest.raises(DataError, match="help-topics"):
        sample_text("novel")
