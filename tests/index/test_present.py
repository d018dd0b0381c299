"""The JSON of a dataset: every name scripts rely on, unknowns as null or empty lists."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from index.linkage import Member, canonical, members
from index.present import present
from index.store import Source, StoredRecord
from mappings.dataset import (
    Column,
    Contact,
    Dataset,
    Distribution,
    Frequency,
    Licence,
    Link,
    Origin,
    Part,
    Place,
    Publisher,
    Quality,
    Spatial,
    Temporal,
    Topic,
)
from mappings.issue import Issue

THEN = datetime(2026, 1, 1, 6, tzinfo=UTC)
LATER = datetime(2026, 1, 9, 6, tzinfo=UTC)
SOURCE = Source("town", "dcat-us", "https://town.example", "Town", jurisdiction="Town of Town", level="city")


def stored(dataset: Dataset, **more: object) -> StoredRecord:
    values: dict[str, object] = {
        "id": "abc",
        "cluster_id": "abc",
        "source": "town",
        "identifier": "new",
        "first_identifier": "old",
        "feed_identifier": "old",
        "issues": [],
        "schema": "dcat-us-1.1",
        "source_url": "https://town.example/data.json",
        "first_seen": THEN,
        "last_seen": LATER,
        "run": "7",
    }
    return StoredRecord(dataset=dataset, **(values | more))


FULL = Dataset(
    title="Wells",
    type="map",
    description="Wells of the town.",
    keywords=["water"],
    topics=[Topic("environment", "Environment", derived=True)],
    publisher=Publisher("water", "Water Board", as_published="WATER BD", branch="executive"),
    contact=Contact("Ann", "ann@town.example"),
    origin=Origin("Water JSON", "W-1", source_id="7a"),
    issued="2020",
    modified="2021-02-03",
    metadata_modified="2022-01",
    frequency=Frequency("R/P1Y", "annual"),
    language=["en"],
    license=Licence("CC-BY-4.0", "https://cc.example", open=True, as_published="cc by"),
    rights="none",
    access_level="public",
    documentation=[Link("Dictionary", "https://town.example/d")],
    part_of=[Part("series", "def", "Series")],
    derived_from=["https://town.example/raw"],
    spatial=Spatial([-73.0, 41.0, -72.0, 42.0], [Place("Town", "geo:1")], None, "-73,41,-72,42"),
    temporal=Temporal("2019", None, "2019/.."),
    landing_page="https://town.example/wells",
    distributions=[Distribution("https://town.example/w.csv", "download", "CSV", "CSV", "text/csv", 12)],
    columns=[Column("depth", "Depth", "in feet", "number")],
    quality=Quality(0.75, {"title": 1.0}),
    as_published={"modified": "2021-02-03T00:00"},
)


UNREAD = {"evidence": None, "confidence": None}
"""What places and periods that were published have not."""


def test_every_part_is_there_under_its_name() -> None:
    document = present(
        stored(FULL, issues=[Issue("a", "b", "c")], views=5), SOURCE, raw=b'{"title": "Wells"}'
    )
    provenance = document.pop("provenance")
    assert document == {
        "id": "abc",
        "type": "map",
        "title": "Wells",
        "description": "Wells of the town.",
        "keywords": ["water"],
        "topics": [{"id": "environment", "label": "Environment", "derived": True}],
        "publisher": {
            "id": "water",
            "name": "Water Board",
            "as_published": "WATER BD",
            "level": "city",
            "branch": "executive",
            "jurisdiction": "Town of Town",
        },
        "contact": {"name": "Ann", "email": "ann@town.example"},
        "issued": "2020",
        "modified": "2021-02-03",
        "metadata_modified": "2022-01",
        "frequency": {"value": "R/P1Y", "as_published": "annual"},
        "language": ["en"],
        "license": {"id": "CC-BY-4.0", "url": "https://cc.example", "open": True, "as_published": "cc by"},
        "rights": "none",
        "access_level": "public",
        "documentation": [{"title": "Dictionary", "url": "https://town.example/d"}],
        "part_of": [{"id": "def", "title": "Series", "identifier": "series"}],
        "derived_from": ["https://town.example/raw"],
        "spatial": {
            "bbox": [-73.0, 41.0, -72.0, 42.0],
            "places": [{"id": "geo:1", "name": "Town", "derived": False} | UNREAD | {"as_published": None}],
            "geometry": None,
            "as_published": "-73,41,-72,42",
            "bbox_derived": False,
        },
        "temporal": {"start": "2019", "end": None, "as_published": "2019/..", "derived": False} | UNREAD,
        "landing_page": "https://town.example/wells",
        "distributions": [
            {
                "title": "CSV",
                "description": None,
                "url": "https://town.example/w.csv",
                "kind": "download",
                "format": "CSV",
                "media_type": "text/csv",
                "size": 12,
                "conforms_to": None,
            }
        ],
        "columns": [{"name": "depth", "label": "Depth", "description": "in feet", "type": "number"}],
        "popularity": {"views": 5, "downloads": None},
        "quality": {"score": 0.75, "parts": {"title": 1.0}},
        "cluster": {
            "id": "abc",
            "canonical": "abc",
            "members": [{"id": "abc", "source": "town", "reason": None, "score": None}],
        },
        "origin": {"source": "Water JSON", "identifier": "W-1", "url": None, "source_id": "7a"},
        "issues": [{"slug": "a", "field": "b", "message": "c"}],
        "as_published": {"modified": "2021-02-03T00:00"},
        "unmapped": {},
        "deleted": False,
        "raw": {"title": "Wells"},
    }
    assert provenance == {
        "source": "town",
        "identifier": "new",
        "source_url": "https://town.example/data.json",
        "first_seen": "2026-01-01T06:00:00+00:00",
        "last_seen": "2026-01-09T06:00:00+00:00",
        "run": "7",
        "schema": "dcat-us-1.1",
        "first_identifier": "old",
        "missing_since": None,
        "deleted_at": None,
    }


def test_what_is_unknown_is_null_or_an_empty_list() -> None:
    document = present(stored(Dataset(title="Bare")), SOURCE)
    known = {"id", "type", "title", "cluster", "provenance", "deleted"}
    assert {repr(value) for name, value in document.items() if name not in known} == {"None", "[]", "{}"}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b'{"a": [1]}', {"a": [1]}),
        (b"<gmd:MD_Metadata/>", "<gmd:MD_Metadata/>"),
        (b'{"a": broken', '{"a": broken'),
        (b"caf\xe9", "caf\ufffd"),
        (None, None),
    ],
)
def test_what_was_received_is_json_or_text(raw: bytes | None, expected: object) -> None:
    assert present(stored(Dataset(title="T")), SOURCE, raw=raw)["raw"] == expected


def test_a_publisher_s_own_level_stands_before_its_portal_s() -> None:
    dataset = Dataset(title="T", publisher=Publisher("p", "P", level="state", jurisdiction="State"))
    publisher = present(stored(dataset), SOURCE)["publisher"]
    assert (publisher["level"], publisher["jurisdiction"]) == ("state", "State")


def test_a_tombstone_says_so() -> None:
    document = present(stored(Dataset(title="T"), missing_since=THEN, deleted_at=LATER), SOURCE)
    assert document["deleted"] is True
    assert document["provenance"]["deleted_at"] == "2026-01-09T06:00:00+00:00"


def test_the_record_seen_first_stands_for_its_cluster() -> None:
    early, late = stored(Dataset(title="T"), id="z"), stored(Dataset(title="T"), id="a", first_seen=LATER)
    assert canonical([late, early]) is early
    assert members([late, early]) == [Member("z", "town"), Member("a", "town")]
    document = present(late, SOURCE, members=members([late, early]))
    assert document["cluster"]["canonical"] == "z"
    assert canonical([replace(early, id="y"), early]).id == "y"
