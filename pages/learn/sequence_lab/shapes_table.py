"""The shapes of a recurrent layer's tensors as a table that follows its sizes."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from forecasting.errors import ConfigError
from forecasting.labs.sequences import LayerShape, tensor_shapes
from pages.shared import components
from pages.shared.fields import Fields
from pages.shared.i18n import t
from pages.shared.widget_values import now

SIZES = ("batch", "length", "inputs", "hidden_size", "num_layers")
_AXES = {  # as torch's documentation names them, without and with batch_first
    "input": ("L, N, I", "N, L, I"),
    "output": ("L, N, D·H", "N, L, D·H"),
    "h_n": ("D·S, N, H", "D·S, N, H"),
    "c_n": ("D·S, N, H", "D·S, N, H"),
}


@st.fragment
def shapes_table(cell: str, length: int, inputs: int, hidden_size: int) -> None:
    """Number fields that begin with the sizes of the cell shown, and the table."""
    start = {"length": length, "inputs": inputs, "hidden_size": hidden_size}
    fields, sizes = Fields(LayerShape), dict[str, Any]()
    with st.container(horizontal=True, vertical_alignment="bottom", key="shapes_sizes"):
        for name in SIZES:
            key = f"shapes_{name}"
            value = now(key, int(start.get(name, LayerShape().to_dict()[name])))
            sizes[name] = fields.whole(name, t(f"shapes.{name}"), value=value, key=key, width=130)
        key = "shapes_bidirectional"
        sizes["bidirectional"] = st.toggle(t("shapes.bidirectional"), now(key, False), key=key)
    fields.say()
    try:
        layers = [LayerShape(cell=cell, batch_first=first, **sizes) for first in (False, True)]
    except ConfigError:
        return  # said above
    last, first = (tensor_shapes(layer) for layer in layers)
    rows = [
        {
            t("shapes.tensor"): name,
            "batch_first=False": f"({_AXES[name][0]}) = {last[name]}",
            "batch_first=True": f"({_AXES[name][1]}) = {first[name]}",
        }
        for name in last
    ]
    components.table(pd.DataFrame(rows), "shapes_table")
    st.caption(t("shapes.caption"))
