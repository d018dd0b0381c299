"""A harvest run as the store keeps it and as callers see it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from index.store.schema import COUNTERS

RunStatus = Literal["running", "ok", "held", "incomplete", "failed"]
Decision = Literal["approved", "rejected", "overtaken"]


@dataclass(slots=True)
class Run:
    """One run of one source. `id` is empty for a dry run, which is kept nowhere.

    A held run counts what it would have done. `missing` are the stored records that were not in the run,
    `deleted` those of them that became tombstones. `issues` counts what was wrong in the records this run
    mapped, by slug. `step` counts the batches that have landed. `seconds` are those of the fetch and of the
    ingest together. `complete`: what the run lacks is not at the source; a run that asked for changes only is
    ok and never complete.
    """

    id: str
    source: str
    status: RunStatus
    started: datetime
    complete: bool = False
    reason: str = ""
    slug: str = ""
    decision: Decision | None = None
    fetched: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    renamed: int = 0
    duplicate: int = 0
    filtered: int = 0
    quarantined: int = 0
    missing: int = 0
    deleted: int = 0
    issues: dict[str, int] = field(default_factory=dict)
    requests: int = 0
    bytes: int = 0
    seconds: float = 0.0
    spool: str | None = None
    step: int = 0
    finished: datetime | None = None
    landed_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """The run as scripts read it."""
        return {
            "run": self.id or None,
            "source": self.source,
            "status": self.status,
            "complete": self.complete,
            "slug": self.slug,
            "reason": self.reason,
            **{name: getattr(self, name) for name in COUNTERS},
            "issues": dict(self.issues),
            "requests": self.requests,
            "bytes": self.bytes,
            "seconds": round(self.seconds, 3),
            "decision": self.decision,
            "started": self.started.isoformat(),
            "finished": self.finished.isoformat() if self.finished else None,
            "spool": self.spool,
        }


@dataclass(frozen=True, slots=True)
class RunError:
    """Something of a run that could not be taken: a record, a losing duplicate, a page."""

    identifier: str | None
    slug: str
    message: str
