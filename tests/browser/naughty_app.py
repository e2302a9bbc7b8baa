"""Every naughty string where pages show text from files: Markdown, a callout, a label, a figure."""

import plotly.graph_objects as go
import streamlit as st

from forecasting import charts
from pages.shared import components
from pages.shared.formats import plain, plain_option
from tests.naughty import naughty

strings = [text for text in naughty() if plain(text)]  # blank ones have nothing to show
for number, text in enumerate(strings):
    with st.container(key=f"said_{number}"):
        st.markdown(f"**{plain(text, 5_000)}**")
st.error(plain(" ".join(strings[:40]), 5_000))
st.selectbox("Series", range(len(strings)), format_func=lambda i: plain_option(strings[i]), key="series")
figure = go.Figure()
for number, text in enumerate(strings):
    figure.add_scatter(x=[number], y=[number], name=charts.escape(text), mode="markers", text=[charts.escape(text)])
figure.update_layout(height=9_000, yaxis_title=charts.escape(strings[0]))
components.chart(figure, "chart_naughty", charts.escape(strings[0]))
st.caption("The end")
