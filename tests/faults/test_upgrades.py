"""A server that is killed while it upgrades an older database leaves it whole."""

from __future__ import annotations

import random
import subprocess
import sys
import time

import pytest

from forecasting.runs import Store, schema
from tests.faults import LONG, Summarise
from tests.faults.watching import check_whole, database_of
from tests.runs.test_migrations import KNOWN, OPEN, check_old_rows, make_old, version

pytestmark = pytest.mark.slow

SLOW = """
import time
from alembic.operations import Operations
from forecasting.runs import database, migrations
for name in ("add_column", "create_table", "create_index"):
    def slowly(self, *arguments, do=getattr(Operations, name), **options):
        time.sleep(0.05)
        return do(self, *arguments, **options)
    setattr(Operations, name, slowly)
upgrade_now = migrations.upgrade
def upgrade(connection):
    print("upgrading", flush=True)
    upgrade_now(connection)
    time.sleep(0.1)
migrations.upgrade = upgrade
"""


def test_a_server_killed_while_it_upgrades_leaves_the_old_database_or_the_new_one(
    url: str, summarise: Summarise
) -> None:
    make_old(url)
    chance = random.Random(10)  # noqa: S311 - moments, not secrets
    kills = 40 if LONG else 4
    in_the_middle = 0
    for _ in range(kills):
        command = [sys.executable, "-c", SLOW + OPEN, url, KNOWN["workspace"]]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        assert server.stdout is not None
        if server.stdout.readline().strip() != "upgrading":  # it has been done
            server.communicate()
            break
        time.sleep(chance.uniform(0, 0.3))
        server.kill()
        in_the_middle += server.communicate()[0] == ""
        server.wait()
    store = Store(url)
    check_old_rows(store)
    assert version(store) == schema.VERSION
    check_whole(store)
    summarise(
        f"{database_of(store)}: {in_the_middle} servers killed while they upgraded: no row lost, the next one did it"
    )
    assert in_the_middle
    store.close()
