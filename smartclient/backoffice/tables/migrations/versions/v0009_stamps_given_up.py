"""How often a time stamp was tried, what was in the way, and when it was given up."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what waits now begins to be counted."""
    op.add_column(
        "stamp_due", sa.Column("attempts", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "stamp_due", sa.Column("problem", sa.String(20), nullable=False, server_default="")
    )
    op.add_column(
        "stamp_due", sa.Column("detail", sa.String(200), nullable=False, server_default="")
    )
    op.add_column("stamp_due", sa.Column("given_up_at", sa.BigInteger()))
