"""The tables of the record store, for SQLite and PostgreSQL alike.

A record's small, often read columns stand in `records`; its large ones (mapped, issues, as received) in
`contents`, so that planning a harvest of a million records never pages through their texts.
The migrations beside this module make exactly these tables; a test compares the two.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from index.store.types import UtcTime

REVISION = "0005"
"""The migration these tables are the result of."""

COUNTERS: tuple[str, ...] = (
    "fetched",
    "added",
    "updated",
    "unchanged",
    "renamed",
    "duplicate",
    "filtered",
    "quarantined",
    "missing",
    "deleted",
)
"""The numbers of a run, in the order people read them. The first is the sum of the next seven."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

# `rules` is the portal's rules as one text (`mappings.rules`), empty where it has none; the column of that
# name in `records` and `quarantine` is a digest of those the record was mapped or refused under.
sources = Table(
    "sources",
    metadata,
    Column("id", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("jurisdiction", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("expected_minimum", Integer, nullable=False),
    Column("max_delete", Float, nullable=False),
    Column("grace_days", Float, nullable=False),
    Column("contact_name", Text),
    Column("contact_email", Text),
    Column("rules", Text, nullable=False, server_default=""),
)

# `step` counts the run's landed batches, so that one whose commit got no answer is never written twice.
# `landed_at` is set when a complete run has landed: what every record's `last_seen` is derived from.
runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", Text, ForeignKey("sources.id"), nullable=False),
    Column("status", Text, nullable=False),
    Column("decision", Text),
    Column("complete", Boolean, nullable=False),
    Column("slug", Text, nullable=False),
    Column("reason", Text, nullable=False),
    *(Column(name, Integer, nullable=False) for name in COUNTERS),
    Column("issues", JSON, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("spool", Text),
    Column("step", Integer, nullable=False, server_default="0"),
    Column("started", UtcTime, nullable=False),
    Column("finished", UtcTime),
    Column("landed_at", UtcTime),
    Index("ix_runs_source_id", "source", "id"),
    Index("ix_runs_source_landed_at", "source", "landed_at"),
    sqlite_autoincrement=True,
)

run_errors = Table(
    "run_errors",
    metadata,
    Column("run", Integer, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("identifier", Text),
    Column("slug", Text, nullable=False),
    Column("message", Text, nullable=False),
)

change_counter = Table(
    "change_counter",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

clusters = Table(
    "clusters",
    metadata,
    Column("id", Text, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Index("ix_clusters_sequence", "sequence", unique=True),
)

# `feed_identifier` is what our own feeds call the record: frozen at first sight and unique; NULL when another
# record had the name first (then the record's own address is its name). `last_seen` is set only while a
# record is missing or removed; for all others it follows from the source's runs. On PostgreSQL the link to
# clusters can be deferred to the end of a transaction (migration 0003), which SQLite does for any link.
records = Table(
    "records",
    metadata,
    Column("id", Text, primary_key=True),
    Column("cluster_id", Text, ForeignKey("clusters.id"), nullable=False),
    Column("source", Text, ForeignKey("sources.id"), nullable=False),
    Column("identifier", Text, nullable=False),
    Column("first_identifier", Text, nullable=False),
    Column("feed_identifier", Text),
    Column("schema", Text, nullable=False),
    Column("source_url", Text),
    Column("title", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("mapping_version", Integer, nullable=False),
    Column("rules", Text, nullable=False, server_default=""),
    Column("first_run", Integer, nullable=False),
    Column("first_seen", UtcTime, nullable=False),
    Column("changed_run", Integer, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("missing_since", UtcTime),
    Column("last_seen", UtcTime),
    Column("deleted_at", UtcTime),
    Column("views", BigInteger),
    Column("downloads", BigInteger),
    UniqueConstraint("source", "identifier"),
    UniqueConstraint("feed_identifier"),
    Index("ix_records_cluster_id", "cluster_id"),
    Index("ix_records_source_deleted_at", "source", "deleted_at"),
)

# What the portal called a record before it renamed it: an identifier that comes back is that record's. `run`
# is the run that renamed it.
former_identifiers = Table(
    "former_identifiers",
    metadata,
    Column("source", Text, ForeignKey("sources.id"), primary_key=True),
    Column("identifier", Text, primary_key=True),
    Column("record", Text, ForeignKey("records.id", ondelete="CASCADE"), nullable=False),
    Column("run", Integer, nullable=False),
    Index("ix_former_identifiers_record", "record"),
)

# What the last landed run of a source got with its document (ETag, Last-Modified), for asking "only if it has
# changed since". `entry` is a digest of the portal's entry: another address or option asks for all again.
validators = Table(
    "validators",
    metadata,
    Column("source", Text, ForeignKey("sources.id"), primary_key=True),
    Column("entry", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("run", Integer, nullable=False),
)

contents = Table(
    "contents",
    metadata,
    Column("record", Text, ForeignKey("records.id", ondelete="CASCADE"), primary_key=True),
    Column("dataset", LargeBinary, nullable=False),
    Column("issues", LargeBinary, nullable=False),
    Column("raw", LargeBinary, nullable=False),
)

# `identifier` is empty for a record that has none. `run` is the run that last changed the entry.
quarantine = Table(
    "quarantine",
    metadata,
    Column("source", Text, ForeignKey("sources.id"), primary_key=True),
    Column("identifier", Text, primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("slug", Text, primary_key=True),
    Column("schema", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("mapping_version", Integer, nullable=False),
    Column("rules", Text, nullable=False, server_default=""),
    Column("raw", LargeBinary, nullable=False),
    Column("first_run", Integer, nullable=False),
    Column("run", Integer, nullable=False),
)

facet_labels = Table(
    "facet_labels",
    metadata,
    Column("facet", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("label", Text, nullable=False),
)

# Work that is taken by leases: `harvest:<source>`, `index`, `publish`. `token` grows with every lease, so
# whoever still works under an older one is refused. `due_at` is by the hub's clock, the lease's times by the
# database's. A job without `due_at` is done when somebody asks for it.
jobs = Table(
    "jobs",
    metadata,
    Column("name", Text, primary_key=True),
    Column("due_at", UtcTime),
    Column("owner", Text),
    Column("token", BigInteger, nullable=False),
    Column("leased_at", UtcTime),
    Column("lease_until", UtcTime),
    Column("attempts", Integer, nullable=False),
    Column("done_at", UtcTime),
    Column("trouble", Text),
    Index("ix_jobs_due_at", "due_at"),
)

# Published feeds, for hubs whose web processes share no disk: the file in parts, one version at a time.
feeds = Table(
    "feeds",
    metadata,
    Column("name", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("published_at", UtcTime, nullable=False),
    Column("report", JSON, nullable=False),
)

feed_parts = Table(
    "feed_parts",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

# Clusters whose document the engine would not take, and its reason.
index_refusals = Table(
    "index_refusals",
    metadata,
    Column("cluster", Text, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
)

# Which versions of hubsearch may still work with these tables: those made for the revision named here or a
# later one. So an old and a new version can run side by side while a hub is upgraded.
compatibility = Table(
    "compatibility",
    metadata,
    Column("since", Text, primary_key=True),
)
