"""A DCAT-US document fetched by the real child: the good ways to serve one, and the bad ones."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from mappings import schemas
from tests.harvesters.fetching import harvest
from tests.portals import Answer, StaticPortal
from tests.shared_data import load, needs_shared, open_feed

ENERGY = "dcat-us/federal-2025/energy.data.json"
CFPB = "dcat-us/federal-2025/consumerfinance.data.json"


def catalogue(records: list[Any]) -> bytes:
    return json.dumps(
        {"conformsTo": "https://project-open-data.cio.gov/v1.1/schema", "dataset": records}
    ).encode()


def datasets(count: int) -> list[dict[str, str]]:
    return [{"identifier": f"id-{n}", "title": f"Number {n}", "modified": "2024-01-01"} for n in range(count)]


@needs_shared
@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"length": False},
        {"compress": True, "chunked": True, "step": 1_000},
    ],
    ids=str,
)
def test_a_real_feed_arrives_whole_however_it_is_served(tmp_path: Path, answer: dict[str, Any]) -> None:
    document = open_feed(ENERGY)
    with StaticPortal({"/data.json": Answer(document, **answer)}) as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url)
        assert portal.paths() == ["/data.json"]
    assert fetched.verdict == (True, "", False)
    expected = load(ENERGY)["dataset"]
    assert [json.loads(record.payload) for record in fetched.records] == expected
    assert all(record.payload in document for record in fetched.records), "as received, byte for byte"
    for record, dataset in zip(fetched.records, expected, strict=True):
        light = schemas.describe("dcat-us-1.1", dataset)
        assert (record.identifier, record.digest, record.version) == (
            light.identifier,
            light.digest,
            light.version,
        )
        assert record.url == f"{portal.url}data.json"
        assert record.trouble is None
    assert fetched.statement.records == len(expected)
    assert fetched.statement.requests == 1
    assert (
        fetched.statement.bytes == len(gzip.compress(document, 6))
        if answer.get("compress")
        else len(document)
    )


@needs_shared
def test_a_bare_list_is_dcat_us_1_0(tmp_path: Path) -> None:
    feed = "socrata-datajson/2013/data.cityofboston.gov.data.json"
    with StaticPortal({"/boston.json": Answer(open_feed(feed))}) as portal:
        fetched = harvest(tmp_path, "dcat-us", f"{portal.url}boston.json")
    assert fetched.verdict == (True, "", False)
    assert {record.schema for record in fetched.records} == {"dcat-us-1.0"}
    assert len(fetched.records) == len(load(feed))


@needs_shared
@pytest.mark.parametrize(
    ("how", "percent"),
    [
        ({"honest_length": True}, 5),
        ({"honest_length": True, "compress": True}, 50),
        ({}, 50),
        ({"chunked": True}, 95),
    ],
    ids=str,
)
def test_a_cut_feed_is_incomplete_and_lands_what_came(
    tmp_path: Path, how: dict[str, Any], percent: int
) -> None:
    document = open_feed(CFPB)
    size = len(gzip.compress(document, 6)) if how.get("compress") else len(document)
    answer = Answer(document, cut_to=size * percent // 100, **how)
    with StaticPortal({"/data.json": answer}) as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url)
        noticed_by_http = not how.get("honest_length") and how.get("length", True)
        assert len(portal.seen) == (4 if noticed_by_http else 1), "what HTTP notices is asked for again"
    assert fetched.verdict == (False, "cut", False)
    assert [failure.slug for failure in fetched.statement.failures] == ["cut"]
    expected = load(CFPB)["dataset"]
    assert [json.loads(record.payload) for record in fetched.records] == expected[: len(fetched.records)]
    assert (len(fetched.records) > 0) == (percent > 5)


@pytest.mark.parametrize(
    ("body", "verdict", "said"),
    [
        (b"", (False, "empty", False), "empty"),
        (b"<html><title>Page not found</title>", (False, "not-json-html", True), "Page not found"),
        (b'{"title":"no catalogue"}', (False, "no-dataset-list", True), "title"),
        (b'{"dataset":[]}', (True, "", False), ""),
        (b"[" * 100_000 + b"]" * 100_000, (False, "no-usable-records", False), "none of the 1"),
        (b'{"dataset":[1,"x",null]}', (False, "no-usable-records", False), "none of the 3"),
    ],
)
def test_what_is_no_catalogue_gets_a_reason(
    tmp_path: Path, body: bytes, verdict: tuple[bool, str, bool], said: str
) -> None:
    with StaticPortal({"/data.json": Answer(body)}) as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url)
    assert fetched.verdict == verdict
    assert said in fetched.statement.reason


def test_every_record_is_accounted_for_whatever_it_is(tmp_path: Path) -> None:
    one = {"identifier": "one", "title": "x"}
    records = [
        one,
        "text",
        {"title": "no identifier"},
        {"identifier": "", "title": "x"},
        one,
        [1],
        {"identifier": 7},
    ]
    body = (
        catalogue(records)[:-2] + b',{"identifier" "broken"},{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}]}"
    )
    with StaticPortal({"/data.json": Answer(body)}) as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url)
    assert fetched.verdict == (True, "", False)
    assert fetched.statement.records == 9
    slugs = [record.trouble.slug if record.trouble else record.identifier for record in fetched.records]
    assert slugs[:2] == ["one", "not-an-object"]
    assert slugs[2] == "missing-identifier"
    assert slugs[4] == "one"
    assert slugs[5] == "not-an-object"
    assert slugs[7:] == ["invalid-json", "json-too-deep"]
    assert all(record.payload and len(record.digest) == 32 for record in fetched.records)


@pytest.mark.parametrize("count", [1_000, 1_001])
def test_a_count_where_feeds_are_cut_silently_is_remarked_upon(tmp_path: Path, count: int) -> None:
    with StaticPortal({"/data.json": Answer(catalogue(datasets(count)))}) as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url)
    assert fetched.verdict == (True, "suspicious-count", False)
    assert f"{count:,}" in fetched.statement.reason
    assert len(fetched.records) == count


def test_utf_16_and_a_second_empty_list_are_lived_with(tmp_path: Path) -> None:
    text = '{"dataset":[{"identifier":"a","title":"Straße"}],"dataset":[]}'
    with StaticPortal({"/data.json": Answer(text.encode("utf-16"))}) as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url)
    assert fetched.verdict == (True, "", False)
    assert json.loads(fetched.records[0].payload)["title"] == "Straße"
