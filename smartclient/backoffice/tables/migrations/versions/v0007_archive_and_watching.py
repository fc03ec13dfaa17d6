"""The archive, what was announced of it, and who synchronised when."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _archive()
    _files_and_notices()
    _watching()


def _archive() -> None:
    op.create_table(
        "archived_record",
        _text("scope", 80),
        _text("id", 36),
        _text("document", 36),
        _text("kind", 20),
        _number("version"),
        _text("op", 36),
        _text("sha256", 64),
        _text("stage", 10),
        _text("state", 10),
        _text("document_kind", 20),
        _text("number", 20),
        _text("form_version", 80),
        _text("install", 36),
        _text("hr", 20),
        _number("first_received_at"),
        _number("received_at"),
        sa.Column("batch", sa.String(40)),
        _number("archived_at"),
        _number("ends_at"),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "id", name="pk_archived_record"),
    )
    for column in ("ends_at", "archived_at", "document"):
        op.create_index(f"ix_archived_record_{column}", "archived_record", [column])
    some = sa.text("number <> ''")
    op.create_index(
        "ix_archived_record_number",
        "archived_record",
        ["number"],
        sqlite_where=some,
        postgresql_where=some,
    )


def _files_and_notices() -> None:
    op.create_table(
        "archived_blob",
        _text("scope", 80),
        _text("sha256", 64),
        _text("record", 36),
        sa.PrimaryKeyConstraint("scope", "sha256", "record", name="pk_archived_blob"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "leaving_notice",
        _text("scope", 80),
        _text("document", 36),
        _number("leaves_at"),
        sa.PrimaryKeyConstraint("scope", "document", name="pk_leaving_notice"),
        sqlite_with_rowid=False,
    )


def _watching() -> None:
    counts = ("requests", "pushed", "not_taken", "pulled")
    op.create_table(
        "sync_seen",
        _text("install", 36),
        _text("code", 12),
        _number("started_at"),
        _number("last_at"),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        _number("bytes_in"),
        _number("bytes_out"),
        _text("outcome", 20),
        _text("version", 40),
        sa.PrimaryKeyConstraint("install", "code", name="pk_sync_seen"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_sync_seen_last_at", "sync_seen", ["last_at"])
    op.create_index("ix_sync_seen_code", "sync_seen", ["code"])
    op.create_table(
        "install_contact",
        _text("install", 36),
        _number("last_at"),
        _text("version", 40),
        sa.PrimaryKeyConstraint("install", name="pk_install_contact"),
    )
    op.create_table(
        "duty_mark",
        _text("name", 40),
        _number("at"),
        _text("position", 80),
        sa.PrimaryKeyConstraint("name", name="pk_duty_mark"),
    )
    counted = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "desk_act",
        sa.Column("id", counted, nullable=False),
        _number("at"),
        _text("act", 40),
        _text("subject", 80),
        _text("reason", 500),
        sa.PrimaryKeyConstraint("id", name="pk_desk_act"),
    )
    op.create_index("ix_desk_act_at", "desk_act", ["at"])


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)
