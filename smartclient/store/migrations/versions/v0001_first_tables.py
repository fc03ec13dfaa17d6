"""The first tables of the local database."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None
ADDITIVE = False

_WORDS = (
    "words, content='', contentless_delete=1, detail=none, prefix='1 2 3 4', "
    "tokenize='unicode61 remove_diacritics 0'"
)
_SORTED_BY = {
    "document_by_changed": ["changed_at", "row", "shown", "kind", "client_id"],
    "document_by_client": ["client_key", "changed_at", "row", "shown", "kind", "client_id"],
    "document_by_form": ["form_id", "changed_at", "row", "shown", "kind", "client_id"],
    "document_by_number": ["number", "row", "shown", "kind", "client_id", "changed_at"],
    "document_by_premium": ["premium", "row", "shown", "kind", "client_id", "changed_at"],
    "document_by_state": ["shown", "changed_at", "row", "kind", "client_id"],
}


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null)


def _number(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=null)


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def upgrade() -> None:
    """Make every table, and the full-text tables over folded words."""
    _document()
    _document_body()
    _document_status()
    _conflict()
    _signing_session()
    _number_lease()
    _client()
    _client_body()
    _client_draft()
    _consent_event()
    _record()
    _append()
    _blob()
    _scope()
    _feed_mark()
    _sync_run()
    _setting()
    for name in ("document_words", "client_words"):
        op.execute(f"CREATE VIRTUAL TABLE {name} USING fts5({_WORDS})")


def _document() -> None:
    op.create_table(
        "document",
        _number("row"),
        _text("id"),
        _text("kind"),
        _text("form_id"),
        _text("form_version"),
        _text("number"),
        _text("client_id", null=True),
        _text("client_name"),
        _text("client_key"),
        _text("stage"),
        _text("server"),
        _number("backed_up"),
        _number("digital"),
        _number("has_pdf"),
        _number("premium", null=True),
        _number("frequency", null=True),
        _text("currency"),
        _text("core"),
        _text("core_reason"),
        _number("email_undeliverable"),
        _number("late_signed"),
        _number("paper_expected"),
        _text("shown"),
        _number("exportable"),
        _text("parked"),
        _text("created_at"),
        _text("changed_at"),
        _text("signed_at", null=True),
        _number("listed"),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("id"),
    )
    _document_indexes()


def _document_indexes() -> None:
    """One for each way to sort the list, with all that it counts and filters by."""
    for name, columns in _SORTED_BY.items():
        op.create_index(name, "document", columns, sqlite_where=sa.text("listed = 1"))
    op.create_index("document_of_client", "document", ["client_id", "changed_at"])


def _document_body() -> None:
    op.create_table(
        "document_body",
        _text("id"),
        _bytes("content"),
        sa.PrimaryKeyConstraint("id"),
    )


def _document_status() -> None:
    op.create_table(
        "document_status",
        _text("document_id"),
        _text("content"),
        sa.PrimaryKeyConstraint("document_id"),
    )


def _conflict() -> None:
    op.create_table(
        "conflict",
        _text("id"),
        _text("document_id"),
        _text("op"),
        _text("reason"),
        _text("stage"),
        _text("number"),
        _text("client_name"),
        _text("form_id"),
        _bytes("content"),
        _text("found_at"),
        _text("copied_to", null=True),
        _text("closed_at", null=True),
        sa.PrimaryKeyConstraint("id"),
    )


def _signing_session() -> None:
    op.create_table(
        "signing_session",
        _text("document_id"),
        _text("document_op"),
        _text("pdf"),
        _text("contents"),
        _bytes("record"),
        _text("done"),
        _text("started_at"),
        _number("ended"),
        sa.PrimaryKeyConstraint("document_id"),
    )


def _number_lease() -> None:
    op.create_table(
        "number_lease",
        _text("id"),
        _text("first"),
        _text("last"),
        _number("next"),
        sa.PrimaryKeyConstraint("id"),
    )


def _client() -> None:
    op.create_table(
        "client",
        _number("row"),
        _text("id"),
        _text("kind"),
        _text("given_name"),
        _text("surname"),
        _text("name_key"),
        _text("national_id"),
        _text("birth_date", null=True),
        _text("city"),
        _text("phone"),
        _text("email"),
        _number("informed"),
        _text("created_at"),
        _text("changed_at"),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("client_by_changed", "client", ["changed_at", "row", "informed"])
    op.create_index("client_by_name", "client", ["name_key", "row", "informed"])


def _client_body() -> None:
    op.create_table(
        "client_body",
        _text("id"),
        _bytes("content"),
        sa.PrimaryKeyConstraint("id"),
    )


def _client_draft() -> None:
    op.create_table(
        "client_draft",
        _text("id"),
        _bytes("content"),
        _text("changed_at"),
        sa.PrimaryKeyConstraint("id"),
    )


def _consent_event() -> None:
    op.create_table(
        "consent_event",
        _text("install"),
        _number("sequence"),
        _text("id"),
        _text("client_id"),
        _text("option_code"),
        _text("text_version_id"),
        _text("decision"),
        _text("method"),
        _text("occurred_at"),
        _text("recorded_at"),
        _text("recorded_by"),
        _text("device"),
        _text("language"),
        _text("proof"),
        _text("supersedes", null=True),
        _text("salt"),
        _text("previous_hash"),
        _text("hash"),
        sa.PrimaryKeyConstraint("install", "sequence"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("consent_event_of_client", "consent_event", ["client_id", "option_code"])


def _record() -> None:
    op.create_table(
        "record",
        _text("id"),
        _text("kind"),
        _text("op"),
        _text("lineage"),
        _number("dirty"),
        _number("version"),
        _text("sha256"),
        _text("parked"),
        _number("doubted"),
        _number("awaited"),
        _text("withheld"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("record_dirty", "record", ["id"], sqlite_where=sa.text("dirty = 1"))
    op.create_index("record_doubted", "record", ["id"], sqlite_where=sa.text("doubted = 1"))
    op.create_index("record_withheld", "record", ["id"], sqlite_where=sa.text("withheld <> ''"))


def _append() -> None:
    op.create_table(
        "append",
        _text("op"),
        _text("kind"),
        _text("document_id"),
        _bytes("body"),
        _text("blobs"),
        _number("acknowledged"),
        _number("doubted"),
        _text("parked"),
        _text("created_at"),
        sa.PrimaryKeyConstraint("op"),
    )
    op.create_index("append_of_document", "append", ["document_id"])
    op.create_index(
        "append_waiting", "append", ["created_at"], sqlite_where=sa.text("acknowledged = 0")
    )


def _blob() -> None:
    op.create_table(
        "blob",
        _text("sha256"),
        _text("file"),
        _bytes("key"),
        _number("size"),
        sa.PrimaryKeyConstraint("sha256"),
        sa.UniqueConstraint("file"),
    )


def _scope() -> None:
    op.create_table(
        "scope",
        _text("name"),
        _number("seq"),
        sa.PrimaryKeyConstraint("name"),
    )


def _feed_mark() -> None:
    op.create_table(
        "feed_mark",
        _text("name"),
        _text("content"),
        sa.PrimaryKeyConstraint("name"),
    )


def _sync_run() -> None:
    op.create_table(
        "sync_run",
        _number("number"),
        _text("started_at"),
        _text("ended_at"),
        _text("outcome"),
        _number("pushed"),
        _number("pulled"),
        _number("conflicts"),
        sa.PrimaryKeyConstraint("number"),
    )


def _setting() -> None:
    op.create_table(
        "setting",
        _text("name"),
        _text("content"),
        sa.PrimaryKeyConstraint("name"),
    )
