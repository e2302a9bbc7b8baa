"""The tab One cell: an RNN, LSTM or GRU drawn with its equations, with all its numbers, a step at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from forecasting import charts
from forecasting.labs.sequences import (
    BLOCKS,
    EXAMPLES,
    INSIDE,
    SOURCE,
    TARGET,
    Sum,
    read_through,
    same_input,
    softmax,
    state_gradient,
    unit_sums,
)
from forecasting.runs import Access, Run
from pages.learn import parts
from pages.learn.sequence_lab.cell_equations import SYMBOLS, answer_equation, state_equations, sum_equation
from pages.learn.sequence_lab.shapes_table import shapes_table
from pages.learn.settings_form import Form
from pages.learn.training_row import of_other_settings, result_of, train
from pages.shared import choices, components, services, state
from pages.shared.formats import number, percent
from pages.shared.i18n import chart_words, sentences, t
from pages.shared.widget_values import now, show

Values = npt.NDArray[np.float64]

HEIGHT = 220  # of the bars


def tab() -> None:
    """Draw it."""
    form = Form("one_cell")
    st.caption(t("one_cell.lead"))
    form.choice("example", EXAMPLES, "example")
    with st.sidebar:
        form.number("steps", 1, 500, 1)
        with form.folded():
            form.number("hidden_size", 1, 16, 1)
            form.number("seed", 0, 20, 1)
        config = form.config()
    _train_another_example(form)
    run = train(form, config)
    if run is not None and run.state == "done":
        with components.in_place():
            of_other_settings(form, run, config)
            of_run(state.current().workspace, run, form)
            parts.code_of(form.kind, run.config)


def of_run(access: Access, run: Run, _form: Form | None = None) -> None:
    """The result of a done run."""
    _walk(result_of(access, run))


def _train_another_example(form: Form) -> None:
    """Another example is another view, so it is trained without a click, as the first one is."""
    session = state.current()
    shown = session.shown.get(form.kind)
    run = services.poll(session.workspace, shown) if shown else None
    if run is not None and run.config["example"] != form.values["example"]:
        st.session_state[f"_train_{form.kind}"] = True


@st.fragment
def _walk(result: dict[str, Any]) -> None:
    """The cell and the step that are chosen, and everything in between."""
    words = chart_words()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="one_cell_row"):
        cell = components.one_of(
            t("one_cell.cell"), list(BLOCKS), "lstm", format_func=words.__getitem__, key="one_cell_cell"
        )
        step = _step(result) - 1
    values = read_through(cell, result["cells"][cell]["weights"], result["x"])
    st.markdown(_sentence(result, values, step))
    left, right = st.columns(2)
    with left:
        unit = _unit(len(values["hidden"][0])) - 1
    sums = unit_sums(cell, result["cells"][cell]["weights"], result["x"], values, step, unit)
    now = {name: float(array[step, unit]) for name, array in values.items() if name != "answer"}
    with left:
        parts.question(t("one_cell.drawn", cell=words[cell], unit=unit + 1))
        drawn = {"from_input": sums[0].from_input, "from_state": sums[0].from_state, **now}
        figure = charts.cell_diagram(cell, drawn, _read(result, step), ink=components.ink(), words=words)
        components.chart(figure, "one_cell_diagram", _alt(cell, now, step, unit), bar=False)
    with right:
        parts.question(t("one_cell.map"))
        rows = {_name(cell, name): values[name][step].tolist() for name in _rows(cell)}
        figure = charts.unit_map(rows, unit, ink=components.ink(), words=words)
        components.chart(figure, "one_cell_map", t("alt.one_cell.map", cell=words[cell]), bar=False)
    pair = same_input(result["x"]) if result["letters"] else None
    more = ("in_out", "numbers", "far", *(("twins",) if pair else ()))
    for part, tab in choices.tabs({name: t(f"one_cell.part.{name}") for name in more}, key="one_cell_parts"):
        with tab:
            if part == "in_out":
                _in_and_out(result, values, step)
            elif part == "numbers":
                _equations(cell, sums, now, unit, values["answer"][step], letters=bool(result["letters"]))
            elif part == "far":
                _reach(result, cell, step)
            elif pair:
                _same_letter(result, values, pair)
    with st.expander(t("shapes.title"), key="one_cell_shapes"):
        shapes_table(cell, len(result["x"]), len(result["x"][0]), len(values["hidden"][0]))


def _step(result: dict[str, Any]) -> int:
    """The step that is shown, from 1: a slider, and buttons for the one before and after."""
    key, last = f"one_cell_step_{result['config']['example']}", len(result["x"])
    begin = min(last, now(key, 3))
    show(key, begin)

    def move(by: int) -> None:
        st.session_state[key] = min(last, max(1, st.session_state[key] + by))

    chosen = int(
        st.select_slider(
            t("one_cell.step"),
            list(range(1, last + 1)),
            begin,
            format_func=lambda step: f"{step} · {SOURCE[step - 1]}" if result["letters"] else str(step),
            key=key,
        )
    )
    for name, by, end in (("before", -1, 1), ("next", 1, last)):
        st.button(
            t(f"one_cell.{name}"),
            key=f"one_cell_{name}",
            icon=":material/chevron_left:" if by < 0 else ":material/chevron_right:",
            disabled=chosen == end,
            on_click=move,
            args=(by,),
        )
    return chosen


def _unit(count: int) -> int:
    key = "one_cell_unit"
    if (st.session_state.get(key) or 1) > count:  # chosen in a larger network
        del st.session_state[key]
    return components.one_of(t("one_cell.unit"), list(range(1, count + 1)), 1, key=key, help=t("one_cell.unit.help"))


def _sentence(result: dict[str, Any], values: dict[str, Values], step: int) -> str:
    """What is read at this step, what is right, and what the cell says."""
    if not result["letters"]:
        read, right, said = result["x"][step][0], result["target"][step], values["answer"][step, 0]
        return t("one_cell.says.sine", read=number(read), right=number(right), said=number(float(said)))
    shares = softmax(values["answer"][step])
    said = int(shares.argmax())
    return t(
        "one_cell.says.pair",
        read=SOURCE[step],
        right=TARGET[step],
        said=result["letters"][said],
        share=percent(float(shares[said]), 1),
    )


def _in_and_out(result: dict[str, Any], values: dict[str, Values], step: int) -> None:
    """The input, the state of every unit before and after, and the answer."""
    words = chart_words()
    states = {words["before_step"]: values["hidden_before"][step], words["after_step"]: values["hidden"][step]}
    bars = charts.state_bars({name: one.tolist() for name, one in states.items()}, height=HEIGHT, words=words)
    if not result["letters"]:
        left, right = st.columns(2)
        with left:
            parts.question(t("one_cell.series"))
            read, answer = np.array(result["x"])[:, 0].tolist(), values["answer"][:, 0].tolist()
            figure = charts.walk_chart(read, result["target"], answer, step + 1, height=HEIGHT, words=words)
            components.chart(figure, "one_cell_series", t("alt.one_cell.series"))
        with right:
            parts.question(t("one_cell.state"))
            components.chart(bars, "one_cell_state", t("alt.one_cell.state"), bar=False)
        return
    left, middle, right = st.columns([2, 3, 2])
    letters, ink = result["letters"], components.ink()
    with left:
        parts.question(t("one_cell.in"))
        place = letters.index(SOURCE[step])
        figure = charts.letter_bars(letters, result["x"][step], place, words["text_read"], height=HEIGHT, ink=ink)
        components.chart(figure, "one_cell_in", t("alt.one_cell.in", letter=SOURCE[step]), bar=False)
    with middle:
        parts.question(t("one_cell.state"))
        components.chart(bars, "one_cell_state", t("alt.one_cell.state"), bar=False)
    with right:
        parts.question(t("one_cell.out"))
        _answer_bars(result, values, step, "one_cell_out")


def _answer_bars(result: dict[str, Any], values: dict[str, Values], step: int, key: str) -> None:
    """The share that the cell gives to each letter at a step; the right one stands out."""
    shares, title = softmax(values["answer"][step]).tolist(), chart_words()["text_said"]
    right = result["target"][step]
    figure = charts.letter_bars(result["letters"], shares, right, title, height=HEIGHT, ink=components.ink())
    alt = t("alt.one_cell.out", right=TARGET[step], share=percent(shares[right], 1))
    components.chart(figure, key, alt, bar=False)


def _equations(cell: str, sums: list[Sum], now: dict[str, float], unit: int, scores: Values, *, letters: bool) -> None:
    """All of `unit` (from 0), and the linear layer; with the softmax where the answers are letters."""
    parts.question(t("one_cell.equations", unit=unit + 1))
    formulas = [
        *(sum_equation(cell, part, unit + 1) for part in sums),
        *state_equations(cell, now, unit + 1),
        answer_equation(scores.tolist(), softmax(scores).tolist() if letters else None),
    ]
    with st.container(border=True, key="one_cell_equations"):
        for pair in zip(formulas[::2], [*formulas[1::2], ""], strict=False):
            for column, formula in zip(st.columns(2), pair, strict=True):
                if formula:
                    column.latex(formula)
    explained = t("one_cell.equations.pair" if letters else "one_cell.equations.sine")
    st.caption(explained if cell == "rnn" else sentences([t("one_cell.equations.product"), explained]))


def _reach(result: dict[str, Any], cell: str, step: int) -> None:
    """How far back the answer of this step depends on the states, in all cells."""
    words, output = chart_words(), result["target"][step] if result["letters"] else 0
    gradients = {}
    for name in BLOCKS:
        weights = result["cells"][name]["weights"]
        gradients[name] = state_gradient(name, weights, read_through(name, weights, result["x"]), step, output)
    parts.question(t("one_cell.reach", step=step + 1))
    figure = charts.reach_chart(gradients, cell, words=words)
    components.chart(figure, "one_cell_reach", t("alt.one_cell.reach"))
    sizes = {name: parts.scientific(reach[-1]) for name, reach in gradients.items()}
    st.caption(t("one_cell.reach.caption", lag=step, **sizes))


def _same_letter(result: dict[str, Any], values: dict[str, Values], pair: tuple[int, int]) -> None:
    """The two l's of hello: the same input and different states, so different answers."""
    words = chart_words()
    letter, hidden = SOURCE[pair[0]], values["hidden"][list(pair)]  # [2, H]
    before = values["hidden_before"][list(pair)]
    apart = int(np.abs(hidden[0] - hidden[1]).argmax())
    parts.question(t("one_cell.twins", letter=letter, word=SOURCE))
    names = [words["step_number"].format(step=step + 1) for step in pair]
    columns = st.columns([3, 2, 2])
    with columns[0]:
        states = dict(zip(names, hidden.tolist(), strict=True))
        figure = charts.same_letter_bars(states, height=HEIGHT, words=words)
        components.chart(figure, "one_cell_twins", t("alt.one_cell.twins", letter=letter), bar=False)
    for column, step, name in zip(columns[1:], pair, names, strict=True):
        with column:
            st.caption(t("one_cell.twins.answer", step=name, right=TARGET[step]))
            _answer_bars(result, values, step, f"one_cell_twin_{step}")
    shares = [float(softmax(values["answer"][step])[result["target"][step]]) for step in pair]
    st.markdown(
        t(
            "one_cell.twins.found",
            letter=letter,
            first=pair[0] + 1,
            second=pair[1] + 1,
            distance=number(float(np.linalg.norm(before[0] - before[1]))),
            unit=apart + 1,
            one=number(float(hidden[0, apart])),
            other=number(float(hidden[1, apart])),
            right=TARGET[pair[0]],
            other_right=TARGET[pair[1]],
            share=percent(shares[0], 1),
            other_share=percent(shares[1], 1),
        )
    )


def _rows(cell: str) -> list[str]:
    """Gates and states in the order in which they are computed."""
    states = [name for name in ("cell", "hidden") if name in INSIDE[cell]]
    gates = [name for name in BLOCKS[cell] if name not in states]
    return [*(f"{name}_before" for name in states), *gates, *states]


def _name(cell: str, name: str) -> str:
    """The symbol of a gate or a state, for the rows of a figure."""
    known = {**SYMBOLS[cell], "hidden": "h", "cell": "c"}
    return f"{known[name.removesuffix('_before')]}<sub>{'t-1' if name.endswith('_before') else 't'}</sub>"


def _read(result: dict[str, Any], step: int) -> str:
    """The input of a step as a label."""
    return SOURCE[step] if result["letters"] else f"<b>{result['x'][step][0]:.2f}</b>"


def _alt(cell: str, now: dict[str, float], step: int, unit: int) -> str:
    listed = ", ".join(f"{t(f'inside.{name}')} {now[name]:.2f}" for name in INSIDE[cell])
    return t("alt.one_cell.diagram", cell=chart_words()[cell], unit=unit + 1, step=step + 1, values=listed)
