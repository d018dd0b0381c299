"""The database's own clock: the one all hosts that share a store agree on."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func

from index.store.types import UtcTime


def database_time(connection: Connection, later: float = 0.0) -> ColumnElement[datetime]:
    """The moment this statement is carried out, moved by some seconds, as SQL.

    Not the time a transaction began (`now()` of PostgreSQL): one that waited for a lock would be in the past.
    """
    expression: ColumnElement[datetime]
    if connection.dialect.name == "postgresql":
        pause = func.make_interval(0, 0, 0, 0, 0, 0, later)
        expression = func.clock_timestamp(type_=UtcTime()) + pause
    else:
        millis = func.strftime("%Y-%m-%d %H:%M:%f", "now", f"{later:+.3f} seconds")
        expression = func.printf("%s000", millis, type_=UtcTime())  # texts of one length compare as moments
    return expression
