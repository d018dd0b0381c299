"""How the scripts that kill and copy a hub begin: what they are asked for, and a hub that has harvested."""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.faults.changing_feeds import ChangingPortal
from benchmarks.faults.killed_hub import KilledHub
from tests.servers.postgres import PostgresServer, newest


def arguments(description: str | None, *, number: int) -> argparse.Namespace:
    """What a script with such a hub is asked for; `number` is how often it does its worst by default."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--number", type=int, default=number)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", action="store_true", help="a store on a PostgreSQL server of its own")
    parser.add_argument("--small", action="store_true", help="without the feed of 1,000 records")
    return parser.parse_args()


@contextmanager
def begun_hub(given: argparse.Namespace) -> Iterator[KilledHub]:
    """A hub that has harvested once and knows how long its commands take."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(PostgresServer(newest())).url() if given.postgres else None
        portal = stack.enter_context(ChangingPortal(large=not given.small))
        hub = KilledHub(folder, portal, url)
        hub.restart()
        hub.measure()
        yield hub
