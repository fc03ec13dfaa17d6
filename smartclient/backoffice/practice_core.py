"""A practice core system: a process of its own that knows the batch folder and one certificate.

    python -m smartclient.backoffice.practice_core --folder DIR --trust export-manifest.pem --once

It takes each batch that is READY, checks the signature, the chain of manifests, every file and
every line, and answers beside the folder. With `--key` it opens batches that are sealed for it;
what it opened goes with the process. It imports nothing of the back office: what it needs is in the
batch. Nothing is read as a whole but one line and the manifest.
"""

import argparse
import hashlib
import os
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO
from xml.parsers import expat

import zstandard
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from smartclient.domain.errors import BadInput, Damaged, SmartClientError
from smartclient.domain.ids import Sha256
from smartclient.domain.sentences import text_for
from smartclient.wire import encoding
from smartclient.wire.batches import (
    BLOBS,
    MANIFEST,
    PAYLOAD,
    READY,
    SEALED_SUFFIX,
    SIGNATURE,
    Accepted,
    Acknowledgement,
    BatchedDocument,
    Manifest,
    Rejected,
    ack_name,
    is_batch_name,
)
from smartclient.wire.messages import JsonObject, listed, mapping, sha256_text
from smartclient.wire.sealed_files import open_file

LOOK_AGAIN_SECONDS = 2.0
LAST_TAKEN = "last-taken.json"
"""Which batch was taken last, for when its folder has gone."""
MAX_LINE_BYTES = 40_000_000


@dataclass(frozen=True, slots=True)
class CoreSystem:
    """Takes batches from a folder; `refused_numbers` are rejected, to practise that as well."""

    folder: Path
    trusted: x509.Certificate
    refused_numbers: Mapping[str, str] | frozenset[str] = frozenset()
    """Numbers of documents, or numbers with the reason that is answered."""
    key: RSAPrivateKey | None = None
    """Opens batches that are sealed for this core."""

    def waiting(self) -> list[str]:
        """The batches that are ready and have no answer, the oldest first."""
        return sorted(
            path.name
            for path in self.folder.glob("smartclient-*")
            if is_batch_name(path.name)
            and (path / READY).exists()
            and not (self.folder / ack_name(path.name)).exists()
        )

    def take(self, batch: str) -> Acknowledgement:
        """Check a batch and answer it.

        Damaged SC-EXP-010, SC-EXP-011 or SC-EXP-015 for one that cannot be trusted: then nothing is
        answered.
        """
        manifest, digest = self._manifest(batch)
        accepted: list[Accepted] = []
        rejected: list[Rejected] = []
        with TemporaryDirectory(prefix="practice-core-") as scratch:
            batch_files = _Files(self.folder / batch, Path(scratch), batch, self.key)
            _check_files(batch_files, manifest)
            for document, line in _documents_with_lines(batch_files, manifest):
                if reason := self._reason_to_refuse(batch_files, document, line):
                    rejected.append(Rejected(document.id, document.version, reason))
                else:
                    accepted.append(Accepted(document.id, document.version))
        answer = Acknowledgement(batch, digest, tuple(accepted), tuple(rejected))
        _write_whole(self.folder / LAST_TAKEN, encoding.canonical({"batch": batch, "sha": digest}))
        _write_whole(self.folder / ack_name(batch), encoding.canonical(answer.to_json()))
        return answer

    def _manifest(self, batch: str) -> tuple[Manifest, Sha256]:
        content = _read(self.folder / batch / MANIFEST, batch)
        signature = _read(self.folder / batch / SIGNATURE, batch)
        key = self.trusted.public_key()
        try:
            if not isinstance(key, EllipticCurvePublicKey):
                raise InvalidSignature
            key.verify(signature, content, ECDSA(SHA256()))
        except InvalidSignature as forged:
            raise Damaged("SC-EXP-011", batch=batch) from forged
        try:
            manifest = Manifest.from_json(encoding.parse(content))
        except BadInput as broken:
            raise Damaged("SC-EXP-010", batch=batch) from broken
        if manifest.batch != batch or not self._follows(manifest):
            raise Damaged("SC-EXP-010", batch=batch)
        return manifest, encoding.sha256(content)

    def _follows(self, manifest: Manifest) -> bool:
        """Whether it names the batch before it: the one in the folder, or else the last taken."""
        before = [
            path.name
            for path in self.folder.glob("smartclient-*")
            if is_batch_name(path.name) and path.name < manifest.batch
        ]
        if before:
            previous = _read(self.folder / max(before) / MANIFEST, manifest.batch)
            return encoding.sha256(previous) == manifest.previous_sha256
        last = self.folder / LAST_TAKEN
        if not last.exists():
            return True
        taken = mapping(encoding.parse(last.read_bytes()))
        return manifest.previous_sha256 == taken.get("sha") or taken.get("batch") == manifest.batch

    def _reason_to_refuse(
        self, files: "_Files", document: BatchedDocument, line: JsonObject
    ) -> str | None:
        try:
            told = BatchedDocument.from_json(line)
            body = mapping(line.get("body"), "body")
            names = listed(line, "blobs", sha256_text, 1_000)
        except BadInput:
            return "the line cannot be read"
        if told != document or encoding.sha256(encoding.canonical(body)) != document.sha256:
            return "the line is not the one of the manifest"
        if not all(files.holds(name) for name in names):
            return "an attachment is missing or damaged"
        number = body.get("number")
        if isinstance(self.refused_numbers, Mapping):
            return self.refused_numbers.get(str(number))
        return "refused for practice" if number in self.refused_numbers else None


class _Files:
    """The files of a batch as they were before they were sealed, read piece by piece."""

    def __init__(self, folder: Path, scratch: Path, batch: str, key: RSAPrivateKey | None) -> None:
        self._folder = folder
        self._scratch = scratch
        self._batch = batch
        self._key = key

    @contextmanager
    def reading(self, name: str) -> Iterator[BinaryIO]:
        """The file, opened where it is sealed; Damaged SC-EXP-010 or SC-EXP-015."""
        plain, sealed = self._folder / name, self._folder / (name + SEALED_SUFFIX)
        try:
            if sealed.exists():
                plain = self._opened(sealed)
            with plain.open("rb") as file:
                yield file
        except OSError as missing:
            raise Damaged("SC-EXP-010", batch=self._batch) from missing
        finally:
            if plain.parent == self._scratch:
                plain.unlink(missing_ok=True)

    def digest(self, name: str) -> Sha256:
        """SHA-256 of the file."""
        hashed = hashlib.sha256()
        with self.reading(name) as file:
            while chunk := file.read(1 << 20):
                hashed.update(chunk)
        return Sha256(hashed.hexdigest())

    def holds(self, blob: Sha256) -> bool:
        """Whether the attachment is there and whole."""
        try:
            return self.digest(f"{BLOBS}/{blob}") == blob
        except Damaged:
            return False

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a packed file; Damaged SC-EXP-010 when it cannot be unpacked."""
        try:
            with self.unpacked(name) as reader:
                rest = b""
                while chunk := reader.read(1 << 20):
                    *whole, rest = (rest + chunk).split(b"\n")
                    yield from whole
                    if len(rest) > MAX_LINE_BYTES:
                        raise Damaged("SC-EXP-010", batch=self._batch)
        except zstandard.ZstdError as broken:
            raise Damaged("SC-EXP-010", batch=self._batch) from broken

    @contextmanager
    def unpacked(self, name: str) -> Iterator[zstandard.ZstdDecompressionReader]:
        """A packed file, unpacked as a stream."""
        with self.reading(name) as file:
            decompressor = zstandard.ZstdDecompressor()
            with decompressor.stream_reader(file, read_across_frames=True) as reader:
                yield reader

    def _opened(self, sealed: Path) -> Path:
        if self._key is None:
            raise Damaged("SC-EXP-015")
        plain = self._scratch / sealed.name
        with sealed.open("rb") as source, plain.open("wb") as target:
            open_file(source, target, self._key)
        return plain


def _check_files(files: _Files, manifest: Manifest) -> None:
    """Raise Damaged SC-EXP-010 unless every file is the one that the manifest names."""
    if files.digest(PAYLOAD) != manifest.payload_sha256:
        raise Damaged("SC-EXP-010", batch=manifest.batch)
    for named in manifest.files:
        if files.digest(named.name) != named.sha256:
            raise Damaged("SC-EXP-010", batch=manifest.batch)
        if named.name.endswith(".xml.zst") and _requests(files, named.name) != named.entries:
            raise Damaged("SC-EXP-010", batch=manifest.batch)


def _requests(files: _Files, name: str) -> int:
    """How many requests a well-formed TXLife document holds; -1 for one that is not."""
    found = 0

    def begun(element: str, _attributes: object) -> None:
        nonlocal found
        found += element == "TXLifeRequest"

    parser = expat.ParserCreate()
    parser.StartElementHandler = begun
    try:
        with files.unpacked(name) as reader:
            while chunk := reader.read(1 << 20):
                parser.Parse(chunk)
        parser.Parse(b"", True)
    except (expat.ExpatError, zstandard.ZstdError):
        return -1
    return found


def _documents_with_lines(
    files: _Files, manifest: Manifest
) -> Iterator[tuple[BatchedDocument, JsonObject]]:
    """Each document with its line; Damaged SC-EXP-010 when there are more or fewer."""
    lines = files.lines(PAYLOAD)
    for document in manifest.documents:
        line = next(lines, None)
        if line is None:
            raise Damaged("SC-EXP-010", batch=manifest.batch)
        yield document, mapping(encoding.parse(line))
    if next(lines, None) is not None:
        raise Damaged("SC-EXP-010", batch=manifest.batch)


def _read(path: Path, batch: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as missing:
        raise Damaged("SC-EXP-010", batch=batch) from missing


def _write_whole(path: Path, content: bytes) -> None:
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def main(arguments: Sequence[str]) -> int:
    """Answer what is there, or go on until stopped; exit 2 when a batch cannot be trusted."""
    parser = argparse.ArgumentParser(prog="practice_core", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--trust", type=Path, required=True, help="certificate of the manifests")
    parser.add_argument("--once", action="store_true", help="answer what is there and end")
    parser.add_argument("--key", type=Path, help="the core's own key, for sealed batches")
    parser.add_argument("--refuse", action="append", default=[], metavar="NUMBER[=REASON]")
    chosen = parser.parse_args(arguments)
    trusted = x509.load_pem_x509_certificate(chosen.trust.read_bytes())
    told = (each.partition("=") for each in chosen.refuse)
    refused = {number: reason or "refused for practice" for number, _, reason in told}
    core = CoreSystem(chosen.folder, trusted, refused, chosen.key and _own_key(chosen.key))
    stop = threading.Event()
    while True:
        try:
            for batch in core.waiting():
                answer = core.take(batch)
                _report(answer)
        except SmartClientError as refusal:
            sys.stderr.write(f"{refusal.code}: {text_for(refusal)}\n")
            return 2
        if chosen.once or stop.wait(LOOK_AGAIN_SECONDS):
            return 0


def _own_key(path: Path) -> RSAPrivateKey:
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise BadInput("SC-EXP-014")
    return key


def _report(answer: Acknowledgement) -> None:
    told: JsonObject = {
        "batch": answer.batch,
        "accepted": len(answer.accepted),
        "rejected": len(answer.rejected),
    }
    sys.stdout.write(encoding.canonical(told).decode() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
