"""What is kept of scenarios and adjustments with the run that is shown, and what they come to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from forecasting import ForecastConfig, scenarios
from forecasting.errors import ForecastingError, StoreError
from forecasting.export import Section, Table, Text
from forecasting.messages import Message
from forecasting.scenarios import Outcome, Plan
from pages.shared import services
from pages.shared.formats import moment, number, percent
from pages.shared.i18n import sentences, t, translated
from pages.shared.results.shown import Shown
from pages.shared.results.why import signed

_PROBLEM = "_what_if_problem"  # in the session: what could not be kept, as (run, message)
_VERSION = "_what_if_version"  # in the session: counts changes that the tables have to show anew
_ROWS = 31  # of adjustments in a report


def plan_of(shown: Shown) -> Plan:
    """The scenarios and adjustments of the run; none where they cannot be read, which the tab says."""
    try:
        return services.plan(shown.access, shown.run.id)
    except (StoreError, ForecastingError):
        return Plan()


def keep(shown: Shown, change: Callable[[Plan], Plan], *, redraw: bool = True) -> bool:
    """Keep what `change` makes of the plan; what is wrong with it is said at the next drawing. redraw: tables begin
    anew from what is kept."""
    assert shown.workspace is not None  # noqa: S101 - nothing can be changed behind a link
    try:
        services.keep_plan(shown.workspace, shown.run.id, change(services.plan(shown.access, shown.run.id)))
    except ForecastingError as problem:
        st.session_state[_PROBLEM] = (shown.run.id, problem.message)
        return False
    if redraw:
        st.session_state[_VERSION] = version() + 1
    return True


def problem(shown: Shown) -> Message | str | None:
    """What could not be kept, once."""
    run, message = st.session_state.pop(_PROBLEM, (None, None))
    return message if run == shown.run.id else None


def version() -> int:
    """Part of the keys of the tables: another number makes them begin anew."""
    return int(st.session_state.get(_VERSION, 0))


def covariates(shown: Shown) -> list[str]:
    """Those that the run goes by."""
    data = services.panel(shown.access, shown.dataset)
    return scenarios.used(data, ForecastConfig.from_dict(shown.run.config))


def basis_of(shown: Shown) -> services.Basis | None:
    """What scenarios of the run rest on; None where it goes by no covariates."""
    names = covariates(shown)
    if not names:
        return None
    horizon = int(shown.run.config["horizon"])
    return services.scenario_basis(shown.access, shown.run.id, shown.dataset, tuple(names), horizon)


def outcomes(shown: Shown, plan: Plan, basis: services.Basis, series: str | None = None) -> list[Outcome]:
    """What the scenarios come to, for one series or for all."""
    return scenarios.compare(
        services.panel(shown.access, shown.dataset),
        shown.forecast(),
        ForecastConfig.from_dict(shown.run.config),
        plan.scenarios,
        basis.effects,
        basis.future,
        basis.spread,
        series,
    )


def adjusted_forecast(shown: Shown) -> pd.DataFrame:
    """The Forecast of all series, with `adjusted` and `note` where something was adjusted."""
    return scenarios.adjusted(shown.forecast(), plan_of(shown).adjustments)


def scenario_sheet(shown: Shown, plan: Plan) -> pd.DataFrame | None:
    """All scenarios as rows; None where there are none."""
    basis = basis_of(shown) if plan.scenarios else None
    if basis is None:
        return None
    data, forecast = services.panel(shown.access, shown.dataset), shown.forecast()
    base = scenarios.base_forecast(data, forecast)
    return scenarios.scenario_rows(data, forecast, base, outcomes(shown, plan, basis), basis.future, translated)


def compared(shown: Shown, plan: Plan, found: Sequence[Outcome]) -> pd.DataFrame:
    """A row for the base, each of the scenarios `found` of the series, and the adjusted forecast: total, difference,
    its interval, whether it is borne out by the data."""
    ahead = shown.rows("forecast")["forecast"].to_numpy()
    total = float(ahead.sum())
    head = _head()
    rows = [(t("what_if.base"), number(total), "", "", "")]
    for one in found:
        if one.reasons[0]:
            rows.append((one.name, "—", "—", "—", t("what_if.not_borne_out")))
            continue
        gap, low, high = float(one.difference[0]), float(one.low[0]), float(one.high[0])
        share = f" ({_share(gap / total)})" if total > 0 else ""
        ends = t("what_if.range", low=signed(low), high=signed(high)) if gap or low or high else "—"
        borne = t("what_if.borne_out") if gap or low or high else t("what_if.same")
        rows.append((one.name, number(float(one.total[0])), signed(gap) + share, ends, borne))
    if own := overridden(shown, plan):
        summed = sum(own)
        rows.append((t("what_if.adjusted"), number(summed), signed(summed - total), "—", t("what_if.by_hand")))
    return pd.DataFrame(rows, columns=head)


def unsound(found: Sequence[Outcome], write: Callable[[str], str]) -> list[str]:
    """For each scenario of a series that is not borne out by the data, why; `write` makes text from a file harmless."""
    return [
        t("what_if.why_not", name=write(one.name), reasons=sentences(write(translated(why)) for why in one.reasons[0]))
        for one in found
        if one.reasons[0]
    ]


def overridden(shown: Shown, plan: Plan) -> list[float]:
    """The forecast of the series as it was adjusted; empty where no value was."""
    own = plan.of_series(shown.series)
    if not any(one.value is not None for one in own.values()):
        return []
    ahead = shown.rows("forecast")["forecast"].tolist()
    return [
        value if (one := own.get(step)) is None or one.value is None else one.value
        for step, value in enumerate(ahead, 1)
    ]


def what_if_section(shown: Shown) -> list[Section]:
    """For a report: the comparison and the adjustments; nothing where there are none."""
    plan = plan_of(shown)
    own = plan.of_series(shown.series)
    if not plan.scenarios and not own:
        return []
    basis = basis_of(shown)
    if basis is not None and shown.series not in services.panel(shown.access, shown.dataset).places:
        basis = None  # a total
    found = outcomes(shown, plan, basis, shown.series) if basis is not None else []
    table = compared(shown, plan, found)
    parts: list[Text | Table] = [Table(list(table.columns), table.to_numpy().tolist(), left=1)]
    parts += [Text(why) for why in (one.replace("**", "") for one in unsound(found, str))]
    if found:
        parts.append(Text(t("what_if.note"), quiet=True))
    if own:
        ahead = shown.rows("forecast")
        rows = [
            [
                moment(ahead["ds"].iloc[step - 1], shown.notation),
                number(float(ahead["forecast"].iloc[step - 1])),
                number(one.value) if one.value is not None else "—",
                one.note,
            ]
            for step, one in sorted(own.items())
            if step <= len(ahead)
        ]
        head = [t("forecast.time"), t("what_if.model"), t("what_if.adjusted"), t("what_if.note.column")]
        parts.append(Table(head, rows[:_ROWS], left=1))
        if len(rows) > _ROWS:
            parts.append(Text(t("report.more", count=len(rows) - _ROWS), quiet=True))
    return [Section(t("tab.what_if"), parts)]


def _head() -> list[str]:
    names = ("scenario", "total", "difference", "interval", "evidence")
    return [
        t(f"what_if.{name}", level=scenarios.LEVEL) if name == "interval" else t(f"what_if.{name}") for name in names
    ]


def _share(share: float) -> str:
    return ("+" if share >= 0 else "-") + percent(abs(share), 1)
