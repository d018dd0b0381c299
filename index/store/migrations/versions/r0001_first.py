"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables of sources and runs, the change sequence, records, quarantine and labels."""
    _sources()
    _runs()
    _change_sequence()
    _records()
    _contents()
    _quarantine()
    op.create_table(
        "facet_labels",
        sa.Column("facet", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("facet", "value", name="pk_facet_labels"),
    )


def _sources() -> None:
    op.create_table(
        "sources",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("expected_minimum", sa.Integer(), nullable=False),
        sa.Column("max_delete", sa.Float(), nullable=False),
        sa.Column("grace_days", sa.Float(), nullable=False),
        sa.Column("contact_name", sa.Text()),
        sa.Column("contact_email", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_sources"),
    )


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text()),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("fetched", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("renamed", sa.Integer(), nullable=False),
        sa.Column("duplicate", sa.Integer(), nullable=False),
        sa.Column("filtered", sa.Integer(), nullable=False),
        sa.Column("quarantined", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("deleted", sa.Integer(), nullable=False),
        sa.Column("issues", sa.JSON(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("spool", sa.Text()),
        sa.Column("started", TIME, nullable=False),
        sa.Column("finished", TIME),
        sa.Column("landed_at", TIME),
        sa.ForeignKeyConstraint(["source"], ["sources.id"], name="fk_runs_source"),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_runs_source_id", "runs", ["source", "id"])
    op.create_index("ix_runs_source_landed_at", "runs", ["source", "landed_at"])
    op.create_table(
        "run_errors",
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("identifier", sa.Text()),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_run_errors_run", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run", "position", name="pk_run_errors"),
    )


def _change_sequence() -> None:
    counter = op.create_table(
        "change_counter",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_change_counter"),
    )
    op.bulk_insert(counter, [{"name": "clusters", "value": 0}])
    op.create_table(
        "clusters",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_clusters"),
    )
    op.create_index("ix_clusters_sequence", "clusters", ["sequence"], unique=True)


def _records() -> None:
    op.create_table(
        "records",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("cluster_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("first_identifier", sa.Text(), nullable=False),
        sa.Column("feed_identifier", sa.Text()),
        sa.Column("schema", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("mapping_version", sa.Integer(), nullable=False),
        sa.Column("first_run", sa.Integer(), nullable=False),
        sa.Column("first_seen", TIME, nullable=False),
        sa.Column("changed_run", sa.Integer(), nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("missing_since", TIME),
        sa.Column("last_seen", TIME),
        sa.Column("deleted_at", TIME),
        sa.Column("views", sa.BigInteger()),
        sa.Column("downloads", sa.BigInteger()),
        sa.ForeignKeyConstraint(["cluster_id"], ["clusters.id"], name="fk_records_cluster_id"),
        sa.ForeignKeyConstraint(["source"], ["sources.id"], name="fk_records_source"),
        sa.PrimaryKeyConstraint("id", name="pk_records"),
        sa.UniqueConstraint("feed_identifier", name="uq_records_feed_identifier"),
        sa.UniqueConstraint("source", "identifier", name="uq_records_source"),
    )
    op.create_index("ix_records_cluster_id", "records", ["cluster_id"])
    op.create_index("ix_records_source_deleted_at", "records", ["source", "deleted_at"])


def _contents() -> None:
    op.create_table(
        "contents",
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("dataset", sa.LargeBinary(), nullable=False),
        sa.Column("issues", sa.LargeBinary(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["record"], ["records.id"], name="fk_contents_record", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("record", name="pk_contents"),
    )


def _quarantine() -> None:
    op.create_table(
        "quarantine",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("schema", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("mapping_version", sa.Integer(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("first_run", sa.Integer(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["sources.id"], name="fk_quarantine_source"),
        sa.PrimaryKeyConstraint("source", "identifier", "digest", "slug", name="pk_quarantine"),
    )
