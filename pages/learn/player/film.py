"""The scene that the player is given: what stands still while a network trains, with all words and colours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecasting import charts
from forecasting.labs import sequences
from forecasting.labs.text import PairConfig, TextConfig, pair_scene, text_scene
from pages.shared.i18n import chart_words, t

TEXTS = ("answer", "sample")  # panels of text
ACROSS = {
    "predicted": "x",
    "rollout": "x",
    "learns": "x",
    "path": "steps",
    "output": "time_step",
    "attention": "time_step",
}
COLUMNS = {1: (4, 2), 2: (4, 2, 6), 3: (4, 2, 3, 3)}  # of six, by how many panels there are beside the loss
OWN_COLUMNS = {"sine": (4, 2, 4, 2), "pair": (4, 2, 6)}


def scene(kind: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """Of a run of this kind with these settings: the main panel, the loss, then the others."""
    still, words = _still(kind, config), chart_words()
    main, *others = [_panel(panel, words) for panel in still["panels"]]
    for panel in others:
        panel.setdefault("xTitle", main.get("xTitle", ""))
    what = t("player.panel.bits" if kind in ("pair", "text") else "player.panel.loss")
    loss = {"name": "loss", "kind": "loss", "title": what, "xTitle": words[still["unit"]], "alt": _alt(what)}
    panels = [main, loss, *others]
    spans = OWN_COLUMNS.get(kind, COLUMNS[len(panels) - 1])
    for panel, span in zip(panels, spans, strict=False):
        panel["span"] = span
    return {
        "total": still["total"],
        "tracks": charts.film_tracks(still["tracks"], words),
        "lines": charts.film_given(words),
        "panels": panels,
        "words": _words(still["unit"]),
    }


def _still(kind: str, config: Mapping[str, Any]) -> dict[str, Any]:
    if kind == "pair":
        return pair_scene(PairConfig.from_dict(config))
    if kind == "text":
        return text_scene(TextConfig.from_dict(config))
    return sequences.scene(sequences.SYSTEMS[kind].config.from_dict(config))


def _panel(panel: Mapping[str, Any], words: charts.Words) -> dict[str, Any]:
    name = panel["name"]
    title = t(f"player.panel.{name}")
    drawn: dict[str, Any] = {**panel, "title": title, "alt": _alt(title)}
    drawn["kind"] = "text" if name in TEXTS else {"sure": "map", "states": "states"}.get(name, "lines")
    if name in TEXTS:
        drawn["before"] = "…"
    if name in ACROSS:
        drawn["xTitle"] = words[ACROSS[name]]
    return drawn


def _alt(title: str) -> str:
    return t("player.alt", title=title)


def _words(unit: str) -> dict[str, str]:
    """With blanks in braces, which the player fills in."""
    names = ("title", "play", "pause", "back", "forward", "slider", "speed", "live", "waiting", "outside")
    blanks = {name: "{" + name + "}" for name in ("at", "total", "loss")}
    return {
        **{name: t(f"player.{name}") for name in names},
        "at": t(f"player.at.{unit}", at=blanks["at"], total=blanks["total"]),
        "loss": t("player.loss", loss=blanks["loss"]),
    }
