"""What needs the browser itself: text put into the clipboard, a cookie, and a picture of a chart. By one of
the two scripts that the pages may run beside Streamlit's own; the other is in `accessibility`."""

from __future__ import annotations

import html

import streamlit as st

from pages.shared.i18n import t

# Always the same text, so that the Content-Security-Policy can allow it by its hash: what it takes stands beside it.
# A browser that refuses (a page without https, a click too long ago) says so, and the text can be copied by hand.
SCRIPT = """
for (const place of document.querySelectorAll("[data-copied]:not([data-tried])")) {
  place.dataset.tried = "";
  const say = (done) => { place.textContent = done ? place.dataset.copied : place.dataset.refused; };
  if (navigator.clipboard) {
    navigator.clipboard.writeText(place.dataset.text).then(() => say(true), () => say(false));
  } else {
    say(false);
  }
}
for (const place of document.querySelectorAll("[data-cookie]:not([data-tried])")) {
  place.dataset.tried = "";
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = place.dataset.cookie + "; SameSite=Strict" + secure;
}
for (const place of document.querySelectorAll("[data-picture]:not([data-tried])")) {
  place.dataset.tried = "";
  document.querySelector(".st-key-" + place.dataset.picture + " .modebar-btn")?.click();
}
"""


def copy(text: str) -> None:
    """Copy `text` and say below whether that worked; in the run of the script that answers a click, and only there."""
    count = st.session_state["_copies"] = st.session_state.get("_copies", 0) + 1  # another element for each click
    words = {"text": text, "copied": t("copy.done"), "refused": t("copy.refused"), "count": str(count)}
    about = " ".join(f'data-{name}="{html.escape(word, quote=True)}"' for name, word in words.items())
    body = f'<p role="status" style="margin:0;font-size:0.875rem" {about}></p><script>{SCRIPT}</script>'
    st.html(body, unsafe_allow_javascript=True)  # a constant script; the text is escaped, and only ever copied


def save_picture(key: str) -> None:
    """Press the camera over the chart of that key; in the run of the script that answers a click, and only there."""
    count = st.session_state["_pictures"] = st.session_state.get("_pictures", 0) + 1  # another element for each click
    body = f'<span hidden data-picture="{html.escape(key, quote=True)}" data-count="{count}"></span>'
    st.html(body + f"<script>{SCRIPT}</script>", unsafe_allow_javascript=True)  # a constant script, as above


def keep_cookie(name: str, value: str, seconds: float) -> None:
    """Have the browser keep a cookie for this app alone; `name` and `value` are words of letters and digits."""
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    path = f"/{base}" if base else "/"
    cookie = html.escape(f"{name}={value}; path={path}; max-age={seconds:.0f}", quote=True)
    body = f'<span hidden data-cookie="{cookie}"></span><script>{SCRIPT}</script>'
    st.html(body, unsafe_allow_javascript=True)  # a constant script, as above
