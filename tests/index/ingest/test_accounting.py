"""Random histories of a feed, against a model that fits on a page."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.ingest import approve, ingest, reject
from index.store import Run, Store
from mappings.issue import Issue
from mappings.source_record import RunStatement, SourceRecord
from tests.index.ingest.support import SOURCE, TOY, Feed, days, dump, record
from tests.index.stores import emptied

TROUBLE = Issue("record-too-large", "", "over 16 MB")


def item(name: str | None, content: int, version: str, kind: str) -> SourceRecord:
    """One of a few records, so that histories repeat themselves."""
    if kind == "trouble":
        return record(name, f"v{content}", trouble=TROUBLE)
    more = {} if kind == "good" else {kind: "x"}
    return record(name, f"v{content}", version=version, views=content, **more)


names = st.sampled_from([None, "", *"abcdefgh", " a ", "b\n"])
items = st.builds(
    item,
    st.one_of(st.sampled_from("abcdefghijklm"), names),
    st.integers(0, 2),
    st.sampled_from(["", "1", "2"]),
    st.sampled_from(["good"] * 9 + ["refuse", "crash", "trouble"]),
)


@dataclass
class Step:
    """One harvest of a history, and the operator's answer should it be held."""

    items: list[SourceRecord]
    kind: str
    wait: float
    answer: str


steps = st.builds(
    Step,
    st.lists(items, max_size=14),
    st.sampled_from(["complete"] * 6 + ["incomplete", "failed"]),
    st.sampled_from([0, 1, 7]),
    st.sampled_from(["approve", "reject", "leave"]),
)


@dataclass
class Model:
    """What the store should hold: digest, since when missing, removed or not, by identifier."""

    digests: dict[str, str] = field(default_factory=dict)
    missing: dict[str, float] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    popularity: dict[str, int | None] = field(default_factory=dict)

    def live(self) -> set[str]:
        return self.digests.keys() - self.removed

    def expect(self, step: Step) -> Counter[str]:
        """What a run of this step counts."""
        counts: Counter[str] = Counter(fetched=len(step.items))
        winners = self.winners(step)
        candidates = [i for i in step.items if i.trouble is None and (i.identifier or "").strip()]
        counts["duplicate"] = len(candidates) - len(winners)
        counts["quarantined"] = len(step.items) - len(candidates)
        for name, winner in winners.items():
            counts[self.fate(name, winner)] += 1
        return counts

    def fate(self, name: str, winner: SourceRecord) -> str:
        if self.digests.get(name) == winner.digest:
            return "added" if name in self.removed else "unchanged"
        if b'"refuse"' in winner.payload or b'"crash"' in winner.payload:
            return "quarantined"
        return "updated" if name in self.live() else "added"

    def mostly_unusable(self, step: Step, expected: Counter[str]) -> bool:
        """Whether nothing of the step is taken, or less than half of what is stored and came again."""
        taken = {name for name, one in self.winners(step).items() if self.fate(name, one) != "quarantined"}
        came = {(one.identifier or "").strip() for one in step.items} & self.live()
        return (expected["quarantined"] > 0 and not taken) or 2 * len(came - taken) > len(self.live())

    def winners(self, step: Step) -> dict[str, SourceRecord]:
        best: dict[str, SourceRecord] = {}
        for one in step.items:
            name = (one.identifier or "").strip()
            if one.trouble is None and name:
                best[name] = max(best.get(name, one), one, key=lambda r: (r.version, r.digest))
        return best

    def land(self, step: Step, day: float, *, removal: str) -> int:
        """Take the step in; how many were removed."""
        for name, winner in self.winners(step).items():
            if self.fate(name, winner) != "quarantined":
                self.digests[name] = winner.digest
                self.popularity[name] = winner.views
                self.removed.discard(name)
        present = {(one.identifier or "").strip() for one in step.items}
        for name in present & self.missing.keys() - self.removed:
            del self.missing[name]
        gone = self.live() - present
        over = {n for n in gone if removal == "now" or day - self.missing.get(n, day) >= 7}
        if removal == "never":
            return 0
        for name in gone:
            self.missing.setdefault(name, day)
        self.removed |= over
        return len(over)


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    """An empty store to copy: making one takes longer than a history."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.sqlite"
        store = Store.open(f"sqlite:///{path}")
        store.put_source(SOURCE)
        store.close()
        yield path


histories = st.lists(steps, min_size=2, max_size=7)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories)
@pytest.mark.parametrize("store_kind", ["newest"])
def test_every_history_adds_up_in_postgresql_too(store: Store, history: list[Step]) -> None:
    emptied(store)
    store.put_source(SOURCE)
    play(store, history)


@settings(max_examples=50, deadline=None)
@given(history=histories)
def test_every_history_adds_up_and_ends_as_the_model_says(template: Path, history: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = shutil.copy(template, Path(folder) / "store.sqlite")
        store = Store.open(f"sqlite:///{path}")
        try:
            play(store, history)
        finally:
            store.close()


def play(store: Store, history: list[Step]) -> None:
    model, day = Model(), 0.0
    for step in history:
        day += step.wait
        complete = step.kind == "complete"
        feed = Feed(step.items, RunStatement(complete, failed=step.kind == "failed"))
        expected = model.expect(step)
        run = ingest(store, SOURCE, feed, now=days(day), mapper=TOY)
        assert adds_up(run)
        if run.status == "held" and step.answer == "approve":
            deleted = model.land(step, day, removal="now")
            run = approve(store, run.id, feed, now=days(day), mapper=TOY)
            check(run, expected, deleted)
        elif run.status == "held" and step.answer == "reject":
            reject(store, run.id, now=days(day))
        elif run.status in {"ok", "incomplete"}:
            nameless = any(not (one.identifier or "").strip() for one in step.items)
            useless = model.mostly_unusable(step, expected)
            assert run.status == ("ok" if complete and not useless else "incomplete")
            removal = "after-grace" if complete and not nameless and not useless else "never"
            check(run, expected, model.land(step, day, removal=removal))
            assert_nothing_more_to_do(store, feed, day)
        live = {r.identifier: r for r in store.live_records()}
        assert live.keys() == model.live()
        assert {name: r.views for name, r in live.items()}.items() <= model.popularity.items()
        assert {name for name, r in live.items() if r.missing_since} == model.missing.keys() & live.keys()


def adds_up(run: Run) -> bool:
    return run.fetched == sum(
        (run.added, run.updated, run.unchanged, run.renamed, run.duplicate, run.filtered, run.quarantined)
    )


def check(run: Run, expected: Counter[str], deleted: int) -> None:
    assert adds_up(run)
    assert {name: getattr(run, name) for name in expected} == dict(expected)
    assert run.deleted == deleted


def assert_nothing_more_to_do(store: Store, feed: Feed, day: float) -> None:
    before = dump(store)
    again = ingest(store, SOURCE, Feed(feed.items[::-1], feed.statement), now=days(day), mapper=TOY)
    assert (again.added, again.updated, again.deleted) == (0, 0, 0)
    assert dump(store) == before
