"""What pages that forecast begin with: the data, or what stands in their place."""

from __future__ import annotations

from streamlit.delta_generator import DeltaGenerator

from pages.shared.i18n import t
from pages.shared.reading.data import data_section
from pages.shared.reading.how_read import how_read
from pages.shared.reading.question import stopped
from pages.shared.state import Session


def ready(session: Session, head: DeltaGenerator) -> str | None:
    """Draw where data come from; the dataset that can be used, or None where a question or its absence is drawn."""
    dataset, problem = data_section()
    if problem is not None:
        stopped(session, problem)
    elif dataset is None:
        head.info(t("read.nothing"))
    else:
        return dataset
    how_read(session, None)
    return None
