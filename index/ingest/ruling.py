"""What the portal's rules make of a run, found out before it is planned.

A stored record whose content is the same and that was mapped under the same rules is not looked at. The
others are mapped, as for landing: where there are filters, whatever is new or changed, to know what they
leave out; where the rules changed, what is stored, to know what that changes in it. So a plan, and with it a
dry run, tells exactly what new rules do; only what comes out otherwise is written, and moves the index.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from index.ingest.batches import portions
from index.ingest.mapper import FILTERED, Job, Mapper, Outcome
from index.ingest.run_input import RunInput, records
from index.ingest.scratch import Scratch
from index.ingest.workers import mapped
from index.store import stamps
from index.store.codec import decode_dataset, decode_issues
from index.store.database import Database
from index.store.model import Source
from mappings.rules import of_text

_ASKED = """
    FROM seen LEFT JOIN stored
        ON stored.identifier = seen.identifier AND stored.digest = seen.digest AND stored.schema = seen.schema
    WHERE seen.slug IS NULL AND CASE WHEN stored.id IS NULL THEN :filters ELSE stored.rules <> :rules END
        AND NOT EXISTS (
            SELECT 1 FROM refused_before AS earlier
            WHERE earlier.identifier = seen.identifier AND earlier.digest = seen.digest AND earlier.still
        )
"""
_COUNT = f"SELECT count(*) {_ASKED}"
_WANTED = f"SELECT ordinal, seen.identifier, stored.id {_ASKED} ORDER BY ordinal"
_OUT = "UPDATE seen SET slug = 'filtered' WHERE ordinal IN (SELECT ordinal FROM filtered)"


def rule(scratch: Scratch, database: Database, source: Source, run_input: RunInput, mapper: Mapper) -> None:
    """Note in the working table what is `filtered`, what comes out `anew` although its content is the same,
    and what is the `same` under the present rules. Raises UnreadableInput, NoMapping and StoreError."""
    if mapper.map_ruled is None:
        return
    asked = {"filters": bool(of_text(source.rules).filters), "rules": source.rules_digest}
    (number,) = scratch.numbers(_COUNT, **asked)
    if number == 0:
        return
    jobs = _jobs(run_input, scratch.rows(_WANTED, **asked))
    for portion, outcomes in mapped(mapper, source, number, portions(jobs)):
        pairs = list(zip(portion, outcomes, strict=True))
        scratch.fill("filtered", [(job.position, o.message) for job, o in pairs if o.slug == FILTERED], 2)
        stale = [(job, o) for job, o in pairs if job.id is not None and o.slug != FILTERED]
        same = _same(database, stale)
        scratch.fill("anew", [(job.position,) for job, _ in stale if job.id not in same], 1)
        scratch.run_many("INSERT OR IGNORE INTO same VALUES (?)", [(id_,) for id_ in same])
    scratch.run(_OUT)


def _jobs(run_input: RunInput, wanted: Iterator[tuple[Any, ...]]) -> Iterator[Job]:
    task = next(wanted, None)
    for position, record in enumerate(records(run_input)):
        if task is None:
            return
        ordinal, identifier, id_ = task
        if position == ordinal:
            task = next(wanted, None)
            yield Job(
                position, id_, identifier, record.schema, record.url, "", record.payload, None, None, None
            )


def _same(database: Database, stale: Sequence[tuple[Job, Outcome]]) -> set[str]:
    """Ids of the stored records that come out as they are stored."""
    outcomes = {job.id: outcome for job, outcome in stale if job.id is not None and not outcome.slug}
    if not outcomes:
        return set()
    stored = database.reading(partial(stamps.mapped, ids=list(outcomes)))
    return {id_ for id_, *content in stored if _equal(content, outcomes[id_])}


def _equal(stored: Sequence[bytes], made: Outcome) -> bool:
    dataset, issues = stored
    return (dataset == made.dataset or decode_dataset(dataset) == decode_dataset(made.dataset)) and (
        issues == made.issues or decode_issues(issues) == decode_issues(made.issues)
    )
