"""Signing on the real store, the real documents and synthetic pens."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from smartclient.authority.keys import FileKey
from smartclient.authority.opening import open_signature
from smartclient.authority.signatures import FoundSignature, signatures_of
from smartclient.documents.reading import IN_THE_WINDOW
from smartclient.documents.record import SigningRecord
from smartclient.documents.verification import verify
from smartclient.domain.document_life import Action, Stage, permission
from smartclient.domain.errors import Damaged, NotAllowed, SmartClientError, Unreachable
from smartclient.domain.ids import DocumentId
from smartclient.ink.record import write_iso
from smartclient.ink.trace import Trace
from smartclient.services import signing as signing_service
from smartclient.services.forms import Snapshot
from smartclient.services.signing import FieldStanding, SigningState
from smartclient.store.document_lines import situation_of
from tests.simulators.laptop import Laptop
from tests.unit.ink.pens import captured, drawn, recorded


@pytest.fixture
def waiting(laptop: Laptop) -> DocumentId:
    """An offer that waits for the signatures of the policyholder and the adviser."""
    return laptop.completed_offer()


def sign_next(laptop: Laptop, state: SigningState, pen: str = "petr") -> SigningState:
    field = state.next_field
    assert field is not None
    laptop.clock.pass_time(minutes=1)
    return laptop.signing.sign(state.document_id, field.name, captured(recorded(pen)))


def package_of(laptop: Laptop, document_id: DocumentId) -> tuple[bytes, SigningRecord]:
    """The signed file and its record as they wait to be sent."""
    with laptop.db.read() as tx:
        package = tx.appends.signed_package(document_id)
        assert package is not None
        return tx.blobs.get(package.pdf), SigningRecord.from_json(package.record)


def signed(laptop: Laptop, document_id: DocumentId) -> None:
    state = sign_next(laptop, laptop.signing.begin(document_id))
    state = sign_next(laptop, state, "jana")
    assert state.is_signed_by_all
    laptop.signing.finish(document_id)


def test_that_the_fields_tell_who_signs_what_where_in_the_order_of_signing(
    laptop: Laptop, waiting: DocumentId
) -> None:
    state = laptop.signing.begin(waiting)
    assert [(field.role, field.signer) for field in state.fields] == [
        ("Pojistník", "Petr Novák"),
        ("Poradce", "Jana Dvořáková"),
    ]
    assert all(field.page >= 1 and field.meaning and field.summary for field in state.fields)
    assert {field.standing for field in state.fields} == {FieldStanding.OPEN}


def test_that_the_bytes_that_were_shown_are_the_beginning_of_the_bytes_that_are_signed(
    laptop: Laptop, waiting: DocumentId
) -> None:
    shown = laptop.forms.show(waiting).pdf
    state = sign_next(laptop, laptop.signing.begin(waiting))
    assert state.pdf.startswith(shown)
    assert len(state.pdf) > len(shown)


def test_that_a_crash_between_two_fields_keeps_the_given_signature(
    laptop: Laptop, waiting: DocumentId
) -> None:
    before = sign_next(laptop, laptop.signing.begin(waiting))
    laptop.restart()
    after = laptop.signing.begin(waiting)
    assert after.fields == before.fields
    assert after.pdf == before.pdf
    assert after.fields[0].standing is FieldStanding.SIGNED
    assert after.next_field == after.fields[1]


def test_that_a_signed_document_passes_the_acceptance_rule(
    laptop: Laptop, waiting: DocumentId
) -> None:
    signed(laptop, waiting)
    with laptop.db.read() as tx:
        package = tx.appends.signed_package(waiting)
        assert package is not None
        pdf, values = tx.blobs.get(package.pdf), tx.blobs.get(package.values)
    record = SigningRecord.from_json(package.record)
    verdict = verify(
        pdf, record, laptop.root, intermediates=laptop.seal.chain, at=laptop.clock.now()
    )
    assert verdict.ok, verdict.checks
    assert [field.name for field in record.fields if field.biometric] == ["policyholder", "adviser"]
    assert values in pdf or package.values == record.values_sha256


def test_that_a_signed_offer_cannot_be_edited_cancelled_or_signed_again(
    laptop: Laptop, waiting: DocumentId
) -> None:
    signed(laptop, waiting)
    with laptop.db.read() as tx:
        row = tx.documents.get(waiting).row
    assert row.stage is Stage.SIGNED
    assert row.has_pdf
    for action in (Action.EDIT, Action.CANCEL, Action.SIGN, Action.DISCARD):
        assert not permission(row.standing(), action).allowed
    with pytest.raises(NotAllowed, match="SC-OFFER-002"):
        laptop.forms.open(waiting)
    with pytest.raises(NotAllowed, match="SC-SIGN-030"):
        laptop.signing.begin(waiting)


def test_that_no_pen_data_stand_in_the_store_in_clear(laptop: Laptop, waiting: DocumentId) -> None:
    signed(laptop, waiting)
    trace = recorded("petr")
    iso = write_iso(trace)
    with laptop.db.read() as tx:
        package = tx.appends.signed_package(waiting)
        assert package is not None
        kept = tx.blobs.get(package.pdf) + tx.blobs.get(package.values)
        assert tx.signing.get(waiting) is None
    for clear in (iso, iso[40:120], trace.to_csv().encode()[200:400]):
        assert clear not in kept
    for file in (laptop.folder / "store").rglob("*"):
        if file.is_file():
            assert iso[40:80] not in file.read_bytes()


@pytest.mark.parametrize(
    ("trace", "code"),
    [
        (drawn([(1000, 1000)] * 60), "SC-SIGN-010"),
        (drawn([(1000 + 12 * at, 1000 + 3 * at) for at in range(70)]), "SC-SIGN-010"),
        (drawn([(1000, 1000)], contact=False), "SC-SIGN-011"),
    ],
)
def test_that_a_dot_or_a_short_stroke_is_refused_and_nothing_is_kept(
    laptop: Laptop, waiting: DocumentId, trace: Trace, code: str
) -> None:
    before = laptop.signing.begin(waiting)
    buffer = captured(trace)
    with pytest.raises(NotAllowed, match=code):
        laptop.signing.sign(waiting, "policyholder", buffer)
    assert len(buffer) == 0
    assert laptop.signing.begin(waiting) == before


def test_that_the_pen_data_are_wiped_after_the_signature_and_after_a_fault(
    laptop: Laptop, waiting: DocumentId, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop.signing.begin(waiting)
    good = captured(recorded("petr"))
    laptop.signing.sign(waiting, "policyholder", good)
    assert len(good) == 0

    def broken(*_args: object, **_kwargs: object) -> bytes:
        raise Damaged("SC-DOC-022")

    monkeypatch.setattr(signing_service, "sign", broken)
    lost = captured(recorded("jana"))
    with pytest.raises(SmartClientError):
        laptop.signing.sign(waiting, "adviser", lost)
    assert len(lost) == 0


def test_that_nobody_signs_out_of_turn(laptop: Laptop, waiting: DocumentId) -> None:
    laptop.signing.begin(waiting)
    with pytest.raises(NotAllowed, match="SC-SIGN-032"):
        laptop.signing.sign(waiting, "adviser", captured(recorded("jana")))


@pytest.fixture
def free(tmp_path: Path) -> Iterator[Laptop]:
    """A laptop whose offer says: order free."""
    made = Laptop(tmp_path / "free", free_order=True)
    yield made
    made.close()


def test_that_where_the_form_says_so_people_sign_as_they_come(free: Laptop) -> None:
    document_id = free.completed_offer()
    state = free.signing.begin(document_id)
    assert state.is_free
    assert state.turn == "policyholder"
    assert state.choosing("adviser").turn == "adviser"
    first = free.signing.sign(document_id, "adviser", captured(recorded("jana")))
    assert first.turn == "policyholder"
    free.restart()
    assert free.signing.begin(document_id).fields == first.fields
    assert not first.may_choose("adviser")
    with pytest.raises(NotAllowed, match="SC-SIGN-032"):
        free.signing.sign(document_id, "adviser", captured(recorded("jana")))
    free.clock.pass_time(minutes=1)
    free.signing.sign(document_id, "policyholder", captured(recorded("petr")))
    free.signing.finish(document_id)
    pdf, record = package_of(free, document_id)
    assert [field.name for field in record.fields] == ["issue", "adviser", "policyholder", "seal"]
    assert verify(pdf, record, free.root, at=free.clock.now()).ok


def test_that_in_a_free_order_others_sign_when_somebody_refuses(free: Laptop) -> None:
    document_id = free.completed_offer()
    free.signing.begin(document_id)
    refused = free.signing.refuse(document_id, "policyholder")
    assert refused.turn == "adviser"
    assert refused.may_choose("policyholder"), "who refused may sign after all"
    after = free.signing.sign(document_id, "adviser", captured(recorded("jana")))
    assert after.turn == "policyholder"
    with pytest.raises(NotAllowed, match="SC-SIGN-033"):
        free.signing.finish(document_id)


def test_that_in_the_given_order_nobody_can_be_chosen(laptop: Laptop, waiting: DocumentId) -> None:
    state = laptop.signing.begin(waiting)
    assert not state.is_free
    assert state.choosing("adviser") == state


def test_that_the_record_says_what_each_person_had_before_the_eyes(
    laptop: Laptop, waiting: DocumentId
) -> None:
    laptop.signing.begin(waiting)
    laptop.signing.note_seen(waiting, frozenset({0, 1, 2}))
    shown_at = laptop.clock.now()
    laptop.clock.pass_time(minutes=2)
    laptop.signing.note_read(waiting, frozenset({"policyholder"}), "STU-430")
    read_at = laptop.clock.now()
    state = sign_next(laptop, laptop.signing.begin(waiting))
    laptop.signing.note_read(waiting, frozenset({"adviser"}), IN_THE_WINDOW)
    sign_next(laptop, state, "jana")
    laptop.signing.finish(waiting)
    _pdf, record = package_of(laptop, waiting)
    first, second = record.readings
    assert (first.field, first.read_at, first.read_on) == ("policyholder", read_at, "STU-430")
    assert [(each.page, each.at) for each in first.pages] == [(n, shown_at) for n in (1, 2, 3)]
    assert (second.field, second.read_on) == ("adviser", "window")


def test_that_who_signs_on_another_day_has_to_see_the_pages_too(
    laptop: Laptop, waiting: DocumentId
) -> None:
    laptop.signing.begin(waiting)
    laptop.signing.note_seen(waiting, frozenset({0, 1}))
    assert laptop.signing.begin(waiting).seen == {0, 1}
    laptop.clock.pass_time(hours=24)
    assert laptop.signing.begin(waiting).seen == frozenset()
    assert laptop.forms.show(waiting).seen == frozenset()


def test_that_a_refusal_leaves_the_earlier_signatures_valid_and_can_be_taken_back(
    laptop: Laptop, waiting: DocumentId
) -> None:
    sign_next(laptop, laptop.signing.begin(waiting))
    refused = laptop.signing.refuse(waiting, "adviser")
    assert [field.standing for field in refused.fields] == [
        FieldStanding.SIGNED,
        FieldStanding.REFUSED,
    ]
    with pytest.raises(NotAllowed, match="SC-SIGN-033"):
        laptop.signing.finish(waiting)
    laptop.restart()
    assert laptop.signing.begin(waiting).fields == refused.fields
    state = sign_next(laptop, laptop.signing.begin(waiting), "jana")
    assert state.is_signed_by_all


def test_that_signing_does_not_start_while_the_server_would_export_the_older_version(
    laptop: Laptop, waiting: DocumentId
) -> None:
    with laptop.db.write() as tx:
        line = tx.documents.lines([waiting])[waiting]
        tx.documents.stand(waiting, replace(situation_of(line), exportable=True))
    with pytest.raises(NotAllowed, match="SC-SIGN-031"):
        laptop.signing.begin(waiting)


def test_that_an_edit_between_two_signatures_ends_the_signing(
    laptop: Laptop, waiting: DocumentId
) -> None:
    sign_next(laptop, laptop.signing.begin(waiting))
    session = laptop.forms.open(waiting).session
    session.set("insured.0.occupation", "ředitel školy")
    laptop.forms.keep(waiting, Snapshot.of(session, "Petr Novák"))
    with pytest.raises(NotAllowed, match=r"SC-(SIGN-030|STORE-025)"):
        laptop.signing.sign(waiting, "adviser", captured(recorded("jana")))


def test_that_seen_pages_are_remembered_for_the_signing(
    laptop: Laptop, waiting: DocumentId
) -> None:
    laptop.signing.note_seen(waiting, frozenset({0, 1}))
    laptop.signing.note_seen(waiting, frozenset({2}))
    laptop.restart()
    assert laptop.signing.begin(waiting).seen == {0, 1, 2}
    assert laptop.forms.show(waiting).seen == {0, 1, 2}


def test_that_the_signed_package_carries_both_blobs_and_waits_to_be_sent(
    laptop: Laptop, waiting: DocumentId
) -> None:
    signed(laptop, waiting)
    with laptop.db.read() as tx:
        package = tx.appends.signed_package(waiting)
        assert package is not None
        assert not package.acknowledged
        assert tx.blobs.has(package.pdf)
        assert tx.blobs.has(package.values)
    assert laptop.forms.show(waiting).is_signed


def test_that_the_authority_opens_what_was_drawn_and_nobody_else(
    laptop: Laptop, waiting: DocumentId
) -> None:
    signed(laptop, waiting)
    found = signatures_of(laptop.forms.show(waiting).pdf)
    drawn_by_petr = next(each for each in found if each.field == "policyholder")
    assert isinstance(drawn_by_petr, FoundSignature)
    opened = open_signature(drawn_by_petr, [FileKey(laptop.authority_key)])
    assert opened.record == write_iso(recorded("petr"))
    with pytest.raises(NotAllowed, match="SC-SIGN-041"):
        open_signature(drawn_by_petr, [FileKey(rsa.generate_private_key(65537, 3072))])


def test_that_pages_signed_on_another_computer_are_fetched_when_they_are_shown(
    laptop: Laptop, waiting: DocumentId
) -> None:
    signed(laptop, waiting)
    pdf = laptop.forms.show(waiting).pdf
    with laptop.db.write() as tx:
        package = tx.appends.signed_package(waiting)
        assert package is not None
        tx.blobs.drop(package.pdf)
    with pytest.raises(NotAllowed, match="SC-STORE-022"):
        laptop.forms.show(waiting)
    laptop.is_online = False
    with pytest.raises(Unreachable):
        laptop.forms.bring_pages(waiting)
    laptop.is_online = True
    laptop.at_the_server[package.pdf] = pdf
    laptop.forms.bring_pages(waiting)
    assert laptop.forms.show(waiting).pdf == pdf
