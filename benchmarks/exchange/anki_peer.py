"""Anki's sync server with the same work, run by an interpreter that has the package `anki`.

    python anki_peer.py DOCUMENTS BODY_BYTES FILES FILE_BYTES

Prints one JSON object: seconds of push and pull, of the collection alone and with its media, and
the 95th percentile of a synchronisation with nothing to do, in milliseconds. Loopback without TLS,
nothing encrypted at rest: less work than ours. Not imported by the bench.
"""

import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from anki.collection import AddNoteRequest, Collection
from anki.sync import SyncAuth

_QUIET = 200


def main(documents: int, body_bytes: int, files: int, file_bytes: int) -> None:
    """Two collections of one user: the first pushes everything, the second pulls it."""
    with tempfile.TemporaryDirectory() as place, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        own = {"SYNC_USER1": "u:p", "SYNC_BASE": f"{place}/server", "SYNC_HOST": "127.0.0.1"}
        server = subprocess.Popen(
            [sys.executable, "-m", "anki.syncserver"],
            env={**os.environ, **own, "SYNC_PORT": str(port), "RUST_LOG": "error"},
        )
        try:
            _await(port)
            told = _measured(Path(place), port, documents, body_bytes, files, file_bytes)
        finally:
            server.kill()
            server.wait()
    print(json.dumps(told))


def _measured(
    folder: Path, port: int, documents: int, body_bytes: int, files: int, file_bytes: int
) -> dict[str, float]:
    address = f"http://127.0.0.1:{port}/"
    first, second = Collection(f"{folder}/a.anki2"), Collection(f"{folder}/b.anki2")
    auth = first.sync_login("u", "p", address)
    for collection, upload in ((first, True), (second, False)):
        collection.sync_collection(auth, False)
        collection.close_for_full_sync()
        collection.full_upload_or_download(auth=auth, server_usn=None, upload=upload)
        collection.reopen(after_full_sync=True)
    kind, deck = first.models.by_name("Basic"), first.decks.id("Default")
    requests = []
    for number in range(documents):
        note = first.new_note(kind)
        note.fields[:2] = [str(number), secrets.token_hex(body_bytes // 2)]
        requests.append(AddNoteRequest(note=note, deck_id=deck))
    first.add_notes(requests)
    for number in range(files):
        first.media.write_data(f"{number}.bin", secrets.token_bytes(file_bytes))
    push, push_all = _synchronised(first, auth)
    pull, pull_all = _synchronised(second, auth)
    assert second.note_count() == documents
    assert sum(1 for _ in Path(second.media.dir()).iterdir()) == files
    quiet = sorted(_seconds(first, auth) for _ in range(_QUIET))
    return {
        "push": push,
        "push_all": push_all,
        "pull": pull,
        "pull_all": pull_all,
        "quiet_p95_ms": quiet[int(_QUIET * 0.95)] * 1e3,
    }


def _seconds(collection: Collection, auth: SyncAuth) -> float:
    begun = time.perf_counter()
    collection.sync_collection(auth, False)
    return time.perf_counter() - begun


def _synchronised(collection: Collection, auth: SyncAuth) -> tuple[float, float]:
    """Seconds of the collection, and with the media behind it."""
    begun = time.perf_counter()
    alone = _seconds(collection, auth)
    collection.sync_media(auth)
    while collection.media_sync_status().active:
        time.sleep(0.002)
    return alone, time.perf_counter() - begun


def _await(port: int) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
