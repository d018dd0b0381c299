"""A place of a test's own on a server that others use at the same time: a database, a prefix of indexes."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine, make_url, text


@contextmanager
def fresh_database(url: str) -> Iterator[str]:
    """The URL of an empty database on the server of `url`, dropped afterwards, whoever is still connected."""
    name = fresh_name()
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        server.dispose()


@contextmanager
def fresh_prefix(url: str) -> Iterator[str]:
    """A prefix for names in the cluster at `url`; indexes and templates that begin with it go afterwards."""
    from elasticsearch import Elasticsearch

    prefix = fresh_name()
    yield prefix
    with Elasticsearch(url, request_timeout=60) as cluster:
        for index in cluster.indices.get(index=f"{prefix}*", expand_wildcards="all"):
            cluster.indices.delete(index=index, ignore_unavailable=True)
        cluster.options(ignore_status=404).indices.delete_index_template(name=f"{prefix}*")


def fresh_name() -> str:
    return f"t{secrets.token_hex(5)}"
