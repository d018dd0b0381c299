"""What by-passes the guard is seen at the socket, in whatever process, and fails the run."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.conftest import ROOT, run_command
from tests.egress.plugin import RECORDER
from tests.egress.rules import complaints, judge, recorded
from tests.portals import Answer, StaticPortal

FEED = Answer(b'{"dataset":[{"identifier":"a","title":"A"}]}')


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of records of this test alone: what breaks the rules on purpose is not the run's business."""
    folder = tmp_path / "records"
    folder.mkdir()
    monkeypatch.setenv("EGRESS_RECORDS", str(folder))
    return folder


@pytest.fixture
def listener() -> Iterator[int]:
    """A port that takes connections."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


def python(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Python as a test may start it: with an environment made from nothing."""
    environment = {"PATH": os.environ["PATH"], **environment}
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_a_connection_that_leaves_the_machine_is_seen(records: Path) -> None:
    """UDP, which connects without sending a packet; 192.0.2.1 is nobody's."""
    with socket.socket(type=socket.SOCK_DGRAM) as far, suppress(OSError):  # there may be no network at all
        far.connect(("192.0.2.1", 9))
    (found,) = complaints(records)
    assert "leaves this machine" in found
    assert "192.0.2.1 port 9" in found
    assert f"process {os.getpid()}" in found
    assert "test_a_connection_that_leaves_the_machine_is_seen" in found


def test_a_process_with_an_environment_of_its_own_is_recorded(records: Path, listener: int) -> None:
    script = f"import socket; socket.create_connection(('127.0.0.1', {listener}))"
    done = python(
        "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {script!r}], env={{}})"
    )
    assert done.returncode == 0, done.stderr
    assert [(line["host"], line["port"]) for line in recorded(records)] == [("127.0.0.1", listener)]
    assert complaints(records) == []


def test_python_that_shuts_the_recorder_out_is_seen(records: Path) -> None:
    python("-I", "-c", "pass")
    (found,) = complaints(records)
    assert "keeps the recorder out" in found


HOLE = """
import runpy, socket
from harvesters.connect import GuardedEndpoint
guarded = GuardedEndpoint._connect
async def connect(self, factory):
    socket.create_connection(("127.0.0.1", {port})).close()
    return await guarded(self, factory)
GuardedEndpoint._connect = connect
runpy.run_module("harvesters.child", run_name="__main__", alter_sys=True)
"""
"""A fetching child that connects to one address more than its guard has let pass."""


def test_a_fetching_process_with_a_hole_is_seen(records: Path, listener: int, tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    with StaticPortal({"/data.json": FEED}) as portal:
        job = {
            "portal": {"id": "p", "type": "dcat-us", "url": portal.url, "allow_private": True},
            "user_agent": "hubsearch-tests/1",
            "spool": str(tmp_path / "run.spool"),
            "work": str(tmp_path / "work"),
            "limits": {"cpu": 60, "memory": 1024**3, "file": 1024**3},
        }
        script = HOLE.format(port=listener)
        with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdin=subprocess.PIPE) as process:
            assert process.stdin is not None
            process.stdin.write(json.dumps(job).encode() + b"\n")
            process.stdin.flush()
            assert process.wait(60) == 0
        assert portal.paths() == ["/data.json"]
        lines = list(recorded(records))
        assert {line["role"] for line in lines} == {"fetching"}
        assert {line["port"] for line in lines if judge(line) is None} == {portal.port}
    (found,) = complaints(records)
    assert "Egress.check" in found
    assert f"127.0.0.1 port {listener}" in found


def test_the_guards_leave_is_for_one_connection_to_that_address(records: Path, listener: int) -> None:
    script = f"""
import socket
from harvesters.egress import Egress
Egress(frozenset({{("portal.test", {listener})}})).check("portal.test", {listener}, "127.0.0.1")
import sys; sys.modules["__main__"].__spec__ = type("Spec", (), {{"name": "harvesters.child"}})
for _ in range(2):
    socket.create_connection(("127.0.0.1", {listener})).close()
"""
    done = python("-c", script)
    assert done.returncode == 0, done.stderr
    assert [judge(line) is None for line in recorded(records)] == [True, False]


def test_hubsearch_itself_connects_nowhere(
    records: Path, listener: int, hub_home: Path, tmp_path: Path
) -> None:
    script = f"""
import socket, sys, harvesters.portals_file as module
real = module.read_portals
def read_portals(path):
    socket.create_connection(("127.0.0.1", {listener})).close()
    return real(path)
module.read_portals = read_portals
sys.argv = ["hubsearch", "source", "list"]
from hubsearch.cli import main
main()
"""
    (hub_home).mkdir()
    (hub_home / "portals.toml").write_text("")
    done = python(
        "-c", script, HUBSEARCH_HOME=str(hub_home), HUBSEARCH_PORTALS=str(hub_home / "portals.toml")
    )
    assert done.returncode == 0, done.stderr
    (found,) = complaints(records)
    assert "the product connects by itself" in found
    assert "hubsearch.cli" in found


def test_a_harvest_by_command_is_recorded_and_clean(records: Path, hub_home: Path) -> None:
    with StaticPortal({"/data.json": FEED}) as portal:
        words = ("--type", "dcat-us", "--allow-private", "--id", "p")
        assert run_command(hub_home, "source", "add", portal.url, *words).status == 0
        assert run_command(hub_home, "harvest", "p").status == 0
        assert {(line["role"], line["port"]) for line in recorded(records)} == {("fetching", portal.port)}
    assert complaints(records) == []


SUITE = """
import contextlib, socket

def test_passes():
    with socket.socket(type=socket.SOCK_DGRAM) as far, contextlib.suppress(OSError):
        far.connect(("192.0.2.7", 9))
"""


@pytest.mark.parametrize("spread", [(), ("-n", "1")], ids=["one process", "pytest-xdist"])
def test_a_run_whose_tests_pass_fails_for_what_was_recorded(tmp_path: Path, spread: tuple[str, ...]) -> None:
    (tmp_path / "conftest.py").write_text(
        "from tests.egress import plugin\n\ndef pytest_configure(config):\n    plugin.start(config)\n"
    )
    (tmp_path / "test_suite.py").write_text(SUITE)
    words = (
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(tmp_path),
        *spread,
        str(tmp_path),
    )
    done = python(*words, PYTHONPATH=str(ROOT))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    assert "192.0.2.7 port 9" in done.stdout
    assert "test_suite:" in done.stdout, "the stack names the module"


def test_half_a_line_of_a_killed_process_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "1.jsonl").write_text(json.dumps({"what": "blind"}) + '\n{"what": "soc')
    assert [line["what"] for line in recorded(tmp_path)] == ["blind"]


def test_the_recorder_stands_where_the_tests_look_for_it() -> None:
    assert (RECORDER / "sitecustomize.py").exists()
    assert str(RECORDER) in os.environ["PYTHONPATH"].split(os.pathsep)
