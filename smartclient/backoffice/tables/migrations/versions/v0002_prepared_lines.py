"""Lines made ready for the export with the verdict.

What was exportable has no line yet: it is judged once more, which makes one. An export that is
under way must be finished before; its documents have no lines either.
"""

import sqlalchemy as sa
from alembic import op

from smartclient.domain.errors import NotAllowed

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and have everything exportable judged again."""
    op.create_table(
        "prepared_line",
        sa.Column("scope", sa.String(80), nullable=False),
        sa.Column("document", sa.String(36), nullable=False),
        sa.Column("op", sa.String(36), nullable=False),
        sa.Column("line", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "document", name="pk_prepared_line"),
    )
    _require_no_export_under_way()
    op.execute(
        "INSERT INTO judgement_due (scope, document, due_at, attempts) "
        "SELECT scope, id, 0, 0 FROM record WHERE exportable AND state = 'open' "
        "ON CONFLICT DO NOTHING"
    )
    op.execute("UPDATE record SET exportable = false WHERE exportable AND state = 'open'")


def _require_no_export_under_way() -> None:
    query = sa.text("SELECT count(*) FROM export_run WHERE state IN ('begun', 'sealed')")
    if op.get_bind().execute(query).scalar_one():
        raise NotAllowed("SC-SERV-047")
