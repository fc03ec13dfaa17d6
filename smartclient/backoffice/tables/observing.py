"""Tables of retention and of watching: the archive, what was announced, who synchronised when.

Nothing here holds personal data in the clear: bodies stay sealed as they lay in `record_body`.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    text,
)

from smartclient.backoffice.tables.columns import Counted, Digest, Instant, Scope, Uuid, metadata

archived_record = Table(
    "archived_record",
    metadata,
    Column("scope", Scope, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("document", Uuid, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("op", Uuid, nullable=False),
    Column("sha256", Digest, nullable=False),
    Column("stage", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("document_kind", String(20), nullable=False),
    Column("number", String(20), nullable=False),
    Column("form_version", String(80), nullable=False),
    Column("install", Uuid, nullable=False),
    Column("hr", String(20), nullable=False),
    Column("first_received_at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("batch", String(40)),
    Column("archived_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
"""`document` is the document it belongs to, itself for a document; `state` the one it had before.
The body is what `record_body` held, sealed with the same key under the same name."""

Index("ix_archived_record_ends_at", archived_record.c.ends_at)
Index("ix_archived_record_archived_at", archived_record.c.archived_at)
Index("ix_archived_record_document", archived_record.c.document)
Index(
    "ix_archived_record_number",
    archived_record.c.number,
    sqlite_where=text("number <> ''"),
    postgresql_where=text("number <> ''"),
)

archived_blob = Table(
    "archived_blob",
    metadata,
    Column("scope", Scope, primary_key=True),
    Column("sha256", Digest, primary_key=True),
    Column("record", Uuid, primary_key=True),
    sqlite_with_rowid=False,
)
"""What `record_blob` said before: an archived record keeps its files through it."""

leaving_notice = Table(
    "leaving_notice",
    metadata,
    Column("scope", Scope, primary_key=True),
    Column("document", Uuid, primary_key=True),
    Column("leaves_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)
"""What the server said of the day on which a document goes to the archive."""

sync_seen = Table(
    "sync_seen",
    metadata,
    Column("install", Uuid, primary_key=True),
    Column("code", String(12), primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False, index=True),
    Column("requests", Integer, nullable=False),
    Column("pushed", Integer, nullable=False),
    Column("not_taken", Integer, nullable=False),
    Column("pulled", Integer, nullable=False),
    Column("bytes_in", BigInteger, nullable=False),
    Column("bytes_out", BigInteger, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("version", String(40), nullable=False),
    sqlite_with_rowid=False,
)
"""One row a synchronisation. `code` is its support code; `outcome` the last refusal, or empty."""
Index("ix_sync_seen_code", sync_seen.c.code)

install_contact = Table(
    "install_contact",
    metadata,
    Column("install", Uuid, primary_key=True),
    Column("last_at", Instant, nullable=False),
    Column("version", String(40), nullable=False),
)
"""When an install was last heard of, also after its synchronisations were deleted."""

duty_mark = Table(
    "duty_mark",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("position", String(80), nullable=False),
)
"""How far a duty of the worker has come, and when it last moved."""

desk_act = Table(
    "desk_act",
    metadata,
    Column("id", Counted, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
    Column("act", String(40), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("reason", String(500), nullable=False),
)
"""What a person at the back office did with an install or the archive, and why."""
