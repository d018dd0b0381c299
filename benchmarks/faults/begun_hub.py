"""How the scripts that kill and copy a hub begin: what they are asked for, and a hub that has harvested."""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NoReturn

from benchmarks.faults.changing_feeds import ChangingPortal
from benchmarks.faults.killed_hub import KilledHub
from tests.servers.postgres import PostgresServer, newest


def arguments(description: str | None, *, number: int) -> argparse.Namespace:
    """What a script with such a hub is asked for; `number` is how often it does its worst by default."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "--number", type=int, default=number, help=f"how often; {number} unless told otherwise"
    )
    parser.add_argument(
        "--seed", type=int, default=1, help="of what is left to chance; 1 unless told otherwise"
    )
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


def tell(given: argparse.Namespace, begun: float, found: dict[str, object]) -> NoReturn:
    """Print the figures of a script that began then, and end with the status they mean."""
    store = "postgresql" if given.postgres else "sqlite"
    told = {"store": store, "seed": given.seed, "seconds": round(time.monotonic() - begun), **found}
    print(json.dumps(told, indent=2))
    sys.exit(1 if found["broken_promises"] else 0)
