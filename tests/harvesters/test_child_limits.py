"""What the fetching process may use, kept by the kernel, and what each end of it is called."""

import contextlib
import gzip
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from harvesters import supervise
from tests.harvesters.fetching import fetching_children, harvest
from tests.portals import Answer, StaticPortal

ROOT = Path(__file__).resolve().parents[2]
RECORD = b'{"identifier":"a","title":"A"}'
MB = 1024**2


@contextmanager
def peak_memory() -> Iterator[list[int]]:
    """The most resident memory that a fetching process was seen to have."""
    peak = [0]
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(0.02):
            for child in fetching_children():
                with contextlib.suppress(psutil.NoSuchProcess):
                    peak[0] = max(peak[0], child.memory_info().rss)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield peak
    finally:
        stop.set()
        watcher.join()


def bomb(megabytes: int) -> bytes:
    """A feed of one endless title, in gzip."""
    start, filling = b'{"dataset":[{"identifier":"a","title":"', b"x" * MB
    return gzip.compress(start) + gzip.compress(filling, 9) * megabytes


WRAPPED = b'{"dataset":[%b,' + RECORD + b"]}"
GZIPPED = {"Content-Encoding": "gzip"}
BOMBS = [
    pytest.param(Answer(bomb(300), headers=GZIPPED), "decompression-bomb", 0, id="a gzip bomb"),
    pytest.param(Answer(gzip.compress(bomb(300)), headers=GZIPPED), "not-json", 0, id="gzip in gzip"),
    pytest.param(
        Answer(gzip.compress(b"") * 150_000, headers=GZIPPED), "bad-encoding", 0, id="empty streams"
    ),
    pytest.param(Answer(WRAPPED % (b"[" * 100_000 + b"]" * 100_000)), "", 2, id="100,000 levels"),
    pytest.param(Answer(WRAPPED % (b'{"title":"' + b"x" * 60 * MB + b'"}')), "", 2, id="a string of 60 MB"),
    pytest.param(Answer(WRAPPED % (b'{"n":' + b"7" * 10 * MB + b"}")), "", 2, id="a number of 10 MB"),
    pytest.param(Answer(WRAPPED % (b'{"' + b"k" * 10 * MB + b'":1}')), "", 2, id="a key of 10 MB"),
    pytest.param(
        Answer(b'{"n":' + b"7" * 200_000 + b"}"), "no-dataset-list", 0, id="a long number and nothing else"
    ),
    pytest.param(
        Answer(b'{"n":' + b"7" * 200_000 + b',"dataset":[' + RECORD + b"]}"), "", 1, id="a long number first"
    ),
]


@pytest.mark.parametrize(("answer", "slug", "records"), BOMBS)
def test_no_document_takes_more_than_its_share_of_memory_and_disk(
    tmp_path: Path, answer: Answer, slug: str, records: int
) -> None:
    with StaticPortal({"/data.json": answer}) as portal, peak_memory() as peak:
        fetched = harvest(tmp_path, "dcat-us", portal.url)
    assert (fetched.statement.slug, len(fetched.records)) == (slug, records)
    assert fetched.statement.complete == (slug == "")
    assert 0 < peak[0] < 256 * MB
    assert (tmp_path / "run.spool").stat().st_size < MB


def test_a_fetch_that_computes_for_ever_is_ended_by_the_kernel(tmp_path: Path) -> None:
    with StaticPortal({"/data.json": Answer(b"[" * 20_000_000)}) as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url, cpu_limit=3)
    assert fetched.verdict == (False, "cpu-budget", True)
    assert fetched.records == []


LIMITED = """
import json, resource, sys
from harvesters.limits import OUT_OF_MEMORY, Limits, set_limits
set_limits(Limits(cpu=60, memory=200 * 1024**2, file=1024**2))
names = ("CORE", "NOFILE", "FSIZE", "DATA", "CPU")
print(json.dumps({name: resource.getrlimit(getattr(resource, "RLIMIT_" + name))[0] for name in names}))
try:
    bytearray(500 * 1024**2)
except MemoryError:
    print(json.dumps("refused"))
try:
    with open(sys.argv[1], "wb") as file:
        file.write(b"x" * (2 * 1024**2))
except OSError as error:
    print(json.dumps(error.errno))
"""


def test_memory_files_and_cores_are_bounded_in_the_process_itself(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LIMITED, str(tmp_path / "large")]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60)
    limits, memory, file = map(json.loads, done.stdout.splitlines())
    assert limits == {"CORE": 0, "NOFILE": 256, "FSIZE": MB, "DATA": 200 * MB, "CPU": 60}
    assert memory == "refused"
    assert file == 27, "EFBIG"
    assert (tmp_path / "large").stat().st_size <= MB


def test_memory_that_the_kernel_refuses_is_called_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "HEADROOM", 85 * MB - supervise.MEMORY_LIMIT)
    record = b'{"identifier":"a","title":"' + b"x" * 14 * MB + b'"}'
    with StaticPortal({"/data.json": Answer(b'{"dataset":[' + record + b"]}")}) as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url)
    assert fetched.verdict == (False, "memory", True)
    assert "MB of memory" not in fetched.statement.reason, "the look from outside came first"
