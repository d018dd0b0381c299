"""What a harvest would change, record by record and field by field (`index.ingest.rehearsal.Onlooker`)."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import msgspec

from index.ingest.batches import batches
from index.ingest.known import State
from index.ingest.mapper import Job, Outcome
from index.ingest.plan import Plan
from index.store import Store, StoredRecord
from index.store.codec import decode_dataset
from mappings.dataset import Dataset


@dataclass(slots=True)
class Added:
    """A record that would be new; `id` is its public id where it was here before and removed since."""

    identifier: str
    title: str
    id: str | None = None


@dataclass(slots=True)
class Changed:
    """A record that would be another: `fields` of its mapped form, each with `old` and `new`. None differs
    where only what is not mapped does. `former` is what a renamed one is called now."""

    id: str
    identifier: str
    title: str
    fields: dict[str, dict[str, Any]]
    former: str | None = None


@dataclass(slots=True)
class Missing:
    """A stored record that the portal lacks; `removed`: this run would remove it."""

    id: str
    identifier: str
    title: str
    missing_since: str | None
    removed: bool


@dataclass(slots=True)
class Refused:
    """A record that would not be taken, and why."""

    identifier: str | None
    slug: str
    message: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record that the portal's rules leave out, and by which of them."""

    identifier: str
    rule: str


@dataclass(slots=True)
class Differences:
    """Collects them; what has not changed is left out."""

    store: Store
    added: list[Added] = field(default_factory=list)
    updated: list[Changed] = field(default_factory=list)
    renamed: list[Changed] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    filtered: list[LeftOut] = field(default_factory=list)

    def mapped(self, jobs: Sequence[Job], outcomes: Sequence[Outcome]) -> None:
        """Compare records that changed with what is stored. Raises StoreError."""
        stored = self.store.records([job.id for job in jobs if job.id is not None])
        for job, outcome in zip(jobs, outcomes, strict=True):
            if not outcome.slug:
                self._compare(job, outcome, stored.get(job.id or ""))

    def planned(self, plan: Plan, *, removes: bool) -> None:
        """What the portal lacks, and what would not be taken. Raises StoreError."""
        for ids in batches(plan.revived()):
            back = self.store.records(ids).values()
            self.added += [Added(one.identifier, one.dataset.title, one.id) for one in back]
        for batch in batches(plan.missing()) if removes else ():
            self.missing += self._missing(dict(batch))
        self.filtered += [LeftOut(identifier, rule) for identifier, rule in plan.filtered()]
        self.refused += [Refused(error.identifier, error.slug, error.message) for error in plan.errors()]

    def as_json(self) -> dict[str, Any]:
        """As scripts read them."""
        kinds = ("added", "updated", "renamed", "missing", "refused", "filtered")
        return {kind: [asdict(one) for one in getattr(self, kind)] for kind in kinds}

    def _compare(self, job: Job, outcome: Outcome, before: StoredRecord | None) -> None:
        if before is None or before.deleted_at is not None:
            self.added.append(Added(job.identifier, outcome.title, job.id))
            return
        now = decode_dataset(outcome.dataset)
        changed = Changed(
            before.id, job.identifier, now.title, fields_that_differ(before.dataset, now), job.former
        )
        (self.updated if job.former is None else self.renamed).append(changed)

    def _missing(self, states: dict[str, State]) -> Iterator[Missing]:
        for id_, record in self.store.records(list(states)).items():
            since = record.missing_since.isoformat() if record.missing_since else None
            removed = states[id_] is State.OVERDUE
            yield Missing(id_, record.identifier, record.dataset.title, since, removed)


def fields_that_differ(old: Dataset, new: Dataset) -> dict[str, dict[str, Any]]:
    """The fields of the shared schema in which two datasets differ, with both values."""
    was, now = msgspec.to_builtins(old), msgspec.to_builtins(new)
    return {name: {"old": was[name], "new": now[name]} for name in now if was[name] != now[name]}
