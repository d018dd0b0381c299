"""What a scenario is: what the portal does, and what has to hold afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hubsearch.hub import Hub
from index.store import Run, RunError, StoredRecord
from tests.chaos.layer import Disturb, Turn, undisturbed
from tests.chaos.players import Player

KEEP = frozenset({"failed", "incomplete", "held"})
"""The run says that something is wrong; whatever it was, all that was there stays."""
UNREAD = frozenset({"failed", "incomplete"})
OK = frozenset({"ok"})
HELD = frozenset({"held"})


@dataclass
class After:
    """What a scenario left behind. `before` holds public id by identifier, as the good harvest made them;
    `records` what is live now, by identifier. `seconds` are those of the whole harvest."""

    player: Player
    hub: Hub
    home: Path
    run: Run
    errors: list[RunError]
    before: dict[str, str]
    records: dict[str, StoredRecord]
    turns: list[Turn]
    seconds: float

    @property
    def size(self) -> int:
        """Records of the good harvest."""
        return len(self.before)

    def record(self, number: int) -> StoredRecord:
        """What is stored of the base line's record of this number, by its first identifier."""
        return self.records[self.player.identifier(self.player.records()[number])]

    def slugs(self) -> list[str]:
        """Of the run's errors."""
        return [error.slug for error in self.errors]


def nothing_more(after: After) -> None:
    """The general claims are enough."""


def all_read(after: After) -> None:
    """Every record came through just as it was."""
    assert (after.run.fetched, after.run.unchanged) == (after.size, after.size)


def siblings_stored(hostile: int) -> Callable[[After], None]:
    """All but so many records came through just as they were."""

    def claims(after: After) -> None:
        assert after.run.fetched == after.size
        assert after.run.unchanged == after.size - hostile

    return claims


@dataclass(frozen=True)
class Scenario:
    """A fault. `says` completes "the portal …"; `number` is that of guide/trust.md.

    `status` are the run's permitted ends. `disturb` changes answers, `robots` gives that to /robots.txt,
    `catalogue` the portal's whole content before it is served. `claims` is what must hold besides the general
    claims of `tests.chaos.stage`; `needs` are the traits a player must have; `entry` are keys of the portal's
    entry for this scenario. `keeps_names` is False where the portal renames what it has, so that records are
    told by their public ids only. `of_files` are further ends where each record is a file of its own: what
    spoils every file leaves the folders as they were, so that a whole run without a usable record is held.
    """

    name: str
    says: str
    status: frozenset[str]
    disturb: Disturb = undisturbed
    catalogue: Callable[[Player], list[Any]] | None = None
    claims: Callable[[After], None] = nothing_more
    needs: frozenset[str] = frozenset()
    number: int | None = None
    entry: Mapping[str, Any] = field(default_factory=dict)
    keeps_names: bool = True
    robots: Disturb | None = None
    of_files: frozenset[str] = frozenset()

    def ends(self, player: Player) -> frozenset[str]:
        """The permitted ends of a type's run."""
        return self.status | (self.of_files if "folders" in player.has else frozenset())

    def written(self) -> bool:
        """Whether it does anything yet; some wait for types that are not there."""
        return self.disturb is not undisturbed or bool(self.catalogue or self.robots)
