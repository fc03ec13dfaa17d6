"""The contract register, and the requests that stand on it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "contract",
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("hr", sa.String(20), nullable=False),
        sa.Column("product", sa.String(80), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("data_key", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_contract"),
    )
    op.create_table(
        "contract_revision",
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("scope", sa.String(80), nullable=False),
        sa.Column("document", sa.String(36), nullable=False),
        sa.Column("op", sa.String(36), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", "revision", name="pk_contract_revision"),
    )
    op.create_table(
        "contract_request",
        sa.Column("scope", sa.String(80), nullable=False),
        sa.Column("document", sa.String(36), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "document", name="pk_contract_request"),
    )
    op.create_index("ix_contract_request_number", "contract_request", ["number"])
