"""Tidecast: the router. `streamlit run app.py` serves `app`; every session runs the part below it."""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.shared.server import MIDDLEWARE, ROUTES, lifespan

# Until a process has called st.navigation once, Streamlit takes a folder called pages for its older kind of app: the
# first visitor of /sine_wave after a start would read "Page not found".
PagesManager.uses_pages_directory = False


def broken(_problem: Exception) -> bool:
    """Show an error that nothing on a page has caught, in the user's language; Streamlit has logged it."""
    from pages.shared.components import error
    from pages.shared.i18n import t

    error(t("app.broken"))
    return True


app = st.App(__file__, middleware=MIDDLEWARE, routes=ROUTES, lifespan=lifespan, on_script_error=broken)

if get_script_run_ctx(suppress_warning=True) is not None:  # the server, which looks for `app`, needs no page
    from pages.shared.i18n import t
    from pages.shared.navigation import navigate, routed

    page = navigate()
    st.set_page_config(page_title=f"{page.title} · {t('app.name')}", page_icon="🌊", layout="wide")
    with routed() as open_:
        if open_:
            page.run()
