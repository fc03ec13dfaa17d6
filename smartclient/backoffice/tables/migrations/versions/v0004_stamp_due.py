"""The files that wait for their time stamp: those that were accepted before it was made, too."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and have every accepted signed document stamped."""
    op.create_table(
        "stamp_due",
        sa.Column("scope", sa.String(80), nullable=False),
        sa.Column("document", sa.String(36), nullable=False),
        sa.Column("op", sa.String(36), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "document", "op", name="pk_stamp_due"),
    )
    op.create_index("ix_stamp_due_due_at", "stamp_due", ["due_at"])
    op.execute(
        "INSERT INTO stamp_due (scope, document, op, due_at) "
        "SELECT scope, id, op, 0 FROM record "
        "WHERE kind = 'document' AND stage = 'signed' AND exportable"
    )
