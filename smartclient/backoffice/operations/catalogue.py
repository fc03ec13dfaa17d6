"""Publishing the catalogue, and the only two signatures that are made on-line.

What the publisher signed off-line is judged, copied and never changed. The back office adds
freshness: snapshot (which versions belong together) and timestamp (which snapshot is the newest).
With these two keys alone nobody can publish a byte that the publisher did not sign.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, Timestamp

from smartclient.backoffice.operations.catalogue_files import (
    TIMESTAMP_FILE,
    ServedCatalogue,
)
from smartclient.backoffice.operations.catalogue_intake import ROOT, read_delivery
from smartclient.domain.errors import BadInput, NotAllowed
from smartclient.wire.catalogue import DELEGATED_ROLES, TARGETS_ROLE
from smartclient.wire.encoding import sha256

SNAPSHOT_VALID = timedelta(days=7)
TIMESTAMP_VALID = timedelta(days=1)
LOCK_WAIT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class OnlineKeys:
    """The keys of snapshot and timestamp, as the publisher handed them over."""

    snapshot: CryptoSigner
    timestamp: CryptoSigner

    @classmethod
    def read(cls, folder: Path) -> "OnlineKeys":
        """The two keys of a folder; BadInput SC-CAT-070 names the one that cannot be read."""
        return cls(_key(folder, "snapshot"), _key(folder, "timestamp"))


def publish(signed: Path, served: ServedCatalogue, keys: OnlineKeys, now: datetime) -> str:
    """Serve what the publisher signed; returns the id of the set that is served from now on.

    Raises BadInput SC-CAT-071 when root names other on-line keys, SC-CAT-072 to SC-CAT-076 for
    what is wrong with the delivery, NotAllowed SC-CAT-078 while another process publishes. Then
    nothing changed.
    """
    with _alone(served.folder):
        delivery = read_delivery(signed, served, now)
        _require_named(keys, delivery.root)
        served.add(delivery.files)
        snapshot = _sign_snapshot(served, keys, now)
        served.add(delivery.roots)
        _sign_timestamp(served, keys, snapshot, now)
        content = delivery.catalogue_set.to_bytes()
        served.set_tag(f"{delivery.root.version}-{sha256(content)[:16]}")
    return delivery.catalogue_set.id


def refresh(served: ServedCatalogue, keys: OnlineKeys, now: datetime) -> bool:
    """Sign freshness again when half of its time is over; returns whether it was.

    To be called at start and every hour; does nothing before the first publishing. Raises
    BadInput SC-CAT-071 when root names other on-line keys.
    """
    current = _timestamp(served)
    if current is None or current.expires - now > TIMESTAMP_VALID / 2:
        return False
    newest_root = served.newest(ROOT)
    if newest_root:
        _require_named(keys, Metadata[Root].from_bytes(newest_root[1]).signed)
    with _alone(served.folder):
        snapshot = current.snapshot_meta.version
        content = served.metadata(f"{snapshot}.snapshot.json")
        expires = Metadata[Snapshot].from_bytes(content).signed.expires if content else now
        if expires - now <= SNAPSHOT_VALID / 2:
            snapshot = _sign_snapshot(served, keys, now)
        _sign_timestamp(served, keys, snapshot, now)
    return True


def _key(folder: Path, name: str) -> CryptoSigner:
    try:
        key = load_pem_private_key((folder / f"{name}.pem").read_bytes(), None)
    except (OSError, ValueError, TypeError) as wrong:
        raise BadInput("SC-CAT-070", key=name) from wrong
    if not isinstance(key, Ed25519PrivateKey):
        raise BadInput("SC-CAT-070", key=name)
    return CryptoSigner(key)


def _require_named(keys: OnlineKeys, root: Root) -> None:
    for role, signer in (("snapshot", keys.snapshot), ("timestamp", keys.timestamp)):
        if signer.public_key.keyid not in root.get_delegated_role(role).keyids:
            raise BadInput("SC-CAT-071", key=role)


def _timestamp(served: ServedCatalogue) -> Timestamp | None:
    content = served.metadata(TIMESTAMP_FILE)
    return None if content is None else Metadata[Timestamp].from_bytes(content).signed


def _next(previous: int, now: datetime) -> int:
    """Versions follow the minutes, so that a server restored from a copy does not go back."""
    return max(previous + 1, int(now.timestamp() // 60))


def _sign_snapshot(served: ServedCatalogue, keys: OnlineKeys, now: datetime) -> int:
    """Write a snapshot of the newest version of each role; returns its version."""
    version = _next(max(served.versions("snapshot"), default=0), now)
    expires = (now + SNAPSHOT_VALID).replace(microsecond=0)
    snapshot = Snapshot(version=version, expires=expires)
    for role in (TARGETS_ROLE, *DELEGATED_ROLES):
        newest = served.newest(role)
        if newest:
            snapshot.meta[f"{role}.json"] = MetaFile.from_data(newest[0], newest[1], ["sha256"])
    metadata = Metadata(snapshot)
    metadata.sign(keys.snapshot)
    served.add({f"metadata/{version}.snapshot.json": metadata.to_bytes()})
    return version


def _sign_timestamp(
    served: ServedCatalogue, keys: OnlineKeys, snapshot: int, now: datetime
) -> None:
    current = _timestamp(served)
    content = served.metadata(f"{snapshot}.snapshot.json") or b""
    timestamp = Timestamp(
        version=_next(current.version if current else 0, now),
        expires=(now + TIMESTAMP_VALID).replace(microsecond=0),
        snapshot_meta=MetaFile.from_data(snapshot, content, ["sha256"]),
    )
    metadata = Metadata(timestamp)
    metadata.sign(keys.timestamp)
    served.set_timestamp(metadata.to_bytes())


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time signs. SQLite's lock is the one that every system frees at a kill."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = sqlite3.connect(folder / "lock", timeout=LOCK_WAIT_SECONDS, isolation_level=None)
    with closing(lock):
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as busy:
            raise NotAllowed("SC-CAT-078") from busy
        yield
