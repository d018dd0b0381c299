"""Stored records under another version of the mappings: which are to be mapped again, and the writing of it.

What was received, when a record was seen and which run brought it stay as they are. Only its mapped form may
change, and with it the number of its cluster, in the same transaction.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, update

from index.store import changes
from index.store.codec import decode_dataset, decode_issues
from index.store.purging import PURGED
from index.store.schema import contents, records
from index.store.upsert import update_all
from index.store.write import Label, write_labels
from mappings.issue import NOT_REMAPPED, Issue


@dataclass(frozen=True, slots=True)
class Remap:
    """A record mapped again, as it was when it was read. `dataset` is None where the mapping refused it, for
    the reason that `issues` then end with."""

    id: str
    digest: str
    mapping_version: int
    title: str
    dataset: bytes | None
    issues: bytes


@dataclass(frozen=True, slots=True)
class Written:
    """What became of records mapped again: the ids of those that were still what they had been, and how many
    of these are others now."""

    ids: frozenset[str]
    changed: int


def sources_behind(connection: Connection, version: int) -> list[str]:
    """The sources with records that an older version of the mappings made."""
    query = select(records.c.source).where(_behind(version)).distinct().order_by(records.c.source)
    return list(connection.execute(query).scalars())


def counts(connection: Connection, source: str, version: int | None, rules: str) -> tuple[int, int]:
    """How many records of a source can be mapped again, and how many are to be: those of versions before
    `version` or of other rules, or all (None)."""
    whole = records.c.source == source, records.c.digest != PURGED
    total = connection.execute(select(func.count()).select_from(records).where(*whole)).scalar_one()
    if version is None:
        return total, total
    wanted = or_(_behind(version), _under_others(version, rules))
    behind = select(func.count()).select_from(records).where(records.c.source == source, wanted)
    return total, connection.execute(behind).scalar_one()


def page(
    connection: Connection, source: str, version: int | None, rules: str, after: str, limit: int
) -> list[tuple[str, str]]:
    """The next (identifier, id) of the records to be mapped again."""
    if version is None:
        wanted = records.c.digest != PURGED
    else:
        wanted = or_(_behind(version), _under_others(version, rules))
    query = select(records.c.identifier, records.c.id).where(
        records.c.source == source, records.c.identifier > after, wanted
    )
    rows = connection.execute(query.order_by(records.c.identifier).limit(limit))
    return [(row.identifier, row.id) for row in rows]


def as_received(connection: Connection, ids: Sequence[str]) -> list[Row[Any]]:
    """(id, identifier, schema, source_url, digest, mapping_version, issues, raw) of these records."""
    columns = (
        records.c.id,
        records.c.identifier,
        records.c.schema,
        records.c.source_url,
        records.c.digest,
        records.c.mapping_version,
        contents.c.issues,
        contents.c.raw,
    )
    query = select(*columns).join_from(records, contents, contents.c.record == records.c.id)
    return list(connection.execute(query.where(records.c.id.in_(ids)).order_by(records.c.identifier)))


def write(
    connection: Connection, remaps: Sequence[Remap], labels: Collection[Label], version: int, rules: str
) -> Written:
    """Store what records are under this version of the mappings and these rules of their portal (a digest).

    A record that a harvest, a removal or another remap changed since it was read is left alone: what they
    wrote is newer. Where the mapped form stays the same, only the version is noted.
    """
    stored = {row.id: row for row in _locked(connection, sorted(remap.id for remap in remaps))}
    same = [remap for remap in remaps if remap.id in stored and _is_as_read(stored[remap.id], remap)]
    changed = [remap for remap in same if _differs(stored[remap.id], remap)]
    now = {"mapping_version": version, "rules": rules}
    connection.execute(update(records).where(records.c.id.in_([remap.id for remap in same])).values(now))
    taken = [(remap, remap.dataset) for remap in changed if remap.dataset is not None]
    update_all(connection, records, [{"key": remap.id, "title": remap.title} for remap, _ in taken])
    update_all(
        connection,
        contents,
        [{"key": remap.id, "dataset": dataset, "issues": remap.issues} for remap, dataset in taken],
    )
    refused = [{"key": remap.id, "issues": remap.issues} for remap in changed if remap.dataset is None]
    update_all(connection, contents, refused)
    write_labels(connection, labels)
    live = {
        stored[remap.id].cluster_id for remap in changed if stored[remap.id].deleted_at is None
    }  # a tombstone has no document; one that comes back is given a number then
    changes.touch(connection, live)
    return Written(frozenset(remap.id for remap in same), len(changed))


def without_refusal(issues: bytes) -> list[Issue]:
    """The issues of a stored record but for an earlier version's refusal."""
    return [issue for issue in decode_issues(issues) if issue.slug != NOT_REMAPPED]


def _behind(version: int) -> ColumnElement[bool]:
    """Mapped by an older version. What a newer one made, of a hub that is being upgraded, stays."""
    return and_(records.c.mapping_version < version, records.c.digest != PURGED)


def _under_others(version: int, rules: str) -> ColumnElement[bool]:
    """Mapped under other rules of the portal."""
    present = records.c.mapping_version <= version, records.c.digest != PURGED
    return and_(records.c.rules != rules, *present)


def _locked(connection: Connection, ids: Sequence[str]) -> list[Row[Any]]:
    columns = (
        records.c.id,
        records.c.cluster_id,
        records.c.digest,
        records.c.mapping_version,
        records.c.deleted_at,
        contents.c.dataset,
        contents.c.issues,
    )
    query = select(*columns).join_from(records, contents, contents.c.record == records.c.id)
    query = query.where(records.c.id.in_(ids)).order_by(records.c.id)
    return list(connection.execute(query.with_for_update(of=records)))


def _is_as_read(row: Row[Any], remap: Remap) -> bool:
    return bool(row.digest == remap.digest and row.mapping_version == remap.mapping_version)


def _differs(row: Row[Any], remap: Remap) -> bool:
    """Whether a reader would see another record. The same one may be written otherwise: a newer version has
    fields that are empty."""
    if remap.issues != row.issues and decode_issues(remap.issues) != decode_issues(row.issues):
        return True
    if remap.dataset is None or remap.dataset == row.dataset:
        return False
    return decode_dataset(remap.dataset) != decode_dataset(row.dataset)
