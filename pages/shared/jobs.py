"""How each job of forecasting/runs/jobs.py is shown, by the same name: its page, its lines in lists, its result.

A run of a job that is not here (of another version) is still shown on the Runs page and behind a read-only link: its
settings and its loss.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import math
from collections.abc import Callable, Mapping
from typing import Any

from forecasting.config import TEXTBOOK, ForecastConfig
from forecasting.labs.lessons import LESSONS
from forecasting.runs import JOBS, Access, Run
from pages.shared import setting_words
from pages.shared.formats import number, percent
from pages.shared.i18n import chart_words, known, t
from pages.shared.setting_words import setting_value

Draw = Callable[[Access, Run], None]


@dataclasses.dataclass(frozen=True, kw_only=True)
class View:
    """How runs of one job are shown."""

    page: str | None = None  # its page's file
    settings: Callable[[Mapping[str, Any]], str] | None = None  # those that matter, in a line
    score: Callable[[Mapping[str, Any]], str] | None = None  # the scores of a done run, in a line
    draw: str | None = None  # "module:function" of (access, done run), which draws the result; imported when drawn
    film: str | None = None  # the same for what is drawn before it


def view_of(run: Run) -> View:
    """How `run` is shown."""
    return VIEWS.get(run.kind, View())


def name_of(job: str) -> str:
    """The job in the session's language."""
    return t(f"kind.{job}") if known(f"kind.{job}") else job.replace("_", " ").capitalize()


def title(run: Run) -> str:
    """What the workspace calls the run; without data and a name of its own it is called as its job."""
    return name_of(run.kind) if run.name in ("", run.kind) else run.name


def settings_line(run: Run, most: int = 4) -> str:
    """The settings that matter, or the first ones."""
    line = view_of(run).settings
    if line is not None:
        return line(run.config)
    shown = [(key, value) for key, value in run.config.items() if isinstance(value, int | float | str)]
    return " · ".join(f"{key.replace('_', ' ')} {value}" for key, value in shown[:most])


def counts_steps(job: str) -> bool:
    """Whether the progress of a job counts steps, not epochs."""
    return job in JOBS and JOBS[job].unit == "step"


def setting_label(job: str, name: str) -> str:
    """A setting in words."""
    if known(f"{job}.{name}"):
        return t(f"{job}.{name}")
    label = setting_words.setting_label(name)
    return name.replace("_", " ").capitalize() if label == name else label


def score_line(run: Run) -> str:
    """The scores of a done run, or the first ones."""
    line = view_of(run).score
    if line is not None and run.scores:
        return line(run.scores)
    shown = [(name, value) for name, value in (run.scores or {}).items() if isinstance(value, int | float)]
    return " · ".join(f"{name.replace('_', ' ')} {number(value)}" for name, value in shown[:3])


def drawer(run: Run) -> Draw | None:
    """The function that draws the result of `run`."""
    view = view_of(run)
    draws = [_imported(where) for where in (view.film, view.draw) if where is not None]

    def draw(access: Access, run: Run) -> None:
        for part in draws:
            part(access, run)

    return draw if draws else None


def _imported(where: str) -> Draw:
    module, _, function = where.partition(":")
    found: Draw = getattr(importlib.import_module(module), function)
    return found


def _forecast_settings(config: Mapping[str, Any]) -> str:
    """The preset or method, the network, horizon and window, and every other setting that is not the usual one."""
    kept = {name: value for name, value in config.items() if name in _DEFAULTS}
    textbook = all(
        config.get(name) == value for name, value in TEXTBOOK.items() if name not in ("window", "covariates")
    )
    usual = _DEFAULTS | (TEXTBOOK if textbook else {})
    others = [
        f"{setting_label('forecast', name)} {setting_value(name, value)}"
        for name, value in kept.items()
        if name not in _SHOWN and value != usual[name]
    ]
    cell = t(f"cell.{config['cell']}") if known(f"cell.{config['cell']}") else str(config["cell"])
    return " · ".join(
        [
            *([t("model.textbook")] if textbook else []),
            *([t("method.best")] if config.get("method") == "best" else []),
            f"{cell} {config['num_layers']} x {config['hidden_size']}",
            t("runs.horizon", horizon=config["horizon"]),
            t("runs.window", window=config["window"]),
            *others,
        ]
    )


_DEFAULTS = ForecastConfig().to_dict()
_SHOWN = ("method", "cell", "num_layers", "hidden_size", "horizon", "window")  # in each line


def _forecast_score(scores: Mapping[str, Any]) -> str:
    return f"MASE {number(scores['mase'])} · {t('number.skill')} {percent(scores['skill'])}"


_TELLING = (
    "cell",
    "example",
    "task",
    "window",
    "noise",
    "lag",
    "chunk",
    "future",
    "length",
    "steps",
)  # settings of small systems


def _teaching_settings(job: str, config: Mapping[str, Any]) -> str:
    shown = [name for name in _TELLING if name in config]
    return " · ".join(f"{setting_label(job, name)} {setting_value(name, config[name])}" for name in shown[:4])


def _teaching_score(scores: Mapping[str, Any]) -> str:
    words = chart_words()
    return " · ".join(f"{words.get(name, name)} {value:.2g}" for name, value in scores.items() if value is not None)


_FILM = "pages.learn.watching:watched"


def _teaching(job: str, page: str, draw: str) -> View:
    settings_of = functools.partial(_teaching_settings, job)
    return View(
        page=f"pages/learn/{page}/page.py",
        settings=settings_of,
        score=_teaching_score,
        draw=f"pages.learn.{draw}",
        film=_FILM,
    )


def _grid_settings(config: Mapping[str, Any]) -> str:
    count = math.prod(len(config[name]) for name in ("windows", "noises", "cells", "layers"))
    return t("runs.grid", count=count, recipe=chart_words()[config["recipe"]])


def _grid_score(scores: Mapping[str, Any]) -> str:
    least = scores["least"]
    return t("runs.grid.score", error=t("number.none") if least is None else f"{least:.1e}")


def _lesson(kind: str) -> View:
    def score(scores: Mapping[str, Any]) -> str:
        names = {way: t(f"lesson.{kind}.way.{way}") for way in scores}
        return " · ".join(f"{names[way]} {number(value)}" for way, value in scores.items())

    return dataclasses.replace(_teaching(kind, "lessons", "lessons.lesson_result:of_run"), score=score)


def _pair_settings(config: Mapping[str, Any]) -> str:
    return f"{config['source']} → {config['target']} · RNN {config['hidden_size']}"


def _pair_score(scores: Mapping[str, Any]) -> str:
    learned = scores["learned_at"]
    return f"{t('pair.learned')} {t('number.none') if learned is None else t('pair.learned.epoch', epoch=learned)}"


def _text_settings(config: Mapping[str, Any]) -> str:
    return f"LSTM {config['num_layers']} x {config['hidden_size']} · {t('text.steps')} {config['steps']:,}"


def _text_score(scores: Mapping[str, Any]) -> str:
    return f"{t('text.bits')} {number(scores['bits'])} / n-gram {number(scores['ngram_bits'])}"


def _units_score(scores: Mapping[str, Any]) -> str:
    return t("units.score", found=scores["found"], all=scores["properties"])


def _tune_settings(config: Mapping[str, Any]) -> str:
    return " · ".join(
        [t("tune.count", count=config["trials"]), t("runs.horizon", horizon=config["base"].get("horizon"))]
    )


def _tune_score(scores: Mapping[str, Any]) -> str:
    grade = t(f"tune.grade.{scores['verdict']}")
    return grade if "gain" not in scores else f"{grade} · MASE {number(scores['mase'])} / {number(scores['default'])}"


VIEWS: dict[str, View] = {
    "forecast": View(
        page="pages/forecast/page.py",
        settings=_forecast_settings,
        score=_forecast_score,
        draw="pages.shared.results.tabs:of_run",
    ),
    "tune": View(
        page="pages/tune/page.py",
        settings=_tune_settings,
        score=_tune_score,
        draw="pages.tune.result:of_run",
    ),
    "pair": View(
        page="pages/learn/text_lab/page.py",
        settings=_pair_settings,
        score=_pair_score,
        draw="pages.learn.text_lab.pair_view:of_run",
        film=_FILM,
    ),
    "text": View(
        page="pages/learn/text_lab/page.py",
        settings=_text_settings,
        score=_text_score,
        draw="pages.learn.text_lab.lstm_view:of_run",
        film=_FILM,
    ),
    "text_units": View(
        page="pages/learn/text_lab/page.py",
        settings=lambda _config: "",
        score=_units_score,
        draw="pages.learn.text_lab.units_view:of_run",
    ),
    "sine": _teaching("sine", "sine_wave", "sine_wave.sine_result:of_run"),
    "recipes": _teaching("recipes", "sine_wave", "sine_wave.recipe_comparison:of_run"),
    "sine_grid": View(
        page="pages/learn/sine_wave/page.py",
        settings=_grid_settings,
        score=_grid_score,
        draw="pages.learn.sine_wave.network_grid:of_run",
    ),
    "cosine": _teaching("cosine", "sequence_lab", "sequence_lab.cosine_tab:of_run"),
    "one_cell": _teaching("one_cell", "sequence_lab", "sequence_lab.one_cell_tab:of_run"),
    "cells": _teaching("cells", "sequence_lab", "sequence_lab.cells_tab:of_run"),
    "rollout": _teaching("rollout", "sequence_lab", "sequence_lab.rollout_tab:of_run"),
    "marker": _teaching("marker", "sequence_lab", "sequence_lab.marker_tab:of_run"),
    **{kind: _lesson(kind) for kind in LESSONS},
}
