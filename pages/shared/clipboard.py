"""Text put into the clipboard of the visitor, by the one script that the pages may run beside Streamlit's own."""

from __future__ import annotations

import html

import streamlit as st

from pages.shared.i18n import t

# Always the same text, so that the Content-Security-Policy can allow it by its hash: what is copied stands beside it.
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
"""


def copy(text: str) -> None:
    """Copy `text` and say below whether that worked; in the run of the script that answers a click, and only there."""
    words = {"text": text, "copied": t("copy.done"), "refused": t("copy.refused")}
    about = " ".join(f'data-{name}="{html.escape(word, quote=True)}"' for name, word in words.items())
    body = f'<p role="status" style="margin:0;font-size:0.875rem" {about}></p><script>{SCRIPT}</script>'
    st.html(body, unsafe_allow_javascript=True)  # a constant script; the text is escaped, and only ever copied
