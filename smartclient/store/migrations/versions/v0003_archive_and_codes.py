"""What the server says of the archive, what a whole feed has not shown yet, and support codes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
ADDITIVE = True


def upgrade() -> None:
    """Make the tables, and give synchronisations a place for their code."""
    op.create_table(
        "leaving",
        sa.Column("document_id", sa.Text(), primary_key=True),
        sa.Column("leaves_at", sa.Text(), nullable=False),
        sa.Column("op", sa.Text(), nullable=False),
    )
    op.create_index("leaving_by_day", "leaving", ["leaves_at"])
    op.create_table("unseen", sa.Column("id", sa.Text(), primary_key=True))
    op.add_column("sync_run", sa.Column("code", sa.Text(), nullable=False, server_default=""))
