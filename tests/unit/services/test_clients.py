"""Clients as a service: drafts, saving, the panel, the information duty."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from smartclient.domain.consents import first_broken
from smartclient.domain.errors import BadInput, NotAllowed
from smartclient.services.clients import Clients, InformationText
from smartclient.store.client_rows import ClientFilter
from smartclient.store.save_order import moment
from smartclient.wire.messages import Json
from tests.ui.desk import INSTALL, Desk, recorder
from tests.ui.desk_contents import INFORMATION

TYPED: dict[str, Json] = {
    "given_name": " Zbyněk ",
    "surname": "Novotný",
    "national_id": "710101/2006",
    "street": "Široká",
    "house_number": "5",
    "postcode": "53002",
    "city": "Pardubice",
    "country": "CZ",
    "phone": "777 123 456",
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.close()


def clients_of(desk: Desk, text: InformationText = INFORMATION) -> Clients:
    return Clients(desk.db, desk.clock, desk.ids, recorder, lambda: text, lambda: "en")


def test_that_a_client_exists_only_after_saving_and_the_draft_is_gone_then(desk: Desk) -> None:
    clients = clients_of(desk)
    draft = clients.new_draft_id()
    clients.keep_draft(draft, {"given_name": "Zby", "national_id": "7101"})
    assert clients.page(ClientFilter(), 0, 10).total == 0
    assert clients.drafts()[0].typed == {"given_name": "Zby", "national_id": "7101"}
    client_id = clients.save(TYPED, draft)
    assert clients.drafts() == ()
    (item,) = clients.page(ClientFilter(), 0, 10).items
    assert item.id == client_id
    assert (item.name, item.national_id) == ("Zbyněk Novotný", "710101/2006")
    assert item.phone.replace("\u00a0", " ") == "+420 777 123 456"


def test_that_an_incomplete_client_is_refused_by_its_first_field(desk: Desk) -> None:
    clients = clients_of(desk)
    with pytest.raises(BadInput) as refused:
        clients.save({**TYPED, "city": " "}, clients.new_draft_id())
    assert refused.value.code == "SC-CLI-001"
    assert refused.value.values["field"] == "city"


def test_that_a_draft_of_a_change_names_its_client(desk: Desk) -> None:
    clients = clients_of(desk)
    client_id = clients.save(TYPED, clients.new_draft_id())
    clients.keep_draft(client_id, {**TYPED, "city": "Brno"}, client_id)
    (draft,) = clients.drafts()
    assert draft.client_id == client_id
    assert "changes" not in draft.typed
    clients.change(client_id, {**TYPED, "city": "Brno"}, draft.id)
    assert clients.drafts() == ()
    assert clients.panel(client_id).typed["city"] == "Brno"


def test_that_the_same_person_is_found_by_the_birth_number_alone(desk: Desk) -> None:
    clients = clients_of(desk)
    client_id = clients.save(TYPED, clients.new_draft_id())
    found = clients.same_person({**TYPED, "surname": "Jiný"})
    assert found is not None
    assert found.id == client_id
    assert clients.same_person(TYPED, but=client_id) is None
    assert clients.same_person({**TYPED, "national_id": "7305200452"}) is None


def test_that_the_information_is_an_event_bound_to_its_text(desk: Desk) -> None:
    clients = clients_of(desk)
    client_id = clients.save(TYPED, clients.new_draft_id())
    assert not clients.panel(client_id).is_informed
    clients.record_informed(client_id, INFORMATION)
    panel = clients.panel(client_id)
    assert panel.is_informed
    assert "Jana Dvořáková" in panel.informed_on
    with desk.db.read() as tx:
        (event,) = tx.consents.of(client_id)
        assert first_broken(tx.consents.chain(INSTALL)) is None
    assert event.decision.text_version_id == "information-duty-1-cs"
    assert event.decision.proof == f"text sha256:{INFORMATION.digest}"
    assert not event.decision.clock_uncertain


def test_that_information_recorded_by_an_unchecked_clock_says_so(desk: Desk) -> None:
    doubted = replace(recorder(), clock_uncertain=True)
    clients = Clients(
        desk.db, desk.clock, desk.ids, lambda: doubted, lambda: INFORMATION, lambda: "en"
    )
    client_id = clients.save(TYPED, clients.new_draft_id())
    clients.record_informed(client_id, INFORMATION)
    panel = clients.panel(client_id)
    assert panel.is_informed
    assert "by a clock that was not checked" in panel.informed_on
    with desk.db.read() as tx:
        (event,) = tx.consents.of(client_id)
    assert event.decision.clock_uncertain


def test_that_another_text_than_the_one_in_force_is_not_recorded(desk: Desk) -> None:
    clients = clients_of(desk, replace(INFORMATION, version=2))
    client_id = clients.save(TYPED, clients.new_draft_id())
    with pytest.raises(NotAllowed) as refused:
        clients.record_informed(client_id, INFORMATION)
    assert refused.value.code == "SC-CLI-002"
    assert not clients.panel(client_id).is_informed


def test_that_the_panel_names_what_the_digital_signature_needs(desk: Desk) -> None:
    clients = clients_of(desk)
    client_id = clients.save({**TYPED, "phone": ""}, clients.new_draft_id())
    assert clients.panel(client_id).reach == ("mobile phone", "e-mail")


def test_that_an_earlier_save_of_a_draft_never_writes_over_a_later_one(desk: Desk) -> None:
    clients, draft = clients_of(desk), "draft"
    first, second, third = moment(), moment(), moment()
    clients.keep_draft(draft, {"surname": "Dlouhá"}, taken=second)
    clients.keep_draft(draft, {"surname": "Dlou"}, taken=first)
    assert [each.typed for each in clients.drafts()] == [{"surname": "Dlouhá"}]
    clients.keep_draft(draft, {"surname": "Dlouhá-Nová"}, taken=third)
    assert [each.typed for each in clients.drafts()] == [{"surname": "Dlouhá-Nová"}]


def test_that_a_draft_that_was_saved_does_not_come_back_with_a_save_that_waited(
    desk: Desk,
) -> None:
    clients, draft = clients_of(desk), "draft"
    waits, saving = moment(), moment()
    client_id = clients.save(TYPED, draft, taken=saving)
    for taken in (waits, saving):
        clients.keep_draft(draft, TYPED, taken=taken)
    assert clients.drafts() == ()
    changing = moment()
    clients.change(client_id, TYPED, client_id, taken=changing)
    clients.keep_draft(client_id, TYPED, client_id, taken=changing)
    assert clients.drafts() == ()
    clients.keep_draft(client_id, {**TYPED, "city": "Brno"}, client_id)
    assert len(clients.drafts()) == 1, "what is typed anew is kept"
    waits = moment()
    clients.discard_draft(client_id)
    clients.keep_draft(client_id, TYPED, client_id, taken=waits)
    assert clients.drafts() == ()
