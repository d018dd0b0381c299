"""The jobs table: who may do what until when, and what is due.

A lease ends by the database's clock, so that hosts need not agree on the time; when a job is due is said by
its caller's clock. Every lease has a higher token than the one before. Whoever writes under a lease asks
`hold_on` in the same transaction: it pins the job's row, which keeps a taker waiting until that transaction
has ended, and refuses a holder whose lease went on to somebody else.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)

from index.store.clock import database_time
from index.store.errors import LeaseLost
from index.store.leases import Job, Lease, Outcome
from index.store.schema import jobs, runs
from index.store.upsert import insert_missing


def plan(connection: Connection, due: Mapping[str, datetime | None]) -> None:
    """Make jobs that are not there yet, and bring each due time to the one given or leave an earlier one:
    a retry. One that failed last keeps the time it got then: its portal may have asked for it. None takes a
    job off the plan."""
    rows = [{"name": name, "due_at": moment, **_FRESH} for name, moment in due.items()]
    insert_missing(connection, jobs, rows)
    earlier = [{"key": name, "moment": moment} for name, moment in due.items() if moment is not None]
    if earlier:
        after = jobs.c.due_at > bindparam("moment", type_=jobs.c.due_at.type)
        later = or_(jobs.c.due_at.is_(None), and_(after, jobs.c.attempts == 0))
        statement = update(jobs).where(jobs.c.name == bindparam("key"), later)
        connection.execute(statement.values(due_at=bindparam("moment")), earlier)
    take_off(connection, [name for name, moment in due.items() if moment is None])


def take_off(connection: Connection, names: Collection[str]) -> None:
    """These jobs are no longer due by themselves."""
    if names:
        connection.execute(
            update(jobs).where(jobs.c.name.in_(names), jobs.c.due_at.is_not(None)).values(due_at=None)
        )


def any_due(connection: Connection, names: Collection[str], now: datetime) -> bool:
    """Whether one of these jobs is due and free. It may be gone by the time it is claimed."""
    query = (
        select(jobs.c.name).where(jobs.c.name.in_(names), jobs.c.due_at <= now, _free(connection)).limit(1)
    )
    return connection.execute(query).first() is not None


def claim(
    connection: Connection, names: Collection[str], owner: str, *, now: datetime, seconds: float
) -> Lease | None:
    """Lease that one of these jobs which has been due longest and that nobody has; None when there is
    none. Callers at the same moment get different jobs, and none waits for another."""
    due = (
        select(jobs).where(jobs.c.name.in_(names), jobs.c.due_at <= now).order_by(jobs.c.due_at, jobs.c.name)
    )
    return _lease(connection, due, owner, seconds)


def take(connection: Connection, name: str, owner: str, *, seconds: float) -> Lease | None:
    """Lease a job by name, due or not; None while somebody else has it."""
    insert_missing(connection, jobs, [{"name": name, "due_at": None, **_FRESH}])
    return _lease(connection, select(jobs).where(jobs.c.name == name), owner, seconds)


def renew(connection: Connection, lease: Lease) -> bool:
    """Let the lease last for its whole time from now on. False when it went to somebody else."""
    until = database_time(connection, lease.seconds)
    done = connection.execute(update(jobs).where(_held(lease)).values(lease_until=until))
    return done.rowcount == 1


def finish(connection: Connection, lease: Lease, outcome: Outcome) -> bool:
    """Give the job back with what came of it. False when it is no longer the holder's to give."""
    values = {
        name: value for name, value in asdict(outcome).items() if name != "done_at" or value is not None
    }
    return connection.execute(update(jobs).where(_held(lease)).values(values | _NOBODYS)).rowcount == 1


def give_back(connection: Connection, lease: Lease) -> bool:
    """Give the job back as it was before the lease. False when it is no longer the holder's to give."""
    return connection.execute(update(jobs).where(_held(lease)).values(_NOBODYS)).rowcount == 1


def hold_on(connection: Connection, lease: Lease, *, finished: bool = False) -> None:
    """Make sure, until this transaction ends, that the lease is still the holder's. Raises LeaseLost; the
    transaction then writes nothing.

    On PostgreSQL the row is locked against takers (FOR UPDATE) but not against the holder's own renewals.
    `finished`: the job may have been given back already, by an attempt of this transaction whose answer was
    lost, and nobody has taken it since.
    """
    theirs = and_(jobs.c.name == lease.name, jobs.c.token == lease.token) if finished else _held(lease)
    query = select(jobs.c.owner).where(theirs).with_for_update(read=True, key_share=True)
    if connection.execute(query).first() is None:
        found = get(connection, lease.name)
        taker = found.owner if found and found.owner else "somebody who is done by now"
        raise LeaseLost(
            f"the lease of {lease.name} ran out and went to {taker}; nothing more is written under it"
        )


def expire(connection: Connection, name: str, token: int) -> None:
    """End a lease before its time, because its holder is known to be dead."""
    ended = database_time(connection, -0.001)
    statement = update(jobs).where(jobs.c.name == name, jobs.c.token == token, jobs.c.owner.is_not(None))
    connection.execute(statement.values(lease_until=ended))


def forget(connection: Connection, lease: Lease) -> None:
    """Remove the job: there is nothing left to do."""
    connection.execute(delete(jobs).where(_held(lease)))


def get(connection: Connection, name: str) -> Job | None:
    """One job."""
    found = _jobs(connection, _listed(connection).where(jobs.c.name == name))
    return found[0] if found else None


def every(connection: Connection) -> list[Job]:
    """All jobs by name."""
    return _jobs(connection, _listed(connection).order_by(jobs.c.name))


def last_begun(connection: Connection) -> dict[str, datetime]:
    """When the last run of each source began, whatever became of it."""
    query = select(runs.c.source, func.max(runs.c.started, type_=runs.c.started.type)).group_by(runs.c.source)
    return {row.source: row[1] for row in connection.execute(query)}


_FRESH: dict[str, Any] = {"token": 0, "attempts": 0}
_NOBODYS: dict[str, Any] = {"owner": None, "leased_at": None, "lease_until": None}


def _lease(connection: Connection, wanted: Select[Any], owner: str, seconds: float) -> Lease | None:
    query = wanted.where(_free(connection)).limit(1).with_for_update(skip_locked=True)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    lease = Lease(row.name, owner, row.token + 1, seconds, row.attempts + 1)
    values = {
        "owner": owner,
        "token": lease.token,
        "leased_at": database_time(connection),
        "lease_until": database_time(connection, seconds),
    }
    connection.execute(update(jobs).where(jobs.c.name == lease.name).values(values))
    return lease


def _free(connection: Connection) -> ColumnElement[bool]:
    return or_(jobs.c.owner.is_(None), jobs.c.lease_until < database_time(connection))


def _held(lease: Lease) -> ColumnElement[bool]:
    return and_(jobs.c.name == lease.name, jobs.c.token == lease.token, jobs.c.owner == lease.owner)


def _listed(connection: Connection) -> Select[Any]:
    in_force = func.coalesce(jobs.c.lease_until >= database_time(connection), False)
    return select(jobs, in_force.label("leased"))


def _jobs(connection: Connection, query: Select[Any]) -> list[Job]:
    rows: Sequence[Row[Any]] = connection.execute(query).all()
    return [Job(**{**row._mapping, "leased": bool(row.leased)}) for row in rows]
