"""The plan of a run: what would happen to each record, decided before anything is written.

One light pass over the run (identifiers, digests, versions) and one over what the store holds of the source.
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from index.ingest import plan_queries as ask
from index.ingest.counts import PlanCounts
from index.ingest.identifiers import canonical
from index.ingest.known import State, refused_rows, stored_rows
from index.ingest.mapper import Mapper
from index.ingest.renames import recognise
from index.ingest.ruling import rule
from index.ingest.run_input import RunInput, headers
from index.ingest.scratch import Scratch
from index.store import presence
from index.store.database import Database
from index.store.model import Source
from index.store.run import RunError
from mappings.identity import IDENTIFIER_LIMIT
from mappings.issue import Issue
from mappings.source_record import SourceRecord


@dataclass(frozen=True, slots=True)
class Work:
    """A record of the run that has to be read whole: to be mapped or, when in trouble, to be kept as refused.

    `position` counts the run's records from 0; `id` is the stored record it belongs to, None for a new one;
    `former` is what that one was called, where the run calls it otherwise; `trouble` is (slug, message).
    """

    position: int
    id: str | None
    identifier: str
    trouble: tuple[str, str] | None
    former: str | None


class Plan:
    """What is to happen; closed when done with. For one thread."""

    def __init__(self, scratch: Scratch, *, settled: bool, rules: str) -> None:
        self._scratch = scratch
        self._fixed = PlanCounts(
            missing=scratch.number(ask.MISSING_COUNT),
            previous=scratch.number(ask.PREVIOUS),
            usable=scratch.number(ask.USABLE),
            unidentified=scratch.number(ask.UNIDENTIFIED),
            unknown=scratch.number(ask.UNKNOWN),
            doubtful=scratch.number(ask.DOUBTFUL),
            fallen=scratch.numbers(ask.FALLEN, rules=rules)[0],
            settled=settled,
        )

    def close(self) -> None:
        """Give up the working table."""
        self._scratch.close()

    def counts(self) -> PlanCounts:
        """The numbers, with those the mapping refused since among `quarantined`, those it left out among
        `filtered`. Raises IngestError when they do not add up."""
        counts = replace(self._fixed)
        for action, number, refused, left_out in self._scratch.rows(ask.ACTIONS):
            counts.fetched += number
            counts.quarantined += refused
            counts.filtered += left_out
            setattr(counts, action, getattr(counts, action) + number - refused - left_out)
        counts.check()
        return counts

    def work(self) -> Iterator[Work]:
        """The records to read whole, in the run's order."""
        for position, id_, identifier, slug, message, former in self._scratch.rows(ask.WORK):
            yield Work(position, id_, identifier, None if slug is None else (slug, message), former)

    def in_the_way(self) -> Iterator[tuple[str, str]]:
        """(id, identifier) of the stored records whose name is another one's in this run."""
        return ((id_, identifier) for id_, identifier in self._scratch.rows(ask.IN_THE_WAY))

    def refuse(self, refusals: list[tuple[int, str, str]]) -> None:
        """Note records the mapping could not take: (position, slug, message)."""
        self._scratch.fill("refused", refusals, 3)

    def leave_out(self, positions: list[int]) -> None:
        """Note records that the rules leave out, which was not found before: their mapping had failed."""
        self._scratch.fill("filtered_late", ((position,) for position in positions), 1)

    def left_out(self) -> Iterator[str]:
        """Ids of the live records that came in a form which the portal's rules leave out."""
        return (id_ for (id_,) in self._scratch.rows(ask.LEFT_OUT))

    def filtered(self) -> Iterator[tuple[str, str]]:
        """(identifier, rule in words) of the records that are left out, in the run's order."""
        return ((identifier, rule) for identifier, rule in self._scratch.rows(ask.FILTERED))

    def same(self) -> Iterator[str]:
        """Ids of the stored records on which rules that changed have no effect."""
        return (id_ for (id_,) in self._scratch.rows(ask.SAME))

    def spoiled(self) -> int:
        """Stored records that came in a form which cannot be taken, as far as the run was mapped."""
        return self._scratch.number(ask.SPOILED)

    def missing(self) -> Iterator[tuple[str, State]]:
        """(id, state) of the stored records the run lacks, tombstones left out."""
        return ((id_, State(state)) for id_, state in self._scratch.rows(ask.MISSING))

    def returned(self) -> Iterator[str]:
        """Ids of the records that were missing and are here again."""
        return (id_ for (id_,) in self._scratch.rows(ask.RETURNED))

    def revived(self) -> Iterator[str]:
        """Ids of the tombstones that are here again, as they were."""
        return (id_ for (id_,) in self._scratch.rows(ask.REVIVED))

    def recounted(self) -> Iterator[tuple[str, int | None, int | None]]:
        """(id, views, downloads) of the records that changed in nothing else."""
        return ((id_, views, downloads) for id_, views, downloads in self._scratch.rows(ask.RECOUNTED))

    def resolved(self, *, complete: bool) -> Iterator[tuple[str, str, str]]:
        """(identifier, digest, slug) of the quarantine's entries that need not be kept any longer."""
        rows = self._scratch.rows(ask.RESOLVED, complete)
        return ((identifier, digest, slug) for identifier, digest, slug in rows)

    def errors(self) -> Iterator[RunError]:
        """Every duplicate that lost and every record that was refused, in the run's order."""
        for identifier, slug, message in self._scratch.rows(ask.ERRORS):
            if slug is None:
                yield RunError(identifier, "duplicate-identifier", _LOST.format(version=message or "no date"))
            else:
                yield RunError(identifier or None, slug, message)


def make_plan(
    database: Database, source: Source, run_input: RunInput, *, now: datetime, mapper: Mapper
) -> Plan:
    """Compare a run with what is stored. Raises UnreadableInput and StoreError."""
    with ExitStack() as until_planned:
        scratch = until_planned.enter_context(closing(Scratch()))
        scratch.fill("seen", _seen(run_input), 9)

        def compare(connection: Connection) -> bool:
            scratch.run("DELETE FROM stored")  # what came before the server went away
            scratch.run("DELETE FROM refused_before")
            scratch.fill("stored", stored_rows(connection, source, now), 8)
            scratch.fill("refused_before", refused_rows(connection, source, mapper.version), 5)
            return presence.last_landing(connection, source.id) is not None

        settled = database.reading(compare)
        scratch.run(ask.INDEX)
        rule(scratch, database, source, run_input, mapper)
        recognise(scratch, database, source, run_input, mapper)
        for statement in ask.DECIDE:
            scratch.run(statement)
        until_planned.pop_all()  # the plan closes it from here on
        return Plan(scratch, settled=settled, rules=source.rules_digest)


_LOST = (
    "another record of this run has the same identifier; the one modified last is kept "
    "(this one: {version}), of equal ones the one with the greater digest"
)


def _seen(run_input: RunInput) -> Iterator[tuple[Any, ...]]:
    for position, record in enumerate(headers(run_input)):
        identifier, slug, message = _identify(record)
        yield (
            position,
            identifier,
            record.schema,
            record.digest,
            record.version,
            record.views,
            record.downloads,
            slug,
            message,
        )


def _identify(record: SourceRecord) -> tuple[str, str | None, str | None]:
    """(identifier, slug, message) with the trouble the record is in, if any."""
    identifier = canonical(record.identifier)
    if len(identifier) > IDENTIFIER_LIMIT:
        identifier, trouble = "", Issue("invalid-identifier", "identifier", _TOO_LONG)
    elif not identifier:
        trouble = Issue("missing-identifier", "identifier", _MISSING)
    elif record.trouble is None:
        return identifier, None, None
    trouble = record.trouble or trouble
    return identifier, trouble.slug, trouble.message


_TOO_LONG = f"the identifier has more than {IDENTIFIER_LIMIT:,} characters"
_MISSING = "the record has no identifier, so it could not be followed over time"
