"""Forms on the real store, the real form and the real template."""

from pathlib import Path

import pytest

from smartclient import locale
from smartclient.documents.pages import PageRenderer
from smartclient.domain.document_life import DocumentKind, Stage
from smartclient.domain.errors import NotAllowed
from smartclient.domain.ids import DocumentId
from smartclient.domain.language import speaking
from smartclient.forms.session import FormSession
from smartclient.services.forms import Snapshot, explain, summarise
from smartclient.services.forms.summary import about_signature
from smartclient.store.conflicts import Conflict, Reason
from smartclient.store.document_rows import StoredDocument
from smartclient.wire.values import listed, mapping
from tests.simulators.flexi_answers import COVERS, HEALTH, fill_in
from tests.simulators.laptop import ADVISER, Laptop, lock
from tests.unit.forms.household import TODAY, family, flexi_offer
from tests.unit.premium.flexi import flexi


def stored(laptop: Laptop, document_id: DocumentId) -> StoredDocument:
    with laptop.db.read() as tx:
        return tx.documents.get(document_id)


def keep(laptop: Laptop, document_id: DocumentId, session: FormSession) -> None:
    laptop.forms.keep(document_id, Snapshot.of(session, "Petr Novák"))


def test_that_no_offer_starts_before_the_information_duty_is_done(laptop: Laptop) -> None:
    client = laptop.new_client(informed=False)
    with pytest.raises(NotAllowed, match="SC-OFFER-001"):
        laptop.forms.start(client, "flexi-offer")


def test_that_an_offer_begins_with_a_leased_number_and_who_makes_it(laptop: Laptop) -> None:
    first = stored(laptop, laptop.forms.start(laptop.new_client(), "flexi-offer"))
    second = stored(laptop, laptop.forms.start(laptop.new_client(), "flexi-offer"))
    assert (first.row.number, second.row.number) == ("7200040001", "7200040002")
    assert first.row.stage is Stage.DRAFT
    assert first.row.kind is DocumentKind.OFFER
    assert first.body["hr"] == ADVISER.hr
    assert first.body["adviser"] == ADVISER.to_json()
    assert first.body["set_id"] == "test"
    assert (first.body["tariff_version"], first.body["template_version"]) == (2, 2)


def test_that_what_is_known_of_the_client_is_filled_in_by_meaning(laptop: Laptop) -> None:
    session = laptop.forms.open(laptop.forms.start(laptop.new_client(), "flexi-offer")).session
    assert session.field("policyholder.surname").typed == "Novák"
    assert session.field("policyholder.national_id").value == "8001014560"
    assert session.field("policyholder.address.city").typed == "Pardubice"
    assert session.field("contact.email").typed == "petr.novak@example.cz"
    assert session.field("contact.mobile").value == "+420601234567"
    assert session.wrong() == ()


def test_that_what_is_typed_is_kept_as_a_draft_however_the_program_ends(laptop: Laptop) -> None:
    document_id = laptop.forms.start(laptop.new_client(), "flexi-offer")
    session = laptop.forms.open(document_id).session
    session.set("aml.document_valid_to", "31. 2. 2031")
    session.set("insured.0.occupation", "učitelka")
    keep(laptop, document_id, session)
    laptop.restart()
    again = laptop.forms.open(document_id).session
    assert again.field("aml.document_valid_to").typed == "31. 2. 2031"
    assert again.field("insured.0.occupation").typed == "učitelka"


def test_that_keeping_without_a_change_makes_no_new_edit(laptop: Laptop) -> None:
    document_id = laptop.filled_offer()
    before = stored(laptop, document_id)
    laptop.clock.pass_time(minutes=5)
    keep(laptop, document_id, laptop.forms.open(document_id).session)
    assert stored(laptop, document_id) == before


def test_that_the_list_shows_the_premium_and_the_name_as_typed_now(laptop: Laptop) -> None:
    document_id = laptop.filled_offer()
    session = laptop.forms.open(document_id).session
    session.set("policyholder.surname", "Nováček")
    keep(laptop, document_id, session)
    row = stored(laptop, document_id).row
    premium = session.premium
    assert premium is not None
    assert row.client_name == "Petr Nováček"
    assert row.premium == premium.payable
    assert row.frequency == 12


def test_that_an_offer_with_something_missing_cannot_be_completed(laptop: Laptop) -> None:
    document_id = laptop.forms.start(laptop.new_client(), "flexi-offer")
    session = laptop.forms.open(document_id).session
    keep(laptop, document_id, fill_in(session, without={"insured.0.height"}))
    with pytest.raises(NotAllowed, match="SC-OFFER-004") as refused:
        laptop.forms.complete(document_id)
    assert refused.value.values["missing"] == "1"
    assert stored(laptop, document_id).row.stage is Stage.DRAFT


def test_that_digital_signing_needs_mobile_and_e_mail_of_the_client(laptop: Laptop) -> None:
    session = laptop.forms.open(laptop.forms.start(laptop.new_client(), "flexi-offer")).session
    fill_in(session, digital=True)
    session.set("contact.mobile", None)
    session.set("contact.email", None)
    assert {item.path for item in session.missing()} == {"contact.mobile", "contact.email"}
    session.set("signing.digital", None)
    assert session.is_complete


def test_that_the_choice_of_digital_signing_comes_with_the_signing_component(
    tmp_path: Path,
) -> None:
    without = Laptop(tmp_path, signing_installed=False)
    session = without.forms.open(without.forms.start(without.new_client(), "flexi-offer")).session
    assert not session.field("signing.digital").relevant
    without.close()


def test_that_a_complete_digital_offer_is_frozen_and_waits_for_the_signature(
    laptop: Laptop,
) -> None:
    document_id = laptop.filled_offer()
    completed = laptop.forms.complete(document_id)
    assert completed.stage is Stage.WAITING
    assert stored(laptop, document_id).row.stage is Stage.WAITING
    shown = laptop.forms.show(document_id)
    assert shown.may_sign
    assert PageRenderer(shown.pdf).count == completed.pages
    assert laptop.forms.show(document_id).pdf == shown.pdf


def test_that_an_offer_on_the_paper_way_is_complete_and_prints_the_same_pages_again(
    laptop: Laptop,
) -> None:
    document_id = laptop.filled_offer(digital=False)
    assert laptop.forms.complete(document_id).stage is Stage.COMPLETE
    shown = laptop.forms.show(document_id)
    laptop.clock.pass_time(days=3)
    assert not shown.may_sign
    assert laptop.forms.show(document_id).pdf == shown.pdf


def test_that_editing_a_waiting_offer_makes_it_a_draft_and_ends_its_signing(
    laptop: Laptop,
) -> None:
    document_id = laptop.filled_offer()
    laptop.forms.complete(document_id)
    session = laptop.forms.open(document_id).session
    session.set("insured.0.occupation", "ředitel školy")
    keep(laptop, document_id, session)
    assert stored(laptop, document_id).row.stage is Stage.DRAFT
    with laptop.db.read() as tx:
        assert tx.signing.get(document_id) is None


def test_that_opening_or_typing_and_taking_back_leaves_a_waiting_offer_waiting(
    laptop: Laptop,
) -> None:
    document_id = laptop.filled_offer()
    laptop.forms.complete(document_id)
    session = laptop.forms.open(document_id).session
    session.set("insured.0.occupation", "ředitel školy")
    session.undo()
    keep(laptop, document_id, session)
    assert stored(laptop, document_id).row.stage is Stage.WAITING


def test_that_what_an_edit_will_cost_is_told_before_it(laptop: Laptop) -> None:
    document_id = laptop.filled_offer()
    assert laptop.forms.open(document_id).notice == ""
    laptop.forms.complete(document_id)
    opened = laptop.forms.open(document_id)
    assert opened.notice.startswith("The document waits for the signature.")
    assert opened.signatures == 0


def test_that_documents_are_czech_whatever_the_windows_speak(laptop: Laptop) -> None:
    document_id = laptop.filled_offer()
    laptop.forms.complete(document_id)
    field = laptop.signing.begin(document_id).fields[0]
    assert "měsíčně" in field.summary


def test_that_a_complete_document_holds_only_what_was_asked(laptop: Laptop) -> None:
    document_id = laptop.forms.start(laptop.new_client(), "flexi-offer")
    session = fill_in(laptop.forms.open(document_id).session)
    session.set("insured.0.health.organs.answer", True)
    session.set("insured.0.health.organs.detail.diagnosis", "astma")
    session.set("insured.0.health.organs.answer", False)
    keep(laptop, document_id, session)
    assert "astma" in str(stored(laptop, document_id).body)
    laptop.forms.complete(document_id)
    assert "astma" not in str(stored(laptop, document_id).body)


def test_that_a_copy_has_a_new_number_and_no_health_answers_consents_or_signatures(
    laptop: Laptop,
) -> None:
    document_id = laptop.filled_offer()
    laptop.forms.complete(document_id)
    copy = stored(laptop, laptop.forms.copy(document_id))
    assert copy.row.number == "7200040002"
    assert copy.row.stage is Stage.DRAFT
    session = laptop.forms.open(copy.row.id).session
    assert session.field("insured.0.covers.0.sum").value == "2000000.00"
    assert session.field("policyholder.surname").typed == "Novák"
    for question in HEALTH:
        assert session.field(f"insured.0.health.{question}.answer").value is None
    for declaration in ("truth", "product_information", "health_processing"):
        assert session.field(f"declarations.{declaration}").value is None


def edited_after_the_lock(laptop: Laptop) -> Conflict:
    """The conflict of an offer that was locked while its occupation was being changed."""
    document_id = laptop.completed_offer(digital=False)
    session = laptop.forms.open(document_id).session
    lock(laptop, document_id)
    session.set("insured.0.occupation", "ředitel školy")
    with pytest.raises(NotAllowed, match="SC-OFFER-003"):
        keep(laptop, document_id, session)
    with laptop.db.read() as tx:
        (conflict,) = tx.conflicts.open()
    return conflict


def test_that_an_edit_of_a_document_exported_meanwhile_goes_to_the_conflicts(
    laptop: Laptop,
) -> None:
    conflict = edited_after_the_lock(laptop)
    assert "ředitel školy" in str(conflict.body)
    with pytest.raises(NotAllowed, match="SC-OFFER-002"):
        laptop.forms.open(conflict.document_id)


def test_that_a_form_that_is_open_does_not_write_over_the_version_of_another_device(
    laptop: Laptop,
) -> None:
    document_id = laptop.filled_offer()
    session = laptop.forms.open(document_id).session
    session.set("insured.0.occupation", "učitel")
    keep(laptop, document_id, session)
    session.set("insured.0.occupation", "zástupce ředitele")
    keep(laptop, document_id, session)
    other = laptop.forms.open(document_id).session
    other.set("policyholder.birth_place", "Hradec Králové")
    with laptop.db.write() as tx:  # a synchronisation brought it
        theirs = Snapshot.of(other, "Petr Novák").draft(tx.documents.get(document_id).body)
        tx.documents.save(document_id, theirs, Stage.DRAFT)
    session.set("insured.0.occupation", "ředitel školy")
    with pytest.raises(NotAllowed, match="SC-OFFER-009"):
        keep(laptop, document_id, session)
    assert stored(laptop, document_id).body["answers"] == theirs["answers"]
    with laptop.db.read() as tx:
        (conflict,) = tx.conflicts.open()
    assert conflict.reason is Reason.STALE
    assert "ředitel školy" in str(conflict.body)
    fresh = laptop.forms.open(document_id).session
    fresh.set("insured.0.occupation", "vychovatel")
    keep(laptop, document_id, fresh)
    assert "vychovatel" in str(stored(laptop, document_id).body)


def test_that_the_values_of_a_conflict_go_into_a_new_document_and_close_it(
    laptop: Laptop,
) -> None:
    conflict = edited_after_the_lock(laptop)
    both = laptop.forms.compared(conflict.id)
    (deviation,) = [each for each in both if each.differs]
    assert len(both) > 20, "what is the same can be looked at as well"
    assert deviation.section
    assert (deviation.label, deviation.about) == ("Povolání", "1. Petr Novák")
    assert (deviation.yours, deviation.valid) == ("ředitel školy", "učitel základní školy")
    copy = stored(laptop, laptop.forms.copy_conflict(conflict.id))
    assert copy.row.number == "7200040002"
    assert copy.row.stage is Stage.DRAFT
    opened = laptop.forms.open(copy.row.id).session
    assert opened.field("insured.0.occupation").typed == "ředitel školy"
    with laptop.db.read() as tx:
        assert tx.conflicts.open() == ()
        assert tx.conflicts.get(conflict.id).copied_to == copy.row.id
    with pytest.raises(NotAllowed, match="SC-STORE-026"):
        laptop.forms.copy_conflict("nobody")


def test_that_the_summary_tells_lines_by_person_discount_and_fee(laptop: Laptop) -> None:
    session = laptop.forms.open(laptop.filled_offer()).session
    premium = session.premium
    assert premium is not None
    summary = summarise(session, None)
    (person,) = summary.persons
    assert person.name == "Petr Novák"
    offered = session.field("insured.0.covers.0.code").choices
    label = {choice.code: choice.label for choice in offered}
    assert [line.cover for line in person.lines] == [label[cover] for cover, _sum in COVERS]
    assert len(summary.sums) == 2
    assert summary.change == ""


@pytest.mark.parametrize(
    ("titled", "for_children", "expected"),
    [(True, False, "own"), (True, True, "children"), (None, False, "all")],
)
def test_that_each_who_signs_reads_the_sums_of_those_he_signs_for(
    titled: bool | None, for_children: bool, expected: str
) -> None:
    """The policyholder his own, the guardian the children's, who is not insured all of them."""
    session = FormSession(flexi_offer(), family(), today=TODAY, tariff=flexi())
    premium = session.premium
    assert premium is not None
    people = summarise(session, None).persons
    rows = listed(session.answers, "insured", mapping, 20)
    adults = [row for row in rows if row["role"] == "adult"]
    first, *others = (f"{row['given_name']} {row['surname']}" for row in adults)
    signer = "Jana Dvořáková" if titled is None else f"Ing. {first}"
    with speaking(locale.load("cs")):
        told = about_signature(session, premium, signer, others, for_children=for_children)
    _paid, covers = told.split("\n")
    children = [each for each in people if each.name not in (first, *others)]
    meant = {"own": [people[0]], "children": children, "all": people}[expected]
    assert covers.count("Kč") == sum(len(person.lines) for person in meant)


def test_that_the_difference_to_before_the_last_change_is_told_and_explained(
    laptop: Laptop,
) -> None:
    session = laptop.forms.open(laptop.filled_offer()).session
    before = session.premium
    session.set("insured.0.covers.0.sum", "1000000")
    now = session.premium
    assert before is not None
    assert now is not None
    summary = summarise(session, before)
    assert summary.is_less
    assert summary.change.startswith("\u2212")
    explanation = explain(session, before)
    assert explanation is not None
    told = explanation.chapters[0].steps
    assert told[0][0].startswith("Smrt")
    assert told[-1][1] == summary.change.replace(" against the change before", "")
    assert len(explanation.chapters) == 2 + len(now.lines)


def test_that_without_a_priced_cover_it_is_told_why_there_is_no_premium(laptop: Laptop) -> None:
    session = laptop.forms.open(laptop.forms.start(laptop.new_client(), "flexi-offer")).session
    summary = summarise(session, None)
    assert summary.amount == "–"
    assert summary.note
    assert explain(session, None) is None
