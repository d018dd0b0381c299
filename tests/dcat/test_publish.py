"""Published feeds: whole or not at all, the same bytes for the same catalogue, guarded against shrinking."""

import gzip
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from dcat.errors import FeedError
from dcat.publish import count_entries, gzip_path, publish
from dcat.record import FeedRecord
from mappings.dataset import Dataset
from tests.dcat.samples import feed_record


def records(count: int) -> list[FeedRecord]:
    return [
        feed_record(id=f"r{n:03}", identifier=f"id-{n}", url=f"https://hub.example/dataset/r{n:03}")
        for n in range(count)
    ]


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "feeds" / "data.json"


def test_a_feed_and_its_compressed_copy_are_published_together(target: Path) -> None:
    report = publish(records(20), target)
    assert report.published
    assert report.held is None
    assert count_entries(target) == 20
    assert gzip.decompress(gzip_path(target).read_bytes()) == target.read_bytes()
    assert gzip_path(target).stat().st_mtime_ns == target.stat().st_mtime_ns
    assert sorted(path.name for path in target.parent.iterdir()) == ["data.json", "data.json.gz"]


def test_an_unchanged_catalogue_leaves_the_files_alone(target: Path) -> None:
    publish(records(5), target)
    before = (target.stat().st_ino, target.stat().st_mtime_ns, gzip_path(target).stat().st_mtime_ns)
    assert publish(reversed(records(5)), target).published
    assert (target.stat().st_ino, target.stat().st_mtime_ns, gzip_path(target).stat().st_mtime_ns) == before


def test_the_same_catalogue_gives_the_same_bytes_elsewhere(target: Path, tmp_path: Path) -> None:
    publish(records(5), target)
    publish(records(5), tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == target.read_bytes()
    assert (tmp_path / "again.json.gz").read_bytes() == gzip_path(target).read_bytes()


def test_a_feed_that_shrinks_by_a_tenth_replaces_the_old_one(target: Path) -> None:
    publish(records(100), target)
    assert publish(records(90), target).published
    assert count_entries(target) == 90


def test_a_feed_that_shrinks_by_more_keeps_the_old_one_until_allowed(target: Path) -> None:
    publish(records(100), target)
    report = publish(records(89), target)
    assert not report.published
    assert report.held == report.errors[0]
    assert "from 100 to 89" in report.held
    assert count_entries(target) == 100
    assert publish(records(89), target, allow_shrink=True).published
    assert count_entries(target) == 89


def test_an_empty_feed_is_never_written(target: Path) -> None:
    publish(records(3), target)
    assert publish([], target).held
    assert count_entries(target) == 3
    assert publish([], target, allow_shrink=True).published
    assert not target.exists()
    assert not gzip_path(target).exists()


def test_an_empty_hub_publishes_nothing_and_that_is_no_error(target: Path) -> None:
    report = publish([], target)
    assert report.errors == []
    assert not target.exists()


def test_a_feed_whose_every_record_is_left_out_is_an_error(target: Path) -> None:
    report = publish([feed_record(Dataset("Lacks the rest"))], target)
    assert report.errors == [report.held]
    assert not target.exists()


def test_a_build_that_fails_half_way_leaves_the_old_feed(target: Path) -> None:
    publish(records(3), target)
    before = target.read_bytes()

    def breaking() -> list[FeedRecord]:
        raise RuntimeError("the store went away")

    with pytest.raises(RuntimeError):
        publish((record for source in (records(2), breaking()) for record in source), target)
    assert target.read_bytes() == before
    assert sorted(path.name for path in target.parent.iterdir()) == ["data.json", "data.json.gz"]


def test_a_place_that_is_no_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FeedError, match="cannot be written"):
        publish(records(1), tmp_path / "file" / "data.json")


WITHOUT_ROOM = f"""
import resource, sys
from pathlib import Path
from dcat.errors import FeedError
from dcat.publish import publish
from tests.dcat.test_publish import records
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, {resource.RLIM_INFINITY}))
try:
    publish(records(20_000), Path(sys.argv[1]))
except FeedError as error:
    print(error)
"""


def test_without_room_to_make_it_the_old_feed_stays_and_the_reason_is_said(target: Path) -> None:
    """The working files lie beside the feed: a temporary folder may be in memory."""
    publish(records(20), target)
    before = target.read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_ROOM, str(target)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(target.parent) in done.stdout
    assert target.read_bytes() == before
    assert sorted(path.name for path in target.parent.iterdir()) == ["data.json", "data.json.gz"]
