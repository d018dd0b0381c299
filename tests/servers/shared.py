"""One server of a kind for a whole test run, whichever of its processes asks first.

    python -m tests.servers.shared KIND OWNER     # starts one that ends with the process OWNER, says where

The first test that needs a server has it started so, in a process that ends at once, and leaves the answer in
the folder the run's processes share. A server that is missing is missing for all of them.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from filelock import FileLock

from tests.servers.elasticsearch import ElasticsearchServer
from tests.servers.errors import ServerFailed, ServerMissing
from tests.servers.postgres import PostgresServer, newest, oldest

ROOT = Path(__file__).resolve().parents[2]


def shared(folder: Path, kind: str) -> str:
    """The URL of the run's server: `elasticsearch`, `postgres-newest` or `postgres-oldest`.

    Raises ServerMissing; ServerFailed where it does not come up.
    """
    reference = folder / f"{kind}.json"
    with FileLock(folder / f"{kind}.lock"):
        if not reference.exists():
            words = ["-m", "tests.servers.shared", kind, str(leader())]
            done = subprocess.run(
                [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False
            )
            if done.returncode:
                raise ServerFailed(done.stderr)
            reference.write_text(done.stdout, encoding="utf-8")
    told = json.loads(reference.read_text(encoding="utf-8"))
    if "missing" in told:
        raise ServerMissing(told["missing"])
    return str(told["url"])


def leader() -> int:
    """The process of the whole run: pytest's own, or with pytest-xdist the parent of this worker."""
    return os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()


def start(kind: str, owner: int) -> str:
    if kind == "elasticsearch":
        return ElasticsearchServer(owner=owner).start().url
    return PostgresServer(newest() if kind == "postgres-newest" else oldest(), owner=owner).start().url()


def main(kind: str, owner: int) -> None:
    try:
        told = {"url": start(kind, owner)}
    except ServerMissing as missing:
        told = {"missing": str(missing)}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
