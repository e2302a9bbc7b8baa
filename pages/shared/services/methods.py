"""What the pages ask of methods and their inputs."""

from __future__ import annotations

import functools
import json

import streamlit as st

from forecasting.config import ForecastConfig
from forecasting.features import parts_of_countries
from forecasting.runs import Run, Workspace, identity
from pages.shared.i18n import t
from pages.shared.services.data import dataset
from pages.shared.services.runs import poll

COMMON = (  # countries that are offered first
    *("US", "CN", "GB", "DE", "FR", "IT", "ES", "NL", "CH", "AT", "BE", "PL", "SE", "NO", "DK", "FI"),
    *("CA", "AU", "NZ", "JP", "KR", "IN", "SG", "HK", "TW", "BR", "MX", "ZA"),
)


def run_of(workspace: Workspace, dataset_id: str, config: ForecastConfig) -> Run | None:
    """The run that `submit` would link, if the workspace has it: the same question has one id."""
    panel_id = dataset(workspace, dataset_id).panel_id
    return poll(workspace, _run_id(panel_id, json.dumps(config.to_dict(), sort_keys=True)))


@st.cache_data(ttl=60, max_entries=256, show_spinner=False)
def _run_id(panel_id: str | None, config: str) -> str:
    return identity.run_id("forecast", panel_id, json.loads(config))


@functools.lru_cache(8)  # not Streamlit's: each look would take a millisecond, and a page looks five hundred times
def countries(language: str) -> dict[str, str]:
    """ISO 3166 code -> name of each country whose holidays are known: the common ones first, in the session's
    `language`; then the others as their library names them, in alphabetical order."""
    from holidays import registry

    written = {"and": "and", "of": "of", "the": "the", "dr": "DR", "us": "US"}
    common = {code: t(f"country.{code}") for code in COMMON}
    rest = {
        entry[1]: " ".join(written.get(word, word.capitalize()) for word in module.split("_"))
        for module, entry in registry.COUNTRIES.items()
        if entry[1] not in common
    }
    return common | dict(sorted(rest.items(), key=lambda item: item[1]))


@functools.lru_cache(256)
def parts_of(country: str) -> dict[str, str]:
    """Code (DE-BY) -> name of each part of a country that has holidays of its own, in alphabetical order."""
    import holidays

    codes = parts_of_countries().get(country, [])
    if not codes:
        return {}
    names = holidays.country_holidays(country).get_subdivision_aliases()
    parts = {f"{country}-{code}": max(names.get(code) or [code], key=len) for code in codes}
    return dict(sorted(parts.items(), key=lambda item: item[1]))
