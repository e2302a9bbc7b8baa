"""The tab Roll-out: one step fed back, or all steps at once."""

from __future__ import annotations

from typing import Any

import streamlit as st

from forecasting import charts
from forecasting.labs.sequences import CELLS, RolloutConfig, learning, rollout_limits
from forecasting.runs import Access, Run
from pages.learn import parts
from pages.learn.settings_form import Form
from pages.learn.training_row import result_of, train_and_show
from pages.shared import components
from pages.shared.formats import number, percent
from pages.shared.i18n import chart_words, t
from pages.shared.widget_values import now


def tab() -> None:
    """Draw it."""
    form = Form("rollout")
    with st.sidebar:
        form.number("future", 2, 200, 1)
        form.number("noise", 0.0, 1.0, 0.05, "%.2f")
        form.number("epochs", 1, 100, 1)
        form.number("window", 2, 100, 1)
        form.rate()
        with form.folded():
            form.choice("cell", CELLS, "cell")
            form.number("hidden_size", 1, 64, 1)
            form.number("seed", 0, 20, 1)
        config = form.config()
    st.caption(t("rollout.lead", future=form.values["future"]))
    train_and_show(form, config, of_run)


def of_run(access: Access, run: Run, form: Form | None = None) -> None:
    """The result of a done run."""
    result, words = result_of(access, run), chart_words()
    diverged = {words[method]: network["diverged"] for method, network in result["methods"].items()}
    parts.diverged(diverged, "rollout", form.try_rate if form else None)
    parts.findings(_findings(result))
    parts.question(t("rollout.growth"))
    _, noise = rollout_limits(RolloutConfig.from_dict(result["config"]))
    figure = charts.growth_chart(result, noise.tolist(), words=words)
    components.chart(figure, "rollout_growth", t("alt.rollout.growth"))
    st.caption(t("rollout.growth.caption", origins=f"{result['origins']:,}"))
    _path(result)


@st.fragment
def _path(result: dict[str, Any]) -> None:
    parts.question(t("rollout.path"))
    key, count = "rollout_origin", len(result["paths"])
    chosen = st.slider(t("rollout.origin"), 1, count, min(count, now(key, 1)), key=key)
    figure = charts.path_chart(result, chosen - 1, words=chart_words())
    components.chart(figure, "rollout_path", t("alt.rollout.path"))


def _findings(result: dict[str, Any]) -> list[str]:
    """How the errors grow with the steps ahead; nothing of networks that diverged or learned nothing."""
    if any(network["diverged"] for network in result["methods"].values()):
        return []
    fed, direct = (result["methods"][method]["rmse"] for method in ("one-step", "direct"))
    guess, noise = rollout_limits(RolloutConfig.from_dict(result["config"]))
    words = chart_words()
    able, findings = parts.learned(
        {  # fed back, the model of one step may lose the wave whatever it has learned: one step judges it
            words["one-step"]: learning(fed[0] ** 2, guess**2, float(noise[0] ** 2)),
            words["direct"]: learning(_mean_square(direct), guess**2, _mean_square(noise.tolist())),
        }
    )
    if len(able) < 2:
        return findings
    future = len(fed)
    ends = {"first": fed[0], "last": fed[-1], "direct_first": direct[0], "direct_last": direct[-1]}
    findings.append(t("rollout.found.growth", **{name: number(value) for name, value in ends.items()}, future=future))
    share = direct[-1] / fed[-1]
    findings.append(t("rollout.found.direct" if share < 1 else "rollout.found.fed", share=percent(share)))
    worse = sum(error > naive for error, naive in zip(fed, result["naive_rmse"], strict=True))
    return [*findings, t("rollout.found.naive", count=worse, future=future)] if worse else findings


def _mean_square(errors: list[float]) -> float:
    return sum(error**2 for error in errors) / len(errors)
