"""Every kind of record is exchanged: scopes, classes, bases, offers, and what was only kept here.

Not additive: a program of the step before would send consents as signed packages. Clients and
consents that were saved before are marked to be sent.
"""

import json
import uuid

import sqlalchemy as sa
import zstandard
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
ADDITIVE = False

_EVENT = (
    "id",
    "install",
    "sequence",
    "client_id",
    "option_code",
    "text_version_id",
    "decision",
    "method",
    "occurred_at",
    "recorded_at",
    "recorded_by",
    "device",
    "language",
    "proof",
    "supersedes",
    "salt",
    "previous_hash",
    "hash",
)
_WITHDRAWALS = ("withdrawn", "refused")


def upgrade() -> None:
    """Change the tables, then mark what the server has never seen."""
    _records()
    _appends()
    _clients()
    _consents()
    _scopes()
    _send_clients()
    _send_consents()


def _text(name: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default=default)


def _records() -> None:
    for name in ("scope", "parent", "class"):
        op.add_column("record", _text(name))
    op.create_table(
        "record_base",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("op", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "field_offer",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.Column("found_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", "path", "other"),
    )
    op.create_table(
        "kept_body",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("kept_body_of_parent", "kept_body", ["parent", "kind"])


def _appends() -> None:
    op.drop_index("append_of_document", "append")
    op.drop_index("append_waiting", "append")
    op.execute("ALTER TABLE append RENAME COLUMN document_id TO parent")
    for name in ("scope", "class"):
        op.add_column("append", _text(name))
    for name, default in (("urgency", "1"), ("pulled", "0")):
        op.add_column(
            "append", sa.Column(name, sa.Integer(), nullable=False, server_default=default)
        )
    op.create_index("append_of_kind", "append", ["kind", "parent"])
    op.create_index(
        "append_waiting",
        "append",
        ["urgency", "created_at"],
        sqlite_where=sa.text("acknowledged = 0"),
    )
    op.create_index("append_doubted", "append", ["op"], sqlite_where=sa.text("doubted = 1"))


def _clients() -> None:
    op.add_column("client", _text("aside"))
    op.add_column("client", sa.Column("survivor", sa.Text(), nullable=True))
    op.add_column("client_draft", sa.Column("base", sa.LargeBinary(), nullable=True))
    in_the_list = sa.text("aside = ''")
    for name, first in (("client_by_name", "name_key"), ("client_by_changed", "changed_at")):
        op.drop_index(name, "client")
        op.create_index(name, "client", [first, "row", "informed"], sqlite_where=in_the_list)
    merged = sa.text("survivor IS NOT NULL")
    op.create_index("client_merged", "client", ["survivor"], sqlite_where=merged)


def _consents() -> None:
    """Two cloned disks write under one install and one number: only the id is nobody else's."""
    op.rename_table("consent_event", "consent_event_before")
    op.drop_index("consent_event_of_client", "consent_event_before")
    columns = [
        sa.Column(name, sa.Integer() if name == "sequence" else sa.Text(), nullable=False)
        for name in _EVENT
        if name != "supersedes"
    ]
    columns.insert(_EVENT.index("supersedes"), sa.Column("supersedes", sa.Text(), nullable=True))
    op.create_table("consent_event", *columns, _text("digest"), sa.PrimaryKeyConstraint("id"))
    names = ", ".join(_EVENT)
    op.execute(f"INSERT INTO consent_event ({names}) SELECT {names} FROM consent_event_before")  # noqa: S608 - names of ours
    op.drop_table("consent_event_before")
    op.create_index("consent_event_of_client", "consent_event", ["client_id", "option_code"])
    op.create_index("consent_event_of_chain", "consent_event", ["install", "sequence"])


def _scopes() -> None:
    """Until now there was one scope, and everything that left went there."""
    op.add_column("scope", _text("classes"))
    only = "(SELECT name FROM scope)"
    known = "(SELECT count(*) FROM scope) = 1"
    op.execute(f"UPDATE record SET scope = {only} WHERE {known} AND lineage <> '[]'")  # noqa: S608
    op.execute(f"UPDATE append SET scope = {only} WHERE {known}")  # noqa: S608


def _send_clients() -> None:
    connection = op.get_bind()
    found = connection.execute(sa.text("SELECT id FROM client")).scalars().all()
    lines = [{"id": each, "op": str(uuid.uuid4())} for each in found]
    if lines:
        connection.execute(
            sa.text(
                "INSERT INTO record (id, kind, op, lineage, dirty, version, sha256, parked,"
                " doubted, awaited, withheld) VALUES (:id, 'client', :op, '[]', 1, 0, '', '',"
                " 0, 0, '')"
            ),
            lines,
        )


def _send_consents() -> None:
    connection = op.get_bind()
    found = connection.execute(sa.text("SELECT * FROM consent_event")).mappings().all()
    packer = zstandard.ZstdCompressor(level=3)
    lines = [_as_append(packer, dict(event)) for event in found]
    if lines:
        connection.execute(
            sa.text(
                "INSERT INTO append (op, kind, parent, body, blobs, acknowledged, doubted, parked,"
                " created_at, urgency) VALUES (:op, 'consent_event', :parent, :body, '[]', 0, 0,"
                " '', :created_at, :urgency)"
            ),
            lines,
        )


def _as_append(packer: zstandard.ZstdCompressor, event: dict[str, object]) -> dict[str, object]:
    said = {name: event[name] for name in _EVENT}
    body = {"schema": 1, **said, "supersedes": said["supersedes"] or ""}
    content = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return {
        "op": event["id"],
        "parent": event["client_id"],
        "body": packer.compress(content.encode()),
        "created_at": event["recorded_at"],
        "urgency": 0 if event["decision"] in _WITHDRAWALS else 1,
    }
