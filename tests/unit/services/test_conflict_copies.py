"""The values of an edit in conflict go into a new document, whatever its kind (SC-53)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from smartclient.domain.document_life import DocumentKind, Stage
from smartclient.domain.ids import DocumentId, RecordId
from smartclient.forms.carrying import is_always_calculated, leaves
from smartclient.forms.model import FieldSpec
from smartclient.services.documents import Documents
from smartclient.services.forms.body import versions_of
from smartclient.services.forms.variants import answers_by_letter, open_letter
from smartclient.store.conflicts import Reason
from smartclient.wire.messages import Json, JsonObject
from smartclient.wire.values import mapping
from tests.simulators.laptop import Laptop
from tests.unit.forms.published import answers
from tests.unit.services.test_kinds_of_documents import change, edit, modelling, stored

HEALTH = "Zdravotní dotazy"


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    made = Laptop(tmp_path, every_kind=True)
    yield made
    made.close()


def claim(laptop: Laptop) -> DocumentId:
    return filled(laptop, "other-claim", answers("other-claim", "accident"))


def offer(laptop: Laptop) -> DocumentId:
    return filled(laptop, "flexi-offer", answers("flexi-offer", "family", version=2))


def filled(laptop: Laptop, form_id: str, typed: JsonObject) -> DocumentId:
    """A draft with whole answers, health, declarations and signing among them."""
    document_id = laptop.forms.start(laptop.new_client(), form_id)
    with laptop.db.write() as tx:
        body = {**tx.documents.get(document_id).body, "answers": typed}
        tx.documents.save(document_id, body, Stage.DRAFT)
    return document_id


def in_conflict(laptop: Laptop, document_id: DocumentId, reason: Reason = Reason.LOCKED) -> str:
    """The document as it stands, as an edit that lost."""
    with laptop.db.write() as tx:
        body = tx.documents.get(document_id).body
        return tx.conflicts.keep(document_id, reason, body, Stage.COMPLETE).id


def fields_of(laptop: Laptop, body: JsonObject, *, marked: bool) -> dict[str, Json]:
    """The answers of a body by their path: those a copy takes along, or those it leaves."""
    form_id, version, _tariff, _rates = versions_of(body)
    package = laptop.library.package(form_id, version)
    return {
        leaf.path: leaf.value
        for leaf in leaves(package, mapping(body["answers"], "answers"))
        if isinstance(leaf.spec, FieldSpec) and leaf.spec.copied is marked
        if not is_always_calculated(package, leaf.spec)
    }


@pytest.mark.parametrize(
    ("make", "kind", "chapters"),
    [
        (offer, DocumentKind.OFFER, (HEALTH, "Souhlasy a podpis")),
        (modelling, DocumentKind.MODELLING, ()),
        (change, DocumentKind.CHANGE_REQUEST, ()),
        (claim, DocumentKind.OTHER, ("Zdravotní stav", "Prohlášení a podpis")),
    ],
)
@pytest.mark.parametrize("reason", list(Reason))
def test_that_exactly_what_the_form_keeps_back_stays_in_the_conflict_and_is_named(
    laptop: Laptop,
    make: Callable[[Laptop], DocumentId],
    kind: DocumentKind,
    chapters: tuple[str, ...],
    reason: Reason,
) -> None:
    document_id = make(laptop)
    edit(laptop, document_id)  # what follows by computation is worked out
    before = stored(laptop, document_id)
    with laptop.db.write() as tx:
        conflict = tx.conflicts.keep(document_id, reason, before.body, Stage.COMPLETE)
    both = laptop.forms.compared(conflict.id)
    assert all(not each.differs for each in both)
    assert laptop.forms.left_behind(conflict.id) == chapters
    copy = stored(laptop, laptop.forms.copy_conflict(conflict.id))
    assert copy.row.kind is kind
    assert copy.row.stage is Stage.DRAFT
    assert copy.row.id != document_id
    assert copy.row.number not in ("", before.row.number)
    assert copy.body.get("contract") == before.body.get("contract")
    assert copy.body.get("baseline") == before.body.get("baseline")
    assert fields_of(laptop, before.body, marked=True)
    assert fields_of(laptop, before.body, marked=False) or not chapters
    assert fields_of(laptop, copy.body, marked=True) == fields_of(laptop, before.body, marked=True)
    assert fields_of(laptop, copy.body, marked=False) == {}
    assert stored(laptop, document_id) == before
    with laptop.db.read() as tx:
        assert tx.conflicts.open() == ()
        (settled,) = tx.conflicts.settled()
    assert settled.copied_to == copy.row.id
    assert settled.body == before.body, "what did not go along is kept"


def test_that_values_set_aside_are_kept_and_can_be_copied_later(laptop: Laptop) -> None:
    document_id = offer(laptop)
    conflict_id = in_conflict(laptop, document_id)
    with laptop.db.write() as tx:
        tx.conflicts.close(conflict_id)
        assert tx.conflicts.count() == 0
        tx.conflicts.reopen(conflict_id)
        assert tx.conflicts.count() == 1
    assert laptop.forms.copy_conflict(conflict_id) != document_id


def test_that_a_chapter_without_answers_is_not_named_among_those_that_stay_behind(
    laptop: Laptop,
) -> None:
    begun = laptop.forms.start(laptop.new_client(), "flexi-offer")
    conflict_id = in_conflict(laptop, begun)
    assert HEALTH not in laptop.forms.left_behind(conflict_id)


def test_that_a_copied_conflict_can_be_looked_at_and_taken_back(laptop: Laptop) -> None:
    documents = Documents(laptop.db, laptop.clock, lambda form: form)
    conflict_id = in_conflict(laptop, offer(laptop))
    (before,) = documents.conflicts()
    assert before.settled == ""
    copy = stored(laptop, laptop.forms.copy_conflict(conflict_id))
    (settled,) = documents.conflicts()
    assert settled.settled == f"Settled: your version was copied into document {copy.row.number}."
    assert settled.is_copied
    shown = {each.section for each in laptop.forms.compared(conflict_id) if each.yours}
    assert shown > set(laptop.forms.left_behind(conflict_id))
    documents.take_back(conflict_id)
    (again,) = documents.conflicts()
    assert again.settled == ""


def test_that_every_variant_of_a_modelling_goes_along(laptop: Laptop) -> None:
    document_id = modelling(laptop)
    laptop.forms.variants.add(document_id)
    edit(laptop, document_id, insured__0__covers__0__sum="777000")
    before = stored(laptop, document_id).body
    for made in (
        laptop.forms.copy_conflict(in_conflict(laptop, document_id)),
        laptop.forms.copy(document_id),
    ):
        copy = stored(laptop, made).body
        assert open_letter(copy) == "B"
        assert answers_by_letter(copy) == answers_by_letter(before)


def test_that_answers_find_their_place_in_a_newer_version_of_the_form(laptop: Laptop) -> None:
    document_id = laptop.forms.start(laptop.new_client(), "flexi-offer")
    old = {**stored(laptop, document_id).body, "form_version": 1, "tariff_version": 1}
    old |= {"template_version": 1, "answers": answers("flexi-offer", "family")}
    with laptop.db.write() as tx:
        conflict = tx.conflicts.keep(document_id, Reason.STALE, old, Stage.DRAFT)
    before = mapping(mapping(old["answers"], "answers")["policyholder"], "policyholder")
    assert before["document_number"]
    named = laptop.forms.left_behind(conflict.id)
    copy = stored(laptop, laptop.forms.copy_conflict(conflict.id)).body
    assert copy["form_version"] == 2
    moved = mapping(mapping(copy["answers"], "answers")["aml"], "aml")
    assert moved["document_number"] == before["document_number"]
    assert HEALTH in named


def test_that_ones_own_values_are_shown_while_the_version_that_holds_is_to_come(
    laptop: Laptop,
) -> None:
    """The answer to the edit came, and the connection broke before the server's version did."""
    document_id = offer(laptop)
    conflict_id = in_conflict(laptop, document_id)
    with laptop.db.write() as tx:
        state = tx.records.find(RecordId(document_id))
        assert state is not None
        tx.records.keep([replace(state, dirty=False, awaited=True)])
    (conflict,) = Documents(laptop.db, laptop.clock, lambda form: form).conflicts()
    assert conflict.valid is None, "what stands there is the edit that lost"
    shown = laptop.forms.compared(conflict_id)
    assert len(shown) > 20
    assert all(each.yours and not each.valid for each in shown)
