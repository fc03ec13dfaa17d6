"""How a blob store fails: a file that cannot be read, one that is gone, the store away."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from smartclient.backoffice.operations.blob_folder import BlobFolder
from smartclient.backoffice.operations.blob_store import place_of
from smartclient.backoffice.tables import schema
from smartclient.domain.ids import RecordId
from tests.simulators.adviser import Draft, sha_of
from tests.simulators.inprocess import InProcessServer


def large(draft: Draft) -> bytes:
    """A file of the document that lies in the store and not in the database."""
    return b"%PDF " + draft.id.encode() + bytes(300_000)


def lies_at(server: InProcessServer, content: bytes) -> Path:
    """Where the file with this content lies."""
    table = schema.blob
    query = select(table.c.file).where(table.c.sha256 == sha_of(content))
    with server.office.reading() as desk:
        name = desk.connection.execute(query).scalar_one()
    assert isinstance(server.office.blobs, BlobFolder)
    return server.office.blobs.path / place_of(name)


@contextmanager
def unreadable(place: Path) -> Iterator[None]:
    """Opening it is an OSError, for whoever asks: something that is no file stands there."""
    aside = place.with_name(f"{place.name}.aside")
    place.rename(aside)
    place.mkdir()
    yield
    place.rmdir()
    aside.rename(place)


@contextmanager
def away(server: InProcessServer) -> Iterator[None]:
    """The whole store cannot be read."""
    assert isinstance(server.office.blobs, BlobFolder)
    folder = server.office.blobs.path
    aside = folder.with_name("aside")
    folder.rename(aside)
    folder.write_bytes(b"")
    yield
    folder.unlink()
    aside.rename(folder)


@contextmanager
def gone(place: Path) -> Iterator[None]:
    """Nothing stands there."""
    aside = place.with_name(f"{place.name}.aside")
    place.rename(aside)
    yield
    aside.rename(place)


def exportable(server: InProcessServer) -> set[RecordId]:
    table = schema.record
    query = select(table.c.id).where(table.c.exportable)
    with server.office.reading() as desk:
        return {RecordId(each) for each in desk.connection.execute(query).scalars()}


def waiting(server: InProcessServer) -> set[RecordId]:
    with server.office.reading() as desk:
        return set(desk.connection.execute(select(schema.judgement_due.c.document)).scalars())


def times_asked(caplog: pytest.LogCaptureFixture) -> int:
    return [record.message for record in caplog.records].count("blob store")
