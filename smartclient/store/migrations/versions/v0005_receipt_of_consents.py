"""When the server received each consent, and whether the clock that dated it was uncertain.

An older program kept neither: the feed is read once more, and shows both of every event.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
ADDITIVE = True


def upgrade() -> None:
    """Give each event both."""
    uncertain = sa.Column("clock_uncertain", sa.Integer(), nullable=False, server_default="0")
    op.add_column("consent_event", uncertain)
    received = sa.Column("received_at", sa.Text(), nullable=False, server_default="")
    op.add_column("consent_event", received)
