"""A dry run says what the run would do, and nothing of it happens."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from index.ingest.mapper import Job, Outcome
from index.ingest.plan import Plan
from index.store import Store
from mappings.source_record import RunStatement
from tests.index.ingest.conftest import Harvest
from tests.index.ingest.support import FEED, SOURCE, Feed, cut, dump, many, numbers, record

BEFORE = [*many(400, keywords=["a"]), record("bad", "Was good"), record("x"), record("y")]
RUNS = {
    "something of everything": Feed(FEED),
    "nothing new": Feed(BEFORE),
    "an empty feed": Feed([]),
    "cut": cut([*many(350, keywords=["b"], issue="odd"), record("bad", refuse="no title")]),
    "most became unusable": Feed([*many(401)[1:], *(record(f"r{n}", refuse="broken") for n in range(400))]),
    "all became unusable": Feed([record(one.identifier, refuse="broken") for one in BEFORE]),
    "failed": Feed([], RunStatement(False, failed=True, slug="not-json", reason="a page")),
}


@pytest.mark.parametrize("which", RUNS)
def test_it_counts_what_the_run_then_does(store: Store, harvest: Harvest, which: str) -> None:
    source = replace(SOURCE, grace_days=0)
    harvest(Feed(BEFORE), source=source)
    harvest(Feed(BEFORE[:-1]), 1, source=source)
    before = dump(store)
    rehearsed = harvest(RUNS[which], 2, source=source, dry_run=True)
    assert dump(store) == before
    assert len(store.runs()) == 2
    run = harvest(RUNS[which], 2, source=source)
    assert numbers(rehearsed) == numbers(run)
    told = ("status", "slug", "reason", "complete", "issues")
    assert [getattr(rehearsed, name) for name in told] == [getattr(run, name) for name in told]
    assert (rehearsed.id, rehearsed.spool) == ("", None)


class Noted:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.missing: list[str] = []

    def mapped(self, jobs: Sequence[Job], outcomes: Sequence[Outcome]) -> None:
        self.names += [job.identifier for job in jobs]

    def planned(self, plan: Plan, *, removes: bool) -> None:
        self.missing = [id_ for id_, _ in plan.missing()] if removes else []


def test_of_a_run_that_would_be_held_the_details_are_told_as_well(store: Store, harvest: Harvest) -> None:
    harvest(Feed(many(100)))
    noted = Noted()
    run = harvest(
        Feed([*many(50), record("new"), record("bad", refuse="no")]), 1, dry_run=True, onlooker=noted
    )
    assert (run.status, run.slug) == ("held", "too-many-missing")
    assert numbers(run) == {"fetched": 52, "added": 2, "unchanged": 50, "missing": 50}
    assert noted.names == ["new", "bad"]
    assert len(noted.missing) == 50
