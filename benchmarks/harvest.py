"""From a loopback portal to searchable: records per second, and the memory of every process.

    .venv/bin/python -m benchmarks.harvest [--megabytes 300 | --records 50000]

Prints one JSON object. `of_parsing` is the ratio to merely parsing the same records in one thread,
measured in the same run: how much a harvest costs beside the least it could cost.
"""

import argparse
import json
import resource
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import orjson
import psutil

from benchmarks.feeds import write_feed
from harvesters.portal import Portal
from hubsearch.cli.progress import Silence
from hubsearch.hub import Hub, open_hub
from hubsearch.settings import read_settings
from hubsearch.work.due import job_of
from hubsearch.work.landing_order import LandingOrder
from hubsearch.work.source_job import SourceJob


class _Handler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the base class named it)
        pass


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """A plain file server on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *a, **k: _Handler(*a, directory=str(folder), **k))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


class Children:
    """Watches the memory of the processes this one starts. The system's own account of ended children counts
    what they shared with their parent at birth, so it is read from outside, a few times a second."""

    def __init__(self) -> None:
        self.peak = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Children":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        me = psutil.Process()
        while not self._ended.wait(0.1):
            for child in me.children(recursive=True):
                with suppress(psutil.Error):
                    self.peak = max(self.peak, child.memory_info().rss)


def measure(hub: Hub, portal: Portal) -> dict[str, Any]:
    """One harvest, step by step."""
    held = hub.leases.take(job_of(portal.id))
    assert held is not None
    job = SourceJob(hub, portal, held, full=True)
    marks = [time.perf_counter()]
    job.fetch(Silence())
    marks.append(time.perf_counter())
    run = job.land(LandingOrder())
    job.finish(run)
    marks.append(time.perf_counter())
    hub.follow()
    marks.append(time.perf_counter())
    seconds = {
        name: round(b - a, 2)
        for name, a, b in zip(("fetch", "ingest", "index"), marks, marks[1:], strict=False)
    }
    total = marks[-1] - marks[0]
    return {
        "status": run.status,
        "added": run.added,
        "unchanged": run.unchanged,
        "seconds": seconds,
        "records_per_second": round(run.fetched / total),
    }


def parsing_seconds(feed: Path) -> float:
    """Seconds to parse the same records one by one."""
    started = time.perf_counter()
    for line in feed.open("rb"):
        if line.startswith(b"{") and line.rstrip(b",\n").endswith(b"}"):
            orjson.loads(line.rstrip(b",\n"))
    return time.perf_counter() - started


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--megabytes", type=int)
    options.add_argument("--records", type=int, default=None)
    arguments = options.parse_args()
    if arguments.megabytes is None and arguments.records is None:
        arguments.records = 20_000
    with tempfile.TemporaryDirectory(prefix="hubsearch-bench-") as name:
        folder = Path(name)
        records = write_feed(folder / "data.json", records=arguments.records, megabytes=arguments.megabytes)
        settings = read_settings({"HUBSEARCH_HOME": str(folder / "hub")})
        with serving(folder) as url, open_hub(settings) as hub:
            portal = Portal(id="big", type="dcat-us", url=f"{url}/data.json", allow_private=True)
            with Children() as children:
                first = measure(hub, portal)
                again = measure(hub, portal)
        parsing = parsing_seconds(folder / "data.json")
        report = {
            "records": records,
            "megabytes": round((folder / "data.json").stat().st_size / 1e6),
            "first": first,
            "again": again,
            "of_parsing": round(sum(first["seconds"].values()) / parsing, 1),
            "peak_rss_mb": {
                "parent": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                "child": children.peak // 1024**2,
            },
        }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
