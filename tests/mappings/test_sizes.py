"""Sizes: whole bytes, from numbers and from words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.issue import IssueLog
from mappings.sizes import read_size


@pytest.mark.parametrize(
    ("published", "size"),
    [
        (20_480, 20_480),
        (0, 0),
        ("20480", 20_480),
        ("20 KB", 20_000),
        ("27KB", 27_000),
        ("1 MB", 1_000_000),
        ("3.13MB", 3_130_000),
        (".006 MB", 6_000),
        ("21,548K", 21_548_000),
        ("2 gib", 2_000_000_000),
        ("171 Kb", 171_000),
        ("512 bytes", 512),
        (None, None),
        ("", None),
        ([], None),
    ],
)
def test_a_size_is_read_without_an_issue(published: object, size: int | None) -> None:
    log = IssueLog()
    assert read_size(published, "size", log) == size
    assert log.issues == []


@pytest.mark.parametrize(
    "published", ["Variable", "varies", "N/A", "MB", ".", ",", "-5 KB", "1e9", "1 MB zipped"]
)
def test_what_is_no_size_is_reported(published: str) -> None:
    log = IssueLog()
    assert read_size(published, "size", log) is None
    assert [issue.slug for issue in log.issues] == ["invalid-size"]


@settings(deadline=None)
@given(st.text(max_size=60) | st.integers() | st.floats())
def test_a_size_is_a_whole_number_or_nothing(published: object) -> None:
    size = read_size(published, "size", IssueLog())
    assert size is None or (isinstance(size, int) and size >= 0)
