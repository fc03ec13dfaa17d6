"""An old image of the disk: what was typed on it is kept, whatever the server has meanwhile."""

import shutil
from pathlib import Path

import pytest

from smartclient.domain.errors import Unreachable
from smartclient.domain.ids import DocumentId
from smartclient.store.records import Records
from tests.simulators.exchanging_laptop import ExchangingLaptop
from tests.simulators.network import Fault, Network
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
    laptop: ExchangingLaptop, network: Network
) -> None:
    """The image holds an edit that never left; its successor stands in a lineage of the server."""
    with laptop.database.write() as tx:
        document = tx.documents.create(offer()).id
    laptop.synchronise()
    save(laptop, document, "A")
    copied = image(laptop)
    save(laptop, document, "B")
    network.expect([Fault.NONE, Fault.LOSE_REQUEST])
    with pytest.raises(Unreachable):
        laptop.synchronise()
    assert network.requests[-1] == "/v1/push"
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


def test_that_an_edit_over_what_was_sent_before_the_disk_was_put_back_is_no_conflict(
    laptop: ExchangingLaptop,
) -> None:
    """The image never sent what it holds; the server has it, and the edit stands on it."""
    with laptop.database.write() as tx:
        document = tx.documents.create(offer()).id
    copied = image(laptop)
    laptop.synchronise()
    put_back(laptop, copied)
    save(laptop, document, "one edit")
    save(laptop, document, "written on the old disk")
    assert laptop.synchronise().conflicts == 0
    with laptop.database.read() as tx:
        assert tx.documents.get(document).body["client_name"] == "written on the old disk"


def test_that_an_old_disk_takes_what_its_later_life_wrote_over_it(
    laptop: ExchangingLaptop,
) -> None:
    """What the image holds unsent was edited on and sent: the newer text stands on it."""
    with laptop.database.write() as tx:
        document = tx.documents.create(offer()).id
    copied = image(laptop)
    save(laptop, document, "edited on")
    laptop.synchronise()
    put_back(laptop, copied)
    assert laptop.synchronise().conflicts == 0
    with laptop.database.read() as tx:
        assert tx.documents.get(document).body["client_name"] == "edited on"


def test_that_saving_often_pushes_nothing_out_of_the_lineage(laptop: ExchangingLaptop) -> None:
    """Only what was found at the start may be known to somebody else."""
    with laptop.database.write() as tx:
        document = tx.documents.create(offer()).id
    laptop.synchronise()
    for count in range(3):
        laptop.database.close()
        laptop.start()
        for again in range(5):
            save(laptop, document, f"{count} {again}")
    with laptop.database.read() as tx:
        state = Records(tx.unit).find(document)
    assert state is not None
    assert len(state.lineage) == 3
