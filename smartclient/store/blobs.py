"""Attachments and PDFs: each an AES-256-GCM file with a random name; its key stands in its row.

The digest of the content is the name by which records know a blob. Deleting the row destroys the
content, whatever the disk keeps of the file.
"""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import bindparam, delete, insert, select

from smartclient.domain.errors import Damaged, NotAllowed
from smartclient.domain.ids import Sha256
from smartclient.store.durable import write_durably
from smartclient.store.many import among, given
from smartclient.store.schema import blob
from smartclient.store.unit_of_work import UnitOfWork
from smartclient.wire.encoding import sha256

_KEY_BITS = 256
_NONCE = bytes(12)  # each key encrypts one content once
_FORMAT = b"smartclient-blob-v1 "
_SEALED = select(blob.c.sha256, blob.c.file, blob.c.key).where(among(blob.c.sha256))


@dataclass(frozen=True, slots=True)
class SealedBlob:
    """Where a blob lies, and how it is opened; readable after its transaction has ended."""

    digest: Sha256
    file: Path
    key: bytes

    def open(self) -> bytes:
        """The content; Damaged SC-STORE-007.

        It was sealed with its digest by a key of its own: what opens is what the digest was of.
        """
        try:
            sealed = self.file.read_bytes()
            return AESGCM(self.key).decrypt(_NONCE, sealed, _FORMAT + self.digest.encode())
        except (FileNotFoundError, InvalidTag) as broken:
            raise Damaged("SC-STORE-007") from broken


class Blobs:
    """The blobs of one transaction."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    def put(self, content: bytes) -> Sha256:
        """Keep the content and give its digest; the same content is kept once.

        The file is on the disk before the transaction commits. Raises NoSpace SC-STORE-010.
        """
        digest = sha256(content)
        if self.has(digest):
            return digest
        key, name = AESGCM.generate_key(_KEY_BITS), self._unit.ids.new()
        sealed = AESGCM(key).encrypt(_NONCE, content, _FORMAT + digest.encode())
        write_durably(self._file(name), sealed)
        row = {"sha256": digest, "file": name, "key": key, "size": len(content)}
        self._unit.connection.execute(insert(blob), row)
        return digest

    def has(self, digest: Sha256) -> bool:
        """Whether the content is here."""
        there = select(blob.c.file).where(blob.c.sha256 == digest)
        return self._unit.connection.execute(there).first() is not None

    def get(self, digest: Sha256) -> bytes:
        """The content; NotAllowed SC-STORE-022 when it is not here, Damaged SC-STORE-007."""
        sealed = self.sealed([digest]).get(digest)
        if sealed is None:
            raise NotAllowed("SC-STORE-022")
        return sealed.open()

    def sealed(self, digests: Sequence[Sha256]) -> Mapping[Sha256, SealedBlob]:
        """Those of these blobs that are here."""
        found = self._unit.connection.execute(_SEALED, given(digests)).all()
        return {
            Sha256(digest): SealedBlob(Sha256(digest), self._file(name), key)
            for digest, name, key in found
        }

    def drop(self, digest: Sha256) -> None:
        """Forget the content; its file goes at the next sweep."""
        self._unit.connection.execute(delete(blob).where(blob.c.sha256 == digest))

    def drop_all(self, digests: Iterable[str]) -> None:
        """Forget these contents as `drop` does."""
        gone = [{"digest": digest} for digest in digests]
        if gone:
            dropped = delete(blob).where(blob.c.sha256 == bindparam("digest"))
            self._unit.connection.execute(dropped, gone)

    def sweep(self) -> None:
        """Delete files that no row names, left by a kill or by `drop`, and what lies readable."""
        self.remove_unnamed()
        shutil.rmtree(self._unit.opened_folder, ignore_errors=True)

    def remove_unnamed(self) -> None:
        """Delete files that no row names.

        Safe only while this transaction writes, since blobs are written nowhere else.
        """
        named = set(self._unit.connection.execute(select(blob.c.file)).scalars())
        for file in self._unit.blob_folder.iterdir():
            if file.name not in named:
                file.unlink(missing_ok=True)

    def _file(self, name: str) -> Path:
        return self._unit.blob_folder / name
