"""The deletion guard, rule by rule."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.ingest.counts import PlanCounts
from index.ingest.errors import IngestError
from index.ingest.guard import judge
from mappings.source_record import RunStatement
from tests.index.ingest.support import SOURCE

WHOLE = RunStatement(complete=True)


def counts(usable: int, previous: int = 0, missing: int = 0, unidentified: int = 0) -> PlanCounts:
    return PlanCounts(
        fetched=usable + unidentified,
        usable=usable,
        previous=previous,
        missing=missing,
        unidentified=unidentified,
    )


@pytest.mark.parametrize(
    ("found", "status", "slug", "removes"),
    [
        (counts(10), "ok", "", True),
        (counts(100, 100), "ok", "", True),
        (counts(0), "held", "no-records", False),
        (counts(0, 40, 40), "held", "no-records", False),
        (counts(0, 40, 40, unidentified=40), "held", "no-records", False),
        # at most five may always go
        (counts(1, 6, 5), "ok", "", True),
        (counts(1, 7, 6), "held", "too-many-missing", False),
        # and ten per cent of a larger source
        (counts(90, 100, 10), "ok", "", True),
        (counts(89, 100, 11), "held", "too-many-missing", False),
        (counts(145, 160, 16), "ok", "", True),
        (counts(144, 160, 17), "held", "too-many-missing", False),
        # new names for everything
        (counts(59, 64, 64), "held", "too-many-missing", False),
        # without identifiers nobody knows what is missing
        (counts(90, 100, 10, unidentified=10), "ok", "missing-identifier", False),
        (counts(70, 100, 30, unidentified=30), "ok", "missing-identifier", False),
        (counts(70, 100, 30, unidentified=1), "held", "too-many-missing", False),
    ],
)
def test_a_complete_run_is_judged_by_what_it_lacks(
    found: PlanCounts, status: str, slug: str, removes: bool
) -> None:
    verdict = judge(found, WHOLE, SOURCE)
    assert (verdict.status, verdict.slug, verdict.removes) == (status, slug, removes)


def test_what_may_have_been_cut_silently_lands_and_removes_nothing() -> None:
    odd = RunStatement(complete=True, slug="suspicious-count", reason="exactly 1,000 records")
    verdict = judge(counts(1_000, 1_040, 40), odd, SOURCE)
    assert (verdict.status, verdict.slug, verdict.removes) == ("ok", "suspicious-count", False)
    assert verdict.reason == "exactly 1,000 records; nothing counts as missing in this run"
    assert judge(counts(1_000, 1_400, 400), odd, SOURCE).status == "held"


@pytest.mark.parametrize(("usable", "status"), [(49, "held"), (50, "ok")])
def test_below_the_expected_minimum_a_run_waits(usable: int, status: str) -> None:
    assert judge(counts(usable), WHOLE, replace(SOURCE, expected_minimum=50)).status == status


@pytest.mark.parametrize(("share", "status"), [(0.0, "held"), (0.29, "held"), (0.3, "ok"), (1.0, "ok")])
def test_an_operator_may_allow_a_source_to_lose_more(share: float, status: str) -> None:
    assert judge(counts(70, 100, 30), WHOLE, replace(SOURCE, max_delete=share)).status == status


def test_an_incomplete_run_lands_but_removes_nothing() -> None:
    verdict = judge(counts(90, 100, 10), RunStatement(False, "page 3 answered 500", "page-failed"), SOURCE)
    assert (verdict.status, verdict.lands, verdict.removes) == ("incomplete", True, False)
    assert (verdict.slug, verdict.reason) == ("page-failed", "page 3 answered 500")


def settled(stored: int, added: int) -> PlanCounts:
    """A source whose last complete run had `stored` records; the new run has as many more."""
    return replace(counts(stored + added, stored), added=added, unknown=added, settled=True)


@pytest.mark.parametrize("complete", [True, False])
def test_a_source_that_brings_absurdly_many_new_records_waits(complete: bool) -> None:
    statement = RunStatement(complete=complete, slug="" if complete else "deadline")
    passed = "ok" if complete else "incomplete"
    for stored, allowed in ((1, 100_000), (10_000, 100_000), (30_000, 300_000)):
        assert judge(settled(stored, allowed), statement, SOURCE).status == passed
        held = judge(settled(stored, allowed + 1), statement, SOURCE)
        assert (held.status, held.slug, held.lands) == ("held", "too-many-new", False)
        assert f"{allowed + 1:,} records are new, where {stored:,} are stored" in held.reason
    assert judge(replace(settled(0, 10**6), settled=False), statement, SOURCE).status == passed
    cut_short = replace(settled(40, 10**6), settled=False)
    assert judge(cut_short, statement, SOURCE).status == passed  # the first harvest goes on


def test_a_failed_run_lands_nothing() -> None:
    verdict = judge(PlanCounts(), RunStatement(False, "not JSON", "not-json", failed=True), SOURCE)
    assert (verdict.status, verdict.lands, verdict.removes, verdict.reason) == (
        "failed",
        False,
        False,
        "not JSON",
    )


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (counts(0, 1040, 1040), ["0 records", "1,040 are stored", "approve or reject"]),
        (counts(89, 100, 11), ["11 of 100", "more than the 10", "approve or reject"]),
        (
            counts(90, 100, 10, unidentified=10),
            ["10 records have no usable identifier", "nothing counts as missing"],
        ),
        (counts(90, 100, 1, unidentified=1), ["1 record has no usable identifier"]),
    ],
)
def test_the_reason_gives_the_numbers(found: PlanCounts, words: list[str]) -> None:
    reason = judge(found, WHOLE, SOURCE).reason
    assert all(word in reason for word in words), reason


@given(
    st.integers(0, 10_000),
    st.integers(0, 10_000),
    st.integers(0, 10_000),
    st.integers(0, 50),
    st.floats(0, 1),
)
def test_no_run_removes_more_than_it_may(
    usable: int, previous: int, missing: int, unidentified: int, share: float
) -> None:
    found = counts(usable, previous, min(missing, previous), unidentified)
    verdict = judge(found, WHOLE, replace(SOURCE, max_delete=share))
    if verdict.removes:
        assert found.missing <= max(5, share * previous)
        assert found.unidentified == 0
        assert found.usable > 0


def test_numbers_that_do_not_add_up_stop_the_run() -> None:
    PlanCounts(fetched=3, added=1, duplicate=1, quarantined=1).check()
    with pytest.raises(IngestError, match="3 records were fetched but 2 are accounted for"):
        PlanCounts(fetched=3, added=1, duplicate=1).check()
