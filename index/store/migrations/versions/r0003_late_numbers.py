"""Records may name a cluster that is made later in their transaction, so that the change number comes last:
for it all writers wait for each other."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """PostgreSQL only: SQLite defers any link when a transaction asks for it."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "ALTER TABLE records ALTER CONSTRAINT fk_records_cluster_id DEFERRABLE INITIALLY IMMEDIATE"
        )
