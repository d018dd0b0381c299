"""A few records of a portal, fetched and mapped like those of a harvest, and stored nowhere."""

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from harvesters.portal import Portal
from harvesters.spool import SpoolReader
from harvesters.supervise import fetch
from hubsearch.secrets import provide
from hubsearch.settings import Settings
from hubsearch.work.source_job import source_of
from index.ingest import Mapper
from index.ingest.batches import portions
from index.ingest.mapper import Job, Outcome
from index.ingest.workers import mapped
from index.present import as_received, present
from index.store import Source, StoredRecord
from index.store.codec import decode_dataset, decode_issues
from mappings.source_record import RunStatement

BUDGET = 120.0
"""Seconds a trial may take; a person waits for it."""

MOST_BYTES = 1024**3
"""What it may store meanwhile: some portals have all they publish in one document."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A record as received and what came of it: the record as it would be stored, or (slug, message)."""

    job: Job
    record: StoredRecord | None
    error: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Trial:
    """The records, what the fetch says of itself, and how many records were wanted."""

    portal: Portal
    wanted: int
    statement: RunStatement
    tried: list[Tried]

    @property
    def status(self) -> Literal["ok", "failed", "incomplete"]:
        """`ok` when what was wanted came, or all there is."""
        if self.statement.failed or not self.tried:
            return "failed"
        enough = self.statement.complete or len(self.tried) >= self.wanted
        return "ok" if enough else "incomplete"

    @property
    def reason(self) -> str:
        """Why it is not ok, or what is odd."""
        if not self.tried and not self.statement.reason:
            return "the portal answered, but with no record"
        return self.statement.reason

    def as_json(self) -> dict[str, Any]:
        """As scripts read it: each record in the shape of `record show`, those refused with the reason."""
        return {
            "source": self.portal.id,
            "type": self.portal.type,
            "url": self.portal.url,
            "status": self.status,
            "slug": self.statement.slug or ("" if self.tried else "no-records"),
            "reason": self.reason,
            "fetched": len(self.tried),
            "refused": sum(one.error is not None for one in self.tried),
            "requests": self.statement.requests,
            "bytes": self.statement.bytes,
            "seconds": self.statement.seconds,
            "records": [_record_json(one, source_of(self.portal)) for one in self.tried],
        }


def try_out(settings: Settings, portal: Portal, number: int, progress: Callable[[int, int], None]) -> Trial:
    """Fetch up to `number` records and map them; what a record does to its mapping costs itself alone.

    Raises SettingsError for secrets that cannot be read, NoMapping, and OSError without room for the answer.
    """
    provide(settings, os.environ)
    small = replace(
        portal, run_budget=min(portal.run_budget, BUDGET), max_bytes=min(portal.max_bytes, MOST_BYTES)
    )
    with tempfile.TemporaryDirectory(prefix="hubsearch-") as folder:
        spool = Path(folder) / "trial.spool"
        statement = fetch(
            small,
            spool,
            user_agent=settings.user_agent,
            progress=progress,
            hosts=settings.hosts,
            most=number,
        )
        mapper = replace(Mapper.standard(), processes=1)
        source, now = source_of(portal), settings.now()
        portions_mapped = mapped(mapper, source, number, portions(_jobs(SpoolReader(spool))))
        tried = [
            _tried(source, job, outcome, now)
            for jobs, outcomes in portions_mapped
            for job, outcome in zip(jobs, outcomes, strict=True)
        ]
    return Trial(portal, number, statement, tried)


def _jobs(spool: SpoolReader) -> Iterator[Job]:
    for position, record in enumerate(spool.records()):
        trouble = record.trouble
        yield Job(
            position,
            None,
            record.identifier or "",
            record.schema,
            record.url,
            record.digest,
            record.payload,
            record.views,
            record.downloads,
            (trouble.slug, trouble.message) if trouble else None,
        )


def _tried(source: Source, job: Job, outcome: Outcome, now: datetime) -> Tried:
    if outcome.slug:
        return Tried(job, None, (outcome.slug, outcome.message))
    record = StoredRecord(
        id="",
        cluster_id="",
        source=source.id,
        identifier=job.identifier,
        first_identifier=job.identifier,
        feed_identifier=None,
        dataset=decode_dataset(outcome.dataset),
        issues=decode_issues(outcome.issues),
        schema=job.schema,
        source_url=job.url,
        first_seen=now,
        last_seen=now,
        run="",
        views=job.views,
        downloads=job.downloads,
    )
    return Tried(job, record, None)


def _record_json(one: Tried, source: Source) -> dict[str, Any]:
    if one.record is None:
        slug, message = one.error or ("", "")
        error = {"slug": slug, "message": message}
        return {
            "identifier": one.job.identifier or None,
            "error": error,
            "raw": as_received(one.job.payload),
        }
    whole = present(one.record, source, one.job.payload)
    return {"identifier": one.job.identifier, "error": None, **whole, "id": None, "cluster": None}
