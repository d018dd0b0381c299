"""A feed as a whole: unique identifiers, collections that are in it, one order and the same bytes."""

import json
import random
from io import BytesIO
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dcat.build import build_feed
from dcat.record import FeedRecord
from dcat.report import BuildReport
from dcat.validate import validate_dcat_us_1_1
from mappings.dataset import Dataset, Part
from tests.dcat.samples import complete, feed_record


def built(records: list[FeedRecord]) -> tuple[bytes, BuildReport]:
    with build_feed(records) as build:
        return b"".join(build.chunks("https://hub.example/data.json")), build.report


def entries(feed: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(feed)["dataset"]
    return found


def record(number: int, identifier: str, **changes: Any) -> FeedRecord:
    return feed_record(
        id=f"r{number}", identifier=identifier, url=f"https://hub.example/dataset/r{number}", **changes
    )


def test_a_feed_is_valid_and_in_the_order_of_public_ids_whatever_the_order_of_records() -> None:
    records = [record(n, f"id-{n}") for n in range(30)]
    feed, report = built(records)
    random.Random(4).shuffle(records)
    assert built(records)[0] == feed
    assert [entry["identifier"] for entry in entries(feed)] == sorted(f"id-{n}" for n in range(30))
    assert list(validate_dcat_us_1_1(BytesIO(feed))) == []
    assert report.datasets == 30


def test_one_entry_stands_on_each_line() -> None:
    feed, _ = built([record(n, f"id-{n}") for n in range(3)])
    lines = feed.decode().splitlines()
    assert len(lines) == 5
    assert [json.loads(line.rstrip(","))["identifier"] for line in lines[1:-1]] == ["id-0", "id-1", "id-2"]


def test_the_head_says_where_the_feed_lives_and_which_schema_it_follows() -> None:
    document = json.loads(built([record(1, "a")])[0])
    assert document["@id"] == "https://hub.example/data.json"
    assert document["conformsTo"] == "https://project-open-data.cio.gov/v1.1/schema"


def test_of_two_records_with_one_identifier_the_one_seen_first_keeps_it() -> None:
    later = record(1, "same", source="a", first_seen="2024-06-01")
    earlier = record(2, "same", source="b", first_seen="2024-01-01")
    feed, report = built([later, earlier])
    assert [entry["identifier"] for entry in entries(feed)] == ["https://hub.example/dataset/r1", "same"]
    assert report.renamed == ["r1"]


def test_the_hubs_own_urls_coming_back_by_harvest_do_not_collide() -> None:
    loser, winner = record(1, "same", first_seen="2"), record(2, "same", first_seen="1")
    back = record(3, "https://hub.example/dataset/r1", source="self", first_seen="0")
    found = [entry["identifier"] for entry in entries(built([loser, winner, back])[0])]
    assert found == ["https://hub.example/dataset/r1", "same", "https://hub.example/dataset/r3"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", *(f"https://hub.example/dataset/r{n}" for n in range(4))]),
            st.sampled_from("123"),
        ),
        max_size=8,
    )
)
def test_identifiers_are_unique_whatever_the_sources_call_their_records(
    claims: list[tuple[str, str]],
) -> None:
    records = [record(n, identifier, first_seen=seen) for n, (identifier, seen) in enumerate(claims)]
    found = [entry["identifier"] for entry in entries(built(records)[0])] if records else []
    assert len(set(found)) == len(records)


def child(number: int, parent: str, **changes: Any) -> FeedRecord:
    return record(number, f"child-{number}", dataset=complete(part_of=[Part(parent)]), **changes)


def test_a_collection_is_named_only_when_it_is_in_the_feed() -> None:
    records = [
        child(1, "series"),
        child(2, "gone"),
        child(3, "series", source="elsewhere"),
        child(4, "untitled"),
        record(5, "series"),
        record(6, "untitled", dataset=Dataset("Lacks the rest")),
    ]
    found = {entry["identifier"]: entry.get("isPartOf") for entry in entries(built(records)[0])}
    assert found == {"child-1": "series", "child-2": None, "child-3": None, "child-4": None, "series": None}


def test_a_collection_is_named_as_the_feed_names_it() -> None:
    records = [child(1, "series v2"), record(2, "series", at_source="series v2")]
    assert entries(built(records)[0])[0]["isPartOf"] == "series"


def test_the_report_names_what_is_left_out_for_the_agency_to_mend() -> None:
    _, report = built([record(1, "a"), record(2, "b", dataset=complete(modified=None, contact=None))])
    document = report.as_json()
    assert document["datasets"] == 1
    assert document["left_out"] == [
        {
            "id": "r2",
            "reason": "missing-modified, missing-contact",
            "identifier": "b",
            "title": "Water quality of public beaches",
            "source": "beaches",
            "agency": "Department of Public Health",
        }
    ]
    assert document["reasons"] == {"missing-modified": 1, "missing-contact": 1}
    assert document["errors"] == []
