"""The bundled sample as the store would hand it out: real records, mapped, with real copies put together.

`records()` are StoredRecords as ingest makes them, `documents()` what the engines index. Both are made once.
"""

import gzip
import json
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from index.document import index_document
from index.engines.protocol import IndexDocument
from index.store.ids import public_id
from index.store.model import Source, StoredRecord
from mappings.issue import Unmappable
from mappings.place_settling import settle_places
from mappings.schemas import Mapped, describe, map_record

SAMPLE = Path(__file__).parents[2] / "hubsearch" / "demo" / "sample"
NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
"""A day after the newest feeds of the sample were published."""


@cache
def _portals() -> tuple[dict[str, Any], ...]:
    """Those of DCAT-US and Socrata: their files hold records as JSON."""
    listed = tomllib.loads((SAMPLE / "portals.toml").read_text("utf-8"))["portal"]
    return tuple(portal for portal in listed if portal["type"] in {"dcat-us", "socrata"})


@cache
def sources() -> MappingProxyType[str, Source]:
    """The sample's portals by id."""
    made = (
        Source(p["id"], p["type"], f"https://{p['host']}", p["title"], p["jurisdiction"], p["level"])
        for p in _portals()
    )
    return MappingProxyType({source.id: source for source in made})


def published(source: str) -> tuple[str, list[dict[str, Any]]]:
    """The schema of a portal of DCAT-US or Socrata and its records as published."""
    portal = next(portal for portal in _portals() if portal["id"] == source)
    data = gzip.decompress((SAMPLE / portal["file"]).read_bytes())
    if portal["type"] == "socrata":
        return "socrata-discovery", [json.loads(line) for line in data.split(b"\n") if line.strip()]
    return "dcat-us-1.1", json.loads(data)["dataset"]


@cache
def records() -> tuple[StoredRecord, ...]:
    """Every record of the sample's DCAT-US and Socrata portals that can be mapped, by id."""
    found: dict[str, StoredRecord] = {}
    for source in sources():
        schema, items = published(source)
        made = (_stored(source, schema, item) for item in items)
        found.update((record.id, record) for record in made if record is not None)
    return tuple(found[key] for key in sorted(found))


@cache
def documents() -> tuple[IndexDocument, ...]:
    """One document a record, but every twentieth is a cluster with the record after it, so that facets have
    several sources, levels and publishers in one document."""
    made, rest = [], list(records())
    while rest:
        size = 2 if len(rest) % 20 == 0 and len(rest) > 1 else 1
        members, rest = rest[:size], rest[size:]
        made.append(index_document(members, sources()))
    return tuple(made)


def documents_of(source: str, schema: str, items: Iterable[dict[str, Any]]) -> list[IndexDocument]:
    """One document for each record of another catalogue that can be mapped."""
    portal = Source(source, "dcat-us", f"https://{source}", source, "Elsewhere", "other")
    stored = {made.id: made for item in items if (made := _stored(source, schema, item)) is not None}
    return [index_document([record], {source: portal}) for record in stored.values()]


def _stored(source: str, schema: str, item: dict[str, Any]) -> StoredRecord | None:
    light = describe(schema, item)
    if light.identifier is None:
        return None
    try:
        mapped = map_record(schema, json.dumps(item).encode())
    except Unmappable:
        return None
    settle_places(mapped.dataset, "other", "")
    return replace(
        stored(source, light.identifier, schema, mapped), views=light.views, downloads=light.downloads
    )


def stored(source: str, identifier: str, schema: str, mapped: Mapped) -> StoredRecord:
    """A mapped record as the first run of its source leaves it in the store."""
    made = public_id(source, identifier)
    return StoredRecord(
        id=made,
        cluster_id=made,
        source=source,
        identifier=identifier,
        first_identifier=identifier,
        feed_identifier=identifier,
        dataset=mapped.dataset,
        issues=mapped.issues,
        schema=schema,
        source_url=None,
        first_seen=NOW,
        last_seen=NOW,
        run="1",
    )
