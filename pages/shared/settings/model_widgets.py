"""The widgets of the Model section: those in view and those under Advanced."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from forecasting import config as options
from forecasting.config import ForecastConfig
from forecasting.panel import Panel
from pages.shared import choices, state
from pages.shared.fields import Fields
from pages.shared.formats import plain
from pages.shared.i18n import known, t, translated
from pages.shared.setting_words import setting_label, setting_value
from pages.shared.settings import inputs
from pages.shared.widget_values import initial, keyed, show

_NUMBERS = ("horizon", "window", "num_layers", "hidden_size")  # in view
_COUNTS = ("epochs", "batch_size", "members", "folds", "seed")  # under Advanced
_LEVELS = (50, 60, 70, 80, 90, 95, 98, 99)
_MOST_LOOKBACKS = 4


def model_widgets(
    dataset: str, panel: Panel, subject: str, changed: Mapping[str, Any], suggested: ForecastConfig,
    reasons: Mapping[str, str], at_the_head: Callable[[], None],
) -> tuple[dict[str, Any], list[str]]:  # fmt: skip
    """Draw them; all settings as they have them, and the labels of those that cannot be so.

    changed: the settings that differ from the suggested ones; at_the_head: draws what stands first under Advanced.
    """
    values = {"whole": suggested.whole, **suggested.to_dict(), **changed}
    replace = st.session_state.get("_settings_of") != dataset  # other data, or settings from a button
    st.session_state["_settings_of"] = dataset
    help_of = functools.partial(_help, suggested.to_dict(), reasons)
    draw = _Widgets(subject, values, help_of, replace)
    draw.choice("method", options.METHODS)
    draw.choice("cell", options.CELLS)
    _two_in_a_row(draw.fields, [functools.partial(draw.whole, name) for name in _NUMBERS])
    with st.expander(t("model.advanced"), key="advanced"):
        at_the_head()
        _textbook(subject, values)
        dropout = functools.partial(draw.real, "dropout", 0.05)
        _two_in_a_row(draw.fields, [*(functools.partial(draw.whole, name) for name in _COUNTS), dropout])
        draw.real("learning_rate", 1e-3, format="%.4g")
        draw.fields.say()
        draw.choice("schedule", options.SCHEDULES)
        draw.choice("loss", options.LOSSES)
        draw.choice("anchor", options.ANCHORS)
        _lookbacks(draw, panel)
        _range(draw, suggested)
        draw.choice("whole", options.WHOLE)
        own, usable = inputs.input_widgets(panel, subject, values, help_of, replace)
        draw.many("levels", sorted({*_LEVELS, *values["levels"]}), format_func=lambda level: f"{level} %")
    keys = {field.name: keyed(f"set_{field.name}") for field in dataclasses.fields(ForecastConfig)}
    chosen = {**values, **{name: st.session_state[key] for name, key in keys.items() if key in st.session_state}}
    settings = {**chosen, "lookbacks": _windows(chosen["lookbacks"]), **inputs.chosen_inputs(panel, values)}
    return settings | {"events": own}, draw.fields.refused + ([] if usable else [t("model.events")])


def set_settings(subject: str, values: Mapping[str, Any]) -> None:
    """Change settings by a button: the widgets will show them."""
    for name, value in values.items():
        state.current().change(subject, name, value)
    st.session_state.pop("_settings_of", None)


def _help(suggested: Mapping[str, Any], reasons: Mapping[str, str], name: str) -> str:
    """What a setting does, and its default with the reason."""
    paragraphs = [t(f"help.{name}")] if known(f"help.{name}") else []
    if name in reasons:
        default, reason = suggested[name], plain(translated(reasons[name]))
        if default in ([], None):  # the reason says it all
            paragraphs.append(t("model.default.only", reason=reason))
        else:
            paragraphs.append(t("model.default", value=plain(setting_value(name, default)), reason=reason))
    return "\n\n".join(paragraphs)


@dataclasses.dataclass(frozen=True)
class _Widgets:
    """Widgets of single settings: each starts from its value, then keeps its own, and a change is remembered."""

    subject: str
    values: Mapping[str, Any]
    help_of: Callable[[str], str]
    replace: bool  # the widgets show other values than these
    fields: Fields = dataclasses.field(default_factory=lambda: Fields(ForecastConfig))

    def choice(self, name: str, allowed: tuple[str, ...]) -> None:
        choices.select(
            t(f"model.{name}"), allowed, format_func=lambda value: t(f"{name}.{value}"), help=self.help_of(name),
            **self._keyed(name),
            **initial(name, self.values[name], self.replace, index=allowed.index(self.values[name])),
        )  # fmt: skip

    def whole(self, name: str) -> None:
        value = int(self.values[name])
        self.fields.whole(
            name, setting_label(name), help=self.help_of(name), **self._keyed(name),
            **initial(name, value, self.replace, value=value),
        )  # fmt: skip

    def real(self, name: str, step: float, **more: Any) -> None:
        value = float(self.values[name])
        self.fields.real(
            name, setting_label(name), step=step, help=self.help_of(name), **self._keyed(name),
            **initial(name, value, self.replace, value=value), **more,
        )  # fmt: skip

    def many(self, name: str, allowed: list[Any], start: list[Any] | None = None, **more: Any) -> None:
        start = list(self.values[name]) if start is None else start
        chosen = choices.several(
            t(f"model.{name}"), allowed, help=self.help_of(name), **self._keyed(name),
            **initial(name, start, self.replace, default=start), **more,
        )  # fmt: skip
        self.fields.check(name, setting_label(name), _windows(chosen) if name == "lookbacks" else chosen)
        self.fields.say()

    def _keyed(self, name: str) -> dict[str, Any]:
        return {"key": keyed(f"set_{name}"), "on_change": _changed, "args": (self.subject, name)}


def _range(draw: _Widgets, suggested: ForecastConfig) -> None:
    """Whether forecasts keep to what the values keep to. Other limits come from the command line."""
    key = keyed("keep_to_range")
    kept = draw.values.get("support", suggested.support) == options.SUPPORTS[0]
    show(key, kept)
    about = [draw.help_of("support"), draw.help_of("floor") if suggested.floor is not None else ""]
    st.toggle(
        t("model.support"),
        kept,
        key=key,
        help="\n\n".join(part for part in about if part),
        on_change=_set_range,
        args=(draw.subject, key, suggested.floor),
    )


def _set_range(subject: str, key: str, floor: float | None) -> None:
    found, free = options.SUPPORTS
    kept = st.session_state[key]
    state.current().change(subject, "support", found if kept else free)
    state.current().change(subject, "floor", floor if kept else None)


def _two_in_a_row(fields: Fields, drawn: list[Callable[[], None]]) -> None:
    for row in range(0, len(drawn), 2):
        for column, draw in zip(st.columns(2), drawn[row : row + 2], strict=False):
            with column:
                draw()
        fields.say()


def _textbook(subject: str, values: Mapping[str, Any]) -> None:
    """A button for the settings of tutorials; Back to defaults takes them back."""
    st.button(
        t("model.textbook"), key=keyed("textbook"), icon=":material/school:", width="stretch", help=t("help.textbook"),
        disabled=all(values[name] == value for name, value in options.TEXTBOOK.items()),
        on_click=set_settings, args=(subject, options.TEXTBOOK),
    )  # fmt: skip


def _lookbacks(draw: _Widgets, panel: Panel) -> None:
    """Further windows: some that may help are offered, any other can be typed."""
    window = max(1, int(draw.values["window"]))
    start = [str(lookback) for lookback in draw.values["lookbacks"]]
    usual = {max(1, window // 2), 2 * window, *panel.seasons} - {window}
    most = int(panel.lengths.max()) // 3
    offered = [str(lookback) for lookback in sorted(usual) if lookback <= most]
    draw.many(
        "lookbacks", list(dict.fromkeys([*offered, *start, *st.session_state.get(keyed("set_lookbacks"), [])])), start,
        accept_new_options=True, max_selections=_MOST_LOOKBACKS, placeholder=t("model.none"),
    )  # fmt: skip


def _windows(typed: list[Any]) -> list[Any]:
    """The windows that were typed, the shortest first; what is no number stays, to be refused by its name."""
    numbers = {int(text) for text in typed if str(text).strip().isdecimal()}
    return [*(text for text in typed if not str(text).strip().isdecimal()), *sorted(numbers)]


def _changed(subject: str, name: str) -> None:
    value = st.session_state[keyed(f"set_{name}")]
    state.current().change(subject, name, _windows(value) if name == "lookbacks" else value)
