"""An old image of the disk: what was typed on it is kept, whatever the server has meanwhile."""

import shutil
from pathlib import Path

import pytest

from smartclient.domain.errors import Unreachable
from smartclient.domain.ids import DocumentId
from smartclient.wire.transport import Reply, Request
from tests.simulators.exchanging_laptop import ExchangingLaptop
from tests.simulators.network import Network
from tests.unit.store.documents import offer


def save(laptop: ExchangingLaptop, document: DocumentId, name: str) -> None:
    with laptop.database.write() as tx:
        found = tx.documents.get(document)
        tx.documents.save(document, {**found.body, "client_name": name}, found.row.stage)


def image(laptop: ExchangingLaptop) -> Path:
    laptop.database.close()
    copied = laptop.folder.with_name(f"{laptop.folder.name}-image")
    shutil.copytree(laptop.folder, copied)
    laptop.start()
    return copied


def put_back(laptop: ExchangingLaptop, copied: Path) -> None:
    laptop.database.close()
    shutil.rmtree(laptop.folder)
    shutil.copytree(copied, laptop.folder)
    laptop.start()


def test_that_text_on_an_old_disk_meets_a_newer_version_as_a_conflict(
    laptop: ExchangingLaptop, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The image holds an edit that never left; its successor stands in a lineage of the server."""
    with laptop.database.write() as tx:
        document = tx.documents.create(offer()).id
    laptop.synchronise()
    save(laptop, document, "A")
    copied = image(laptop)
    save(laptop, document, "B")
    real = network.send

    def without_push(request: Request) -> Reply:
        if request.path.startswith("/v1/push"):
            raise Unreachable("SC-SYNC-020")
        return real(request)

    with monkeypatch.context() as patch:
        patch.setattr(network, "send", without_push)
        with pytest.raises(Unreachable):
            laptop.synchronise()
    save(laptop, document, "C")
    laptop.synchronise()
    put_back(laptop, copied)
    save(laptop, document, "written on the old disk")
    assert laptop.synchronise().conflicts == 1
    laptop.synchronise()
    with laptop.database.read() as tx:
        (conflict,) = tx.conflicts.open()
        assert conflict.body["client_name"] == "written on the old disk"
        assert tx.documents.get(document).body["client_name"] == "C"
