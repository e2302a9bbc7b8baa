"""The steps of the guided path: where each leads, with which settings, and what is asked before."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any


@dataclasses.dataclass(frozen=True)
class Step:
    """`name` begins the keys of its words. `page`: its file; `kind`: the lab whose sliders get `values`; `right`: which
    of the answers a, b and c is. tests/labs/test_path.py asks the networks themselves."""

    name: str
    page: str
    kind: str
    right: str
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)


ANSWERS = ("a", "b", "c")

STEPS = (
    Step("next", "pages/learn/sine_wave/page.py", "sine", "a"),
    Step("noise", "pages/learn/sine_wave/page.py", "sine", "b", {"noise": 0.2}),
    Step("cosine", "pages/learn/sequence_lab/page.py", "cosine", "a"),
    Step("modules", "pages/learn/sequence_lab/page.py", "cells", "c"),
    Step("hello", "pages/learn/text_lab/page.py", "pair", "b"),
    Step("text", "pages/learn/text_lab/page.py", "text", "b"),
    Step("prices", "pages/forecast/page.py", "forecast", "c", {"sample": "random-walk"}),
    Step("attention", "pages/learn/sequence_lab/page.py", "marker", "b"),
    Step("lessons", "pages/learn/lessons/page.py", "scaling", "b"),
)
