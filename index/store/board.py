"""`store.jobs`: every step with leases is one short transaction of its own."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from index.store import jobs
from index.store.database import Database
from index.store.leases import Job, Lease


class JobBoard:
    """The jobs of a store, for everybody who takes, keeps, gives back or lists them. Safe to share between
    threads. Every method raises StoreError when the database does not do what it should."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def plan(self, due: Mapping[str, datetime | None]) -> None:
        """Make jobs, and bring their due times forward to these; None takes a job off the plan."""
        with self._database.write() as connection:
            jobs.plan(connection, due)

    def take_off(self, names: Collection[str]) -> None:
        """These jobs are no longer due by themselves."""
        with self._database.write() as connection:
            jobs.take_off(connection, names)

    def claim(self, names: Collection[str], owner: str, *, now: datetime, seconds: float) -> Lease | None:
        """Lease that one of these jobs which has been due longest; None when nothing free is due. A look
        that finds nothing takes no lock."""
        with self._database.read() as connection:
            if not jobs.any_due(connection, names, now):
                return None
        with self._database.write() as connection:
            return jobs.claim(connection, names, owner, now=now, seconds=seconds)

    def take(self, name: str, owner: str, *, seconds: float) -> Lease | None:
        """Lease a job by name, due or not; None while somebody else has it."""
        with self._database.write() as connection:
            return jobs.take(connection, name, owner, seconds=seconds)

    def renew(self, leases: Iterable[Lease]) -> list[Lease]:
        """Let leases last for their whole time from now on; those that went to somebody else."""
        with self._database.write() as connection:
            return [lease for lease in leases if not jobs.renew(connection, lease)]

    def release(
        self,
        lease: Lease,
        *,
        due_at: datetime | None = None,
        attempts: int = 0,
        done_at: datetime | None = None,
        trouble: str | None = None,
    ) -> bool:
        """Give a job back, with the time it is due next and what went wrong. False when it is no longer the
        holder's to give."""
        with self._database.write() as connection:
            return jobs.release(
                connection, lease, due_at=due_at, attempts=attempts, done_at=done_at, trouble=trouble
            )

    def expire(self, job: Job) -> None:
        """End a lease before its time, because its holder is known to be dead."""
        with self._database.write() as connection:
            jobs.expire(connection, job.name, job.token)

    def forget(self, lease: Lease) -> None:
        """Remove a job that will never be done again."""
        with self._database.write() as connection:
            jobs.forget(connection, lease)

    def get(self, name: str) -> Job | None:
        """One job."""
        with self._database.read() as connection:
            return jobs.get(connection, name)

    def every(self) -> list[Job]:
        """All jobs by name."""
        with self._database.read() as connection:
            return jobs.every(connection)
