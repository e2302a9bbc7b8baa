"""Many at once: writers on one database, sessions with one question, strangers with guessed tokens."""

from __future__ import annotations

import collections
import contextlib
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import TypeVar

import pytest

from forecasting.errors import ForecastingError, StoreError
from forecasting.runs import Link, Store, Supervisor, Workspace, identity
from tests.faults import LONG, SCALE, Summarise
from tests.faults.watching import check_whole, database_of
from tests.runs import counting
from tests.runs.conftest import LAUNCHER
from tests.runs.working import finish

T = TypeVar("T")

pytestmark = pytest.mark.slow

WRITER = """
import json, sys, time
from forecasting.errors import StoreError
from forecasting.runs import Store, Workspace, leases
from tests.runs import counting
counting.register()
url, token, number, seconds = sys.argv[1:]
workspace = Workspace(token)
store = Store(url)
done = {"asked": [], "claimed": [], "ended": [], "refused": 0}
deadline = time.monotonic() + float(seconds)
seed = 0
while time.monotonic() < deadline:
    seed += 1
    try:
        done["asked"].append(store.submit(workspace, "counting", {"seed": seed, "note": number}, None, "n"))
        held = leases.claim(store.database, number)
        if held is not None:
            done["claimed"].append(held.run_id)
            leases.beat(store.database, held, {"fraction": 0.5}, [])
            if leases.fail(store.database, held, "counted"):
                done["ended"].append(held.run_id)
    except StoreError as error:
        done["refused"] += 1
print(json.dumps(done))
"""


def test_many_writers_lose_and_double_nothing(store: Store, summarise: Summarise) -> None:
    writers, seconds = (16, 60) if LONG else (8, 3)
    workspace = store.new_workspace()
    environment = {**os.environ, "TIDECAST_QUEUE": "1000000"}
    url = store.database.url.render_as_string(hide_password=False)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, url, workspace.token, str(number), str(seconds)],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(writers)
    ]
    outputs = [json.loads(process.communicate(timeout=seconds + 120)[0]) for process in processes]
    asked = [run for written in outputs for run in written["asked"]]
    claims = collections.Counter(run for written in outputs for run in written["claimed"])
    ends = collections.Counter(run for written in outputs for run in written["ended"])
    runs = {run.id: run for run in store.runs(workspace)}
    lost = set(asked) - set(runs)
    doubled = [run for run, count in ends.items() if count > 1]
    unended = [run for run in ends if runs[run].state != "failed"]
    late = sum(claims.values()) - len(claims)  # a process that had no processor for 20 s lost its lease to another
    refused = sum(written["refused"] for written in outputs)
    summarise(
        f"{database_of(store)}: {writers} processes wrote for {seconds} s: {len(asked):,} runs asked for, {len(lost)} "
        f"lost, {len(doubled)} ended twice, {len(unended)} ends lost; {late} leases ran out, "
        f"{refused} times refused as busy"
    )
    assert len(asked) == len(set(asked)) > writers
    assert (lost, doubled, unended) == (set(), [], [])
    assert len(runs) <= len(asked) + refused
    assert sum(run.attempts - 1 for run in runs.values() if run.attempts > 1) <= late
    check_whole(store)


def test_fifty_sessions_with_one_question_are_answered_by_one_training(
    store: Store, url: str, summarise: Summarise
) -> None:
    """Each session comes to one of five servers."""
    supervisor = Supervisor(store, LAUNCHER)
    supervisor.start()
    servers = [Store(url) for _ in range(5)]
    rounds = SCALE
    trained, answered = 0, 0
    for question in range(rounds):
        workspaces = [store.new_workspace() for _ in range(50)]
        answers: list[bytes] = []

        def ask(number: int, workspace: Workspace, seed: int = question, answers: list[bytes] = answers) -> None:
            server = servers[number % 5]
            run = patiently(
                lambda: server.submit(workspace, "counting", {"seed": seed, "steps": 10, "pause": 0.02}, None, "n")
            )
            while patiently(lambda: server.run(workspace, run)).active:
                time.sleep(0.25)
            answers.append(patiently(lambda: server.artifact(workspace, run, "result")))

        threads = [threading.Thread(target=ask, args=pair) for pair in enumerate(workspaces)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        trained += store.runs(workspaces[0])[0].attempts
        answered += sum(answer == counting.expected(question, 10) for answer in answers)
    supervisor.stop()
    for server in servers:
        server.close()
    summarise(
        f"{database_of(store)}: {rounds} times 50 sessions asked one question: trained {trained} times, "
        f"{answered} of {50 * rounds} answered right"
    )
    assert (trained, answered) == (rounds, 50 * rounds)


def patiently(ask: Callable[[], T]) -> T:
    """The answer, asked for again where the database says that it is busy."""
    for _ in range(20):
        try:
            return ask()
        except StoreError as error:
            if "busy" not in error.message:
                raise
    return ask()


def test_guessed_and_altered_tokens_and_ids_reach_nothing(store: Store, summarise: Summarise) -> None:
    draw = random.Random(4)  # noqa: S311 - guesses
    owner, guesser = store.new_workspace(), store.new_workspace()
    data = store.put_dataset(owner, b"1", "a.csv", {}, None, {})
    run = store.submit(owner, "counting", {}, None, "n")
    finish(store)
    link = store.share(owner, run)
    store.submit(guesser, "counting", {"seed": 1}, None, "their own")
    tries = reached = 0

    def refused(use: Callable[..., object], *arguments: object) -> None:
        nonlocal tries, reached
        tries += 1
        with contextlib.suppress(StoreError):
            reached += use(*arguments) is not False  # `has_workspace` answers, all others raise

    for _ in range(600 * SCALE if LONG else 200):
        for access in (owner, link):
            near = _altered(access.token, draw)
            for use in (store.has_workspace, store.state, store.runs):
                refused(use, Workspace(near))
            refused(store.run, Workspace(near), run)
            refused(store.shared_run, Link(near))
            refused(store.shared_artifact, Link(near), "result")
        known = [data, run, link.token, owner.token]
        identifier = draw.choice([*known, _altered(run, draw), f"{draw.getrandbits(256):064x}"])
        for use in (store.run, store.dataset, store.raw, store.share, store.retry):
            refused(use, guesser, identifier)
        refused(store.artifact, guesser, identifier, "result")
    summarise(f"{database_of(store)}: {tries:,} guessed or altered tokens and ids: {reached} reached anything")
    assert reached == 0
    assert identity.is_token(owner.token)
    assert store.artifact(owner, run, "result")


def _altered(text: str, draw: random.Random) -> str:
    """The same with one letter changed, two swapped, or one more or fewer; never the same."""
    place = draw.randrange(len(text) - 1)
    ways = [
        text[:place] + draw.choice("ABCdef0123456789_-") + text[place + 1 :],
        text[:place] + text[place + 1] + text[place] + text[place + 2 :],
        text[:place] + text[place + 1 :],
        text + draw.choice("AQgw\n "),
        text.swapcase(),
    ]
    altered = draw.choice(ways)
    return altered if altered != text else identity.new_token()


def test_nobody_is_refused_by_another_ones_errors(store: Store) -> None:
    """Errors of one workspace say nothing to another, not even that a run exists."""
    one, two = store.new_workspace(), store.new_workspace()
    run = store.submit(one, "counting", {"fail": "sentence"}, None, "n")
    finish(store)
    outputs = []
    for identifier in (run, "f" * 64):
        with pytest.raises(ForecastingError) as caught:
            store.run(two, identifier)
        outputs.append(caught.value.message)
    assert outputs[0] == outputs[1]
