"""Clients whose documents went with them are known by their ids alone, whoever asks."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table anew with the clients that are in it."""
    kept = sa.text("SELECT client, MIN(at) AS at FROM erased_client GROUP BY client")
    rows = [dict(row) for row in op.get_bind().execute(kept).mappings()]
    op.drop_table("erased_client")
    table = op.create_table(
        "erased_client",
        sa.Column("client", sa.String(36), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("client", name="pk_erased_client"),
    )
    if rows:
        op.bulk_insert(table, rows)
