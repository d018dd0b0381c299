"""Get ready what the tests' servers need: `python -m tests.servers`, as `make test` does first.

The first time this fetches Elasticsearch, which takes longer than a test may. What cannot be had is said, and
is no failure here: the tests that need it skip, or fail where HUBSEARCH_TEST_REQUIRE=servers.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from tests.servers.distribution import VERSION, folder_name, unpacked
from tests.servers.errors import ServerMissing
from tests.servers.places import cache_folder
from tests.servers.postgres import newest, oldest

NEEDED: dict[str, Callable[[], Path]] = {
    "HUBSEARCH_TEST_ELASTICSEARCH": unpacked,
    "HUBSEARCH_TEST_POSTGRES": newest,
    "HUBSEARCH_TEST_POSTGRES_OLDEST": oldest,
}


def main() -> None:
    if not (cache_folder() / folder_name()).exists():
        say(f"Fetching Elasticsearch {VERSION} for the tests (130 MB, this once) …")
    for variable, have in NEEDED.items():
        if variable not in os.environ:
            try:
                have()
            except ServerMissing as missing:
                say(f"Tests will be skipped: {missing}")


def say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    main()
