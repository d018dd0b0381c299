"""What a list of results shows of each record, read from the store without the rest of it.

A record's dataset holds everything (columns, as published, …); of twenty results only a title, a few names
and the description are shown, and decoding only those takes a third of the time.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Select, bindparam, select

from index.store import Store
from index.store.schema import contents, records


class _Named(msgspec.Struct, gc=False):
    name: str


class _Licensed(msgspec.Struct, gc=False):
    id: str | None = None


class _Offered(msgspec.Struct, gc=False):
    format: str | None = None


class Shown(msgspec.Struct, gc=False):
    """The part of `mappings.dataset.Dataset` that is shown in a list."""

    title: str
    type: str = "dataset"
    description: str | None = None
    publisher: _Named | None = None
    modified: str | None = None
    license: _Licensed | None = None
    access_level: str | None = None
    distributions: list[_Offered] = []


class Card(msgspec.Struct, gc=False):
    """One record in a list. `views` and `downloads` are the portal's counts."""

    id: str
    source: str
    views: int | None
    downloads: int | None
    shown: Shown


CardReader = Callable[[Sequence[str]], Mapping[str, list[Card]]]
"""Cluster ids → the cards of their live records, the canonical one first; unknown ones are left out."""


def store_cards(store: Store) -> CardReader:
    """The cards of a record store; one query for all."""

    def read(cluster_ids: Sequence[str]) -> Mapping[str, list[Card]]:
        if not cluster_ids:
            return {}
        with store.database.read() as connection:
            rows: Iterable[Any] = connection.execute(_query(), {"clusters": list(cluster_ids)}).all()
        found: dict[str, list[Card]] = {}
        decode = _decoder().decode
        for cluster, record, source, views, downloads, dataset in rows:
            card = Card(record, source, views, downloads, decode(dataset))
            found.setdefault(cluster, []).append(card)
        return found

    return read


@cache
def _query() -> Select[Any]:
    wanted = records.c.cluster_id.in_(bindparam("clusters", expanding=True))
    columns = (
        records.c.cluster_id,
        records.c.id,
        records.c.source,
        records.c.views,
        records.c.downloads,
        contents.c.dataset,
    )
    joined = select(*columns).join_from(records, contents, contents.c.record == records.c.id)
    in_order = joined.order_by(records.c.first_seen, records.c.id)  # as index.linkage.canonical
    return in_order.where(wanted, records.c.deleted_at.is_(None))


@cache
def _decoder() -> msgspec.json.Decoder[Shown]:
    return msgspec.json.Decoder(Shown)
