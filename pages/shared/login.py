"""Who is logged in, where the host has configured a login: then the workspace is the user's and not the address's."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

import streamlit as st

from forecasting.errors import ConfigError
from forecasting.runs import Workspace
from pages.shared.i18n import t

_CLAIMS = ("sub", "oid", "email")  # what names a user for good, the best first
_SHARED = ("redirect_uri", "cookie_secret", "expose_tokens", "client_id", "client_secret", "server_metadata_url")


def required() -> bool:
    """Whether this server has a login: the section [auth] of Streamlit's secrets."""
    return "is_logged_in" in st.user


def logged_in() -> bool:
    """Whether the page may be shown: there is no login here, or the user has passed it."""
    return not required() or bool(st.user.is_logged_in)


def workspace() -> Workspace | None:
    """The logged-in user's workspace; None where there is no login.

    Its token follows from who the user is and from a secret of the server, so that nobody else can name it. It is never
    put into an address.
    """
    if not required():
        return None
    claims = st.user.to_dict()
    name = next((f"{claim}:{claims[claim]}" for claim in _CLAIMS if claims.get(claim)), None)
    if name is None:
        raise ConfigError(t("login.nameless"), field="auth")
    who = f"{claims.get('iss', '')}|{name}"
    digest = hmac.new(_secret().encode(), who.encode(), hashlib.sha256).digest()
    return Workspace(base64.urlsafe_b64encode(digest[:16]).decode().rstrip("="))


def ask() -> None:
    """The page of somebody who is not logged in yet."""
    st.title(t("login.title"), anchor=False)
    st.markdown(t("login.lead"))
    named = [name for name in st.secrets["auth"] if name not in _SHARED and hasattr(st.secrets["auth"][name], "keys")]
    for name in named or ["default"]:
        label = t("login.button") if name == "default" else t("login.with", name=name)
        if st.button(label, key=f"login_{name}", type="primary", icon=":material/login:"):
            st.login(None if name == "default" else name)


def foot() -> None:
    """Who is logged in, and the way out."""
    if required() and logged_in():
        st.caption(t("login.as", name=st.user.get("name") or st.user.get("email") or "·"))
        if st.button(t("login.out"), key="logout", type="tertiary", icon=":material/logout:"):
            st.logout()


def _secret() -> str:
    """TIDECAST_LOGIN_KEY where it is set, so that workspaces outlive a change of the cookies' secret."""
    return os.environ.get("TIDECAST_LOGIN_KEY", "").strip() or str(st.secrets["auth"]["cookie_secret"])
