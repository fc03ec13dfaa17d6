"""The first tables of the back office."""

from typing import TypeVar

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

T = TypeVar("T")


def upgrade() -> None:
    """Make every table."""
    _partner()
    _person()
    _affiliation()
    _install()
    _seal_certificate()
    _token()
    _used_nonce()
    _counter()
    _scope()
    _bucket()
    _record()
    _record_body()
    _record_op()
    _record_blob()
    _blob()
    _blob_content()
    _blob_part()
    _signed_package()
    _judgement_due()
    _number_lease()
    _outbox()
    _alarm()
    _export_run()
    _export_line()


def _column(name: str, kind: sa.types.TypeEngine[T], *, null: bool = False) -> sa.Column[T]:
    return sa.Column(name, kind, nullable=null)


def _counted() -> sa.types.TypeEngine[int]:
    """SQLite counts by itself only in a column of exactly INTEGER."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _index(
    table: str, *columns: str, where: str = "", name: str = "", unique: bool = False
) -> None:
    condition = sa.text(where) if where else None
    op.create_index(
        name or f"ix_{table}_{'_'.join(columns)}",
        table,
        list(columns),
        unique=unique,
        sqlite_where=condition,
        postgresql_where=condition,
    )


def _partner() -> None:
    op.create_table(
        "partner",
        _column("hr", sa.String(20)),
        _column("name", sa.String(200)),
        _column("contact_email", sa.String(200)),
        _column("language", sa.String(2)),
        _column("blocked", sa.Boolean()),
        _column("changed_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("hr", name="pk_partner"),
    )


def _person() -> None:
    op.create_table(
        "person",
        _column("id", sa.String(36)),
        _column("name", sa.String(200)),
        _column("identification", sa.String(60)),
        _column("cnb_number", sa.String(60)),
        _column("email", sa.String(200)),
        _column("phone", sa.String(40)),
        _column("created_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
    )


def _affiliation() -> None:
    op.create_table(
        "affiliation",
        _column("person", sa.String(36)),
        _column("since", sa.BigInteger()),
        _column("hr", sa.String(20)),
        _column("until", sa.BigInteger(), null=True),
        sa.PrimaryKeyConstraint("person", "since", name="pk_affiliation"),
    )


def _install() -> None:
    op.create_table(
        "install",
        _column("id", sa.String(36)),
        _column("person", sa.String(36)),
        _column("scope", sa.String(80)),
        _column("hr", sa.String(20)),
        _column("key_sha256", sa.String(64)),
        _column("public_key", sa.LargeBinary()),
        _column("certificate", sa.LargeBinary()),
        _column("activated_at", sa.BigInteger()),
        _column("revoked_at", sa.BigInteger(), null=True),
        sa.PrimaryKeyConstraint("id", name="pk_install"),
        sa.UniqueConstraint("key_sha256", name="uq_install_key_sha256"),
    )
    _index("install", "person")


def _seal_certificate() -> None:
    op.create_table(
        "seal_certificate",
        _column("sha256", sa.String(64)),
        _column("install", sa.String(36)),
        _column("certificate", sa.LargeBinary()),
        _column("issued_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("sha256", name="pk_seal_certificate"),
    )


def _token() -> None:
    op.create_table(
        "token",
        _column("sha256", sa.String(64)),
        _column("install", sa.String(36)),
        _column("expires_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("sha256", name="pk_token"),
    )
    _index("token", "expires_at")


def _used_nonce() -> None:
    op.create_table(
        "used_nonce",
        _column("install", sa.String(36)),
        _column("sha256", sa.String(64)),
        _column("used_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("install", "sha256", name="pk_used_nonce"),
        sqlite_with_rowid=False,
    )
    _index("used_nonce", "used_at")


def _counter() -> None:
    op.create_table(
        "counter",
        _column("name", sa.String(40)),
        _column("value", sa.BigInteger()),
        sa.PrimaryKeyConstraint("name", name="pk_counter"),
    )


def _scope() -> None:
    op.create_table(
        "scope",
        _column("scope", sa.String(80)),
        _column("head", sa.BigInteger()),
        _column("retained_from", sa.BigInteger()),
        _column("data_key", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("scope", name="pk_scope"),
    )


def _bucket() -> None:
    op.create_table(
        "bucket",
        _column("name", sa.String(100)),
        _column("level", sa.Float()),
        _column("at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("name", name="pk_bucket"),
    )


def _record() -> None:
    op.create_table(
        "record",
        _column("scope", sa.String(80)),
        _column("id", sa.String(36)),
        _column("kind", sa.String(20)),
        _column("version", sa.BigInteger()),
        _column("op", sa.String(36)),
        _column("sha256", sa.String(64)),
        _column("stage", sa.String(10)),
        _column("state", sa.String(10)),
        _column("seq", sa.BigInteger()),
        _column("blobs", sa.Text()),
        _column("form_version", sa.String(80)),
        _column("document_kind", sa.String(20)),
        _column("number", sa.String(20)),
        _column("install", sa.String(36)),
        _column("hr", sa.String(20)),
        _column("first_received_at", sa.BigInteger()),
        _column("received_at", sa.BigInteger()),
        _column("exportable", sa.Boolean()),
        _column("verdict_code", sa.String(20)),
        _column("batch", sa.String(40), null=True),
        sa.PrimaryKeyConstraint("scope", "id", name="pk_record"),
        sqlite_with_rowid=False,
    )
    _index("record", "batch", "scope", where="batch IS NOT NULL", name="ix_record_batch")
    _index("record", "id")
    _index("record", "number", where="number <> ''")
    _index("record", "scope", "seq", unique=True)
    _index("record", "scope", where="exportable AND state = 'open'", name="ix_record_to_seal")
    _index("record", "verdict_code", where="verdict_code <> ''")


def _record_body() -> None:
    op.create_table(
        "record_body",
        _column("scope", sa.String(80)),
        _column("id", sa.String(36)),
        _column("body", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("scope", "id", name="pk_record_body"),
    )


def _record_op() -> None:
    op.create_table(
        "record_op",
        _column("scope", sa.String(80)),
        _column("record", sa.String(36)),
        _column("op", sa.String(36)),
        _column("version", sa.BigInteger()),
        _column("sha256", sa.String(64), null=True),
        _column("received_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("scope", "record", "op", name="pk_record_op"),
        sqlite_with_rowid=False,
    )


def _record_blob() -> None:
    op.create_table(
        "record_blob",
        _column("scope", sa.String(80)),
        _column("sha256", sa.String(64)),
        _column("record", sa.String(36)),
        sa.PrimaryKeyConstraint("scope", "sha256", "record", name="pk_record_blob"),
        sqlite_with_rowid=False,
    )


def _blob() -> None:
    op.create_table(
        "blob",
        _column("scope", sa.String(80)),
        _column("sha256", sa.String(64)),
        _column("size", sa.BigInteger()),
        _column("file", sa.String(80)),
        _column("received_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("scope", "sha256", name="pk_blob"),
    )
    _index("blob", "file", where="file <> ''")


def _blob_content() -> None:
    op.create_table(
        "blob_content",
        _column("scope", sa.String(80)),
        _column("sha256", sa.String(64)),
        _column("content", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("scope", "sha256", name="pk_blob_content"),
    )


def _blob_part() -> None:
    op.create_table(
        "blob_part",
        _column("scope", sa.String(80)),
        _column("sha256", sa.String(64)),
        _column("start", sa.BigInteger()),
        _column("size", sa.BigInteger()),
        _column("content", sa.LargeBinary()),
        _column("received_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("scope", "sha256", "start", name="pk_blob_part"),
    )


def _signed_package() -> None:
    op.create_table(
        "signed_package",
        _column("scope", sa.String(80)),
        _column("id", sa.String(36)),
        _column("document", sa.String(36)),
        _column("document_op", sa.String(36)),
        _column("standing", sa.String(10)),
        _column("received_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("scope", "id", name="pk_signed_package"),
    )
    _index("signed_package", "document")


def _judgement_due() -> None:
    op.create_table(
        "judgement_due",
        _column("scope", sa.String(80)),
        _column("document", sa.String(36)),
        _column("due_at", sa.BigInteger()),
        _column("attempts", sa.Integer()),
        sa.PrimaryKeyConstraint("scope", "document", name="pk_judgement_due"),
    )
    _index("judgement_due", "due_at")


def _number_lease() -> None:
    op.create_table(
        "number_lease",
        _column("first", sa.BigInteger()),
        _column("last", sa.BigInteger()),
        _column("highest", sa.BigInteger()),
        _column("scope", sa.String(80)),
        _column("install", sa.String(36)),
        sa.PrimaryKeyConstraint("first", name="pk_number_lease"),
    )
    _index("number_lease", "scope")


def _outbox() -> None:
    op.create_table(
        "outbox",
        _column("id", _counted()),
        _column("recipient", sa.String(200)),
        _column("subject", sa.String(200)),
        _column("body", sa.Text()),
        _column("created_at", sa.BigInteger()),
        _column("due_at", sa.BigInteger(), null=True),
        _column("attempts", sa.Integer()),
        _column("sent_at", sa.BigInteger(), null=True),
        _column("code", sa.String(20)),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    _index("outbox", "due_at", where="due_at IS NOT NULL")


def _alarm() -> None:
    op.create_table(
        "alarm",
        _column("kind", sa.String(40)),
        _column("scope", sa.String(80)),
        _column("record", sa.String(36)),
        _column("op", sa.String(36)),
        _column("at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("kind", "scope", "record", "op", name="pk_alarm"),
    )
    _index("alarm", "at")


def _export_run() -> None:
    op.create_table(
        "export_run",
        _column("business_date", sa.String(10)),
        _column("batch", sa.String(40)),
        _column("cutoff", sa.BigInteger()),
        _column("state", sa.String(20)),
        _column("previous_manifest_sha256", sa.String(64)),
        _column("manifest_sha256", sa.String(64)),
        _column("documents", sa.Integer()),
        _column("changed_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("business_date", name="pk_export_run"),
        sa.UniqueConstraint("batch", name="uq_export_run_batch"),
    )


def _export_line() -> None:
    op.create_table(
        "export_line",
        _column("batch", sa.String(40)),
        _column("scope", sa.String(80)),
        _column("document", sa.String(36)),
        _column("version", sa.BigInteger()),
        _column("op", sa.String(36)),
        _column("sha256", sa.String(64)),
        _column("answer", sa.String(10)),
        _column("reason", sa.String(500)),
        sa.PrimaryKeyConstraint("batch", "scope", "document", name="pk_export_line"),
        sqlite_with_rowid=False,
    )
