"""From a record as received to what the store keeps: the crosswalk, and the one boundary around it."""

import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, Self

import msgspec

from index.store.codec import Encoder
from index.store.model import Source, StoredRecord
from index.store.write import Label
from mappings.dataset import Dataset
from mappings.issue import MESSAGE_LIMIT, Issue, Unmappable


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
    the functions must be importable by name.
    """

    map_record: Callable[[str, bytes], Mapped]
    facet_labels: Callable[[StoredRecord, Source], Iterable[Label]]
    version: int
    processes: int | None = None

    @classmethod
    def standard(cls) -> Self:
        """The crosswalks of `mappings` and the labels of the index's documents."""
        from index.document import facet_labels_of
        from mappings.schemas import MAPPING_VERSION, map_record

        return cls(map_record, facet_labels_of, MAPPING_VERSION)


class Job(msgspec.Struct, array_like=True, gc=False):
    """A record to be mapped. `position` counts the run's records; `id` is None for a new one; `trouble` is
    (slug, message) of one that is not to be mapped but kept as refused."""

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


class Outcome(msgspec.Struct, array_like=True, gc=False):
    """What came of a job. A refused record has a slug, and of the content only what was received."""

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
    if job.trouble is not None:
        return Outcome(raw, *job.trouble)
    try:
        mapped = mapper.map_record(job.schema, job.payload)
        return Outcome(
            raw,
            title=mapped.dataset.title,
            dataset=encoder.json(mapped.dataset),
            issues=encoder.json(mapped.issues),
            issue_slugs=[issue.slug for issue in mapped.issues],
            labels=list(mapper.facet_labels(_record(job, source, mapped), source)),
        )
    except Unmappable as refusal:
        return Outcome(raw, refusal.slug, refusal.message[:MESSAGE_LIMIT])
    except Exception as error:  # noqa: BLE001 (one record's fault must not stop the others; it is reported)
        return Outcome(raw, "mapping-failed", _where(error)[:MESSAGE_LIMIT])


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
