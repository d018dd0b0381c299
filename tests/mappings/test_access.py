"""Access levels are DCAT-US's three; an unknown word never means public."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.access import read_access_level
from mappings.dataset import ACCESS_LEVELS
from tests.mappings.crosswalk import find
from tests.mappings.reading import read
from tests.shared_data import needs_shared


@pytest.mark.parametrize(
    ("raw", "expected", "slugs"),
    [
        ("public", "public", []),
        ("restricted public", "restricted public", []),
        ("non-public", "non-public", []),
        ("Public", "public", ["access-level-not-in-list"]),
        (" public ", "public", ["access-level-not-in-list"]),
        ("Non-Public", "non-public", ["access-level-not-in-list"]),
        ("private", "non-public", ["access-level-not-in-list"]),
        ("restricted", "restricted public", ["access-level-not-in-list"]),
        (
            "http://publications.europa.eu/resource/authority/access-right/NON_PUBLIC",
            "non-public",
            ["access-level-not-in-list"],
        ),
        ("everybody", None, ["invalid-access-level"]),
        ("not quite public", None, ["invalid-access-level"]),
        (True, None, ["wrong-type"]),
        ("TBD", None, ["placeholder"]),
    ],
)
def test_access_levels(raw: object, expected: str | None, slugs: list[str]) -> None:
    assert read(read_access_level, raw) == (expected, slugs)


@given(st.text(max_size=30))
def test_only_the_three_levels_are_ever_given(raw: str) -> None:
    assert read(read_access_level, raw)[0] in (None, *ACCESS_LEVELS)


@needs_shared
def test_project_open_data_1_0_wrote_it_with_a_capital() -> None:
    _, dataset = find("socrata-datajson/2013/data.baltimorecity.gov.data.json", "jxn9-pa69")
    assert read(read_access_level, dataset["accessLevel"]) == ("public", ["access-level-not-in-list"])
