"""The tables of the local database as queries see them; `migrations` makes them.

Reading costs by the page touched, and each page is decrypted. So the tables that a list reads are
narrow, every order of a list has a covering index, and bodies stand in tables of their own. `row`
is the number under which the full-text index knows a line.
"""

from sqlalchemy import (
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    literal_column,
    text,
)

metadata = MetaData()

document = Table(
    "document",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("form_id", Text, nullable=False),
    Column("form_version", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("client_id", Text),
    Column("client_name", Text, nullable=False),
    Column("client_key", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("server", Text, nullable=False),
    Column("backed_up", Integer, nullable=False),
    Column("digital", Integer, nullable=False),
    Column("has_pdf", Integer, nullable=False),
    Column("premium", Integer),
    Column("frequency", Integer),
    Column("currency", Text, nullable=False),
    Column("core", Text, nullable=False),
    Column("core_reason", Text, nullable=False),
    Column("email_undeliverable", Integer, nullable=False),
    Column("late_signed", Integer, nullable=False),
    Column("paper_expected", Integer, nullable=False),
    Column("shown", Text, nullable=False),
    Column("exportable", Integer, nullable=False),
    Column("parked", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("changed_at", Text, nullable=False),
    Column("signed_at", Text),
    Column("listed", Integer, nullable=False),
)
"""`premium` in hundredths; `listed` is 0 while discarded or while the server's body is awaited."""

LISTED = literal_column("listed") == literal_column("1")
"""Written as a literal, because a partial index is not found through a bound value."""


def _list_index(name: str, *columns: str) -> Index:
    return Index(name, *(document.c[column] for column in columns), sqlite_where=LISTED)


_list_index("document_by_changed", "changed_at", "row", "shown", "kind", "client_id")
_list_index("document_by_client", "client_key", "changed_at", "row", "shown", "kind", "client_id")
_list_index("document_by_number", "number", "row", "shown", "kind", "client_id", "changed_at")
_list_index("document_by_premium", "premium", "row", "shown", "kind", "client_id", "changed_at")
_list_index("document_by_form", "form_id", "changed_at", "row", "shown", "kind", "client_id")
_list_index("document_by_state", "shown", "changed_at", "row", "kind", "client_id")
Index("document_of_client", document.c.client_id, document.c.changed_at)

document_body = Table(
    "document_body",
    metadata,
    Column("id", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
"""Canonical JSON as zstd."""

record = Table(
    "record",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("op", Text, nullable=False),
    Column("lineage", Text, nullable=False),
    Column("dirty", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("parked", Text, nullable=False),
    Column("doubted", Integer, nullable=False),
    Column("awaited", Integer, nullable=False),
    Column("withheld", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("parent", Text, nullable=False),
    Column("class", Text, nullable=False),
)
"""How each record of the exchange stands towards the server; see `store.records`."""

Index("record_dirty", record.c.id, sqlite_where=literal_column("dirty") == literal_column("1"))
Index("record_doubted", record.c.id, sqlite_where=literal_column("doubted") == literal_column("1"))
Index("record_withheld", record.c.id, sqlite_where=text("withheld <> ''"))

record_base = Table(
    "record_base",
    metadata,
    Column("id", Text, primary_key=True),
    Column("op", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
"""What a dirty record of the register was at the server before the edit; see `store.bases`."""

field_offer = Table(
    "field_offer",
    metadata,
    Column("id", Text, primary_key=True),
    Column("path", Text, primary_key=True),
    Column("other", Text, primary_key=True),
    Column("found_at", Text, nullable=False),
)
"""Values that lost a merge of one field, until someone chooses; see `store.field_offers`."""

kept_body = Table(
    "kept_body",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("parent", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
"""Bodies of records that have no table of their own, by what they hang on."""
Index("kept_body_of_parent", kept_body.c.parent, kept_body.c.kind)

append = Table(
    "append",
    metadata,
    Column("op", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("parent", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("blobs", Text, nullable=False),
    Column("acknowledged", Integer, nullable=False),
    Column("doubted", Integer, nullable=False),
    Column("parked", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("class", Text, nullable=False),
    Column("urgency", Integer, nullable=False),
    Column("pulled", Integer, nullable=False),
)
"""What is written once; see `store.appends`."""
Index("append_of_kind", append.c.kind, append.c.parent)
Index(
    "append_waiting",
    append.c.urgency,
    append.c.created_at,
    sqlite_where=literal_column("acknowledged") == literal_column("0"),
)
Index("append_doubted", append.c.op, sqlite_where=literal_column("doubted") == literal_column("1"))

document_status = Table(
    "document_status",
    metadata,
    Column("document_id", Text, primary_key=True),
    Column("content", Text, nullable=False),
)
"""What the server said last of each document; kept also when it comes before the document."""

leaving = Table(
    "leaving",
    metadata,
    Column("document_id", Text, primary_key=True),
    Column("leaves_at", Text, nullable=False),
    Column("op", Text, nullable=False),
)
"""On which day the server said that a document, as of this op, goes to the archive; few have one.
"""
Index("leaving_by_day", leaving.c.leaves_at)

unseen = Table("unseen", metadata, Column("id", Text, primary_key=True))
"""Documents that a feed which is read from its beginning has not shown yet; empty otherwise."""

conflict = Table(
    "conflict",
    metadata,
    Column("id", Text, primary_key=True),
    Column("document_id", Text, nullable=False),
    Column("op", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("client_name", Text, nullable=False),
    Column("form_id", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("found_at", Text, nullable=False),
    Column("copied_to", Text),
    Column("closed_at", Text),
)

signing_session = Table(
    "signing_session",
    metadata,
    Column("document_id", Text, primary_key=True),
    Column("document_op", Text, nullable=False),
    Column("pdf", Text, nullable=False),
    Column("contents", Text, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("done", Text, nullable=False),
    Column("started_at", Text, nullable=False),
    Column("ended", Integer, nullable=False),
)
"""`contents` is the digest of the values.json that is attached to the PDF. An ended session keeps
its blobs until the next opening, so that a client who has just signed can still finish."""

client = Table(
    "client",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("given_name", Text, nullable=False),
    Column("surname", Text, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("national_id", Text, nullable=False),
    Column("birth_date", Text),
    Column("city", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("informed", Integer, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("changed_at", Text, nullable=False),
    Column("aside", Text, nullable=False),
    Column("survivor", Text),
)
"""`aside` is empty for a client of the list, otherwise why it is not there: hidden or merged."""

IN_THE_LIST = literal_column("aside") == literal_column("''")
"""Written as a literal, as `LISTED` is."""


def _client_index(name: str, *columns: str) -> Index:
    return Index(name, *(client.c[column] for column in columns), sqlite_where=IN_THE_LIST)


_client_index("client_by_name", "name_key", "row", "informed")
_client_index("client_by_changed", "changed_at", "row", "informed")
Index("client_merged", client.c.survivor, sqlite_where=text("survivor IS NOT NULL"))

client_body = Table(
    "client_body",
    metadata,
    Column("id", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
client_draft = Table(
    "client_draft",
    metadata,
    Column("id", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("changed_at", Text, nullable=False),
    Column("base", LargeBinary),
)
"""`base` is the client's body when the typing began, where it would change one."""
consent_event = Table(
    "consent_event",
    metadata,
    Column("id", Text, primary_key=True),
    Column("install", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("option_code", Text, nullable=False),
    Column("text_version_id", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("occurred_at", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("proof", Text, nullable=False),
    Column("supersedes", Text),
    Column("salt", Text, nullable=False),
    Column("previous_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("clock_uncertain", Integer, nullable=False, server_default="0"),
    Column("received_at", Text, nullable=False, server_default=""),
)
"""`digest` stands for the salted content when that was erased; `received_at` is the server's word,
empty until it came, and no part of what the event says.
"""
Index("consent_event_of_client", consent_event.c.client_id, consent_event.c.option_code)
Index("consent_event_of_chain", consent_event.c.install, consent_event.c.sequence)

blob = Table(
    "blob",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("file", Text, nullable=False, unique=True),
    Column("key", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
)
number_lease = Table(
    "number_lease",
    metadata,
    Column("id", Text, primary_key=True),
    Column("first", Text, nullable=False),
    Column("last", Text, nullable=False),
    Column("next", Integer, nullable=False),
)
setting = Table(
    "setting",
    metadata,
    Column("name", Text, primary_key=True),
    Column("content", Text, nullable=False),
)
scope = Table(
    "scope",
    metadata,
    Column("name", Text, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("classes", Text, nullable=False),
    Column("own", Text, nullable=False, server_default=""),
)
"""How far each scope was read, and by which right: the classes besides the general one; behind
that, what was sent from here, as ranges in JSON.
"""
feed_mark = Table(
    "feed_mark",
    metadata,
    Column("name", Text, primary_key=True),
    Column("content", Text, nullable=False),
)
"""What the server said last: epoch, tag of the feed, next lock, catalogue's tag."""
sync_run = Table(
    "sync_run",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("started_at", Text, nullable=False),
    Column("ended_at", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("pushed", Integer, nullable=False),
    Column("pulled", Integer, nullable=False),
    Column("conflicts", Integer, nullable=False),
    Column("code", Text, nullable=False),
)

FULL_TEXT = ("document_words", "client_words")
"""Full-text tables without content; made in the migration, written by `store.search`."""
