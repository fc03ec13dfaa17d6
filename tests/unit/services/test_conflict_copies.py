"""The values of an edit in conflict go into a new document, whatever its kind (SC-53)."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from smartclient.domain.document_life import DocumentKind, Stage
from smartclient.domain.ids import DocumentId
from smartclient.store.conflicts import Reason
from smartclient.wire.values import mapping
from tests.simulators.laptop import Laptop
from tests.unit.services.test_kinds_of_documents import change, modelling, stored


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    made = Laptop(tmp_path, every_kind=True)
    yield made
    made.close()


def claim(laptop: Laptop) -> DocumentId:
    return laptop.forms.start(laptop.new_client(), "other-claim")


def offer(laptop: Laptop) -> DocumentId:
    return laptop.forms.start(laptop.new_client(), "flexi-offer")


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (offer, DocumentKind.OFFER),
        (modelling, DocumentKind.MODELLING),
        (change, DocumentKind.CHANGE_REQUEST),
        (claim, DocumentKind.OTHER),
    ],
)
@pytest.mark.parametrize("reason", list(Reason))
def test_that_a_copy_is_of_the_same_kind_and_the_document_stays_as_it_is(
    laptop: Laptop,
    make: Callable[[Laptop], DocumentId],
    kind: DocumentKind,
    reason: Reason,
) -> None:
    document_id = make(laptop)
    before = stored(laptop, document_id)
    with laptop.db.write() as tx:
        conflict = tx.conflicts.keep(document_id, reason, before.body, Stage.COMPLETE)
    both = laptop.forms.compared(conflict.id)
    assert all(not each.differs for each in both)
    copy = stored(laptop, laptop.forms.copy_conflict(conflict.id))
    assert copy.row.kind is kind
    assert copy.row.stage is Stage.DRAFT
    assert copy.row.id != document_id
    assert copy.row.number not in ("", before.row.number)
    assert copy.body.get("contract") == before.body.get("contract")
    assert copy.body.get("baseline") == before.body.get("baseline")
    assert (
        mapping(copy.body["answers"], "answers").keys()
        <= mapping(before.body["answers"], "answers").keys()
    )
    assert stored(laptop, document_id) == before
    with laptop.db.read() as tx:
        assert tx.conflicts.open() == ()
        assert tx.conflicts.get(conflict.id).copied_to == copy.row.id


def test_that_values_set_aside_are_kept_and_can_be_copied_later(laptop: Laptop) -> None:
    document_id = offer(laptop)
    with laptop.db.write() as tx:
        body = tx.documents.get(document_id).body
        conflict = tx.conflicts.keep(document_id, Reason.LOCKED, body, Stage.DRAFT)
        tx.conflicts.close(conflict.id)
        assert tx.conflicts.count() == 0
        tx.conflicts.reopen(conflict.id)
        assert tx.conflicts.count() == 1
    assert laptop.forms.copy_conflict(conflict.id) != document_id
