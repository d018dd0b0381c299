"""What a lease and a job look like to those who hold or list them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to do one job until `seconds` after it was last renewed.

    `token` grows with every lease of the job, so a holder whose lease went to somebody else can be told
    apart for ever. `attempts` counts the failures since the job was last done, and this attempt; one whose
    holder died is no failure of the job.
    """

    name: str
    owner: str
    token: int
    seconds: float
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job: when it is due next (None: when somebody asks for it), the failures since it was
    last done, when it was done, and why the attempt was no success."""

    due_at: datetime | None = None
    attempts: int = 0
    done_at: datetime | None = None
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the jobs table. `due_at` is None for a job that is done when somebody asks for it.

    `owner` and the two times of the lease are None while nobody has it; `leased` says whether a lease is in
    force by the database's clock. `trouble` is why the last attempt was no success.
    """

    name: str
    due_at: datetime | None
    owner: str | None
    token: int
    leased_at: datetime | None
    lease_until: datetime | None
    attempts: int
    done_at: datetime | None
    trouble: str | None
    leased: bool

    def as_json(self) -> dict[str, Any]:
        """The job as scripts read it."""
        return {
            "name": self.name,
            "due": _iso(self.due_at),
            "owner": self.owner,
            "since": _iso(self.leased_at),
            "until": _iso(self.lease_until),
            "leased": self.leased,
            "attempts": self.attempts,
            "done": _iso(self.done_at),
            "trouble": self.trouble,
        }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
