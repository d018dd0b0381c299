"""Recognise the records that a portal has given other identifiers, so that their public addresses stay.

    former name ─┐
    content ─────┴─> pairs ──> graded ──> taken, the surest first, where nothing competes ──> renamed

Only records that are unmatched by identifier are looked at, and those whose identifier names another title
than before (identifiers may have been swapped, or moved on by one): of these the content is read, of no
others. What is compared stands in the plan's working table, so memory does not grow with the portal.

Of a run that is not complete only what is certain is taken: a name the record had before, or exactly the same
content. What such a run lacks may simply not have been fetched, so that a title that seems to have come and
one that seems to have gone say little. What a complete run might find is noted in `doubtful`: where there is
much of it the run is held (`index.ingest.guard`), since what lands as new stays so. A run that asked for
changes only lacks nearly everything: nothing is taken from it.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any
from zlib import crc32

import msgspec
from sqlalchemy import Connection

from index.ingest import rename_queries as ask
from index.ingest.alike import Grade, Pair
from index.ingest.batches import batches, portions
from index.ingest.mapper import Job, Mapper, title_of
from index.ingest.run_input import RunInput, records
from index.ingest.scratch import Scratch
from index.ingest.workers import mapped
from index.store import renames
from index.store.codec import decode_dataset, decode_raw
from index.store.database import BATCH, Database
from index.store.model import Source
from mappings.signature import Signature, clues, signature, title_key

MOVED_AT_LEAST = 10
MOVED_SHARE = 0.5
SAME_TITLES_AT_LEAST = 5
SAME_TITLES_SHARE = 0.2
"""A portal has moved as a whole when at least ten of its records and half of them are gone, and of the titles
that only one of them had at least five, and a fifth of what can have stayed, are among those that came.
Detroit left Socrata for ArcGIS Hub with new texts for most datasets: 193 records went, 140 came, 51 titles
stayed. A removed portal that comes back is judged so only where nothing else of it is left."""

REWRITTEN_SHARE = 0.15
"""Of the records found so many must have hardly more than their title in common before a title alone counts:
a portal that moved and left its texts alone did not rewrite a single one. Of Pope County's it was half."""

_STEP = 100
_FORMER_RANK = Grade.EXACT * _STEP + _STEP // 2
_DOUBTFUL_RANK = (Grade.TITLED + 1) * _STEP
"""Ranks between two grades: of equal contents and titles, those with more names in common are surer."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Signature).decode


def recognise(
    scratch: Scratch, database: Database, source: Source, run_input: RunInput, mapper: Mapper
) -> None:
    """Give the renamed records of the working table their new names, and note them in `renamed`. Raises
    UnreadableInput and StoreError."""
    if run_input.statement.changes_only:
        return
    came, changed = scratch.numbers(ask.CENSUS)
    changed = changed if run_input.statement.complete else 0
    lost = scratch.number(ask.LOST_COUNT) if came or changed else 0
    if (came and lost) or changed > 1 or (changed and (came or lost)):
        number = came + changed
        search = _Search(scratch, database, source, mapper, number, complete=run_input.statement.complete)
        search.run(run_input, came=bool(came), changed=bool(changed), lost=bool(lost))


class _Search:
    def __init__(
        self,
        scratch: Scratch,
        database: Database,
        source: Source,
        mapper: Mapper,
        number: int,
        *,
        complete: bool,
    ) -> None:
        self._scratch = scratch
        self._database = database
        self._source = source
        self._mapper = mapper
        self._number = number
        self._complete = complete

    def run(self, run_input: RunInput, *, came: bool, changed: bool, lost: bool) -> None:
        for statement in ask.TABLES:
            self._scratch.run(statement)
        self._load_names(everywhere=came and lost)
        self._gather(run_input, came=came and lost, changed=changed)
        if came and not lost and self._scratch.number(ask.ANY_CHANGED):
            self._gather(run_input, came=True, changed=False)
        self._scratch.run(ask.LOST)
        self._scratch.run(ask.OWNERS)
        if self._worthwhile():
            self._recognise()

    def _worthwhile(self) -> bool:
        """Whether anything can be another's: one record that changed its title cannot."""
        came, lost, changed = self._scratch.numbers(ask.POOL)
        return bool((came and lost) or changed > 1 or (changed and (came or lost)))

    def _recognise(self) -> None:
        self._sign_lost(dead=False)
        self._part_with_owners()
        self._scratch.run(ask.ELSEWHERE)
        self._scratch.fill("fresh_clues", self._clues(ask.FRESH_CLUES), 2)
        self._scratch.fill("fresh_clues", self._former(), 2)
        for statement in ask.PAIRS:
            self._scratch.run(statement)
        self._match(dead=False)
        if self._scratch.number(ask.DEAD_AND_FRESH):
            self._sign_lost(dead=True)
            for statement in ask.AGAIN:
                self._scratch.run(statement)
            self._match(dead=True)
        for statement in ask.APPLY:
            self._scratch.run(statement)

    def _load_names(self, *, everywhere: bool) -> None:
        def load(connection: Connection) -> None:
            self._scratch.run("DELETE FROM former")  # what came before the server went away
            self._scratch.run("DELETE FROM titles")
            self._scratch.fill("former", renames.former_rows(connection, self._source.id), 3)
            changed = (id_ for (id_,) in self._scratch.rows(ask.CHANGED))
            for ids in [None] if everywhere else batches(changed):
                rows = renames.titles(connection, self._source.id, ids)
                self._scratch.fill("titles", ((id_, title_key(title)) for id_, title in rows), 2)

        self._database.reading(load)

    def _gather(self, run_input: RunInput, *, came: bool, changed: bool) -> None:
        wanted = self._scratch.rows(ask.WANTED, came=came, changed=changed)
        self._scratch.fill("fresh", self._fresh(self._jobs(run_input, wanted)), 6)

    def _jobs(self, run_input: RunInput, wanted: Iterator[tuple[Any, ...]]) -> Iterator[Job]:
        """The records of the run that may be another's, `id` being whose they are by name."""
        task = next(wanted, None)
        for position, record in enumerate(records(run_input)):
            if task is None:
                return
            ordinal, identifier, owner, title, repeated = task
            if position != ordinal:
                continue
            task = next(wanted, None)
            if owner is not None and not repeated:
                now = title_of(self._mapper, record.schema, record.payload)
                if now is None or title_key(now) == title:
                    continue
            yield Job(
                position, owner, identifier, record.schema, record.url, "", record.payload, None, None, None
            )

    def _fresh(self, jobs: Iterator[Job]) -> Iterator[tuple[Any, ...]]:
        """(ordinal, identifier, owner, title, exact, signature); mapped as for landing, and refused there."""
        for portion, outcomes in mapped(self._mapper, self._source, self._number, portions(jobs)):
            for job, outcome in zip(portion, outcomes, strict=True):
                if not outcome.slug:
                    one = signature(decode_dataset(outcome.dataset), job.identifier)
                    yield job.position, job.identifier, job.id, one.title, one.exact, _encode(one)

    def _sign_lost(self, *, dead: bool) -> None:
        """What the stored records are recognised by. Those that another version of the mappings made are
        mapped as those of the run are; where that fails, what is stored has to do."""
        outdated = self._scratch.number(ask.LOST_COUNT)
        for jobs, outcomes in mapped(self._mapper, self._source, outdated, portions(self._stored(dead=dead))):
            pairs = list(zip(jobs, outcomes, strict=True))
            self._sign([(job.id or "", job.identifier, o.dataset) for job, o in pairs if not o.slug])
            names = {job.id or "": job.identifier for job, outcome in pairs if outcome.slug}
            self._sign([(row.id, names[row.id], row.dataset) for row in self._whole(list(names))])

    def _stored(self, *, dead: bool) -> Iterator[Job]:
        """The stored records that have to be mapped; the others are signed on the way."""
        last = ""
        while page := list(self._scratch.rows(ask.UNSIGNED, dead=dead, last=last, limit=BATCH)):
            names = dict(page)
            last = page[-1][0]
            present = []
            for row in self._whole(list(names)):
                present_rules = row.rules == self._source.rules_digest
                same = row.mapping_version == self._mapper.version and present_rules
                if same or not row.raw:  # of an emptied tombstone, too
                    present.append((row.id, names[row.id], row.dataset))
                    continue
                payload = decode_raw(row.raw)
                yield Job(0, row.id, names[row.id], row.schema, row.source_url, "", payload, None, None, None)
            self._sign(present)

    def _whole(self, ids: list[str]) -> Sequence[Any]:
        return self._database.reading(partial(renames.whole, ids=ids)) if ids else ()

    def _sign(self, datasets: Iterable[tuple[str, str, bytes]]) -> None:
        signed = ((id_, signature(decode_dataset(dataset), name)) for id_, name, dataset in datasets)
        self._scratch.run_many(
            "UPDATE lost SET title = ?, exact = ?, signature = ? WHERE id = ?",
            [(one.title, one.exact, _encode(one), id_) for id_, one in signed],
        )

    def _part_with_owners(self) -> None:
        """Leave the records where their identifier says, unless it seems to name another thing now. Those let
        go stay there, too, where nothing is found that is exactly the same."""
        stay = [
            (ordinal, id_)
            for ordinal, id_, seen, stored, unique, twin in self._scratch.rows(ask.OWNED)
            if stored is None or _stays(_decode(seen), _decode(stored), unique=bool(unique), twin=bool(twin))
        ]
        self._scratch.run_many("DELETE FROM fresh WHERE ordinal = ?", ((ordinal,) for ordinal, _ in stay))
        self._scratch.run_many("DELETE FROM lost WHERE id = ?", ((id_,) for _, id_ in stay))

    def _clues(self, query: str, **values: Any) -> Iterator[tuple[int, Any]]:
        for key, signed in self._scratch.rows(query, **values):
            for clue in clues(_decode(signed)):
                yield clue, key

    def _former(self) -> Iterator[tuple[int, int]]:
        return ((_clue_of(id_), ordinal) for ordinal, id_ in self._scratch.rows(ask.FORMER))

    def _match(self, *, dead: bool) -> None:
        self._scratch.fill("lost_clues", self._clues(ask.LOST_CLUES, dead=dead), 2)
        had = self._scratch.rows(ask.HAD_OTHER_NAMES, dead=dead)
        self._scratch.fill("lost_clues", ((_clue_of(id_), id_) for (id_,) in had), 2)
        self._scratch.fill("pairs", self._pairs(dead=dead), 3)
        if not dead:
            self._scratch.run(ask.DOUBT, rank=_DOUBTFUL_RANK)
        for (rank,) in list(self._scratch.rows(ask.RANKS)):
            if rank < Grade.TITLED * _STEP or (rank < _DOUBTFUL_RANK and self._texts_were_rewritten()):
                self._scratch.run(ask.TAKE, rank=rank)

    def _texts_were_rewritten(self) -> bool:
        ranks = {"last": Grade.TITLED * _STEP, "before": Grade.MOVED * _STEP}
        left, taken, moved = self._scratch.numbers(ask.LEFT_AT_RANK, **ranks)
        return left + moved >= REWRITTEN_SHARE * (left + taken)

    def _pairs(self, *, dead: bool) -> Iterator[tuple[int, str, int]]:
        wholesale = not self._complete or _moved_house(*self._scratch.numbers(ask.MOVE, dead=dead), dead=dead)
        candidates = self._scratch.rows(ask.CANDIDATES, crowd=ask.CROWD, dead=dead)
        for ordinal, id_, seen, stored, owned, unique, former in candidates:
            pair = Pair(_decode(seen), _decode(stored), unique=bool(unique), wholesale=wholesale)
            rank = self._rank(pair, owned=bool(owned), former=bool(former))
            if rank is not None:
                yield ordinal, id_, rank

    def _rank(self, pair: Pair, *, owned: bool, former: bool) -> int | None:
        grade = pair.grade()
        if former:
            return 0 if grade is Grade.EXACT else _FORMER_RANK
        if grade is None or (grade is not Grade.EXACT and owned):
            return None
        if grade is not Grade.EXACT and not self._complete:
            return _DOUBTFUL_RANK
        finer = min(pair.overlap(), _STEP - 1) if grade <= Grade.ISSUED else 0
        return int(grade) * _STEP - finer


def _stays(seen: Signature, stored: Signature, *, unique: bool, twin: bool) -> bool:
    pair = Pair(seen, stored, unique=unique, wholesale=False)
    return pair.settled() or not (twin or pair.unlike())


def _moved_house(gone: int, before: int, came: int, titles: int, *, dead: bool) -> bool:
    if dead and before:
        return False
    enough = max(SAME_TITLES_AT_LEAST, SAME_TITLES_SHARE * min(gone, came))
    return gone >= max(MOVED_AT_LEAST, MOVED_SHARE * before) and titles >= enough


def _clue_of(id_: str) -> int:
    return -1 - crc32(id_.encode())
