"""A dataset as JSON: one shape for the command line, the HTTP API and scripts.

What is unknown is null or an empty list. Pure: record and source in, plain data out.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import orjson

from index.linkage import Member
from index.store.model import Source, StoredRecord
from mappings.dataset import Dataset, Distribution, Publisher


def present(
    record: StoredRecord,
    source: Source,
    raw: bytes | None = None,
    members: Sequence[Member] | None = None,
) -> dict[str, Any]:
    """The record as scripts read it.

    `raw` is the payload as received (null in the result when not given); `members` are those of the record's
    cluster, the canonical one first; without them the record is the only one.
    """
    dataset = record.dataset
    return {
        "id": record.id,
        "type": dataset.type,
        "title": dataset.title,
        "description": dataset.description,
        "keywords": dataset.keywords,
        "topics": [{"id": t.id, "label": t.label, "derived": t.derived} for t in dataset.topics],
        "publisher": _publisher(dataset.publisher, source),
        **_dates_and_terms(dataset),
        "spatial": _spatial(dataset),
        "temporal": asdict(dataset.temporal) if dataset.temporal else None,
        "landing_page": dataset.landing_page,
        "distributions": [_distribution(distribution) for distribution in dataset.distributions],
        "columns": [asdict(column) for column in dataset.columns],
        "popularity": _popularity(record),
        "quality": asdict(dataset.quality) if dataset.quality else None,
        "cluster": _cluster(record, members or [Member(record.id, record.source)]),
        "provenance": _provenance(record),
        "origin": asdict(dataset.origin) if dataset.origin else None,
        "issues": [{"slug": i.slug, "field": i.field, "message": i.message} for i in record.issues],
        "as_published": dataset.as_published,
        "unmapped": dataset.unmapped,
        "deleted": record.deleted_at is not None,
        "raw": None if raw is None else as_received(raw),
    }


def as_received(raw: bytes) -> Any:
    """The payload: JSON parsed, anything else (XML, N-Triples, broken JSON) as text."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return raw.decode("utf-8", "replace")


def _publisher(publisher: Publisher | None, source: Source) -> dict[str, Any] | None:
    """Level and jurisdiction are the portal's where the record is silent."""
    if publisher is None:
        return None
    return {
        "id": publisher.id,
        "name": publisher.name,
        "as_published": publisher.as_published,
        "level": publisher.level or source.level or None,
        "branch": publisher.branch,
        "jurisdiction": publisher.jurisdiction or source.jurisdiction or None,
    }


def _dates_and_terms(dataset: Dataset) -> dict[str, Any]:
    return {
        "contact": asdict(dataset.contact) if dataset.contact else None,
        "issued": dataset.issued,
        "modified": dataset.modified,
        "metadata_modified": dataset.metadata_modified,
        "frequency": asdict(dataset.frequency) if dataset.frequency else None,
        "language": dataset.language,
        "license": asdict(dataset.license) if dataset.license else None,
        "rights": dataset.rights,
        "access_level": dataset.access_level,
        "documentation": [asdict(link) for link in dataset.documentation],
        "part_of": [
            {"id": part.id, "title": part.title, "identifier": part.identifier} for part in dataset.part_of
        ],
        "derived_from": dataset.derived_from,
    }


def _spatial(dataset: Dataset) -> dict[str, Any] | None:
    spatial = dataset.spatial
    if spatial is None:
        return None
    return {
        "bbox": spatial.bbox,
        "places": [asdict(place) for place in spatial.places],
        "geometry": spatial.geometry,
        "as_published": spatial.as_published,
        "bbox_derived": spatial.bbox_derived,
    }


def _distribution(distribution: Distribution) -> dict[str, Any]:
    return {
        "title": distribution.title,
        "description": distribution.description,
        "url": distribution.url,
        "kind": distribution.kind,
        "format": distribution.format,
        "media_type": distribution.media_type,
        "size": distribution.size,
        "conforms_to": distribution.conforms_to,
    }


def _popularity(record: StoredRecord) -> dict[str, int | None] | None:
    if record.views is None and record.downloads is None:
        return None
    return {"views": record.views, "downloads": record.downloads}


def _cluster(record: StoredRecord, members: Sequence[Member]) -> dict[str, Any]:
    return {
        "id": record.cluster_id,
        "canonical": members[0].id,
        "members": [asdict(member) for member in members],
    }


def _provenance(record: StoredRecord) -> dict[str, Any]:
    return {
        "source": record.source,
        "identifier": record.identifier,
        "source_url": record.source_url,
        "first_seen": record.first_seen.isoformat(),
        "last_seen": record.last_seen.isoformat(),
        "run": record.run,
        "schema": record.schema,
        "first_identifier": record.first_identifier,
        "missing_since": record.missing_since.isoformat() if record.missing_since else None,
        "deleted_at": record.deleted_at.isoformat() if record.deleted_at else None,
    }
