"""The help desk finds an install by anything a caller can say, and its synchronisations by a code."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from smartclient.backoffice.operations import desk_acts, helpdesk, retention_tidying
from smartclient.backoffice.tables import observing
from smartclient.domain.errors import BadInput, NotAllowed
from smartclient.domain.ids import InstallId
from smartclient.wire.admission import AdviserUser
from smartclient.wire.messages import Answer
from smartclient.wire.support_codes import SYNC_HEADER, as_typed, new_code, shown
from smartclient.wire.transport import Request
from tests.simulators.adviser import Adviser
from tests.simulators.inprocess import KNOWN_HR, InProcessServer
from tests.simulators.time_and_ids import SetClock

CODE = "7K3F9QXM"


@pytest.fixture
def synchronised(server: InProcessServer, adviser: Adviser) -> Adviser:
    """An adviser whose synchronisation has ended and is written down."""
    adviser.headers = {**adviser.headers, SYNC_HEADER: CODE}
    server.send(_with_code(server, adviser))
    draft = adviser.offer()
    adviser.push_ok(draft)
    draft.op, draft.lineage = adviser.offer().op, []
    assert adviser.push_one(draft.line()).answer is Answer.STALE
    adviser.pull()
    server.front.watch.book.write(server.office)
    return adviser


def _with_code(server: InProcessServer, adviser: Adviser) -> Request:

    request = server.token_request(adviser.installed)
    return replace(request, headers={**request.headers, SYNC_HEADER: CODE})


def test_that_an_install_is_found_by_anything_a_caller_can_say(
    server: InProcessServer, synchronised: Adviser
) -> None:
    other = server.activate(user=AdviserUser("Petr Žák", "777", "000PPZ", "petr@zak.example"))
    said = {
        "novakova": synchronised.installed.id,
        "045678": synchronised.installed.id,
        "7200000001": synchronised.installed.id,
        "7k3f-9qxm": synchronised.installed.id,
        "ZAK": other.id,
        "petr@zak": other.id,
        other.id: other.id,
    }
    with server.office.reading() as desk:
        found = {text: [each.install for each in helpdesk.find(desk, text)] for text in said}
        both = helpdesk.find(desk, "partner & syn")
        nobody = helpdesk.find(desk, "nobody at all") + helpdesk.find(desk, "  ")
    assert found == {text: [install] for text, install in said.items()}
    assert [each.install for each in both] == [synchronised.installed.id, other.id]
    assert nobody == []


def test_that_an_install_shows_its_state_contact_version_and_synchronisations(
    server: InProcessServer, synchronised: Adviser
) -> None:
    with server.office.reading() as desk:
        seen = helpdesk.look_at(desk, synchronised.installed.id)
    [sync] = seen.syncs
    assert (sync.code, sync.pushed, sync.not_taken, sync.outcome) == (CODE, 1, 1, "")
    assert (sync.requests, sync.version, seen.version) == (4, "test", "test")
    assert sync.pulled > 0
    assert sync.bytes_in > 0
    assert seen.found.partner == "Partner & syn"
    assert (seen.found.hr, seen.found.revoked_at) == (KNOWN_HR, None)
    assert seen.waiting == {"judgements": 1, "signed_packages": 0, "handed_in": 0}
    assert seen.documents == {"open": 1}
    assert "Černá" not in repr(seen)


def test_that_one_synchronisation_is_one_row_however_often_it_is_written(
    server: InProcessServer, synchronised: Adviser, clock: SetClock
) -> None:
    clock.pass_time(seconds=30)
    synchronised.pull()
    assert server.front.watch.book.write(server.office) == 1
    assert server.front.watch.book.write(server.office) == 0
    with server.office.reading() as desk:
        [sync] = helpdesk.find_syncs(desk, "7K3F 9QXM")
    assert sync.requests == 5
    assert sync.last_at - sync.started_at == timedelta(seconds=30)


def test_that_the_last_refusal_is_the_outcome(
    server: InProcessServer, synchronised: Adviser
) -> None:
    synchronised.send("/v1/changes", {"epoch": 99, "since": {}})
    server.front.watch.book.write(server.office)
    with server.office.reading() as desk:
        [sync] = helpdesk.find_syncs(desk, CODE)
    assert sync.outcome == "SC-SERV-009"


def test_that_synchronisations_are_kept_ninety_days_and_the_last_contact_longer(
    server: InProcessServer, synchronised: Adviser, clock: SetClock
) -> None:
    clock.pass_time(days=91)
    with server.office.writing() as desk:
        assert retention_tidying.tidy(desk)["sync_seen"] == 1
    with server.office.reading() as desk:
        seen = helpdesk.look_at(desk, synchronised.installed.id)
        with pytest.raises(NotAllowed, match="SC-HELP-004"):
            helpdesk.find_syncs(desk, CODE)
    assert seen.syncs == ()
    assert seen.found.last_contact is not None


def test_that_a_revoked_install_is_answered_no_more_until_it_is_reactivated(
    server: InProcessServer, synchronised: Adviser
) -> None:
    install = synchronised.installed.id
    with server.office.writing() as desk:
        helpdesk.revoke(desk, install, "laptop was stolen")
    assert synchronised.send("/v1/changes", {"epoch": 1, "since": {}}).status == 401
    assert server.send(server.token_request(synchronised.installed)).status == 403
    with server.office.writing() as desk, pytest.raises(NotAllowed, match="SC-HELP-005"):
        helpdesk.revoke(desk, install, "again")
    with server.office.writing() as desk:
        helpdesk.reactivate(desk, install, "it was found")
    synchronised.headers = server.bearer(synchronised.installed)
    assert synchronised.changes(0).rows != ()
    with server.office.writing() as desk, pytest.raises(NotAllowed, match="SC-HELP-006"):
        helpdesk.reactivate(desk, install, "again")
    with server.office.reading() as desk:
        acts = desk.connection.execute(select(observing.desk_act)).all()
    assert [(act.act, act.subject, act.reason) for act in acts] == [
        ("revoke", install, "laptop was stolen"),
        ("reactivate", install, "it was found"),
    ]


def test_that_an_unknown_install_is_said_to_be_unknown(server: InProcessServer) -> None:
    nobody = InstallId("00000000-0000-4000-8000-999999999999")
    for act in (helpdesk.revoke, helpdesk.reactivate):
        with server.office.writing() as desk, pytest.raises(NotAllowed, match="SC-HELP-003"):
            act(desk, nobody, "why")
    with server.office.reading() as desk, pytest.raises(NotAllowed, match="SC-HELP-003"):
        helpdesk.look_at(desk, nobody)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501, "half a pair \ud800"])
def test_that_an_act_needs_a_reason_that_can_be_kept(reason: str) -> None:
    with pytest.raises(BadInput, match="SC-HELP-002"):
        desk_acts.require_reason(reason)


def test_that_a_code_survives_being_read_out_and_typed() -> None:
    code = new_code(lambda count: bytes(range(200, 200 + count)))
    assert as_typed(shown(code)) == code
    assert as_typed("o1lI-0000".lower()) == "01110000"
    assert as_typed("not a good code") == as_typed("") == ""
    assert (shown(""), shown(CODE)) == ("", "7K3F-9QXM")


def test_that_what_is_no_code_is_not_written_down(
    server: InProcessServer, adviser: Adviser
) -> None:
    for header in ("7k3f9qxm", "7K3F9QXM7", "Eva Černá".encode().decode("latin-1"), "../etc"):
        adviser.headers = {**adviser.headers, SYNC_HEADER: header}
        adviser.pull()
    server.front.watch.book.write(server.office)
    with server.office.reading() as desk:
        assert desk.connection.execute(select(observing.sync_seen)).all() == []
        assert helpdesk.look_at(desk, adviser.installed.id).found.last_contact is not None
