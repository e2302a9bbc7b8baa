"""Sample texts from the installed Python. Nothing is copied into the project."""

from __future__ import annotations

from forecasting.errors import DataError
from forecasting.messages import Message

SAMPLES = {"help-topics": 100_000, "help-topics-all": 1_000_000}  # name: characters at most


def sample_text(name: str = "help-topics") -> str:
    """English: the help topics of the installed Python (`help("topics")`), the first 100,000 characters or all."""
    if name not in SAMPLES:
        raise DataError(Message("labs.no-sample", name=repr(name), samples=tuple(SAMPLES)), field="name")
    from pydoc_data.topics import topics

    return "\n".join(topics[topic] for topic in sorted(topics))[: SAMPLES[name]]
