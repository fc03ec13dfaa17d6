"""What a revoked install still has, as a package for the back office.

Nothing is taken off this laptop: what was handed in counts as sent only when the server says so in
a synchronisation, and an install that was revoked has none. Made twice, the package is the same but
for its instant, and the back office keeps each edit once.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from smartclient.domain.clock import Clock
from smartclient.domain.errors import Damaged, NotAllowed
from smartclient.domain.ids import Op, RecordId, Sha256
from smartclient.store.database import Database
from smartclient.store.places import Homes
from smartclient.store.transaction import Transaction
from smartclient.sync.exchange.identity import Identity
from smartclient.sync.exchange.sending import what_waits
from smartclient.wire.encoding import canonical, sha256
from smartclient.wire.handed_in import sealed
from smartclient.wire.kinds import RecordKind
from smartclient.wire.messages import PushLine


@dataclass(frozen=True, slots=True)
class Package:
    """The sealed bytes, and how many edits are in them."""

    content: bytes
    edits: int
    missing_files: int
    """Files that an edit names and that cannot be read here any more."""


def unsent_package(database: Database, identity: Identity, clock: Clock, version: str) -> Package:
    """Everything that the server has not acknowledged, sealed for the office.

    NotAllowed SC-HELP-008 when there is nothing, SC-HELP-009 when the office's key never came.
    """
    with database.read() as tx:
        reader = tx.feed.hand_in_key()
    if not reader:
        raise NotAllowed("SC-HELP-009")
    with database.write() as tx:
        lines = _lines(tx, identity.scope)
    if not lines:
        raise NotAllowed("SC-HELP-008")
    named = {digest for line in lines for digest in line.blobs}
    blobs, missing = _files(database, named)
    content = sealed(
        identity.install, clock.now(), version, lines, blobs, identity.sign, bytes.fromhex(reader)
    )
    return Package(content, len(lines), missing)


def _lines(tx: Transaction, scope: str) -> tuple[PushLine, ...]:
    """Ops enter their lineages as when they are pushed: an edit after this is another one.

    What the server refused is nowhere but here, and a person decides about it.
    """
    homes = Homes(scope)
    load = what_waits(tx, with_parked=True)
    appends = (*load.withdrawals, *load.urgent, *load.ordinary)
    offers = [*tx.outgoing.appends.take(appends, homes)]
    offers += tx.outgoing.take_records(load.records, homes)
    return (*(offer.line for offer in offers), *_conflicts(tx))


def _conflicts(tx: Transaction) -> tuple[PushLine, ...]:
    """Values under Show conflicts are nowhere else; each goes under its own id as op."""
    lines = []
    for each in tx.conflicts.open():
        content = canonical(each.body)
        lines.append(
            PushLine(
                id=RecordId(each.document_id),
                kind=RecordKind.DOCUMENT,
                op=Op(each.id),
                lineage=(),
                stage=each.stage,
                form_version="",
                sha256=sha256(content),
                blobs=(),
                body=each.body,
            )
        )
    return tuple(lines)


def _files(database: Database, named: set[Sha256]) -> tuple[Mapping[Sha256, bytes], int]:
    found: dict[Sha256, bytes] = {}
    with database.read() as tx:
        for digest in sorted(named):
            try:
                found[digest] = tx.blobs.get(digest)
            except (NotAllowed, Damaged):
                continue  # what else is in the package must not wait for it
    return found, len(named) - len(found)
