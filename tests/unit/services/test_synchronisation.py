"""The synchronisation as the adviser sees it, against the real back office in the process."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from smartclient.backoffice.operations.partners import Partner, save_partners
from smartclient.domain.document_life import Stage
from smartclient.domain.errors import NotAllowed, Unreachable
from smartclient.services.synchronisation import Step, StepProgress, step_names
from smartclient.wire.admission import AdviserUser
from tests.simulators.inprocess import KNOWN_HR
from tests.simulators.laptop import Laptop
from tests.ui.site import Site

USER = AdviserUser("Jana Dvořáková", "dvorakova.j", "012345PPZ")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    made.activation.activate(KNOWN_HR, USER)
    yield made
    made.close()


def nobody_cancels() -> bool:
    return False


def test_that_steps_come_in_their_order_and_have_names(site: Site) -> None:
    told: list[StepProgress] = []
    site.synchronisation.run(told.append, nobody_cancels)
    steps = [progress.step for progress in told]
    assert steps == sorted(steps)
    assert steps[0] is Step.CONNECTING
    assert steps[-1] is Step.COMPONENTS
    assert len(step_names()) == len(Step)


def test_that_the_components_are_named_with_version_and_date(site: Site) -> None:
    assert site.synchronisation.status().components == ()
    site.synchronisation.run(lambda _progress: None, nobody_cancels)
    status = site.synchronisation.status()
    shown = [(each.name, each.kind, each.version) for each in status.components]
    assert shown == [
        ("Test flexi-offer", "Form", "1"),
        ("Test flexi", "Calculation library", "1"),
    ]
    assert site.synchronisation.title_of("flexi-offer") == "Test flexi-offer"
    assert site.synchronisation.title_of("unknown") == ""


def test_that_the_countdown_follows_the_servers_clock(site: Site) -> None:
    assert site.synchronisation.seconds_to_lock() is None
    site.synchronisation.run(lambda _progress: None, nobody_cancels)
    left = site.synchronisation.seconds_to_lock()
    assert left == timedelta(hours=2, minutes=18).total_seconds()
    assert site.synchronisation.locks_at() == "21:00"
    site.clock.pass_time(hours=1)
    assert site.synchronisation.seconds_to_lock() == left - 3600
    site.clock.set(site.clock.now() - timedelta(hours=5))
    assert site.synchronisation.seconds_to_lock() == left - 3600, "the wall clock decides nothing"


def test_that_no_network_is_told_and_remembered(site: Site) -> None:
    site.wire.fault = Unreachable("SC-SYNC-020")
    with pytest.raises(Unreachable):
        site.synchronisation.run(lambda _progress: None, nobody_cancels)
    assert site.synchronisation.is_online is False
    (run,) = site.synchronisation.status().history
    assert not run.is_good
    assert run.outcome == "There is no connection to the server."
    assert site.synchronisation.status().last_success == ""


def test_that_the_first_components_must_come(site: Site) -> None:
    site.updates.offline = True
    with pytest.raises(Unreachable):
        site.synchronisation.run(lambda _progress: None, nobody_cancels)


def test_that_later_a_missing_catalogue_does_not_hold_up_the_documents(site: Site) -> None:
    site.synchronisation.run(lambda _progress: None, nobody_cancels)
    with site.db.write() as tx:
        tx.feed.set_catalogue_taken("an older one")
        tx.documents.create({"schema": 1, "document_kind": "offer"}, Stage.COMPLETE)
    site.updates.offline = True
    outcome = site.synchronisation.run(lambda _progress: None, nobody_cancels)
    assert outcome.headline.startswith("Synchronised. 1 record sent")
    assert not outcome.is_good
    assert len(outcome.notes) == 1, "the components are told apart"
    with site.db.read() as tx:
        assert tx.feed.catalogue_taken() == "an older one", "they are asked for again"


def test_that_only_one_runs_at_a_time(site: Site) -> None:
    def again(_progress: StepProgress) -> None:
        with pytest.raises(NotAllowed):
            site.synchronisation.run(lambda _inner: None, nobody_cancels)

    site.synchronisation.run(again, nobody_cancels)


def test_that_another_activation_can_be_asked_for(site: Site) -> None:
    assert not site.activation.is_asked_again()
    site.activation.ask_again()
    assert site.activation.is_asked_again()
    account = site.activation.activate(KNOWN_HR, USER)
    assert account.partner_name == "Partner & syn"
    assert not site.activation.is_asked_again()


def test_that_a_blocked_partner_opens_no_form_until_the_insurer_unblocks_it(
    site: Site, tmp_path: Path
) -> None:
    laptop = Laptop(tmp_path / "laptop")
    site.synchronisation.run(lambda _progress: None, nobody_cancels)
    for blocked in (True, False):
        partner = Partner(KNOWN_HR, "Partner & syn", "", blocked=blocked, language="en")
        with site.server.office.writing() as desk:
            save_partners(desk, [partner])
        site.renew_engine()
        outcome = site.synchronisation.run(lambda _progress: None, nobody_cancels)
        assert any("blocked" in note for note in outcome.notes) is blocked
        with site.db.read() as tx:
            notice = tx.feed.notice()
        with laptop.db.write() as tx:
            tx.feed.set_notice(notice)
        client = laptop.new_client()
        if blocked:
            with pytest.raises(NotAllowed) as refusal:
                laptop.forms.start(client, "flexi-offer")
            assert refusal.value.code == "SC-SERV-015"
        else:
            laptop.forms.open(laptop.forms.start(client, "flexi-offer"))
    laptop.close()
