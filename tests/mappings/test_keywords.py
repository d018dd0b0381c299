"""Keywords stand once each, split only where the publisher plainly joined several."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.keywords import KEYWORD_LENGTH, KEYWORD_LIMIT, read_keywords
from tests.mappings.crosswalk import find
from tests.mappings.reading import read
from tests.shared_data import needs_shared


@pytest.mark.parametrize(
    ("raw", "expected", "slugs"),
    [
        (["shape", "pool"], ["shape", "pool"], []),
        (["City Facilities & Infrastructure", "L&I"], ["City Facilities & Infrastructure", "L&I"], []),
        # Project Open Data 1.0
        (
            "shape,.shp,esri, pool ,swimming",
            ["shape", ".shp", "esri", "pool", "swimming"],
            ["keyword-is-string"],
        ),
        (
            'EEOC,EEO1,"Private Employer","EEO1, Survey"',
            ["EEOC", "EEO1", "Private Employer", "EEO1, Survey"],
            ["keyword-is-string"],
        ),
        ('half a "quote, here', ['half a "quote', "here"], ["keyword-is-string"]),
        # several in one
        (["TIF;ACED;ALCOGIS"], ["TIF", "ACED", "ALCOGIS"], ["keywords-joined"]),
        (["Parking; Enforcement"], ["Parking", "Enforcement"], ["keywords-joined"]),
        (["debt / daily/ public debt"], ["debt", "daily", "public debt"], ["keywords-joined"]),
        (["a | b"], ["a", "b"], ["keywords-joined"]),
        # one that looks like several
        (
            ["Fraud, Waste, & Abuse Prevention"],
            ["Fraud, Waste, & Abuse Prevention"],
            ["keyword-with-comma"],
        ),
        (["Norway/Dover", "ob/gyn"], ["Norway/Dover", "ob/gyn"], []),
        (["d&#x27;arte"], ["d'arte"], ["html-entities"]),
        # the same again, blanks, placeholders
        (["Child Labor", "Child labor", "child labor"], ["Child Labor"], ["duplicate-keyword"]),
        (["a1", "", "  "], ["a1"], ["blank-keyword", "blank-keyword"]),
        (["N/A", "pending"], ["pending"], ["placeholder"]),
        ([2013, "x1"], ["2013", "x1"], []),
        ([None, {"a": 1}, "x1"], ["x1"], ["wrong-type", "wrong-type"]),
        (["x" * (KEYWORD_LENGTH + 1), "x1"], ["x1"], ["keyword-too-long"]),
    ],
)
def test_keywords(raw: object, expected: list[str], slugs: list[str]) -> None:
    assert read(read_keywords, raw) == (expected, slugs)


@pytest.mark.parametrize("total", [KEYWORD_LIMIT + 1, 34_866])
def test_a_record_keeps_a_thousand_keywords(total: int) -> None:
    raw = [f"keyword{number}" for number in range(total)]
    assert read(read_keywords, raw) == (raw[:KEYWORD_LIMIT], ["too-many-keywords"])
    assert read(read_keywords, ",".join(raw[:2_000]))[0] == raw[:KEYWORD_LIMIT]


@given(st.one_of(st.lists(st.text(max_size=20), max_size=10), st.text(max_size=100)))
def test_keywords_are_clean_and_differ_in_more_than_case(raw: object) -> None:
    words, _ = read(read_keywords, raw)
    assert len({word.casefold() for word in words}) == len(words)
    assert all(word and word == " ".join(word.split()) for word in words)


@needs_shared
@pytest.mark.parametrize(
    ("feed", "identifier", "expected", "slugs"),
    [
        (
            "dcat-us/federal-2025/dol.data.json",
            "ILAB-12-012:037-136",
            ["Child Labor", "Forced Labor", "ILAB", "supply chain"],
            ["duplicate-keyword"],
        ),
        (
            "dcat-us/federal-2025/treasury.data.json",
            "015-BFS-2014Q4-002",
            ["auction results", "CUSIP", "auction"],
            ["keywords-joined"],
        ),
        (
            "arcgis-hub/latest/04c-01_district-of-columbia_20201118.data.json",
            "https://opendata.dc.gov/datasets/b8c0374078644c5298ad2b6b8dfbf751",
            [],
            ["blank-keyword"],
        ),
        (
            "socrata-datajson/2013/data.oregon.gov.data.json",
            "er6e-yg5y",
            ["EEOC", "EEO1", "Private Employer", "EEO1 Survey"],
            ["keyword-is-string"],
        ),
    ],
)
def test_odd_keywords_of_real_records(
    feed: str, identifier: str, expected: list[str], slugs: list[str]
) -> None:
    assert read(read_keywords, find(feed, identifier)[1]["keyword"]) == (expected, slugs)
