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
from pages.forecast import inputs
from pages.forecast.widget_values import initial
from pages.shared import state
from pages.shared.formats import plain
from pages.shared.i18n import known, t, translated
from pages.shared.setting_words import setting_value

# setting, label, smallest, largest: whole numbers in view, and those under Advanced
_NUMBERS = (
    ("horizon", "model.horizon", 1, 10_000),
    ("window", "model.window", 1, 20_000),
    ("num_layers", "model.layers", 1, 8),
    ("hidden_size", "model.hidden", 1, 2048),
)
_COUNTS = (
    ("epochs", "model.epochs", 0, 10_000),
    ("batch_size", "model.batch_size", 1, 4096),
    ("members", "model.members", 1, 20),
    ("folds", "model.folds", 1, 50),
    ("seed", "model.seed", 0, 2**31 - 1),
)
_LEVELS = (50, 60, 70, 80, 90, 95, 98, 99)
_MOST_LOOKBACKS = 4


def model_widgets(
    dataset: str, panel: Panel, subject: str, changed: Mapping[str, Any], suggested: ForecastConfig,
    reasons: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    """Draw them; all settings as they have them. `changed`: those that differ from the suggested ones."""
    values = {**suggested.to_dict(), **changed}
    replace = st.session_state.get("_settings_of") != dataset  # other data, or settings from a button
    st.session_state["_settings_of"] = dataset
    help_of = functools.partial(_help, suggested.to_dict(), reasons)
    draw = _Widgets(subject, values, help_of, replace)
    draw.choice("method", options.METHODS)
    draw.choice("cell", options.CELLS)
    _two_in_a_row([functools.partial(draw.whole, *number) for number in _NUMBERS])
    with st.expander(t("model.advanced"), key="advanced"):
        _textbook(subject, values)
        dropout = functools.partial(draw.real, "dropout", 0.0, 0.9, 0.05)
        _two_in_a_row([*(functools.partial(draw.whole, *count) for count in _COUNTS), dropout])
        draw.real("learning_rate", 1e-6, 1.0, 1e-3, format="%.4g")
        draw.choice("schedule", options.SCHEDULES)
        draw.choice("loss", options.LOSSES)
        draw.choice("anchor", options.ANCHORS)
        _lookbacks(draw, panel)
        inputs.input_widgets(panel, subject, values, help_of, replace)
        draw.many("levels", sorted({*_LEVELS, *values["levels"]}), format_func=lambda level: f"{level} %")
    names = [field.name for field in dataclasses.fields(ForecastConfig) if f"set_{field.name}" in st.session_state]
    chosen = {**values, **{name: st.session_state[f"set_{name}"] for name in names}}
    return {**chosen, "lookbacks": _windows(chosen["lookbacks"]), **inputs.chosen_inputs(panel, values)}


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

    def choice(self, name: str, choices: tuple[str, ...]) -> None:
        st.selectbox(
            t(f"model.{name}"), choices, format_func=lambda value: t(f"{name}.{value}"), help=self.help_of(name),
            **self._keyed(name),
            **initial(name, self.values[name], self.replace, index=choices.index(self.values[name])),
        )  # fmt: skip

    def whole(self, name: str, label: str, low: int, high: int) -> None:
        value = int(self.values[name])
        st.number_input(
            t(label), min_value=low, max_value=high, step=1, help=self.help_of(name), **self._keyed(name),
            **initial(name, value, self.replace, value=value),
        )  # fmt: skip

    def real(self, name: str, low: float, high: float, step: float, **more: Any) -> None:
        value = float(self.values[name])
        st.number_input(
            t(f"model.{name}"), min_value=low, max_value=high, step=step, help=self.help_of(name),
            **self._keyed(name), **initial(name, value, self.replace, value=value), **more,
        )  # fmt: skip

    def many(self, name: str, choices: list[Any], start: list[Any] | None = None, **more: Any) -> None:
        start = list(self.values[name]) if start is None else start
        st.multiselect(
            t(f"model.{name}"), choices, help=self.help_of(name), **self._keyed(name),
            **initial(name, start, self.replace, default=start), **more,
        )  # fmt: skip

    def _keyed(self, name: str) -> dict[str, Any]:
        return {"key": f"set_{name}", "on_change": _changed, "args": (self.subject, name)}


def _two_in_a_row(drawn: list[Callable[[], None]]) -> None:
    for row in range(0, len(drawn), 2):
        for column, draw in zip(st.columns(2), drawn[row : row + 2], strict=False):
            with column:
                draw()


def _textbook(subject: str, values: Mapping[str, Any]) -> None:
    """A button for the settings of tutorials; Back to defaults takes them back."""
    st.button(
        t("model.textbook"), key="textbook", icon=":material/school:", width="stretch", help=t("help.textbook"),
        disabled=all(values[name] == value for name, value in options.TEXTBOOK.items()),
        on_click=set_settings, args=(subject, options.TEXTBOOK),
    )  # fmt: skip


def _lookbacks(draw: _Widgets, panel: Panel) -> None:
    """Further windows: some that may help are offered, any other can be typed."""
    window = int(draw.values["window"])
    start = [str(lookback) for lookback in draw.values["lookbacks"]]
    usual = {max(1, window // 2), 2 * window, *panel.seasons} - {window}
    most = int(panel.lengths.max()) // 3
    offered = [str(lookback) for lookback in sorted(usual) if lookback <= most]
    draw.many(
        "lookbacks", list(dict.fromkeys([*offered, *start, *st.session_state.get("set_lookbacks", [])])), start,
        accept_new_options=True, max_selections=_MOST_LOOKBACKS, placeholder=t("model.none"),
    )  # fmt: skip


def _windows(typed: list[Any]) -> list[Any]:
    """The windows that were typed, the shortest first; what is no number stays, to be refused by its name."""
    numbers = {int(text) for text in typed if str(text).strip().isdecimal()}
    return [*(text for text in typed if not str(text).strip().isdecimal()), *sorted(numbers)]


def _changed(subject: str, name: str) -> None:
    value = st.session_state[f"set_{name}"]
    state.current().change(subject, name, _windows(value) if name == "lookbacks" else value)
