"""The tab What if: future inputs, scenarios compared with the base, and adjustments by hand."""

from __future__ import annotations

import streamlit as st

from forecasting import charts
from forecasting.scenarios import LEVEL, Plan
from pages.shared import components, services
from pages.shared.formats import plain
from pages.shared.i18n import chart_words, t, translated
from pages.shared.results.shown import Shown
from pages.shared.results.what_if_edit import edit
from pages.shared.results.what_if_kept import basis_of, compared, outcomes, overridden, problem, unsound
from pages.shared.results.what_if_tables import adjustments_table, inputs_table


def what_if(shown: Shown) -> None:
    """Draw it."""
    plan = services.plan(shown.access, shown.run.id)
    if (message := problem(shown)) is not None:
        components.error(translated(message))
    data = services.panel(shown.access, shown.dataset)
    basis = basis_of(shown)
    if basis is None:
        _without(data.covariates)
    elif shown.series not in data.places:
        st.info(t("what_if.totals"), icon=":material/functions:")
        basis = None
    _compared(shown, plan, basis)
    if basis is not None:
        if shown.workspace is not None:
            edit(shown, plan, basis)
        elif not plan.scenarios:
            inputs_table(shown, None, basis)
    if shown.workspace is not None or plan.of_series(shown.series):
        components.heading(t("what_if.adjustments"), t("what_if.adjustments.help"))
        adjustments_table(shown, plan)


def _without(there: list[str]) -> None:
    """What a run without covariates needs."""
    if there:
        names = tuple(plain(name, 40) for name in there[:8])
        st.info(t("what_if.unused", names=names), icon=":material/tune:")
    else:
        st.info(t("what_if.none"), icon=":material/tune:")


def _compared(shown: Shown, plan: Plan, basis: services.Basis | None) -> None:
    """The chart of base, scenarios and adjusted forecast, and the table of totals and differences."""
    history, ahead = shown.history(), shown.rows("forecast")
    found = outcomes(shown, plan, basis, shown.series) if basis is not None and plan.scenarios else []
    lines = [
        (one.name, place, one.forecast[0].tolist()) for place, one in enumerate(found)
        if not one.reasons[0] and one.difference[0]
    ]  # fmt: skip
    own = overridden(shown, plan)
    figure = charts.scenario_chart(
        history, ahead, lines, shown.series,
        tail=max(2 * len(ahead), 30), adjusted=own or None,
        digits=shown.notation.digits(shown.notation.target_of(shown.series)), words=chart_words(),
    )  # fmt: skip
    alt = t("alt.what_if", name=charts.escape(shown.series), count=len(lines))
    components.chart(figure, "chart_what_if", alt)
    if not plan.scenarios and not own:
        return
    components.table(compared(shown, plan, found), "what_if_table", height="content")
    if told := unsound(found, lambda text: plain(text, 200)):
        st.markdown("\n".join(f"- {one}" for one in told))
    differences = [
        (one.name, place, float(one.difference[0]), float(one.low[0]), float(one.high[0]))
        for place, one in enumerate(found)
        if not one.reasons[0] and one.difference[0]
    ]
    if differences:
        components.heading(t("what_if.differences", level=LEVEL))
        figure = charts.scenario_differences(differences, words=chart_words())
        components.chart(figure, "chart_differences", t("alt.what_if.differences"), bar=False)
    if found:
        st.caption(t("what_if.note"))
