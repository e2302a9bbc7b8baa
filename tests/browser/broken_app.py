"""An app whose page breaks, and whose fragment does, with Tidecast's own answer to it."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app import broken

app = st.App(__file__, on_script_error=broken)


@st.fragment
def part() -> None:
    if st.button("break a part", key="part"):
        raise ValueError("a secret of a part")


if get_script_run_ctx(suppress_warning=True) is not None:
    part()
    if st.button("break the page", key="whole"):
        raise ValueError("a secret of the page")
