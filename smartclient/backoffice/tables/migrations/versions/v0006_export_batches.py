"""Hand-over, retention and report of each batch, and decisions on late signed packages.

Batches of before were handed over when their run last changed, and are kept as long as new ones.
"""

from datetime import date, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEPT = timedelta(days=365)
_HANDED_OVER = ("handed_over", "acknowledged")


def upgrade() -> None:
    """Make the tables, and a row for every batch that is there."""
    batch = _export_batch()
    _late_decision()
    _take_in(batch)


def _export_batch() -> sa.Table:
    return op.create_table(
        "export_batch",
        sa.Column("batch", sa.String(40), nullable=False),
        sa.Column("hand_over_at", sa.BigInteger(), nullable=False),
        sa.Column("handed_over_at", sa.BigInteger()),
        sa.Column("retained_until", sa.String(10), nullable=False),
        sa.Column("removed_at", sa.BigInteger()),
        sa.Column("reported_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("batch", name="pk_export_batch"),
    )


def _late_decision() -> None:
    op.create_table(
        "late_decision",
        sa.Column("scope", sa.String(80), nullable=False),
        sa.Column("package", sa.String(36), nullable=False),
        sa.Column("document", sa.String(36), nullable=False),
        sa.Column("decision", sa.String(10), nullable=False),
        sa.Column("decided_by", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("batch", sa.String(40)),
        sa.PrimaryKeyConstraint("scope", "package", name="pk_late_decision"),
    )
    to_seal = sa.text("decision = 'accepted' AND batch IS NULL")
    op.create_index(
        "ix_late_decision_to_seal",
        "late_decision",
        ["scope"],
        sqlite_where=to_seal,
        postgresql_where=to_seal,
    )
    op.create_index("ix_late_decision_batch", "late_decision", ["batch"])


def _take_in(batch: sa.Table) -> None:
    query = "SELECT batch, business_date, cutoff, state, changed_at FROM export_run"
    rows = [
        {
            "batch": row.batch,
            "hand_over_at": row.cutoff,
            "handed_over_at": row.changed_at if row.state in _HANDED_OVER else None,
            "retained_until": (date.fromisoformat(row.business_date) + KEPT).isoformat(),
            "reported_at": row.changed_at if row.state in _HANDED_OVER else None,
        }
        for row in op.get_bind().execute(sa.text(query))
    ]
    if rows:
        op.bulk_insert(batch, rows)
