"""One thread for linear algebra, however a process was started: its number decides the last bits of a sum."""

from __future__ import annotations

import os

from threadpoolctl import threadpool_limits

THREADS = 1


def limit_threads() -> None:
    """Have BLAS use `THREADS`: libraries that are loaded already (NumPy's, before any of our code can run) are told,
    those to come (SciPy's) read the environment. Small matrices are multiplied no faster by two threads, and many
    times slower where these wait for each other on a busy machine.
    """
    os.environ["OPENBLAS_NUM_THREADS"] = str(THREADS)
    os.environ.setdefault("OMP_NUM_THREADS", str(THREADS))  # torch's, unless its user wants more
    os.environ.setdefault("MKL_NUM_THREADS", os.environ["OMP_NUM_THREADS"])  # torch goes by it before the other
    threadpool_limits(THREADS, user_api="blas")
