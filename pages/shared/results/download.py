"""A button that downloads a file of the run that is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from forecasting.export import file_stem
from pages.shared import services
from pages.shared.i18n import later
from pages.shared.results.shown import Shown


def download(label: str, data: bytes | Callable[[], bytes], name: str, mime: str, key: str, **more: Any) -> None:
    """`data`: bytes, or what makes them when the button is pressed, in a thread of its own."""
    st.download_button(
        label,
        later(data) if callable(data) else data,
        file_name=name,
        mime=mime,
        key=key,
        **{"icon": ":material/download:", "width": "stretch", "on_click": "ignore", **more},
    )


def stem(shown: Shown) -> str:
    """How the files of a run begin."""
    return file_stem(services.dataset(shown.access, shown.dataset).name)
