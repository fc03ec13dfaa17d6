"""A seal is a mark on the scope: what has a line in that batch is sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_MARKED = """
    UPDATE scope SET sealed_for = (
        SELECT MAX(batch) FROM record WHERE record.scope = scope.scope AND record.state = 'sealed'
    )
    WHERE scope IN (SELECT scope FROM record WHERE state = 'sealed')
"""
_OPENED = "UPDATE record SET state = 'open', batch = NULL WHERE state = 'sealed'"


def upgrade() -> None:
    """Add the mark; what is sealed at this moment stays so."""
    op.add_column("scope", sa.Column("sealed_for", sa.String(40)))
    op.execute(_MARKED)
    op.execute(_OPENED)
