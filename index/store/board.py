"""`store.jobs`: every step with leases is one short transaction of its own."""

from collections.abc import Collection, Mapping
from datetime import datetime

from index.store import jobs
from index.store.database import Database
from index.store.leases import Job, Lease, Outcome

AT_ONCE = 0.0
"""The patience of those who look again by themselves while the server is away. What came of a job is worth
waiting with; nothing else would say it."""


class JobBoard:
    """The jobs of a store, for everybody who takes, keeps, gives back or lists them. Safe to share between
    threads. Every method raises StoreError when the database does not do what it should."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def plan(self, due: Mapping[str, datetime | None]) -> None:
        """Make jobs, and bring their due times forward to these; None takes a job off the plan."""
        self._database.transact(lambda connection: jobs.plan(connection, due))

    def take_off(self, names: Collection[str]) -> None:
        """These jobs are no longer due by themselves."""
        self._database.transact(lambda connection: jobs.take_off(connection, names))

    def claim(self, names: Collection[str], owner: str, *, now: datetime, seconds: float) -> Lease | None:
        """Lease that one of these jobs which has been due longest; None when nothing free is due. A look
        that finds nothing takes no lock."""
        with self._database.read() as connection:
            if not jobs.any_due(connection, names, now):
                return None
        return self._database.transact(
            lambda connection: jobs.claim(connection, names, owner, now=now, seconds=seconds), AT_ONCE
        )

    def take(self, name: str, owner: str, *, seconds: float) -> Lease | None:
        """Lease a job by name, due or not; None while somebody else has it."""
        return self._database.transact(
            lambda connection: jobs.take(connection, name, owner, seconds=seconds), AT_ONCE
        )

    def renew(self, leases: Collection[Lease]) -> list[Lease]:
        """Let leases last for their whole time from now on; those that went to somebody else."""
        return self._database.transact(
            lambda connection: [lease for lease in leases if not jobs.renew(connection, lease)], AT_ONCE
        )

    def finish(self, lease: Lease, outcome: Outcome) -> bool:
        """Give a job back with what came of it. False when it is no longer the holder's to give."""
        return self._database.transact(lambda connection: jobs.finish(connection, lease, outcome))

    def give_back(self, lease: Lease) -> bool:
        """Give a job back as it was before the lease. False when it is no longer the holder's to give."""
        return self._database.transact(lambda connection: jobs.give_back(connection, lease), AT_ONCE)

    def expire(self, job: Job) -> None:
        """End a lease before its time, because its holder is known to be dead."""
        self._database.transact(lambda connection: jobs.expire(connection, job.name, job.token), AT_ONCE)

    def forget(self, lease: Lease) -> None:
        """Remove a job that will never be done again."""
        self._database.transact(lambda connection: jobs.forget(connection, lease))

    def get(self, name: str) -> Job | None:
        """One job."""
        with self._database.read() as connection:
            return jobs.get(connection, name)

    def last_begun(self) -> dict[str, datetime]:
        """When the last run of each source began."""
        with self._database.read() as connection:
            return jobs.last_begun(connection)

    def every(self) -> list[Job]:
        """All jobs by name."""
        with self._database.read() as connection:
            return jobs.every(connection)
