"""The source schemas: what the fetching child and the store ask about a record of each.

`describe` and `trouble` are light, for every record of every run; `map_record` is for those that changed.
A new schema is one module in `mappings.crosswalks`.
"""

import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Any

from mappings import crosswalks, fingerprint
from mappings.dataset import Dataset
from mappings.identity import identifier_trouble, read_count, read_identifier, read_version
from mappings.issue import Issue, IssueLog, Unmappable
from mappings.source_schema import SourceSchema

MAPPING_VERSION = 3
"""Grows with every change of a crosswalk or vocabulary that makes datasets differ; remap goes by it."""


@dataclass(frozen=True, slots=True)
class Light:
    """What a run's plan is made of; see `SourceRecord` for the meaning of each."""

    identifier: str | None
    digest: str
    version: str
    views: int | None = None
    downloads: int | None = None


@dataclass(slots=True)
class Mapped:
    """A record in the shared schema, and what is wrong with it."""

    dataset: Dataset
    issues: list[Issue]


def _schemas() -> Iterator[SourceSchema]:
    for module in pkgutil.iter_modules(crosswalks.__path__):
        yield from import_module(f"{crosswalks.__name__}.{module.name}").SCHEMAS


SCHEMAS: Mapping[str, SourceSchema] = MappingProxyType({schema.name: schema for schema in _schemas()})
"""By name, as the modules of `mappings.crosswalks` state them."""


def digest(schema_name: str, record: Mapping[str, Any]) -> str:
    """The content hash of a decoded record. Raises `KeyError` for an unknown schema and `Unmappable` for a
    record that nests too deeply."""
    return fingerprint.digest(SCHEMAS[schema_name].canonical(record))


def describe(schema_name: str, record: object) -> Light:
    """Identifier, digest, version and counts of a decoded record. Raises `KeyError` for an unknown schema
    and `Unmappable` for a record that nests too deeply to be hashed."""
    schema = SCHEMAS[schema_name]
    if not isinstance(record, dict):
        return Light(None, "", "")
    return Light(
        read_identifier(_identifier(schema, record)),
        digest(schema_name, record),
        read_version(_at(record, schema.version)),
        read_count(_at(record, schema.views)) if schema.views else None,
        read_count(_at(record, schema.downloads)) if schema.downloads else None,
    )


def trouble(schema_name: str, record: object) -> Issue | None:
    """Why a decoded record must be quarantined before it is mapped: `not-an-object`, `missing-identifier`,
    `invalid-identifier`; None for a record that can be planned with."""
    schema = SCHEMAS[schema_name]
    if not isinstance(record, dict):
        return Issue("not-an-object", "", "a record must be a JSON object")
    raw = _identifier(schema, record)
    if read_identifier(raw) is not None:
        return None
    slug, message = identifier_trouble(raw)
    return Issue(slug, ".".join(schema.identifier), message)


def map_record(schema_name: str, payload: bytes) -> Mapped:
    """The dataset of one record as received. Raises `KeyError` for an unknown schema and `Unmappable` where
    no dataset can be made: what the schema's `decode` raises, and `missing-title`."""
    schema = SCHEMAS[schema_name]
    record, issues = schema.decode(payload)
    log = IssueLog(issues)
    dataset = schema.crosswalk(record, log)
    return Mapped(dataset, _once(log.issues))


def add_page(schema_name: str, dataset: Dataset, source_url: str | None) -> None:
    """Give a dataset without a landing page its page at the portal, where the schema tells which that is, and
    its relative links their addresses."""
    if (place := SCHEMAS[schema_name].place) is not None:
        place(dataset, source_url)
    page_of = SCHEMAS[schema_name].page_of
    if page_of is not None and source_url and dataset.landing_page is None:
        dataset.landing_page = page_of(source_url)


def title_of(schema_name: str, payload: bytes) -> str | None:
    """The title of one record as received; None where none can be read. Raises `KeyError` for an unknown
    schema."""
    schema = SCHEMAS[schema_name]
    try:
        record, _ = schema.decode(payload)
    except Unmappable:
        return None
    title = _at(record, schema.title)
    return title if isinstance(title, str) else None


def _identifier(schema: SourceSchema, record: dict[str, Any]) -> Any:
    return schema.identify(record) if schema.identify else _at(record, schema.identifier)


def _at(record: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        if not isinstance(record, dict):
            return None
        record = record.get(key)
    return record


def _once(issues: list[Issue]) -> list[Issue]:
    """One issue for each slug and field: a dataset of a hundred files does not need a hundred notes."""
    first: dict[tuple[str, str], Issue] = {}
    for issue in issues:
        first.setdefault((issue.slug, issue.field), issue)
    return issues if len(first) == len(issues) else list(first.values())
