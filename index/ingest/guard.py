"""The deletion guard: may this run land, and may it remove?

A pure function of numbers. A broken source never removes records; what looks like one waits for a person.
"""

from dataclasses import dataclass

from index.ingest.counts import PlanCounts
from index.store.model import Source
from index.store.run import RunStatus
from mappings.source_record import CHANGES_ONLY, RunStatement

FEW = 5
"""Records a source may always lose at once, however small it is."""

MOVED_AT_LEAST = 10
MOVED_SHARE = 0.5
ALIKE_SHARE = 0.1
"""An incomplete run looks like a portal in the middle of a move when at least ten of the stored records and
half of them are not in it, half of what it brings is not known by name, and either a tenth of that seem to be
stored records, or nothing at all is known, be it ten records or more. A portal that grew brings others."""

SPOILED_SHARE = 0.5
"""Of the stored records that a run may bring in a form which cannot be taken."""

MANY = 100_000
GROWTH = 10
"""Records that may be new in one run, and how many times the stored ones, whichever is more."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a run. `removes`: the records it lacks count as missing."""

    status: RunStatus
    slug: str = ""
    reason: str = ""
    removes: bool = False

    @property
    def lands(self) -> bool:
        """Whether its additions and updates are written."""
        return self.status in {"ok", "incomplete"}

    @property
    def absence_counts(self) -> bool:
        """Whether a stored record that the run lacks is called missing; of a held run an operator decides."""
        return self.removes or self.status == "held"


def judge(counts: PlanCounts, statement: RunStatement, source: Source) -> Verdict:
    """The verdict, the gravest finding first.

    What is odd about a complete fetch (exactly 1,000 records, where feeds are cut silently) lets it land and
    removes nothing. One that asked for changes only may bring nothing at all, and says nothing of the rest.
    """
    if statement.failed:
        return Verdict("failed", statement.slug, statement.reason)
    held = None
    if not statement.changes_only:
        held = _suspicion(counts, source) if statement.complete else _half_a_move(counts, statement)
    held = held or _flood(counts)
    if held is not None:
        return held
    if not statement.complete:
        return Verdict("incomplete", statement.slug, statement.reason)
    return _passed(counts, statement)


def _passed(counts: PlanCounts, statement: RunStatement) -> Verdict:
    """The verdict on a run that got what it asked for and looks sound."""
    if statement.changes_only:
        return Verdict("ok", CHANGES_ONLY, f"{statement.reason}; {_NOTHING_IS_MISSING}")
    if counts.unidentified:
        return Verdict("ok", "missing-identifier", _unidentified(counts.unidentified))
    if statement.slug:
        return Verdict("ok", statement.slug, f"{statement.reason}; {_NOTHING_IS_MISSING}")
    return Verdict("ok", removes=True)


def reconsider(verdict: Verdict, counts: PlanCounts, spoiled: int) -> Verdict:
    """The verdict on a run whose records were mapped: it may be the content that most of them lost.

    What cannot be taken leaves the stored version as it was. `incomplete` says just that: what could be taken
    has landed, nothing is removed, and a person is told. `spoiled` counts the stored records concerned.
    """
    taken = counts.added + counts.updated + counts.unchanged + counts.renamed
    nothing = counts.quarantined > 0 and taken == 0
    if (
        not verdict.lands
        or verdict.slug == CHANGES_ONLY
        or not (nothing or spoiled > SPOILED_SHARE * counts.previous)
    ):
        return verdict
    which = f"{spoiled:,} of {counts.previous:,} stored records" if spoiled else f"all {counts.quarantined:,}"
    reason = (
        f"{which} came in a form that cannot be taken; the stored versions stay, and {_NOTHING_IS_MISSING}. "
        "Look at the errors of the run, and tell the portal's operator"
    )
    if verdict.status == "incomplete":
        return Verdict("incomplete", verdict.slug, f"{verdict.reason}; {reason}")
    return Verdict("incomplete", "mostly-unusable", reason)


def _suspicion(counts: PlanCounts, source: Source) -> Verdict | None:
    if counts.filtered and counts.usable == 0:
        return Verdict(
            "held",
            "no-records",
            f"the portal's rules leave out all {counts.filtered:,} records that could be used; "
            f"{counts.previous:,} are stored. Look at the filters in the portal's entry, then harvest again, "
            "or approve the run",
        )
    if counts.fetched == 0 or counts.usable == 0:
        return Verdict(
            "held",
            "no-records",
            f"the source answered with {counts.fetched:,} records, none of them usable; "
            f"{counts.previous:,} are stored. {_ASK}",
        )
    if counts.usable + counts.filtered < source.expected_minimum:
        return Verdict(
            "held",
            "below-expected-minimum",
            f"{counts.usable + counts.filtered:,} usable records, fewer than the expected minimum of "
            f"{source.expected_minimum:,}. {_ASK}",
        )
    allowed = max(FEW, source.max_delete * counts.previous)
    lost = counts.missing - counts.unidentified + counts.fallen
    if lost > allowed:
        fallen = f" or fall under the portal's filters now ({counts.fallen:,})" if counts.fallen else ""
        return Verdict(
            "held",
            "too-many-missing",
            f"{counts.missing + counts.fallen:,} of {counts.previous:,} stored records are missing{fallen}, "
            f"more than the {int(allowed):,} a run may lose. {_ASK}",
        )
    return None


def _half_a_move(counts: PlanCounts, statement: RunStatement) -> Verdict | None:
    """Landed, the records not recognised would get new public ids, and keep them for good."""
    gone = counts.missing + counts.renamed
    came = counts.unknown + counts.renamed
    if gone < max(MOVED_AT_LEAST, MOVED_SHARE * counts.previous) or came < MOVED_SHARE * counts.usable:
        return None
    alike = counts.doubtful and counts.doubtful + counts.renamed >= ALIKE_SHARE * min(gone, came)
    strange = counts.settled and counts.unknown == counts.usable >= MOVED_AT_LEAST
    if not (alike or strange):
        return None
    return Verdict(
        "held",
        "half-a-move",
        f"{gone:,} of {counts.previous:,} stored records are not in the run, {came:,} of the "
        f"{counts.usable:,} in it have identifiers that are not known, and the run is not complete "
        f"({statement.slug}: {statement.reason}). If the portal gives its records other identifiers, they "
        f"keep their addresses only in a complete run, so {counts.unknown:,} would get new ones now. Harvest "
        "again: a complete run settles it. Or approve the run, which adds them as new and removes nothing, "
        "or reject it",
    )


def _flood(counts: PlanCounts) -> Verdict | None:
    """A first harvest may bring as many as it likes, and is over when a complete run has landed."""
    allowed = max(MANY, GROWTH * counts.previous)
    if not counts.settled or not counts.previous or counts.added <= allowed:
        return None
    return Verdict(
        "held",
        "too-many-new",
        f"{counts.added:,} records are new, where {counts.previous:,} are stored; a run may add {allowed:,}. "
        f"{_ASK}",
    )


def _unidentified(number: int) -> str:
    records = "1 record has" if number == 1 else f"{number:,} records have"
    return (
        f"{records} no usable identifier, and might be any of those that seem to be gone; "
        f"{_NOTHING_IS_MISSING}"
    )


_NOTHING_IS_MISSING = "nothing counts as missing in this run"
_ASK = "Look at the portal, then approve or reject the run"
