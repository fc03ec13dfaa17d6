"""The tables of scopes, rights, and what follows from the records of clients."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    LargeBinary,
    String,
    Table,
)

from smartclient.backoffice.tables.columns import Counted, Digest, Instant, Scope, Uuid, metadata

office = Table(
    "office",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("created_at", Instant, nullable=False),
)
"""An office of a partner; its records live in the scope `office:<id>`."""

scope_right = Table(
    "scope_right",
    metadata,
    Column("person", Uuid, primary_key=True),
    Column("scope", Scope, primary_key=True),
    Column("since", Instant, primary_key=True),
    Column("classes", String(80), nullable=False),
    Column("may_write", Boolean, nullable=False),
    Column("until", Instant),
)
"""What a person may read of a scope besides the own one; none is deleted, each ends."""
Index("ix_scope_right_scope", scope_right.c.scope)

right_change = Table(
    "right_change",
    metadata,
    Column("id", Counted, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("action", String(20), nullable=False),
    Column("scope", Scope, nullable=False),
    Column("person", Uuid, nullable=False),
    Column("install", String(36), nullable=False),
    Column("reason", String(500), nullable=False),
)
"""Who was given or lost which right, and why: a row for each act, never changed."""

handed_in = Table(
    "handed_in",
    metadata,
    Column("scope", Scope, primary_key=True),
    Column("record", Uuid, primary_key=True),
    Column("op", Uuid, primary_key=True),
    Column("meant_for", Scope, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("parent", String(36), nullable=False),
    Column("install", Uuid, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("line", LargeBinary, nullable=False),
    Column("done_at", Instant),
)
"""Edits for a scope whose right was lost; kept in the scope of who wrote them, sealed with its key.

A person at the back office decides; the blobs are in the same scope.
"""
Index("ix_handed_in_received_at", handed_in.c.received_at)

handed_in_decision = Table(
    "handed_in_decision",
    metadata,
    Column("scope", Scope, primary_key=True),
    Column("record", Uuid, primary_key=True),
    Column("op", Uuid, primary_key=True),
    Column("decision", String(10), nullable=False),
    Column("decided_by", String(200), nullable=False),
    Column("reason", String(2000), nullable=False),
    Column("decided_at", Instant, nullable=False),
)
"""What a person decided of an edit that was handed in; a row for each, never changed."""

merge_event = Table(
    "merge_event",
    metadata,
    Column("scope", Scope, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("loser", Uuid, nullable=False),
    Column("survivor", Uuid, nullable=False),
    Column("undo", Boolean, nullable=False),
    Column("at", Instant, nullable=False),
)
"""`at` is when it counts: never later than its receipt."""
Index("ix_merge_event_scope_loser", merge_event.c.scope, merge_event.c.loser)

hide_event = Table(
    "hide_event",
    metadata,
    Column("scope", Scope, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("client", Uuid, nullable=False),
    Column("hidden", Boolean, nullable=False),
    Column("at", Instant, nullable=False),
)
Index("ix_hide_event_scope_client", hide_event.c.scope, hide_event.c.client)

consent_receipt = Table(
    "consent_receipt",
    metadata,
    Column("scope", Scope, primary_key=True),
    Column("place", BigInteger, primary_key=True),
    Column("event", Uuid, nullable=False),
    Column("install", Uuid, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("event_hash", String(64), nullable=False),
    Column("previous_event_hash", String(64), nullable=False),
    Column("salt", String(64), nullable=False),
    Column("content_sha256", Digest, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", Digest, nullable=False),
    Column("received_at", Instant, nullable=False),
)
"""The chain of receipts of a scope; its hashes are over salted content, so that erasing drops
content and salt (then empty) and the chain still verifies.
"""
Index("ix_consent_receipt_event", consent_receipt.c.scope, consent_receipt.c.event)
Index("ix_consent_receipt_install", consent_receipt.c.install, consent_receipt.c.sequence)

erase_work = Table(
    "erase_work",
    metadata,
    Column("scope", Scope, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("client", Uuid, nullable=False),
    Column("install", Uuid, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("done_at", Instant),
)
"""Requests to erase a client, for a person at the back office."""
Index("ix_erase_work_client", erase_work.c.client)

erased_client = Table(
    "erased_client",
    metadata,
    Column("client", Uuid, primary_key=True),
    Column("at", Instant, nullable=False),
)
"""Clients that were erased together with the documents that name them: none comes in any more."""

blob_holder = Table(
    "blob_holder",
    metadata,
    Column("scope", Scope, primary_key=True),
    Column("sha256", Digest, primary_key=True),
    Column("install", Uuid, primary_key=True),
    sqlite_with_rowid=False,
)
"""Installs that showed the bytes of a blob in a scope of which they do not read every class."""
