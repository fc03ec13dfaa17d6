"""What was decided of edits handed in, and the clients whose documents went with them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "handed_in_decision",
        _text("scope", 80),
        _text("record", 36),
        _text("op", 36),
        _text("decision", 10),
        _text("decided_by", 200),
        _text("reason", 2000),
        _number("decided_at"),
        sa.PrimaryKeyConstraint("scope", "record", "op", name="pk_handed_in_decision"),
    )
    op.create_table(
        "erased_client",
        _text("scope", 80),
        _text("client", 36),
        _number("at"),
        sa.PrimaryKeyConstraint("scope", "client", name="pk_erased_client"),
    )


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)
