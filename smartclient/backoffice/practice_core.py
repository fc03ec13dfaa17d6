"""A practice core system: a process of its own that knows the batch folder and one certificate.

    python -m smartclient.backoffice.practice_core --folder DIR --trust export-manifest.pem --once

It takes each batch that is READY, checks the signature, the chain of manifests and every line, and
answers beside the folder. It imports nothing of the back office: what it needs stands in the batch.
"""

import argparse
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import zstandard
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from smartclient.domain.errors import BadInput, Damaged, SmartClientError
from smartclient.domain.ids import Sha256
from smartclient.domain.sentences import text_for
from smartclient.wire import encoding
from smartclient.wire.batches import (
    BLOBS,
    MANIFEST,
    PAYLOAD,
    READY,
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

LOOK_AGAIN_SECONDS = 2.0
MAX_LINE_BYTES = 40_000_000


@dataclass(frozen=True, slots=True)
class CoreSystem:
    """Takes batches from a folder; `refused_numbers` are rejected, to practise that as well."""

    folder: Path
    trusted: x509.Certificate
    refused_numbers: frozenset[str] = frozenset()

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
        """Check a batch and answer it. Damaged SC-EXP-010 or -011: then nothing is answered."""
        manifest, digest = self._manifest(batch)
        accepted: list[Accepted] = []
        rejected: list[Rejected] = []
        lines = self._lines(batch, manifest)
        for document, line in zip(manifest.documents, lines, strict=True):
            reason = self._reason_to_refuse(self.folder / batch, document, line)
            if reason:
                rejected.append(Rejected(document.id, document.version, reason))
            else:
                accepted.append(Accepted(document.id, document.version))
        answer = Acknowledgement(batch, digest, tuple(accepted), tuple(rejected))
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
        """Whether it names the batch before it, as far as that one is still here."""
        before = [
            path.name
            for path in self.folder.glob("smartclient-*")
            if is_batch_name(path.name) and path.name < manifest.batch
        ]
        if not before:
            return True
        previous = _read(self.folder / max(before) / MANIFEST, manifest.batch)
        return encoding.sha256(previous) == manifest.previous_sha256

    def _lines(self, batch: str, manifest: Manifest) -> list[JsonObject]:
        packed = _read(self.folder / batch / PAYLOAD, batch)
        if encoding.sha256(packed) != manifest.payload_sha256:
            raise Damaged("SC-EXP-010", batch=batch)
        lines = [mapping(encoding.parse(line)) for line in _unpacked_lines(packed)]
        if len(lines) != len(manifest.documents):
            raise Damaged("SC-EXP-010", batch=batch)
        return lines

    def _reason_to_refuse(
        self, folder: Path, document: BatchedDocument, line: JsonObject
    ) -> str | None:
        try:
            told = BatchedDocument.from_json(line)
            body = mapping(line.get("body"), "body")
            names = listed(line, "blobs", sha256_text, 1_000)
        except BadInput:
            return "the line cannot be read"
        if told != document or encoding.sha256(encoding.canonical(body)) != document.sha256:
            return "the line is not the one of the manifest"
        for name in names:
            path = folder / BLOBS / name
            if not path.exists() or encoding.sha256(path.read_bytes()) != name:
                return "an attachment is missing or damaged"
        if body.get("number") in self.refused_numbers:
            return "refused for practice"
        return None


def _unpacked_lines(packed: bytes) -> Iterator[bytes]:
    with zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True) as reader:
        rest = b""
        while chunk := reader.read(1 << 20):
            *whole, rest = (rest + chunk).split(b"\n")
            yield from whole
            if len(rest) > MAX_LINE_BYTES:
                raise Damaged("SC-EXP-010", batch=PAYLOAD)


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
    parser.add_argument("--refuse", action="append", default=[], metavar="NUMBER")
    chosen = parser.parse_args(arguments)
    trusted = x509.load_pem_x509_certificate(chosen.trust.read_bytes())
    core = CoreSystem(chosen.folder, trusted, frozenset(chosen.refuse))
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
