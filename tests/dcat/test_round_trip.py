"""Harvest a real feed, write it out again: every valid record is there, no valid required field changed."""

import json
from typing import Any

import orjson
import pytest

from dcat.dcat_us_1_1 import to_entry
from dcat.record import FeedRecord
from dcat.validate import entry_validator
from mappings.identity import read_identifier
from mappings.published import AS_PUBLISHED_LIMIT
from mappings.schemas import map_record
from tests.shared_data import needs_shared, open_feed

FEEDS = [
    *(
        f"dcat-us/federal-2025/{agency}.data.json"
        for agency in ("cms", "dol", "treasury", "opm", "fda", "consumerfinance")
    ),
    "dcat-us/federal-misc/dcatus_with_none.data.json",
    "dcat-us/regional/wprdc-2019.data.json",
    "arcgis-hub/latest/05c-01_minneapolis-minnesota_20220417.data.json",
    "arcgis-hub/latest/12b-17143_peoria-county-illinois_20220417.data.json",
    "arcgis-hub/latest/04b-24031_montgomery-county-md_20210810.data.json",
    "socrata-datajson/2019-2020/detroit-mi_20190426.data.json",
]
MAY_BE_LEFT_OUT = 0.05


def published(feed: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(open_feed(feed))["dataset"]
    return found


def written(record: dict[str, Any]) -> dict[str, Any]:
    dataset = map_record("dcat-us-1.1", orjson.dumps(record)).dataset
    identifier = read_identifier(record.get("identifier")) or "none"
    return to_entry(
        FeedRecord("x", identifier, dataset, "s", "Portal", "https://hub.example/dataset/x")
    ).fields


def required(record: dict[str, Any]) -> dict[str, Any]:
    return {
        "identifier": record["identifier"],
        "title": record["title"],
        "keyword": set(record["keyword"]),
        "modified": record["modified"].strip(),
        "publisher": record["publisher"]["name"],
        "contact": (record["contactPoint"]["fn"], record["contactPoint"]["hasEmail"]),
        "accessLevel": record["accessLevel"],
        # A longer one may be kept as plain text only.
        "description": record["description"] if len(record["description"]) <= AS_PUBLISHED_LIMIT else "",
    }


@needs_shared
@pytest.mark.parametrize("feed", FEEDS)
def test_no_valid_required_field_changes_on_the_way_through(feed: str) -> None:
    valid = [record for record in published(feed) if entry_validator().is_valid(record)]
    pairs = [(record, written(record)) for record in valid]
    missing = [record["identifier"] for record, entry in pairs if not entry]
    assert len(missing) <= MAY_BE_LEFT_OUT * len(valid)
    for record, entry in pairs:
        if entry:
            went, came = required(record), required(entry)
            if not went["description"]:
                went["description"] = came["description"]
            assert came == went


@needs_shared
@pytest.mark.parametrize("feed", FEEDS)
def test_whatever_comes_in_only_valid_entries_go_out(feed: str) -> None:
    entries = [entry for record in published(feed) if record.get("title") and (entry := written(record))]
    assert [error.message for entry in entries for error in entry_validator().iter_errors(entry)] == []
