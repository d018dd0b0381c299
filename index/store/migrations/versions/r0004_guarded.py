"""What a source called its records before, and what to ask it with so that an unchanged feed stays there."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add two tables; a version made for 0003 works beside them."""
    op.create_table(
        "former_identifiers",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", "identifier", name="pk_former_identifiers"),
        sa.ForeignKeyConstraint(["source"], ["sources.id"], name="fk_former_identifiers_source"),
        sa.ForeignKeyConstraint(
            ["record"], ["records.id"], name="fk_former_identifiers_record", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_former_identifiers_record", "former_identifiers", ["record"])
    op.create_table(
        "validators",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_validators"),
        sa.ForeignKeyConstraint(["source"], ["sources.id"], name="fk_validators_source"),
    )
