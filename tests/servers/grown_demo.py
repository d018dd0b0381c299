"""`make grown-demo`: the demo on servers, without containers: the same parts as docker-compose.yml wires.

PostgreSQL and Elasticsearch (with TLS, an authority and credentials made for this run) start as the tests
start them; the store is migrated; two workers harvest the bundled sample, each portal played on loopback; two
web processes serve it. All of it lives in temporary folders and ends with this process.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from harvesters.portals_file import add_portal
from hubsearch.demo.portals import sample_portals
from hubsearch.feed_copies import LOOKED_AFTER
from hubsearch.hub import Hub, open_hub
from hubsearch.settings import read_settings
from tests.servers.elasticsearch import ElasticsearchServer
from tests.servers.errors import ServerFailed, ServerMissing
from tests.servers.postgres import PostgresServer, newest
from tests.servers.process import ROOT, end_of, guard, kill_tree, note, remove

WORKERS = 2
STOPS_WITHIN = 40.0
"""Seconds a process of the hub may take to finish what it does."""

HARVESTED_WITHIN, READY_WITHIN = 600.0, 180.0
"""Seconds; half a minute and two seconds are usual."""

ANSWERED = ("readyz", "data.json")

PRIVILEGES = {
    "hubsearch": {
        "cluster": ["monitor", "manage_index_templates"],
        "indices": [{"names": ["hub*"], "privileges": ["all"]}],
    }
}
"""What the hub's own API key may do."""

TRY = """
{total:,} datasets of {sources} portals are searchable, at {seconds:.0f} s after the workers' start.

  open   {url}/
         {url}/data.json
         {url}/readyz

  try    . {environment}     # the hub's settings, for a shell beside this one
         .venv/bin/hubsearch doctor
         .venv/bin/hubsearch index check
         .venv/bin/hubsearch index build

Serving until Ctrl-C, which stops all and removes it.
"""


def main(port: int) -> int:
    """Run the demo until it is stopped; exit status 1 where a part does not come up or ends by itself."""
    for ending in (signal.SIGINT, signal.SIGTERM):  # a shell's background job is born deaf to the first
        signal.signal(ending, signal.default_int_handler)
    try:
        with ExitStack() as stack:
            run(port, stack)
    except KeyboardInterrupt:
        say("Stopped.")
    except (ServerMissing, ServerFailed) as error:
        say(f"grown-demo: {error}")
        return 1
    return 0


def run(port: int, stack: ExitStack) -> None:
    folder = Path(tempfile.mkdtemp(prefix="hubsearch-grown-demo-"))
    stack.callback(remove, folder)
    guard(folder, os.getpid())
    say("Starting PostgreSQL and Elasticsearch …")
    postgres = stack.enter_context(PostgresServer(newest(), settings={"fsync": True}))
    elasticsearch = stack.enter_context(ElasticsearchServer(tls=True, quick=False))
    environment = {
        "HUBSEARCH_HOME": str(folder / "hub"),
        "HUBSEARCH_PORTALS": str(folder / "portals.toml"),
        "HUBSEARCH_STORE": postgres.url(),
        "HUBSEARCH_ENGINE": f"https://127.0.0.1:{elasticsearch.nodes[0].http}",
        "HUBSEARCH_ENGINE_CA": str(elasticsearch.ca),
        "HUBSEARCH_ENGINE_API_KEY": api_key(elasticsearch),
        "HUBSEARCH_BASE_URL": f"http://127.0.0.1:{port}",
    }
    portals = stack.enter_context(sample_portals())
    for portal in portals:
        add_portal(folder / "portals.toml", portal)
    hubsearch("migrate", environment=environment)
    hub = stack.enter_context(open_hub(read_settings(environment)))
    say(f"Starting {WORKERS} workers and the web server …")
    begun = time.monotonic()
    web = ["serve", "--port", str(port), "--workers", "2"]
    parts = [["worker"]] * WORKERS + [web]
    running = [
        stack.enter_context(part(number, words, folder, environment))
        for number, words in enumerate(parts, start=1)
    ]
    wait_until_searchable(hub, len(portals), running)
    wait_until_ready(environment["HUBSEARCH_BASE_URL"], running)
    shell = folder / "environment"
    shell.write_text("".join(f"export {name}='{value}'\n" for name, value in environment.items()))
    counts = hub.store.record_counts()
    say(
        TRY.format(
            total=sum(counts.values()),
            sources=len(counts),
            seconds=time.monotonic() - begun,
            url=environment["HUBSEARCH_BASE_URL"],
            environment=shell,
        )
    )
    while True:
        look_after(running)
        time.sleep(1)


def api_key(server: ElasticsearchServer) -> str:
    asked = {"name": "hubsearch", "role_descriptors": PRIVILEGES}
    return str(server.request("POST", "/_security/api_key", asked)["encoded"])


def hubsearch(*words: str, environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hubsearch", *words], cwd=ROOT, env={**os.environ, **environment}, check=False
    )
    if done.returncode:
        raise ServerFailed(f"`hubsearch {' '.join(words)}` ended with {done.returncode}")


@dataclass
class Part:
    """One of the hub's processes."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path


@contextmanager
def part(number: int, words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Iterator[Part]:
    """A process of the hub from here to the end of the block; what it says goes to a file."""
    log = folder / f"{words[0]}-{number}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "hubsearch", *words],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is this script's: it ends the parts in order
        )
    note(folder, process.pid)
    try:
        yield Part(words[0], process, log)
    finally:
        process.terminate()
        try:
            process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            kill_tree(process.pid)
            process.wait()


def look_after(parts: Sequence[Part]) -> None:
    """Raises ServerFailed when one of them has ended."""
    for each in parts:
        if each.process.poll() is not None:
            raise ServerFailed(f"the {each.name} process ended by itself:\n{end_of(each.log)}")


def wait_until_searchable(hub: Hub, portals: int, parts: Sequence[Part]) -> None:
    """Until every portal has had its first run and the index has followed all of them."""
    until = time.monotonic() + HARVESTED_WITHIN
    while True:
        look_after(parts)
        runs = hub.store.runs()
        ended = {run.source for run in runs if run.status != "running"}
        if len(ended) == portals and hub.engine.watermark() == hub.store.last_sequence():
            return
        if time.monotonic() > until:
            raise ServerFailed(f"{len(ended)} of {portals} portals after {HARVESTED_WITHIN:.0f} s")
        time.sleep(0.5)


def wait_until_ready(url: str, parts: Sequence[Part]) -> None:
    """Until the web server says that it can answer, and gives the feed out, whichever of its processes is
    asked."""
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until:
        look_after(parts)
        with suppress(httpx.TransportError):
            answers = [httpx.get(f"{url}/{path}", timeout=30, trust_env=False) for path in ANSWERED]
            if all(answer.is_success for answer in answers):
                time.sleep(LOOKED_AFTER)  # a process that looked for the feed before it was there looks again
                return
        time.sleep(0.5)
    raise ServerFailed(f"not all of {', '.join(ANSWERED)} is answered after {READY_WITHIN:.0f} s")


def say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.servers.grown_demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    sys.exit(main(parser.parse_args().port))
