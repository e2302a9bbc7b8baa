"""Python imports this by itself at its start where a test put this folder on the path: see tests/intake/yahoo.py."""

import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys


class _AfterYfinance(importlib.abc.MetaPathFinder):
    """Connects yfinance to the test's server once it is imported, and not sooner."""

    def find_spec(self, name, path=None, target=None):  # type: ignore[no-untyped-def]
        if name != "yfinance":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        run = spec.loader.exec_module

        def run_and_connect(module):  # type: ignore[no-untyped-def]
            run(module)
            from tests.intake.yahoo import VARIABLE, connect

            connect(os.environ[VARIABLE])

        spec.loader.exec_module = run_and_connect
        return spec


if os.environ.get("TEST_YAHOO_URL"):
    sys.meta_path.insert(0, _AfterYfinance())
