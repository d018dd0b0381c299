"""The number last given to a run, which each database keeps beside the table: none is given twice."""

from sqlalchemy import Connection, text


def last_run_number(connection: Connection) -> int:
    """0 where there was none."""
    if connection.dialect.name == "postgresql":
        query = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM runs_id_seq"
    else:
        query = "SELECT seq FROM sqlite_sequence WHERE name = 'runs'"
    return connection.execute(text(query)).scalar() or 0


def set_last_run_number(connection: Connection, number: int) -> None:
    """The next run gets the number after it."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT setval('runs_id_seq', greatest(:number, 1), :number > 0)"), {"number": number}
        )
        return
    connection.execute(text("DELETE FROM sqlite_sequence WHERE name = 'runs'"))
    connection.execute(
        text("INSERT INTO sqlite_sequence (name, seq) VALUES ('runs', :number)"), {"number": number}
    )
