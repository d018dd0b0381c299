"""From a record as received to what the store keeps: the crosswalk, and the one boundary around it."""

import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, Self, TypeVar

import msgspec

from index.store.codec import Encoder
from index.store.model import Source, StoredRecord
from index.store.write import Label
from mappings.dataset import Dataset
from mappings.issue import MESSAGE_LIMIT, Issue, Unmappable
from mappings.rules import LeftOut

Made = TypeVar("Made")

MAPPING_FAILED = "mapping-failed"
"""Slug of a record that breaks the mapping itself: an error of hubsearch, or a death of the process."""

FILTERED = "filtered"
"""Slug of a record that is not refused: the portal's rules leave it out."""


class Mapped(Protocol):
    """What a crosswalk makes of a payload."""

    @property
    def dataset(self) -> Dataset: ...
    @property
    def issues(self) -> list[Issue]: ...


@dataclass(frozen=True, slots=True)
class Mapper:
    """The functions between a payload and the store, and the version that tells which made a stored record.

    `processes` map at the same time beside the one that writes; None: as many as pay. Where there are any,
    the functions must be importable by name. `title_of` reads a payload's title and nothing else, None where
    it has none; without it the whole record is mapped for that. `add_page` completes a dataset with what only
    its address tells. `settle` is told the portal's level and jurisdiction, which a record alone does not
    know: which Department of Health publishes it, which Springfield it is about. `map_ruled` maps under the
    portal's rules, where it has any; it raises LeftOut for what they leave out.
    """

    map_record: Callable[[str, bytes], Mapped]
    facet_labels: Callable[[StoredRecord, Source], Iterable[Label]]
    version: int
    processes: int | None = None
    title_of: Callable[[str, bytes], str | None] | None = None
    add_page: Callable[[str, Dataset, str | None], None] | None = None
    settle: Callable[[Dataset, str, str], None] | None = None
    map_ruled: Callable[[str, bytes, str], Mapped] | None = None

    def map_for(self, source: Source, schema: str, payload: bytes) -> Mapped:
        """What a record of this source becomes. Raises Unmappable and LeftOut."""
        if source.rules and self.map_ruled is not None:
            return self.map_ruled(schema, payload, source.rules)
        return self.map_record(schema, payload)

    @classmethod
    def standard(cls) -> Self:
        """The crosswalks of `mappings` and the labels of the index's documents."""
        from index.document import facet_labels_of
        from mappings.ruled import map_ruled
        from mappings.schemas import MAPPING_VERSION, add_page, map_record, title_of
        from mappings.settling import settle

        return cls(
            map_record,
            facet_labels_of,
            MAPPING_VERSION,
            title_of=title_of,
            add_page=add_page,
            settle=settle,
            map_ruled=map_ruled,
        )


class Job(msgspec.Struct, array_like=True, gc=False):
    """A record to be mapped. `position` counts the run's records; `id` is None for a new one; `trouble` is
    (slug, message) of one that is not to be mapped but kept as refused; `former` is the identifier a renamed
    one had."""

    position: int
    id: str | None
    identifier: str
    schema: str
    url: str | None
    digest: str
    payload: bytes
    views: int | None
    downloads: int | None
    trouble: tuple[str, str] | None
    former: str | None = None


class Outcome(msgspec.Struct, array_like=True, gc=False):
    """What came of a job. A refused record has a slug, and of the content only what was received; so has one
    that the portal's rules leave out, with the rule as message."""

    raw: bytes
    slug: str = ""
    message: str = ""
    title: str = ""
    dataset: bytes = b""
    issues: bytes = b""
    issue_slugs: list[str] = []
    labels: list[tuple[str, str, str]] = []


def map_job(mapper: Mapper, source: Source, encoder: Encoder, job: Job) -> Outcome:
    """Map one record. Whatever the mapping does with it, its siblings do not feel it."""
    raw = encoder.raw(job.payload)

    def outcome() -> Outcome:
        try:
            mapped = mapper.map_for(source, job.schema, job.payload)
        except LeftOut as left_out:
            return Outcome(raw, FILTERED, left_out.rule[:MESSAGE_LIMIT])
        if mapper.add_page is not None:
            mapper.add_page(job.schema, mapped.dataset, job.url)
        if mapper.settle is not None:
            mapper.settle(mapped.dataset, source.level, source.jurisdiction)
        return Outcome(
            raw,
            title=mapped.dataset.title,
            dataset=encoder.json(mapped.dataset),
            issues=encoder.json(mapped.issues),
            issue_slugs=[issue.slug for issue in mapped.issues],
            labels=list(mapper.facet_labels(_record(job, source, mapped), source)),
        )

    made = _bounded(outcome) if job.trouble is None else job.trouble
    return made if isinstance(made, Outcome) else Outcome(raw, *made)


def title_of(mapper: Mapper, schema: str, payload: bytes) -> str | None:
    """The title of a record as received."""
    if mapper.title_of is not None:
        return mapper.title_of(schema, payload)
    dataset = _dataset(lambda: mapper.map_record(schema, payload))
    return None if dataset is None else dataset.title


def _dataset(make: Callable[[], Mapped]) -> Dataset | None:
    made = _bounded(lambda: make().dataset)
    return made if isinstance(made, Dataset) else None


def _bounded(make: Callable[[], Made]) -> Made | tuple[str, str]:
    """What is made of one record, or (slug, message) of why nothing is. Its fault stops no other."""
    try:
        return make()
    except Unmappable as refusal:
        return refusal.slug, refusal.message[:MESSAGE_LIMIT]
    except Exception as error:  # noqa: BLE001 (whatever a mapping runs into: it is reported with the record)
        return MAPPING_FAILED, _where(error)[:MESSAGE_LIMIT]


def _record(job: Job, source: Source, mapped: Mapped) -> StoredRecord:
    """The record as it will be stored, as far as its labels depend on it."""
    return StoredRecord(
        id=job.id or "",
        cluster_id=job.id or "",
        source=source.id,
        identifier=job.identifier,
        first_identifier=job.identifier,
        feed_identifier=None,
        dataset=mapped.dataset,
        issues=mapped.issues,
        schema=job.schema,
        source_url=job.url,
        first_seen=_ANY_TIME,
        last_seen=_ANY_TIME,
        run="",
    )


def _where(error: Exception) -> str:
    """The error and the line it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{place}"


_ANY_TIME = datetime.min.replace(tzinfo=UTC)
