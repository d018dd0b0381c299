"""What a list of results shows of each cluster, read from the store without the rest of its records.

A record's dataset holds everything (columns, as published, …); of twenty results only a title, a few names
and the description are shown, and decoding only those takes a third of the time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import msgspec
from sqlalchemy import Dialect, bindparam, select

from index.highlight import SCANNED
from index.query.model import MAX_LIMIT, Copy
from index.store import Store
from index.store.schema import contents, records
from mappings.text import slugify

_SLUG_LIMIT = 80


class _Named(msgspec.Struct, gc=False):
    name: str


class _Licensed(msgspec.Struct, gc=False):
    id: str | None = None


class _Offered(msgspec.Struct, gc=False):
    format: str | None = None


class _Shown(msgspec.Struct, gc=False):
    """The part of `mappings.dataset.Dataset` that is shown in a list."""

    title: str
    type: str = "dataset"
    description: str | None = None
    publisher: _Named | None = None
    modified: str | None = None
    license: _Licensed | None = None
    access_level: str | None = None
    distributions: list[_Offered] = []


@dataclass(frozen=True, slots=True)
class Card:
    """A cluster in a list: its canonical record, the number its copies are sorted by, and these copies.

    `path` is the address of its page below the hub's, `description` as much of it as is looked at.
    """

    id: str
    path: str
    title: str
    type: str
    publisher: str | None
    source: str
    modified: str | None
    popularity: int | None
    formats: tuple[str, ...]
    license: str | None
    access_level: str | None
    description: str
    copies: tuple[Copy, ...] = ()


CardReader = Callable[[Sequence[str]], Mapping[str, Card]]
"""Cluster ids → their cards; clusters without a live record are left out."""


def store_cards(store: Store) -> CardReader:
    """Reads cards from a record store, with one query for all."""

    def read(cluster_ids: Sequence[str]) -> Mapping[str, Card]:
        if not cluster_ids:
            return {}
        with store.database.read() as connection:
            sql, names = _statement(connection.dialect, len(cluster_ids))
            values = dict(zip(names, cluster_ids, strict=True)) if names else tuple(cluster_ids)
            rows: Sequence[Any] = connection.exec_driver_sql(sql, values).all()
        members: dict[str, list[Any]] = {}
        for row in rows:
            members.setdefault(row[0], []).append(row)
        return {cluster: _card(*_in_order(found)) for cluster, found in members.items()}

    return read


def dataset_path(record_id: str, title: str) -> str:
    """`/dataset/{id}/{slug}`; the slug is for people; a title without letters or digits has none."""
    slug = slugify(title[: _SLUG_LIMIT * 4])
    if len(slug) > _SLUG_LIMIT:
        slug = slug[:_SLUG_LIMIT].rsplit("-", 1)[0]
    return f"/dataset/{record_id}/{slug}" if slug else f"/dataset/{record_id}"


def _card(first: Sequence[Any], *copies: Sequence[Any]) -> Card:
    _, record, source, _, _, _, dataset = first
    shown = _decoder().decode(dataset)
    popularity = _popularity(first)
    if copies:
        counts = (_popularity(row) for row in (first, *copies))
        popularity = max((count for count in counts if count is not None), default=None)
    return Card(
        id=record,
        path=dataset_path(record, shown.title),
        title=shown.title,
        type=shown.type,
        publisher=shown.publisher.name if shown.publisher is not None else None,
        source=source,
        modified=shown.modified,
        popularity=popularity,
        formats=tuple(dict.fromkeys(offered.format for offered in shown.distributions if offered.format)),
        license=shown.license.id if shown.license is not None else None,
        access_level=shown.access_level,
        description=(shown.description or "")[: SCANNED + 1],
        copies=tuple(Copy(copy[1], copy[2]) for copy in copies),
    )


def _in_order(rows: list[Any]) -> list[Any]:
    """As `index.linkage.canonical`: first seen, then by id. Done here, since a database that sorts carries
    the datasets along."""
    return sorted(rows, key=lambda row: (row[5], row[1])) if len(rows) > 1 else rows


def _popularity(row: Sequence[Any]) -> int | None:
    """As `index.document.popularity`: by it the results are sorted."""
    _, _, _, views, downloads, _, _ = row
    count: int | None = views if views is not None else downloads
    return count


@lru_cache(maxsize=MAX_LIMIT)
def _statement(dialect: Dialect, number: int) -> tuple[str, tuple[str, ...]]:
    """The query for so many clusters as the driver takes it, and the names of its parameters where the driver
    wants names. Written once: SQLAlchemy would take as long to write it anew as SQLite to answer it."""
    names = tuple(f"cluster{at}" for at in range(number))
    wanted = records.c.cluster_id.in_([bindparam(name) for name in names])
    columns = (
        records.c.cluster_id,
        records.c.id,
        records.c.source,
        records.c.views,
        records.c.downloads,
        records.c.first_seen,
        contents.c.dataset,
    )
    joined = select(*columns).join_from(records, contents, contents.c.record == records.c.id)
    written = joined.where(wanted, records.c.deleted_at.is_(None)).compile(dialect=dialect)
    return str(written), () if written.positional else names


@cache
def _decoder() -> msgspec.json.Decoder[_Shown]:
    return msgspec.json.Decoder(_Shown)
