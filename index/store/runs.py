"""The runs table: begin, finish, decide, look up."""

from dataclasses import fields, replace
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import REGCLASS

from index.store.errors import Fenced
from index.store.run import Run, RunError
from index.store.schema import records, run_errors, runs, sources
from index.store.texts import storable
from index.store.upsert import insert_all

INTERRUPTED = (
    "the process ended before the run did; what it had written stays, and the next harvest does the rest"
)


def reserve(connection: Connection) -> int | None:
    """A number for a run that is about to begin, on PostgreSQL, where the answer to `begin` may be lost."""
    if connection.dialect.name != "postgresql":
        return None
    sequence = func.pg_get_serial_sequence(runs.name, "id")
    return int(connection.execute(select(func.nextval(sequence.cast(REGCLASS)))).scalar_one())


def begin(connection: Connection, run: Run, reserved: int | None = None) -> str:
    """Insert a running run and return its id. A run of the source that still stands as running was cut off,
    and becomes failed. Of several that begin at once, each waits for the one before."""
    connection.execute(select(sources.c.id).where(sources.c.id == run.source).with_for_update(key_share=True))
    if reserved is not None and get(connection, str(reserved)) is not None:
        return str(reserved)  # it was this one whose answer was lost
    query = select(runs).where(runs.c.source == run.source, runs.c.status == "running").order_by(runs.c.id)
    for row in connection.execute(query.with_for_update()).all():
        cut_off(
            connection,
            replace(_run(row), status="failed", slug="interrupted", reason=INTERRUPTED, finished=run.started),
        )
    columns = _columns(run) | {"step": run.step} | ({"id": reserved} if reserved is not None else {})
    return str(connection.execute(insert(runs).returning(runs.c.id), columns).scalar_one())


def cut_off(connection: Connection, run: Run) -> None:
    """Save a run that ended before its time. The records it called missing are not, because its word was
    never finished."""
    save(connection, run)
    connection.execute(
        update(records)
        .where(records.c.source == run.source, records.c.missing_since == run.started)
        .where(records.c.deleted_at.is_(None))
        .values(missing_since=None, last_seen=None)
    )


def take_step(connection: Connection, run: Run, *, again: bool = False) -> bool:
    """Count the run's next step, and keep everybody else off its row until the transaction ends.

    False when the step was taken before: `again` says that this may be, because an earlier attempt got no
    answer. Raises Fenced when somebody took over since the run began; the transaction then writes nothing.
    """
    row_of_run = and_(runs.c.id == int(run.id), runs.c.status == run.status)
    undecided = runs.c.decision.is_not_distinct_from(run.decision)
    taken = connection.execute(
        update(runs).where(row_of_run, undecided, runs.c.step == run.step).values(step=run.step + 1)
    )
    if taken.rowcount == 1:
        return True
    query = select(runs.c.status, runs.c.step).where(runs.c.id == int(run.id))
    row = connection.execute(query).one_or_none()
    if again and row is not None and row.step == run.step + 1:
        return False
    if row is None or row.status != run.status:
        ended = f"was ended by another process ({row.status if row else 'removed'})"
    else:
        ended = "is in the hands of another process"
    raise Fenced(
        f"run {run.id} of {run.source} {ended}; it stops here. "
        "Let one harvest of a source finish before starting the next"
    )


def save(connection: Connection, run: Run) -> None:
    """Write all of a run that was begun, but its steps, which are counted apart."""
    connection.execute(update(runs).where(runs.c.id == int(run.id)).values(**_columns(run)))


def overtake(connection: Connection, run: Run) -> None:
    """Held runs before this one need no decision any more."""
    connection.execute(
        update(runs)
        .where(runs.c.source == run.source, runs.c.id < int(run.id))
        .where(runs.c.status == "held", runs.c.decision.is_(None))
        .values(decision="overtaken")
    )


def add_errors(connection: Connection, run_id: str, first: int, errors: list[RunError]) -> None:
    """Append errors; `first` is the position of the first one."""
    rows = [
        {
            "run": int(run_id),
            "position": first + n,
            "identifier": error.identifier,
            "slug": error.slug,
            "message": storable(error.message),
        }
        for n, error in enumerate(errors)
    ]
    insert_all(connection, run_errors, rows)


def copy_errors(connection: Connection, of: str, to: str) -> None:
    """What could not be taken from the document that one run read is true of another that found it again."""
    same = (run_errors.c.position, run_errors.c.identifier, run_errors.c.slug, run_errors.c.message)
    query = select(literal(int(to)), *same).where(run_errors.c.run == int(of))
    connection.execute(insert(run_errors).from_select(["run", *(column.name for column in same)], query))


def forget_errors(connection: Connection, run: Run) -> None:
    """Drop the errors of a run that is planned anew."""
    connection.execute(delete(run_errors).where(run_errors.c.run == int(run.id)))


def get(connection: Connection, run_id: str) -> Run | None:
    """One run; None for an id that is none."""
    number = _number(run_id)
    row = connection.execute(select(runs).where(runs.c.id == number)).one_or_none()
    return None if row is None else _run(row)


def newest(connection: Connection, source: str | None, limit: int | None) -> list[Run]:
    """Runs, newest first."""
    query = select(runs).order_by(runs.c.id.desc()).limit(limit)
    if source is not None:
        query = query.where(runs.c.source == source)
    return [_run(row) for row in connection.execute(query)]


def errors_of(connection: Connection, run_id: str) -> list[RunError]:
    """Everything of a run that could not be taken."""
    query = select(run_errors).where(run_errors.c.run == _number(run_id)).order_by(run_errors.c.position)
    return [RunError(row.identifier, row.slug, row.message) for row in connection.execute(query)]


def _number(run_id: str) -> int:
    return int(run_id) if run_id.isascii() and run_id.isdecimal() and len(run_id) < 10 else -1


_APART = {"id", "step"}


def _columns(run: Run) -> dict[str, Any]:
    columns = {field.name: getattr(run, field.name) for field in fields(run) if field.name not in _APART}
    return columns | {"reason": storable(run.reason)}


def _run(row: Row[Any]) -> Run:
    return Run(**{**row._mapping, "id": str(row.id)})
