"""What is kept of a batch besides its run, and what people decided about late signed packages."""

from sqlalchemy import Column, Index, String, Table, Text, text

from smartclient.backoffice.tables.columns import Day, Instant, Scope, Uuid, metadata

export_batch = Table(
    "export_batch",
    metadata,
    Column("batch", String(40), primary_key=True),
    Column("hand_over_at", Instant, nullable=False),
    Column("handed_over_at", Instant),
    Column("retained_until", Day, nullable=False),
    Column("removed_at", Instant),
    Column("reported_at", Instant),
)
"""When a batch may be handed over and was, how long it is kept, and when the office was told."""

late_decision = Table(
    "late_decision",
    metadata,
    Column("scope", Scope, primary_key=True),
    Column("package", Uuid, primary_key=True),
    Column("document", Uuid, nullable=False),
    Column("decision", String(10), nullable=False),
    Column("decided_by", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("batch", String(40)),
)
"""A person's word on a signed package that came late; `batch` is the one that took it along."""
Index(
    "ix_late_decision_to_seal",
    late_decision.c.scope,
    sqlite_where=text("decision = 'accepted' AND batch IS NULL"),
    postgresql_where=text("decision = 'accepted' AND batch IS NULL"),
)
Index("ix_late_decision_batch", late_decision.c.batch)
