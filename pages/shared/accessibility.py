"""What the browser reads aloud, where Streamlit's markup does not say it: the language of the page, and sliders by
their name and value, once."""

from __future__ import annotations

import streamlit as st

from pages.shared.i18n import language

# Always the same text, so that the Content-Security-Policy can allow it by its hash. Streamlit's page is in English
# whatever is on it, and names a slider by its label twice and its value twice, as an attribute and as text. What comes
# later into the page is tended as well; before the next picture, not at each change. The language is set only where it
# is another one: for the same one, too, the browser finds the styles of the whole page anew.
SCRIPT = """
{
  const tend = () => {
    const said = [...document.querySelectorAll("[data-language]")].pop();
    const page = document.documentElement;
    if (said && page.lang !== said.dataset.language) page.lang = said.dataset.language;
    for (const thumb of document.querySelectorAll("input[type=range][aria-label][aria-labelledby]")) {
      thumb.removeAttribute("aria-labelledby");
    }
    for (const value of document.querySelectorAll("[data-testid=stSliderThumbValue]:not([aria-hidden])")) {
      value.setAttribute("aria-hidden", "true");
    }
  };
  tend();
  if (!document.body.dataset.tended) {
    document.body.dataset.tended = "";
    let waiting = false;
    const soon = () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => { waiting = false; tend(); });
    };
    new MutationObserver(soon).observe(document.body, { childList: true, subtree: true });
  }
}
"""


def tend() -> None:
    """Tell the browser the language of the page, and have it tend what it reads aloud from now on."""
    body = f'<span hidden data-language="{language()}"></span><script>{SCRIPT}</script>'
    st.html(body, unsafe_allow_javascript=True)  # a constant script; the language is one of ours
