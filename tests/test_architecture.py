"""Arrows point down only: what each part may import, what is loaded early, and what nobody may use."""

from __future__ import annotations

import ast
import functools
import graphlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import ROOT

FOUNDATION = {
    "forecasting.messages",
    "forecasting.errors",
    "forecasting.config",
    "forecasting.events",
    "forecasting.hierarchy",
    "forecasting.notation",
    "forecasting.panel",
    "forecasting.trading",
}
EVALUATION = {
    "forecasting.evaluation",
    "forecasting.evaluation.backtests",
    "forecasting.evaluation.bounds",
    "forecasting.evaluation.explaining",
    "forecasting.evaluation.findings",
    "forecasting.evaluation.members",
    "forecasting.evaluation.totals",
}
CORE = (
    FOUNDATION
    | EVALUATION
    | {
        "forecasting.baselines",
        "forecasting.features",
        "forecasting.model",
        "forecasting.smoothing",
        "forecasting.suggestions",
        "forecasting.whole",
        "forecasting.work",
    }
)
SERVICES = FOUNDATION | {  # what the pages call
    "forecasting",
    "forecasting.charts",
    "forecasting.evaluation.backtests",
    "forecasting.evaluation.findings",
    "forecasting.export",
    "forecasting.features",
    "forecasting.forecaster",
    "forecasting.intake",
    "forecasting.intake.limits",
    "forecasting.runs",
    "forecasting.labs.lessons",
    "forecasting.labs.sequences",
    "forecasting.labs.text",
    "forecasting.memory",
    "forecasting.outlook",
    "forecasting.portfolio",
    "forecasting.scenarios",
    "forecasting.spans",
    "forecasting.tuning",
    "forecasting.units",
    "forecasting.whole",
}
SHARED_ROOMS = {"pages.shared", "pages.shared.reading", "pages.shared.results", "pages.shared.settings"}
REPORTED = FOUNDATION | {"forecasting.intake.notes", "forecasting.intake.report"}  # what every room of intake may use
ARROWS: dict[str, set[str]] = {  # part -> the parts that it may import
    "forecasting.messages": set(),
    "forecasting.errors": {"forecasting.messages"},
    "forecasting.events": {"forecasting.errors", "forecasting.messages"},
    "forecasting.config": {"forecasting.errors", "forecasting.events", "forecasting.messages"},
    "forecasting.notation": set(),
    "forecasting.trading": {"forecasting.messages"},
    "forecasting.panel": {"forecasting.errors", "forecasting.messages", "forecasting.trading"},
    "forecasting.hierarchy": {"forecasting.errors", "forecasting.messages", "forecasting.panel"},
    "forecasting.intake.limits": set(),
    "forecasting.intake.notes": FOUNDATION,
    "forecasting.intake.report": FOUNDATION | {"forecasting.intake.notes"},
    "forecasting.intake.text": FOUNDATION | {"forecasting.intake.limits", "forecasting.intake.notes"},
    "forecasting.intake.columns.number": REPORTED | {"forecasting.intake.text"},
    "forecasting.intake.columns.time": REPORTED | {"forecasting.intake.text", "forecasting.intake.columns.number"},
    "forecasting.intake.columns": REPORTED
    | {"forecasting.intake.columns.number", "forecasting.intake.columns.time", "forecasting.intake.text"},
    "forecasting.intake.calendar": REPORTED
    | {
        "forecasting.intake.columns",
        "forecasting.intake.columns.number",
        "forecasting.intake.columns.time",
        "forecasting.intake.limits",
        "forecasting.intake.text",
    },
    "forecasting.intake.prices": REPORTED | {"forecasting.intake.calendar"},
    "forecasting.intake": REPORTED
    | {
        "forecasting.intake.calendar",
        "forecasting.intake.columns",
        "forecasting.intake.columns.number",
        "forecasting.intake.columns.time",
        "forecasting.intake.prices",
        "forecasting.intake.text",
        "forecasting.units",
    },
    "forecasting.charts": FOUNDATION,
    "forecasting.checkpoints": {"forecasting.errors", "forecasting.messages"},
    "forecasting.model": FOUNDATION | {"forecasting.checkpoints"},
    "forecasting.features": FOUNDATION,
    "forecasting.smoothing": FOUNDATION | {"forecasting.model"},
    "forecasting.baselines": FOUNDATION | {"forecasting.model", "forecasting.smoothing"},
    "forecasting.suggestions": FOUNDATION | {"forecasting.model", "forecasting.smoothing", "forecasting.work"},
    "forecasting.work": FOUNDATION,
    "forecasting.units": set(),
    "forecasting.whole": FOUNDATION | {"forecasting.units"},
    "forecasting.spans": FOUNDATION,
    "forecasting.outlook": FOUNDATION,
    "forecasting.evaluation.members": FOUNDATION | {"forecasting.baselines", "forecasting.model"},
    "forecasting.evaluation.bounds": FOUNDATION | {"forecasting.baselines", "forecasting.model", "forecasting.units"},
    "forecasting.evaluation.totals": FOUNDATION | {"forecasting.evaluation.bounds", "forecasting.model"},
    "forecasting.evaluation": FOUNDATION
    | {
        "forecasting.baselines",
        "forecasting.evaluation.bounds",
        "forecasting.evaluation.members",
        "forecasting.evaluation.totals",
        "forecasting.features",
        "forecasting.model",
    },
    "forecasting.evaluation.explaining": FOUNDATION
    | {
        "forecasting.baselines",
        "forecasting.evaluation",
        "forecasting.evaluation.bounds",
        "forecasting.evaluation.members",
        "forecasting.features",
        "forecasting.model",
    },
    "forecasting.evaluation.findings": FOUNDATION | {"forecasting.features", "forecasting.model"},
    "forecasting.evaluation.backtests": FOUNDATION
    | {
        "forecasting.baselines",
        "forecasting.evaluation.findings",
        "forecasting.model",
        "forecasting.spans",
        "forecasting.units",
    },
    "forecasting.portfolio": FOUNDATION
    | {"forecasting.evaluation.backtests", "forecasting.intake.calendar", "forecasting.model", "forecasting.spans"},
    "forecasting.scenarios": FOUNDATION,
    "forecasting.files": set(),
    "forecasting.memory": set(),
    "forecasting.threads": set(),
    "forecasting.model_file": {"forecasting.errors", "forecasting.messages"},
    "forecasting.progress": CORE,
    "forecasting.folds": CORE | {"forecasting.progress"},
    "forecasting.ends": CORE,
    "forecasting.forecast_frame": {"forecasting.whole"},
    "forecasting.onnx_file": CORE | {"forecasting.folds"},
    "forecasting.forecaster": CORE
    | {
        "forecasting.ends",
        "forecasting.files",
        "forecasting.folds",
        "forecasting.forecast_frame",
        "forecasting.model_file",
        "forecasting.onnx_file",
        "forecasting.progress",
    },
    "forecasting.tuning": CORE | {"forecasting.folds", "forecasting.progress"},
    "forecasting.labs": CORE | {"forecasting.progress"},
    "forecasting.labs.sequences": CORE | {"forecasting.labs", "forecasting.progress"},
    "forecasting.labs.lessons": CORE
    | {"forecasting.labs", "forecasting.labs.sequences", "forecasting.onnx_file", "forecasting.progress"},
    "forecasting.labs.text": CORE
    | {
        "forecasting.files",
        "forecasting.intake.text",
        "forecasting.labs",
        "forecasting.model_file",
        "forecasting.progress",
    },
    "forecasting.export": FOUNDATION | {"forecasting.forecaster", "forecasting.charts", "forecasting.threads"},
    "forecasting.runs": FOUNDATION
    | {
        "forecasting",
        "forecasting.checkpoints",
        "forecasting.evaluation.backtests",
        "forecasting.evaluation.explaining",
        "forecasting.forecaster",
        "forecasting.intake.prices",
        "forecasting.memory",
        "forecasting.progress",
        "forecasting.labs.lessons",
        "forecasting.labs.sequences",
        "forecasting.labs.text",
        "forecasting.portfolio",
        "forecasting.threads",
        "forecasting.tuning",
        "forecasting.work",
    },
    "forecasting.terminal": {"forecasting.messages", "forecasting.progress"},
    "forecasting.output_files": {"forecasting.errors", "forecasting.files", "forecasting.messages"},
    "forecasting.options": {
        "forecasting.config",
        "forecasting.errors",
        "forecasting.events",
        "forecasting.messages",
    },
    "forecasting.cli": FOUNDATION
    | {
        "forecasting.evaluation.backtests",
        "forecasting.evaluation.findings",
        "forecasting.export",
        "forecasting.files",
        "forecasting.forecaster",
        "forecasting.intake",
        "forecasting.options",
        "forecasting.runs",
        "forecasting.output_files",
        "forecasting.terminal",
        "forecasting.threads",
        "forecasting.tuning",
    },
    "forecasting.__main__": {"forecasting.cli"},
    "forecasting": FOUNDATION
    | {
        "forecasting.evaluation.backtests",
        "forecasting.evaluation.findings",
        "forecasting.forecaster",
        "forecasting.intake",
        "forecasting.progress",
        "forecasting.labs.sequences",
        "forecasting.labs.text",
        "forecasting.tuning",
    },
    "pages": set(),
    "pages.shared": SERVICES,
    "pages.shared.reading": SERVICES | {"pages.shared"},
    "pages.shared.settings": SERVICES | {"pages.shared"},
    "pages.shared.results": SERVICES | {"pages.shared", "pages.shared.reading", "pages.shared.settings"},
    "pages.forecast": SERVICES | SHARED_ROOMS,
    "pages.many_series": SERVICES | SHARED_ROOMS,
    "pages.runs": SERVICES | {"pages.shared"},
    "pages.tune": SERVICES | SHARED_ROOMS,
    "pages.learn": SERVICES | {"pages.shared"},
    "pages.guide": {"pages.shared"},
    "app": {"pages.shared", "forecasting.runs", "forecasting.errors"},
}
# slow to import, large in memory
LATE = {
    "distributed",
    "exchange_calendars",
    "holidays",
    "onnx",
    "onnxruntime",
    "optuna",
    "scipy",
    "sklearn",
    "statsforecast",
    "statsmodels",
    "talib",
    "torch",
    "xlsxwriter",
    "yfinance",
}
HEAVY = sorted(LATE - {"scipy"} | {"alembic", "streamlit"})
# for who sets TIDECAST_SCHEDULER or a TIDECAST_DATABASE on PostgreSQL; their absence is said in a sentence
OPTIONAL = {"distributed", "psycopg"}
CARRIED = {"statsmodels"}  # imported by nobody: the samples are files in it
DISTRIBUTIONS = {
    "babel": "Babel",
    "sklearn": "scikit-learn",
    "talib": "TA-Lib",
    "sqlalchemy": "SQLAlchemy",
    "charset_normalizer": "charset-normalizer",
    "exchange_calendars": "exchange-calendars",
    "python_calamine": "python-calamine",
}


class Import(NamedTuple):
    module: str  # that imports
    target: str
    line: int
    at_the_top: bool  # run when the module is imported, not later in a function and not for type checkers only


@functools.cache
def _sources() -> dict[str, Path]:
    """Every module of the project but its tests, benchmarks and scripts, by dotted name."""
    paths = [ROOT / "app.py", *ROOT.glob("forecasting/**/*.py"), *ROOT.glob("pages/**/*.py")]
    names = {}
    for path in paths:
        parts = path.relative_to(ROOT).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return names


@functools.cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def _imports(module: str, path: Path) -> Iterator[Import]:
    """Imports of a module, nested ones included. `from a import b` counts as a.b where that is a module."""
    known = _sources()

    def visit(node: ast.AST, at_the_top: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                for alias in child.names:
                    yield Import(module, alias.name, child.lineno, at_the_top)
            elif isinstance(child, ast.ImportFrom):
                assert child.level == 0, f"{path}:{child.lineno} imports relatively; name the package"
                for alias in child.names:
                    inner = f"{child.module}.{alias.name}"
                    yield Import(module, inner if inner in known else str(child.module), child.lineno, at_the_top)
            elif not isinstance(child, ast.expr):  # in which nothing is imported
                later = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
                test = child.test if isinstance(child, ast.If) else None
                typing_only = isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"
                yield from visit(child, at_the_top and not later and not typing_only)

    return visit(_tree(path), True)


@functools.cache
def _all_imports() -> tuple[Import, ...]:
    return tuple(found for module, path in _sources().items() for found in _imports(module, path))


def _part(module: str) -> str:
    """The part of ARROWS that a module belongs to: the longest name that it begins with."""
    while module not in ARROWS:
        module = module.rpartition(".")[0]
        assert module, "a new part of the project needs its arrows"
    return module


def _ours(target: str) -> bool:
    return target.split(".")[0] in {"app", "forecasting", "pages"}


def test_the_arrows_have_no_cycle() -> None:
    graphlib.TopologicalSorter(ARROWS).prepare()


@pytest.mark.slow
def test_no_modules_import_each_other_in_a_circle() -> None:
    """Within a part, too, and not by way of a function or for type checkers either."""
    modules = _sources()
    graph = {
        module: {found.target for found in _imports(module, path) if found.target in modules}
        for module, path in modules.items()
    }
    graphlib.TopologicalSorter(graph).prepare()


def test_no_module_has_more_than_300_lines() -> None:
    long = {
        module: lines
        for module, path in _sources().items()
        if (lines := len(path.read_text("utf-8").splitlines())) > 300
    }
    assert long == {}


def test_every_part_with_arrows_exists() -> None:
    assert {_part(module) for module in _sources()} == set(ARROWS)


@pytest.mark.slow
def test_imports_follow_the_arrows() -> None:
    against = [
        f"{found.module}:{found.line} imports {found.target}"
        for found in _all_imports()
        if _ours(found.target)
        and _part(found.target) != _part(found.module)
        and _part(found.target) not in ARROWS[_part(found.module)]
    ]
    assert against == [], "\n".join(against)


@pytest.mark.slow
def test_streamlit_stays_in_the_pages() -> None:
    against = [
        f"{found.module}:{found.line}"
        for found in _all_imports()
        if found.target.split(".")[0] == "streamlit" and found.module.split(".")[0] not in {"app", "pages"}
    ]
    assert against == []


@pytest.mark.slow
def test_slow_libraries_are_imported_in_functions() -> None:
    """Only the model has torch at the top of its modules, and is imported in functions where it does."""
    against = [
        f"{found.module}:{found.line} imports {found.target} at its top"
        for found in _all_imports()
        if found.at_the_top
        and found.target.split(".")[0] in LATE
        and not (found.target.split(".")[0] == "torch" and _part(found.module) == "forecasting.model")
    ]
    assert against == []


def test_the_model_knows_arrays_and_tensors_but_no_frames() -> None:
    against = [
        f"{found.module}:{found.line} imports {found.target}"
        for found in _all_imports()
        if _part(found.module) == "forecasting.model" and found.target.split(".")[0] in {"pandas", "pyarrow", "plotly"}
    ]
    assert against == []


def test_every_library_that_is_imported_is_required_by_name() -> None:
    required = {
        re.match(r"[A-Za-z0-9_.-]+", line).group()  # type: ignore[union-attr]  # a line without a name would fail pip
        for line in (ROOT / "requirements.txt").read_text().splitlines()
        if line and not line.startswith(("#", "-"))
    }
    imported = {found.target.split(".")[0] for found in _all_imports() if not _ours(found.target)}
    imported -= set(sys.stdlib_module_names) | {"__future__"} | OPTIONAL
    assert required == {DISTRIBUTIONS.get(name, name) for name in imported | CARRIED}


@pytest.mark.slow
@pytest.mark.parametrize(
    "module",
    [
        "forecasting",
        "forecasting.runs",
        "forecasting.runs.workers.supervisor",
        "forecasting.charts",
        "forecasting.export",
        "forecasting.labs.text",
    ],
)
def test_what_the_server_imports_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_no_code_comes_out_of_files() -> None:
    """No pickle in any form, no torch.load, no eval or exec, no HTML of strangers."""
    paths = [*_sources().values(), *ROOT.glob("benchmarks/*.py")]
    against = [
        f"{path.relative_to(ROOT)}:{node.lineno} {found}" for path in paths for node, found in _dangerous(_tree(path))
    ]
    assert against == []


def _dangerous(tree: ast.Module) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Name):
            names = [node.id]
        elif isinstance(node, ast.Attribute):
            names = [node.attr]
            if ast.unparse(node) == "torch.load":
                yield node, "torch.load"
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
        elif isinstance(node, ast.Call):
            names = [keyword.arg or "" for keyword in node.keywords]
            if isinstance(node.func, ast.Name) and node.func.id in {"eval", "exec", "compile", "__import__"}:
                yield node, node.func.id
        else:
            continue
        for name in names:
            if "pickle" in name.lower() or name in {"dill", "joblib", "marshal", "shelve", "unsafe_allow_html"}:
                yield node, name


@pytest.mark.parametrize(
    "line",
    [
        "import pickle",
        "from pickle import loads",
        "pandas.read_pickle('x')",
        "numpy.load('x', allow_pickle=True)",
        "torch.load('x')",
        "eval('1')",
        "exec('1')",
        "st.markdown('<b>', unsafe_allow_html=True)",
    ],
)
def test_the_search_for_code_out_of_files_finds(line: str) -> None:
    assert list(_dangerous(ast.parse(line)))
