"""What a person reads of the synchronisation: how long ago, what it did, what helps."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartclient.domain.document_life import ShownState, Stage
from smartclient.domain.errors import NotAllowed, Refused, SmartClientError, Unreachable
from smartclient.domain.sentences import SENTENCES
from smartclient.services.synchronisation import (
    Remedy,
    Staleness,
    Step,
    remedy_for,
    staleness_of,
    step_names,
)
from smartclient.services.synchronisation.components import brought, brought_words
from smartclient.services.synchronisation.history import gathered
from smartclient.services.synchronisation.kinds_told import kinds_in_words
from smartclient.services.synchronisation.outcome import outcome_of
from smartclient.services.synchronisation.remedies import remedy_of_code
from smartclient.services.synchronisation.staleness import days_since, stale_words
from smartclient.services.synchronisation.standing import waiting_lines
from smartclient.store.sync_history import SyncRun
from smartclient.store.unsent import Unsent
from smartclient.sync.exchange.progress import SyncReport
from smartclient.wire.catalogue import AppRelease, CatalogueSet, Component, ComponentKind
from smartclient.wire.encoding import sha256
from smartclient.wire.kinds import RecordKind
from smartclient.wire.values import Json

NOW = datetime(2026, 11, 21, 17, 42, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (0, Staleness.FRESH),
        (23.9, Staleness.FRESH),
        (24, Staleness.DAY),
        (71.9, Staleness.DAY),
        (72, Staleness.DAYS),
        (167.9, Staleness.DAYS),
        (168, Staleness.WEEK),
        (9_000, Staleness.WEEK),
    ],
)
def test_that_it_is_said_after_one_three_and_seven_days(hours: float, expected: Staleness) -> None:
    assert staleness_of(NOW - timedelta(hours=hours), NOW) is expected


def test_that_before_the_first_and_with_a_clock_set_back_nothing_is_said() -> None:
    assert staleness_of(None, NOW) is Staleness.FRESH
    assert staleness_of(NOW + timedelta(days=3), NOW) is Staleness.FRESH
    assert days_since(NOW + timedelta(days=3), NOW) == 0


@given(st.lists(st.integers(0, 20_000), min_size=2, max_size=2))
def test_that_it_never_gets_quieter_with_time(minutes: list[int]) -> None:
    earlier, later = sorted(minutes)
    steps = [staleness_of(NOW - timedelta(minutes=age), NOW) for age in (earlier, later)]
    assert steps[0] <= steps[1]


def test_that_each_step_has_its_own_words() -> None:
    told = [stale_words(step, 8) for step in Staleness]
    assert told[0] == ""
    assert len(set(told)) == len(Staleness)
    assert "help desk" in told[-1]


def run(minutes: int, *, outcome: str = "done", pushed: int = 0, conflicts: int = 0) -> SyncRun:
    ended = NOW - timedelta(minutes=minutes)
    return SyncRun(ended - timedelta(seconds=2), ended, outcome, pushed, 0, conflicts)


def test_that_synchronisations_without_news_share_a_line() -> None:
    quiet = [run(minutes) for minutes in range(0, 60, 15)]
    busy = run(70, pushed=3, conflicts=1)
    broken = run(90, outcome="SC-SYNC-020")
    lines = gathered([*quiet, busy, broken, run(100)], NOW, 5)
    assert [line.told for line in lines] == [
        "nothing new, and 3 more times before",
        "sent 3, received 0, 1 conflict",
        "There is no connection to the server.",
        "nothing new",
    ]
    assert [line.is_good for line in lines] == [True, True, False, True]
    assert len(gathered([busy] * 9, NOW, 5)) == 5


def test_that_every_refusal_of_a_synchronisation_leads_to_a_step() -> None:
    expected = {
        "SC-SERV-006": Remedy.HELP,
        "SC-SERV-008": Remedy.UPDATE,
        "SC-SYNC-027": Remedy.UPDATE,
        "SC-PROG-005": Remedy.ACTIVATE,
        "SC-SERV-018": Remedy.RETRY,
        "SC-SYNC-029": Remedy.RETRY,
    }
    assert {code: remedy_for(NotAllowed(code)) for code in expected} == expected
    assert remedy_for(Unreachable("SC-SYNC-020")) is Remedy.RETRY


def test_that_who_is_told_to_call_or_to_update_gets_that_button() -> None:
    for code, spoken in SENTENCES.items():
        if not code.startswith(("SC-SYNC-", "SC-SERV-00", "SC-SERV-02", "SC-SERV-07")):
            continue
        remedy = remedy_for(Refused(code))
        if spoken.do.startswith("Update the application"):
            assert remedy is Remedy.UPDATE, code
        if spoken.do.startswith("Call the help desk"):
            assert remedy is Remedy.HELP, code
    assert remedy_for(SmartClientError("SC-PROG-002")) is Remedy.RETRY


@pytest.mark.parametrize("code", ["SC-SERV-070", "SC-SERV-071", "SC-SERV-072", "SC-SERV-073"])
def test_that_a_record_for_another_place_leads_to_the_help_desk(code: str) -> None:
    assert SENTENCES[code].do == "Call the help desk."
    assert remedy_of_code(code) is Remedy.HELP


@pytest.mark.parametrize(
    ("off", "said"),
    [
        (timedelta(minutes=3), "3 minutes"),
        (-timedelta(minutes=119), "2 hours"),
        (timedelta(hours=40), "2 days"),
    ],
)
def test_that_a_wrong_clock_is_told_in_its_unit_and_is_no_success(
    off: timedelta, said: str
) -> None:
    told = outcome_of(SyncReport(clock_off=off), None)
    assert told.headline == "Synchronised, there is nothing new.", "nobody counts what is none"
    assert f"wrong by {said}." in told.notes[0]
    assert not told.is_good


def test_that_nothing_new_is_never_said_beside_a_conflict() -> None:
    assert outcome_of(SyncReport(conflicts=1), None).headline == "Synchronised"


def test_that_an_adviser_is_told_what_went_to_a_person_at_the_insurer() -> None:
    told = outcome_of(SyncReport(pushed=3, handed_in=2), None)
    assert not told.is_good
    assert any("2 records went to the insurer" in note for note in told.notes)


def test_that_the_steps_say_what_is_really_sent() -> None:
    kinds = {RecordKind.CLIENT, RecordKind.CLIENT_HIDE, RecordKind.CONSENT_EVENT, RecordKind.CASE}
    assert kinds_in_words(kinds) == "clients, consents, other records"
    assert kinds_in_words({RecordKind.DOCUMENT}) == "documents"
    assert kinds_in_words(()) == ""
    assert step_names()[Step.SENDING_FILES] == "Sending files"
    assert step_names()[Step.SENDING] == "Sending changes"


def test_that_what_waits_is_told_kind_by_kind_and_tonights_first() -> None:
    waits = Unsent(
        {Stage.DRAFT: 2, Stage.WAITING: 1},
        {
            RecordKind.CLIENT: 3,
            RecordKind.CLIENT_HIDE: 1,
            RecordKind.CONSENT_EVENT: 1,
            RecordKind.ATTACHMENT: 2,
            RecordKind.SIGNED_PACKAGE: 1,
            "from_a_later_version": 1,
        },
        (),
    )
    lines = waiting_lines({ShownState.SIGNED_HERE: 1, ShownState.ACCEPTED: 7}, waits)
    assert [line.words for line in lines] == [
        "1 signed document",
        "1 document that waits for the signature",
        "2 documents in progress",
        "4 changes of clients",
        "1 record of a consent",
        "2 attachments",
        "1 other record",
    ]
    assert [line.counts for line in lines] == [True, *[False] * 6]


def component(name: str, version: int) -> Component:
    day, content = date(2026, 11, 1), name.encode()
    kind = ComponentKind.FORM
    names = {"cs": name, "en": name}
    return Component(kind, name, version, names, day, day, None, sha256(content), len(content))


def test_that_the_last_update_is_remembered_with_its_versions() -> None:
    release = AppRelease("0.1.0", date(2026, 11, 1), "0.1.0")
    before = CatalogueSet("1", release, (component("offer", 11), component("change", 4)))
    kept = brought(before, (component("offer", 12), component("claim", 1)), NOW)
    assert brought_words(kept, NOW) == (
        "Last update today 18:42: offer (version 11 → 12), claim (new, version 1)."
    )
    assert brought(None, (component("offer", 12),), NOW) is None, "the first set is no news"
    many = brought(before, tuple(component(f"form {n}", 1) for n in range(9)), NOW)
    assert brought_words(many, NOW).endswith("3 more.")
    damages: tuple[Json, ...] = (
        None,
        {},
        {"at": 1},
        {"at": "2026-11-21T17:42:00.000Z", "components": []},
    )
    for damaged in damages:
        assert brought_words(damaged, NOW) == ""
