"""Every sample feed, cut at every 5 % of its bytes: never whole, never a record that is not in it."""

import gzip
from pathlib import Path

import pytest

from tests.harvesters.reading import read, read_file
from tests.shared_data import SHARED, needs_shared, open_feed

FOLDERS = (
    "dcat-us/federal-2025",
    "dcat-us/federal-misc",
    "dcat-us/regional",
    "socrata-datajson/2013",
    "socrata-datajson/2019-2020",
)


def feeds() -> list[str]:
    found = [path for folder in FOLDERS for path in sorted((SHARED / folder).glob("*.json*"))]
    found += sorted((SHARED / "arcgis-hub/latest").glob("*.json*"))[::6]
    return sorted(str(path.relative_to(SHARED)) for path in found)


def cuts(size: int) -> list[int]:
    return sorted({size * percent // 100 for percent in range(0, 100, 5)})


@needs_shared
@pytest.mark.parametrize("feed", feeds())
def test_a_feed_cut_at_every_twentieth_is_not_whole(feed: str) -> None:
    document = open_feed(feed)
    whole, error = read(document)
    assert error == ""
    for cut in cuts(len(document)):
        elements, error = read(document[:cut])
        assert error in {"cut", "empty"}, f"cut at {cut}"
        assert [e.raw for e in elements] == [e.raw for e in whole[: len(elements)]], f"cut at {cut}"


@needs_shared
@pytest.mark.parametrize("feed", feeds())
def test_a_gzip_body_cut_at_every_twentieth_is_not_whole(feed: str, tmp_path: Path) -> None:
    packed = gzip.compress(open_feed(feed), 1, mtime=0)
    body = tmp_path / "body"
    body.write_bytes(packed)
    whole, error = read_file(body, "gzip")
    assert error == ""
    for cut in cuts(len(packed)):
        body.write_bytes(packed[:cut])
        elements, error = read_file(body, "gzip")
        assert error in {"cut", "empty"}, f"cut at {cut}"
        assert [e.position for e in elements] == [e.position for e in whole[: len(elements)]], f"cut at {cut}"
