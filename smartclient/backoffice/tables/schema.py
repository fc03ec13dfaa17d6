"""Every table of the back office, in SQLAlchemy Core, for SQLite and PostgreSQL alike.

Keys of records begin with the scope, so that PostgreSQL can partition by scope without a query
change. `record` is narrow, bodies stand apart: a page of the feed reads only what it sends.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)

from smartclient.backoffice.tables.columns import (
    Counted,
    Day,
    Digest,
    Instant,
    Scope,
    Uuid,
)
from smartclient.backoffice.tables.columns import metadata as metadata
from smartclient.backoffice.tables.contracts import contract as contract
from smartclient.backoffice.tables.contracts import contract_request as contract_request
from smartclient.backoffice.tables.contracts import contract_revision as contract_revision
from smartclient.backoffice.tables.observing import archived_record as archived_record
from smartclient.backoffice.tables.registers import blob_holder as blob_holder
from smartclient.backoffice.tables.registers import consent_receipt as consent_receipt
from smartclient.backoffice.tables.registers import erase_work as erase_work
from smartclient.backoffice.tables.registers import erased_client as erased_client
from smartclient.backoffice.tables.registers import handed_in as handed_in
from smartclient.backoffice.tables.registers import handed_in_decision as handed_in_decision
from smartclient.backoffice.tables.registers import hide_event as hide_event
from smartclient.backoffice.tables.registers import merge_event as merge_event
from smartclient.backoffice.tables.registers import office as office
from smartclient.backoffice.tables.registers import right_change as right_change
from smartclient.backoffice.tables.registers import scope_right as scope_right

counter = Table(
    "counter",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""Numbers of the whole office: the epoch, the next document number."""

partner = Table(
    "partner",
    metadata,
    Column("hr", String(20), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("contact_email", String(200), nullable=False),
    Column("language", String(2), nullable=False),
    Column("blocked", Boolean, nullable=False),
    Column("changed_at", Instant, nullable=False),
)

person = Table(
    "person",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("identification", String(60), nullable=False),
    Column("cnb_number", String(60), nullable=False),
    Column("email", String(200), nullable=False),
    Column("phone", String(40), nullable=False),
    Column("created_at", Instant, nullable=False),
)

affiliation = Table(
    "affiliation",
    metadata,
    Column("person", Uuid, primary_key=True),
    Column("since", Instant, primary_key=True),
    Column("hr", String(20), nullable=False),
    Column("until", Instant),
)

install = Table(
    "install",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person", Uuid, nullable=False, index=True),
    Column("scope", Scope, nullable=False),
    Column("hr", String(20), nullable=False),
    Column("key_sha256", Digest, nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("certificate", LargeBinary, nullable=False),
    Column("activated_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

seal_certificate = Table(
    "seal_certificate",
    metadata,
    Column("sha256", Digest, primary_key=True),
    Column("install", Uuid, nullable=False),
    Column("certificate", LargeBinary, nullable=False),
    Column("issued_at", Instant, nullable=False),
)
"""Every seal certificate ever issued: an old document was sealed with the one of its day."""

scope = Table(
    "scope",
    metadata,
    Column("scope", Scope, primary_key=True),
    Column("head", BigInteger, nullable=False),
    Column("retained_from", BigInteger, nullable=False),
    Column("data_key", LargeBinary, nullable=False),
    Column("sealed_for", String(40)),
)
"""Who writes a record of a scope holds this row first: `head` is gap-free in commit order.

While `sealed_for` names a batch, the documents that have a line in it are sealed."""

token = Table(
    "token",
    metadata,
    Column("sha256", Digest, primary_key=True),
    Column("install", Uuid, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)

used_nonce = Table(
    "used_nonce",
    metadata,
    Column("install", Uuid, primary_key=True),
    Column("sha256", Digest, primary_key=True),
    Column("used_at", Instant, nullable=False, index=True),
    sqlite_with_rowid=False,
)

record = Table(
    "record",
    metadata,
    Column("scope", Scope, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("op", Uuid, nullable=False),
    Column("sha256", Digest, nullable=False),
    Column("stage", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("blobs", Text, nullable=False),
    Column("form_version", String(80), nullable=False),
    Column("document_kind", String(20), nullable=False),
    Column("number", String(20), nullable=False),
    Column("install", Uuid, nullable=False),
    Column("hr", String(20), nullable=False),
    Column("first_received_at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("exportable", Boolean, nullable=False),
    Column("verdict_code", String(20), nullable=False),
    Column("batch", String(40)),
    Column("parent", String(36), nullable=False, server_default=""),
    Column("record_class", String(10), nullable=False, server_default=""),
    sqlite_with_rowid=False,
)
"""`exportable` and `verdict_code` are of exactly this op; a new op clears them."""

Index("ix_record_scope_seq", record.c.scope, record.c.seq, unique=True)
Index("ix_record_id", record.c.id)
Index(
    "ix_record_number",
    record.c.number,
    sqlite_where=text("number <> ''"),
    postgresql_where=text("number <> ''"),
)
Index(
    "ix_record_verdict_code",
    record.c.verdict_code,
    sqlite_where=text("verdict_code <> ''"),
    postgresql_where=text("verdict_code <> ''"),
)
Index(
    "ix_record_to_seal",
    record.c.scope,
    sqlite_where=text("exportable AND state = 'open'"),
    postgresql_where=text("exportable AND state = 'open'"),
)
Index(
    "ix_record_batch",
    record.c.batch,
    record.c.scope,
    sqlite_where=text("batch IS NOT NULL"),
    postgresql_where=text("batch IS NOT NULL"),
)

Index(
    "ix_record_parent",
    record.c.parent,
    sqlite_where=text("parent <> ''"),
    postgresql_where=text("parent <> ''"),
)

record_body = Table(
    "record_body",
    metadata,
    Column("scope", Scope, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)
"""Canonical JSON as zstd, sealed with the data key of the scope."""

record_op = Table(
    "record_op",
    metadata,
    Column("scope", Scope, primary_key=True),
    Column("record", Uuid, primary_key=True),
    Column("op", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("sha256", Digest),
    Column("received_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)
"""Known ops, kept as long as the record; one known only from a lineage has no digest."""

record_blob = Table(
    "record_blob",
    metadata,
    Column("scope", Scope, primary_key=True),
    Column("sha256", Digest, primary_key=True),
    Column("record", Uuid, primary_key=True),
    sqlite_with_rowid=False,
)

blob = Table(
    "blob",
    metadata,
    Column("scope", Scope, primary_key=True),
    Column("sha256", Digest, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("file", String(80), nullable=False),
    Column("received_at", Instant, nullable=False),
)
"""`file` is empty where the content stands in `blob_content`."""
Index(
    "ix_blob_file",
    blob.c.file,
    sqlite_where=text("file <> ''"),
    postgresql_where=text("file <> ''"),
)

blob_content = Table(
    "blob_content",
    metadata,
    Column("scope", Scope, primary_key=True),
    Column("sha256", Digest, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

blob_part = Table(
    "blob_part",
    metadata,
    Column("scope", Scope, primary_key=True),
    Column("sha256", Digest, primary_key=True),
    Column("start", BigInteger, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("received_at", Instant, nullable=False),
)

signed_package = Table(
    "signed_package",
    metadata,
    Column("scope", Scope, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("document", Uuid, nullable=False),
    Column("document_op", Uuid, nullable=False),
    Column("standing", String(10), nullable=False),
    Column("received_at", Instant, nullable=False),
)
Index("ix_signed_package_document", signed_package.c.document)

judgement_due = Table(
    "judgement_due",
    metadata,
    Column("scope", Scope, primary_key=True),
    Column("document", Uuid, primary_key=True),
    Column("due_at", Instant, nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
)

stamp_due = Table(
    "stamp_due",
    metadata,
    Column("scope", Scope, primary_key=True),
    Column("document", Uuid, primary_key=True),
    Column("op", Uuid, primary_key=True),
    Column("due_at", Instant, nullable=False, index=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("problem", String(20), nullable=False, server_default=""),
    Column("detail", String(200), nullable=False, server_default=""),
    Column("given_up_at", Instant),
)
"""Accepted files that wait for the proof and the time stamp behind their seal.

`problem` is the code of the last attempt; what was given up waits for an administrator."""

prepared_line = Table(
    "prepared_line",
    metadata,
    Column("scope", Scope, primary_key=True),
    Column("document", Uuid, primary_key=True),
    Column("op", Uuid, nullable=False),
    Column("line", LargeBinary, nullable=False),
)
"""What the export will hand over of an exportable document, sealed with the key of its scope."""

number_lease = Table(
    "number_lease",
    metadata,
    Column("first", BigInteger, primary_key=True),
    Column("last", BigInteger, nullable=False),
    Column("highest", BigInteger, nullable=False),
    Column("scope", Scope, nullable=False, index=True),
    Column("install", Uuid, nullable=False),
)
"""`highest` is the highest number seen in a pushed document, `first - 1` before any."""

bucket = Table(
    "bucket",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("level", Float, nullable=False),
    Column("at", Instant, nullable=False),
)

export_run = Table(
    "export_run",
    metadata,
    Column("business_date", Day, primary_key=True),
    Column("batch", String(40), nullable=False, unique=True),
    Column("cutoff", Instant, nullable=False),
    Column("state", String(20), nullable=False),
    Column("previous_manifest_sha256", String(64), nullable=False),
    Column("manifest_sha256", String(64), nullable=False),
    Column("documents", Integer, nullable=False),
    Column("changed_at", Instant, nullable=False),
)

export_line = Table(
    "export_line",
    metadata,
    Column("batch", String(40), primary_key=True),
    Column("scope", Scope, primary_key=True),
    Column("document", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("op", Uuid, nullable=False),
    Column("sha256", Digest, nullable=False),
    Column("answer", String(10), nullable=False),
    Column("reason", String(500), nullable=False),
    sqlite_with_rowid=False,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Counted, primary_key=True),
    Column("recipient", String(200), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("attempts", Integer, nullable=False),
    Column("sent_at", Instant),
    Column("code", String(20), nullable=False),
)
"""`due_at` is empty once sent or given up; then `code` says why it was given up."""
Index(
    "ix_outbox_due_at",
    outbox.c.due_at,
    sqlite_where=text("due_at IS NOT NULL"),
    postgresql_where=text("due_at IS NOT NULL"),
)

alarm = Table(
    "alarm",
    metadata,
    Column("kind", String(40), primary_key=True),
    Column("scope", Scope, primary_key=True),
    Column("record", Uuid, primary_key=True),
    Column("op", Uuid, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
)
"""What a person at the back office must look at, each once."""
