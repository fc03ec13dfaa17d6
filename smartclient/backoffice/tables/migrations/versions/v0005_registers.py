"""Scopes and rights, what records hang on, and what follows from the records of clients."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the columns and the tables; every record of today is of the general class."""
    op.add_column("record", _text("parent", 36, server_default=""))
    op.add_column("record", _text("record_class", 10, server_default=""))
    has_parent = sa.text("parent <> ''")
    op.create_index(
        "ix_record_parent",
        "record",
        ["parent"],
        sqlite_where=has_parent,
        postgresql_where=has_parent,
    )
    _make_rights()
    _make_events()
    _make_work()


def _make_rights() -> None:
    op.create_table(
        "office",
        _text("id", 60),
        _text("name", 200),
        _number("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_office"),
    )
    op.create_table(
        "scope_right",
        _text("person", 36),
        _text("scope", 80),
        _number("since"),
        _text("classes", 80),
        sa.Column("may_write", sa.Boolean(), nullable=False),
        sa.Column("until", sa.BigInteger()),
        sa.PrimaryKeyConstraint("person", "scope", "since", name="pk_scope_right"),
    )
    op.create_index("ix_scope_right_scope", "scope_right", ["scope"])
    counted = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "right_change",
        sa.Column("id", counted, nullable=False),
        _number("at"),
        _text("action", 20),
        _text("scope", 80),
        _text("person", 36),
        _text("install", 36),
        _text("reason", 500),
        sa.PrimaryKeyConstraint("id", name="pk_right_change"),
    )


def _make_events() -> None:
    op.create_table(
        "merge_event",
        _text("scope", 80),
        _text("id", 36),
        _text("loser", 36),
        _text("survivor", 36),
        sa.Column("undo", sa.Boolean(), nullable=False),
        _number("at"),
        sa.PrimaryKeyConstraint("scope", "id", name="pk_merge_event"),
    )
    op.create_index("ix_merge_event_scope_loser", "merge_event", ["scope", "loser"])
    op.create_table(
        "hide_event",
        _text("scope", 80),
        _text("id", 36),
        _text("client", 36),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        _number("at"),
        sa.PrimaryKeyConstraint("scope", "id", name="pk_hide_event"),
    )
    op.create_index("ix_hide_event_scope_client", "hide_event", ["scope", "client"])
    op.create_table(
        "consent_receipt",
        _text("scope", 80),
        _number("place"),
        _text("event", 36),
        _text("install", 36),
        _number("sequence"),
        _text("event_hash", 64),
        _text("previous_event_hash", 64),
        _text("salt", 64),
        _text("content_sha256", 64),
        _text("previous_hash", 64),
        _text("hash", 64),
        _number("received_at"),
        sa.PrimaryKeyConstraint("scope", "place", name="pk_consent_receipt"),
    )
    op.create_index("ix_consent_receipt_event", "consent_receipt", ["scope", "event"])
    op.create_index("ix_consent_receipt_install", "consent_receipt", ["install", "sequence"])


def _make_work() -> None:
    op.create_table(
        "handed_in",
        _text("scope", 80),
        _text("record", 36),
        _text("op", 36),
        _text("meant_for", 80),
        _text("kind", 20),
        _text("parent", 36),
        _text("install", 36),
        _number("received_at"),
        sa.Column("line", sa.LargeBinary(), nullable=False),
        sa.Column("done_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("scope", "record", "op", name="pk_handed_in"),
    )
    op.create_index("ix_handed_in_received_at", "handed_in", ["received_at"])
    op.create_table(
        "erase_work",
        _text("scope", 80),
        _text("id", 36),
        _text("client", 36),
        _text("install", 36),
        _number("received_at"),
        sa.Column("done_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("scope", "id", name="pk_erase_work"),
    )
    op.create_index("ix_erase_work_client", "erase_work", ["client"])
    op.create_table(
        "blob_holder",
        _text("scope", 80),
        _text("sha256", 64),
        _text("install", 36),
        sa.PrimaryKeyConstraint("scope", "sha256", "install", name="pk_blob_holder"),
        sqlite_with_rowid=False,
    )


def _text(name: str, length: int, server_default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False, server_default=server_default)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)
