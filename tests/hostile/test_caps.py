"""Whatever one record holds: what is kept is bounded, each cut has its issue, and mapping it ends soon."""

import json
import time
from typing import Any

import pytest

from benchmarks.faults.hostile_values import DATES
from mappings.dataset import Dataset
from mappings.issue import IssueLog
from mappings.schemas import Mapped, map_record

SOUND = {"title": "Bridges", "identifier": "b-1", "accessLevel": "public", "modified": "2024-05-31"}
DEEP: Any = "x"
for _ in range(200):
    DEEP = [DEEP]


def mapped(**fields: Any) -> Mapped:
    return map_record("dcat-us-1.1", json.dumps({**SOUND, **fields}).encode())


def slugs(found: Mapped) -> set[str]:
    return {issue.slug for issue in found.issues}


FILES = [{"downloadURL": f"https://files.example/{n}", "mediaType": "text/csv"} for n in range(10_500)]
SQUARE = [[0, 0], [1, 0], [1, 1], [0, 0]]


@pytest.mark.parametrize(
    ("fields", "slug", "size"),
    [
        ({"keyword": [f"k{n}" for n in range(34_866)]}, "too-many-keywords", lambda d: len(d.keywords)),
        ({"keyword": "k," * 9_000}, "too-many-keywords", lambda d: len(d.keywords)),
        ({"distribution": FILES}, "too-many-distributions", lambda d: len(d.distributions)),
        ({"description": "é" * 70_000}, "description-truncated", lambda d: len(d.description.encode())),
        ({"title": "t" * 10_000}, "value-truncated", lambda d: len(d.title)),
        ({"title": "Bridges" + "<b></b>" * 800}, "value-truncated", lambda d: len(d.title)),
        ({"rights": "r" * 90_000}, "description-truncated", lambda d: len(d.rights)),
        ({"theme": [f"t{n}" for n in range(500)]}, "too-many-values", lambda d: len(d.topics)),
        ({"language": ["en"] * 500}, "too-many-values", lambda d: len(d.language)),
        (
            {"references": [f"https://x.example/{n}" for n in range(3_000)]},
            "too-many-values",
            lambda d: len(d.documentation),
        ),
        ({"isPartOf": [f"c{n}" for n in range(3_000)]}, "too-many-values", lambda d: len(d.part_of)),
        ({"isPartOf": "c" * 5_000}, "unusable-reference", lambda d: len(d.part_of)),
        ({"spatial": [f"Town {n}x" for n in range(900)]}, "too-many-values", lambda d: len(d.spatial.places)),
        (
            {"spatial": {"type": "MultiPolygon", "coordinates": [[SQUARE]] * 900}},
            "geometry-too-detailed",
            lambda d: d.spatial.geometry is None,
        ),
    ],
)  # fmt: skip
def test_lists_and_texts_are_cut_with_an_issue(fields: dict[str, Any], slug: str, size: Any) -> None:
    found = mapped(**fields)
    assert slug in slugs(found)
    assert size(found.dataset) <= 65_536
    assert kept(found.dataset) < 2_500_000


def kept(dataset: Dataset) -> int:
    import orjson

    return len(orjson.dumps(dataset))


@pytest.mark.parametrize("value", DATES, ids=range(len(DATES)))
def test_absurd_dates_are_null_with_an_issue_or_a_date(value: Any) -> None:
    begun = time.process_time()
    found = map_record("dcat-us-1.1", json.dumps({**SOUND, "modified": value, "issued": value}).encode())
    assert time.process_time() - begun < 1 + 2  # the first one loads dateparser
    if found.dataset.modified is None and value not in ([], {}):
        assert any(issue.field == "modified" for issue in found.issues)
    else:
        assert found.dataset.modified is None or 1000 <= int(found.dataset.modified[:4]) <= 2100


@pytest.mark.parametrize(
    "fields",
    [
        {"spatial": {"type": "Point", "coordinates": [1, 2, 10**25]}},
        {"spatial": {"type": "Point", "coordinates": [1, 2, {"x": "y" * 100_000}]}},
        {"distribution": [{"downloadURL": "https://x.example/", "byteSize": "999999999999999 TB"}]},
        {"distribution": [{"downloadURL": "https://x.example/", "byteSize": 2**63}]},
        {"publisher": {"name": "A", "subOrganizationOf": DEEP}},
        {f"field{n}": n for n in range(100_000)},
    ],
    ids=["height", "passenger", "size in words", "size", "deep parent", "keys"],
)
def test_an_absurd_value_costs_itself_and_not_its_record(fields: dict[str, Any]) -> None:
    found = mapped(**fields)
    assert found.dataset.title == "Bridges"
    assert kept(found.dataset) < 100_000


def test_the_texts_of_one_record_together_are_bounded() -> None:
    files = [
        {"downloadURL": f"https://x.example/{n}", "mediaType": "text/csv", "description": "<p>" + "&" * 4_000}
        for n in range(3_000)
    ]
    begun = time.process_time()
    found = mapped(distribution=files)
    assert time.process_time() - begun < 10
    assert "too-much-text" in slugs(found)
    assert len(found.dataset.distributions) == 3_000


def test_a_message_about_an_address_takes_linear_time_and_holds_no_password() -> None:
    from mappings.urls import read_url

    log = IssueLog()
    begun = time.process_time()
    for _ in range(200):
        assert read_url("://user:secret@" + "a" * 4_000, "x", log) is None
    assert time.process_time() - begun < 1
    assert not any("secret" in issue.message for issue in log.issues)
