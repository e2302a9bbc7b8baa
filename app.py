"""Tidecast: the router. `streamlit run app.py` serves `app`; every session runs the part below it."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.shared.server import MIDDLEWARE, ROUTES, lifespan

app = st.App(__file__, middleware=MIDDLEWARE, routes=ROUTES, lifespan=lifespan)

if get_script_run_ctx() is not None:  # the server, which looks for `app`, needs none of what a session does
    from pages.shared.i18n import t
    from pages.shared.navigation import navigate, routed

    page = navigate()
    st.set_page_config(page_title=f"{page.title} · {t('app.name')}", page_icon="🌊", layout="wide")
    with routed() as open_:
        if open_:
            page.run()
