"""A town's catalogue of real shape (DCAT-US), to be renamed, edited and confused."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import orjson

from index.ingest import Mapper
from index.store import Store
from mappings import schemas
from mappings.source_record import RunStatement, SourceRecord
from tests.index.ingest.support import Feed

REAL = replace(Mapper.standard(), processes=0)

THINGS = [
    *("Parks", "Trees", "Bridges", "Permits", "Budgets", "Crashes", "Schools", "Hydrants", "Parcels"),
    *("Inspections", "Rivers", "Wells", "Polls", "Libraries", "Routes", "Shelters", "Kennels", "Orchards"),
    *("Ferries", "Markets"),
]
KINDS = [
    *("Inventory", "Boundaries", "Locations", "Surveys", "Complaints", "Requests", "Areas", "Register"),
]


def dataset(number: int, **changes: Any) -> dict[str, Any]:
    """One of 160 datasets that differ in everything; `changes` are set, those that are None left out."""
    thing, kind = THINGS[number % 20], KINDS[number // 20 % 8]
    published = {
        "identifier": f"http://data.town.example/datasets/{number}",
        "title": f"{thing} {kind}",
        "description": (
            f"All {kind.lower()} of {thing.lower()} that the department keeps, with the place, the state and "
            f"the person in charge, as collected by crew {chr(97 + number % 26)}{chr(97 + number // 26)}."
        ),
        "keyword": [thing.lower(), kind.lower()],
        "issued": f"2019-{number % 12 + 1:02}-{number % 28 + 1:02}T{number % 24:02}:{number % 60:02}:07Z",
        "modified": f"2020-{number % 12 + 1:02}-{number % 28 + 1:02}",
        "publisher": {"name": "Town of Example"},
        "license": "http://data.town.example/license",
        "landingPage": f"http://data.town.example/datasets/{number}",
        "distribution": [{"downloadURL": f"http://data.town.example/datasets/{number}.csv", "format": "CSV"}],
    }
    return {name: value for name, value in (published | changes).items() if value is not None}


def moved(published: dict[str, Any], identifier: str, **changes: Any) -> dict[str, Any]:
    """The same dataset after its portal moved house: other URLs, licence and publisher's name."""
    return (
        published
        | {
            "identifier": identifier,
            "publisher": {"name": "Example Open Data"},
            "license": "Ask the clerk.",
            "landingPage": identifier if "://" in identifier else f"https://hub.example/{identifier}",
            "distribution": [{"accessURL": f"https://hub.example/{identifier}/about", "format": "HTML"}],
        }
        | changes
    )


def town(number: int) -> list[dict[str, Any]]:
    return [dataset(n) for n in range(number)]


def feed(items: list[dict[str, Any]], statement: RunStatement | None = None) -> Feed:
    """The catalogue as its harvester would spool it."""
    return Feed(list(described(items)), statement or RunStatement(complete=True))


def described(items: list[dict[str, Any]]) -> Iterator[SourceRecord]:
    for item in items:
        light = schemas.describe("dcat-us-1.1", item)
        yield SourceRecord(
            source="town",
            identifier=light.identifier,
            schema="dcat-us-1.1",
            payload=orjson.dumps(item),
            url="http://data.town.example/data.json",
            digest=light.digest,
            version=light.version,
            trouble=schemas.trouble("dcat-us-1.1", item),
        )


def ids(store: Store) -> dict[str, str]:
    """Public ids of the live records by identifier."""
    return {record.identifier: record.id for record in store.live_records()}
