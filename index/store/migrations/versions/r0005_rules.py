"""The rules of each portal, and under which of them a record was mapped or refused."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add a column to three tables; a version made for 0004 works beside them, and what it writes counts as
    mapped under no rules."""
    for table in ("sources", "records", "quarantine"):
        op.add_column(table, sa.Column("rules", sa.Text(), nullable=False, server_default=""))
