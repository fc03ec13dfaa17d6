"""The tables of the contract register."""

from sqlalchemy import Column, Integer, LargeBinary, String, Table

from smartclient.backoffice.tables.columns import Digest, Instant, Scope, Uuid, metadata

contract = Table(
    "contract",
    metadata,
    Column("number", String(20), primary_key=True),
    Column("hr", String(20), nullable=False),
    Column("product", String(80), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("data_key", LargeBinary, nullable=False),
    Column("changed_at", Instant, nullable=False),
)
"""Who changes a contract holds its row; `revision` is the newest."""

contract_revision = Table(
    "contract_revision",
    metadata,
    Column("number", String(20), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("sha256", Digest, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("source", String(10), nullable=False),
    Column("scope", Scope, nullable=False),
    Column("document", Uuid, nullable=False),
    Column("op", Uuid, nullable=False),
    Column("made_at", Instant, nullable=False),
)
"""Every revision a contract ever had, sealed with the contract's own data key.

`scope`, `document` and `op` name the request that made it; empty for one that was imported.
"""

contract_request = Table(
    "contract_request",
    metadata,
    Column("scope", Scope, primary_key=True),
    Column("document", Uuid, primary_key=True),
    Column("number", String(20), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
)
"""Requests that may be exported, with the revision they stand on: a newer one has them judged."""
