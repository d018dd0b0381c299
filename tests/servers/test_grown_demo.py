"""`make grown-demo`: all that docker-compose.yml wires, by the same commands, without containers."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from hubsearch.demo.portals import sample_entries
from tests.conftest import ROOT, without_a_server
from tests.servers.distribution import unpacked
from tests.servers.errors import ServerMissing
from tests.servers.postgres import newest
from tests.servers.process import free_port


@pytest.fixture
def grown_demo() -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The demo as it starts, and its port."""
    try:
        unpacked(), newest()
    except ServerMissing as missing:
        without_a_server(missing)
    port = free_port()
    words = ["-m", "tests.servers.grown_demo", "--port", str(port)]
    with subprocess.Popen(
        [sys.executable, *words], cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as demo:
        yield demo, port
        demo.kill()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_demo_runs_on_servers_with_two_workers_and_leaves_nothing(
    grown_demo: tuple[subprocess.Popen[str], int],
) -> None:
    demo, port = grown_demo
    assert demo.stderr is not None
    said = ""
    for line in demo.stderr:
        said += line
        if line.startswith("Serving until"):
            break
    assert f"of {len(sample_entries())} portals are searchable" in said, said
    kept = re.search(r"\. (\S+)/environment", said)
    assert kept is not None, said
    folder = Path(kept[1])
    assert re.search(r"'https://127\.0\.0\.1:\d+'", (folder / "environment").read_text())
    asked = f"http://127.0.0.1:{port}"
    assert httpx.get(f"{asked}/search.json?q=hospital").json()["total"] > 0
    assert len(httpx.get(f"{asked}/data.json").json()["dataset"]) > 1_000
    demo.send_signal(signal.SIGINT)
    assert demo.stderr.read().strip() == "Stopped."
    assert demo.wait() == 0
    assert not folder.exists()
