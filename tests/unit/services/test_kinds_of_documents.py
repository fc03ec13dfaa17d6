"""All four kinds of documents on the real catalogue: begun, changed, compared, filled, moved."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from smartclient.domain.contract_number import contract_number
from smartclient.domain.document_life import Action, DocumentKind, Stage, permission
from smartclient.domain.errors import NotAllowed, Refused, Unreachable
from smartclient.domain.ids import DocumentId
from smartclient.dossier.judgement import judge
from smartclient.dossier.verdict import DossierVerdict
from smartclient.services.forms import Snapshot, belongs_to, explain, summarise
from smartclient.store.document_rows import StoredDocument
from smartclient.wire.messages import JsonObject, mapping, text, whole
from tests.simulators.laptop import Laptop, lock
from tests.unit.forms.published import answers

PETR, MARIE = contract_number("7200000017"), contract_number("7200000025")
DEATH = "insured.0.covers.0.sum"


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    made = Laptop(tmp_path, every_kind=True)
    yield made
    made.close()


def stored(laptop: Laptop, document_id: DocumentId) -> StoredDocument:
    with laptop.db.read() as tx:
        return tx.documents.get(document_id)


def modelling(laptop: Laptop) -> DocumentId:
    """A modelling of a family, kept as a draft."""
    document_id = laptop.forms.start(laptop.new_client(), "flexi-modelling")
    session = laptop.forms.open(document_id).session
    family = {**session.answers, **answers("flexi-modelling", "family")}
    family["contract"] = mapping(session.answers["contract"]) | mapping(family["contract"])
    with laptop.db.write() as tx:
        body = {**tx.documents.get(document_id).body, "answers": family}
        tx.documents.save(document_id, body, Stage.DRAFT)
    return document_id


def change(laptop: Laptop) -> DocumentId:
    """A request to change Petr's contract, nothing changed yet."""
    contract = laptop.forms.contract(PETR)
    return laptop.forms.start_change(laptop.new_client(), "flexi-change", contract)


def edit(laptop: Laptop, document_id: DocumentId, **typed: str) -> None:
    session = laptop.forms.open(document_id).session
    for path, value in typed.items():
        session.set(path.replace("__", "."), value)
    laptop.forms.keep(document_id, Snapshot.of(session, "Petr Novák"))


def test_that_what_can_be_begun_comes_from_the_catalogue_offers_first(laptop: Laptop) -> None:
    kinds = laptop.forms.kinds()
    assert [kind.document_kind for kind in kinds] == [
        DocumentKind.OFFER,
        DocumentKind.MODELLING,
        DocumentKind.CHANGE_REQUEST,
        DocumentKind.OTHER,
        DocumentKind.OTHER,
    ]
    assert [kind.form_id for kind in kinds if kind.needs_contract] == ["flexi-change"]


@pytest.mark.parametrize("form_id", ["flexi-modelling", "other-claim", "other-complaint"])
def test_that_every_kind_begins_with_a_number_and_what_is_known_of_the_client(
    laptop: Laptop, form_id: str
) -> None:
    made = stored(laptop, laptop.forms.start(laptop.new_client(), form_id))
    assert made.row.number == "7200040001"
    assert made.row.client_name == "Petr Novák"
    assert "Novák" in str(made.body["answers"])


def test_that_a_change_request_opens_on_the_settings_with_nothing_changed(laptop: Laptop) -> None:
    document_id = change(laptop)
    made = stored(laptop, document_id)
    opened = laptop.forms.open(document_id)
    assert made.row.kind is DocumentKind.CHANGE_REQUEST
    assert made.body["contract"] == {"number": PETR, "revision": 1, "tariff_version": 2}
    assert made.body["changes"] == []
    assert opened.contract == PETR
    assert opened.session.differences() == ()
    assert opened.present is not None
    assert opened.session.premium is not None
    assert opened.session.premium.payable == opened.present.payable
    assert opened.session.field(DEATH).typed


def test_that_a_change_stands_in_the_body_with_old_and_new_and_in_the_premium(
    laptop: Laptop,
) -> None:
    document_id = change(laptop)
    edit(laptop, document_id, insured__0__covers__0__sum="2000000")
    assert stored(laptop, document_id).body["changes"] == [
        {"path": DEATH, "old": "1500000.00", "new": "2000000.00"}
    ]
    opened = laptop.forms.open(document_id)
    summary = summarise(opened.session, opened.present, of_contract=True)
    explanation = explain(opened.session, opened.present, of_contract=True)
    assert summary.change.startswith("+")
    assert summary.change.endswith("2\u00a0334\u00a0Kč now")
    assert explanation is not None
    assert explanation.chapters[0].title == "What the request changes"


def test_that_another_frequency_is_compared_by_what_a_year_costs(laptop: Laptop) -> None:
    document_id = change(laptop)
    edit(laptop, document_id, payment__frequency="1")
    opened = laptop.forms.open(document_id)
    summary = summarise(opened.session, opened.present, of_contract=True)
    assert "a year instead of" in summary.change


def test_that_off_line_and_unknown_contracts_begin_nothing(laptop: Laptop) -> None:
    with pytest.raises(Refused, match="SC-CONTRACT-002"):
        laptop.forms.contract(contract_number("7999999999"))
    laptop.is_online = False
    with pytest.raises(Unreachable, match="SC-CONTRACT-003"):
        laptop.forms.contract(PETR)


def test_that_a_form_too_old_for_the_rates_of_the_contract_is_refused(laptop: Laptop) -> None:
    contract = laptop.forms.contract(PETR)
    newer = type(contract).from_json({**contract.to_json(), "tariff_version": 99})
    with pytest.raises(NotAllowed, match="SC-CONTRACT-004"):
        laptop.forms.start_change(laptop.new_client(), "flexi-change", newer)


def test_that_settings_of_another_shape_are_refused_and_no_number_is_lost(laptop: Laptop) -> None:
    contract = laptop.forms.contract(PETR)
    strange = type(contract).from_json({**contract.to_json(), "settings": {"insured": "all"}})
    client = laptop.new_client()
    with pytest.raises(NotAllowed, match="SC-CONTRACT-005"):
        laptop.forms.start_change(client, "flexi-change", strange)
    made = laptop.forms.start_change(client, "flexi-change", contract)
    assert stored(laptop, made).row.number == "7200040001"


@pytest.mark.parametrize(
    ("client", "own"), [("Petr Novák", True), ("Ing. PETR novák", False), ("Eva Nová", False)]
)
def test_that_a_contract_of_somebody_else_is_recognised(
    laptop: Laptop, client: str, own: bool
) -> None:
    assert belongs_to(laptop.forms.contract(PETR), client) is own


def test_that_a_copy_of_a_change_request_stays_on_its_contract(laptop: Laptop) -> None:
    document_id = change(laptop)
    edit(laptop, document_id, insured__0__covers__0__sum="2000000")
    copied = laptop.forms.copy(document_id)
    opened = laptop.forms.open(copied)
    assert stored(laptop, copied).row.number == "7200040002"
    assert opened.contract == PETR
    assert [each.path for each in opened.session.differences()] == [DEATH]


# --- the modelling -------------------------------------------------------------------------------


def test_that_variants_are_compared_by_premium_sums_and_value(laptop: Laptop) -> None:
    document_id = modelling(laptop)
    assert laptop.forms.open(document_id).variants == ("A",)
    assert laptop.forms.variants.add(document_id) == "B"
    edit(laptop, document_id, insured__0__covers__0__sum="3000000")
    compared = laptop.forms.variants.compare(document_id)
    assert (compared.letters, compared.open) == (("A", "B"), "B")
    lines = {line.label: line for line in compared.lines}
    assert lines["Premium"].differs
    assert lines["Smrt"].cells != ()
    assert not lines["middle, 2,5\u00a0% a year"].differs


def test_that_at_most_three_variants_are_kept_and_none_is_lost_by_turning(laptop: Laptop) -> None:
    document_id = modelling(laptop)
    laptop.forms.variants.add(document_id)
    edit(laptop, document_id, insured__0__covers__0__sum="3000000")
    laptop.forms.variants.add(document_id)
    with pytest.raises(NotAllowed, match="SC-OFFER-008"):
        laptop.forms.variants.add(document_id)
    laptop.forms.variants.take(document_id, "A")
    first = laptop.forms.open(document_id)
    assert (first.variants, first.variant) == (("A", "B", "C"), "A")
    assert first.session.field(DEATH).value == "1500000.00"
    laptop.forms.variants.take(document_id, "B")
    assert laptop.forms.open(document_id).session.field(DEATH).value == "3000000.00"


def test_that_letting_the_open_variant_go_opens_another(laptop: Laptop) -> None:
    document_id = modelling(laptop)
    laptop.forms.variants.add(document_id)
    laptop.forms.variants.drop(document_id, "B")
    opened = laptop.forms.open(document_id)
    assert (opened.variants, opened.variant) == (("A",), "A")
    laptop.forms.variants.drop(document_id, "A")
    assert laptop.forms.open(document_id).variant == "A"


def test_that_a_modelling_fills_an_offer_and_lists_what_it_could_not_give(laptop: Laptop) -> None:
    document_id = modelling(laptop)
    prefilled = laptop.forms.prefill_offer(document_id)
    offer = stored(laptop, prefilled.document_id)
    session = laptop.forms.open(prefilled.document_id).session
    assert offer.row.kind is DocumentKind.OFFER
    assert offer.row.number == "7200040002"
    assert session.field("insured.0.covers.0.sum").value == "1500000.00"
    assert session.field("policyholder.surname").typed == "Novák"
    assert session.field("contact.email").typed == "petr.novak@example.cz"
    assert prefilled.taken > 40
    left = {moved.path for moved in prefilled.left}
    assert {"modelling.note", "modelling.variant"} <= left
    assert not any(".covers." in path for path in left)
    assert all(moved.reason for moved in prefilled.left)


def test_that_nothing_but_a_modelling_fills_an_offer(laptop: Laptop) -> None:
    offer = laptop.forms.start(laptop.new_client(), "flexi-offer")
    with pytest.raises(NotAllowed, match="SC-OFFER-007"):
        laptop.forms.prefill_offer(offer)


# --- Ostatní -------------------------------------------------------------------------------------


def test_that_an_exported_complaint_can_be_edited_as_a_new_version(laptop: Laptop) -> None:
    document_id = laptop.forms.start(laptop.new_client(), "other-complaint")
    with laptop.db.write() as tx:
        tx.documents.save(document_id, tx.documents.get(document_id).body, Stage.COMPLETE)
    lock(laptop, document_id)
    laptop.clock.pass_time(minutes=5)
    session = laptop.forms.open(document_id).session
    first = next(path for path in session.paths() if path.startswith("complaint."))
    session.set(first, "payment")
    laptop.forms.keep(document_id, Snapshot.of(session, "Petr Novák"))
    assert stored(laptop, document_id).row.stage is Stage.DRAFT


# --- versions ------------------------------------------------------------------------------------


def in_first_version(laptop: Laptop) -> DocumentId:
    """A draft of the offer's first version, with an answer the second has no place for."""
    document_id = laptop.forms.start(laptop.new_client(), "flexi-offer")
    with laptop.db.write() as tx:
        body: JsonObject = {
            **tx.documents.get(document_id).body,
            "form_version": 1,
            "tariff_version": 1,
            "template_version": 1,
            "answers": {
                "policyholder": {"given_name": "Petr", "surname": "Novák"},
                "gone": {"answer": "nowhere to go"},
            },
        }
        tx.documents.save(document_id, body, Stage.DRAFT)
    return document_id


def test_that_a_draft_opens_in_its_own_version_and_the_newer_one_is_offered(
    laptop: Laptop,
) -> None:
    document_id = in_first_version(laptop)
    with laptop.db.write() as tx:
        body = {**tx.documents.get(document_id).body}
        body["answers"] = {"policyholder": {"given_name": "Petr", "surname": "Novák"}}
        tx.documents.save(document_id, body, Stage.DRAFT)
    opened = laptop.forms.open(document_id)
    assert opened.session.package.version == 1
    assert opened.newer is not None
    assert (opened.newer.version, opened.newer.forced) == (2, False)


def test_that_a_move_lists_what_is_lost_and_writes_nothing_before_it_is_agreed_to(
    laptop: Laptop,
) -> None:
    document_id = in_first_version(laptop)
    before = stored(laptop, document_id)
    migration = laptop.forms.migration(document_id)
    assert migration is not None
    assert (migration.older, migration.newer.version) == (1, 2)
    assert [moved.value for moved in migration.moved.lost] == ["answer: nowhere to go"]
    assert stored(laptop, document_id) == before
    laptop.forms.migrate(document_id)
    after = stored(laptop, document_id)
    assert (after.body["form_version"], after.body["tariff_version"]) == (2, 2)
    assert after.row.number == before.row.number
    assert after.row.created_at == before.row.created_at
    assert laptop.forms.migration(document_id) is None


def test_that_after_its_last_day_a_version_cannot_be_completed_and_the_move_is_forced(
    laptop: Laptop,
) -> None:
    document_id = in_first_version(laptop)
    laptop.clock.pass_time(days=60)
    migration = laptop.forms.migration(document_id)
    assert migration is not None
    assert migration.newer.forced
    with laptop.db.write() as tx:
        body = {**tx.documents.get(document_id).body, "answers": {}}
        tx.documents.save(document_id, body, Stage.DRAFT)
    with pytest.raises(NotAllowed, match="SC-OFFER-006"):
        laptop.forms.complete(document_id)


def test_that_a_signed_or_exported_document_never_moves(laptop: Laptop) -> None:
    document_id = in_first_version(laptop)
    with laptop.db.write() as tx:
        tx.documents.save(document_id, tx.documents.get(document_id).body, Stage.COMPLETE)
    lock(laptop, document_id)
    laptop.clock.pass_time(days=60)
    assert laptop.forms.migration(document_id) is None
    with pytest.raises(NotAllowed, match="SC-OFFER-006"):
        laptop.forms.migrate(document_id)


def test_that_a_complete_modelling_is_printed_again_with_what_it_was_made_with(
    laptop: Laptop,
) -> None:
    document_id = modelling(laptop)
    laptop.forms.complete(document_id)
    first = laptop.forms.show(document_id)
    laptop.clock.pass_time(days=60)
    again = laptop.forms.show(document_id)
    assert again.pdf == first.pdf
    assert again.state.startswith("Complete. An offer")
    assert not again.is_signed
    assert permission(stored(laptop, document_id).row.standing(), Action.SHOW).allowed


def test_that_an_exported_modelling_still_fills_an_offer(laptop: Laptop) -> None:
    document_id = modelling(laptop)
    laptop.forms.complete(document_id)
    lock(laptop, document_id)
    assert laptop.forms.prefill_offer(document_id).taken > 40


# --- what the server will say ----------------------------------------------------------------


def judged(laptop: Laptop, document_id: DocumentId) -> DossierVerdict:
    """The server's judgement of what the laptop completed."""
    body = stored(laptop, document_id).body
    package = laptop.library.package(text(body, "form_id", 80), whole(body, "form_version", 1))
    tariff = None
    if package.tariff_id:
        tariff = laptop.library.tariff(package.tariff_id, whole(body, "tariff_version", 1))
    return judge(body, package, tariff, signed=None)


def test_that_a_completed_change_request_may_be_sealed_and_sends_only_what_changes(
    laptop: Laptop,
) -> None:
    document_id = change(laptop)
    session = laptop.forms.open(document_id).session
    session.set(DEATH, "1000000")
    for path in ("declarations.only_changes", "declarations.truth"):
        session.set(path, True)
    laptop.forms.keep(document_id, Snapshot.of(session, "Petr Novák"))
    assert laptop.forms.complete(document_id).stage is Stage.COMPLETE
    verdict = judged(laptop, document_id)
    assert verdict.exportable, verdict.code
    assert "1000000.00" in str(verdict.record)
    assert "Novák" not in str(verdict.record)


def test_that_a_completed_modelling_with_variants_may_be_sealed(laptop: Laptop) -> None:
    document_id = modelling(laptop)
    laptop.forms.variants.add(document_id)
    laptop.forms.complete(document_id)
    assert judged(laptop, document_id).exportable
    assert laptop.forms.open(document_id).variants == ("A", "B")


def test_that_a_request_that_changes_nothing_cannot_be_completed(laptop: Laptop) -> None:
    document_id = change(laptop)
    session = laptop.forms.open(document_id).session
    for path in ("declarations.only_changes", "declarations.truth"):
        session.set(path, True)
    laptop.forms.keep(document_id, Snapshot.of(session, "Petr Novák"))
    with pytest.raises(NotAllowed, match="SC-OFFER-004"):
        laptop.forms.complete(document_id)
