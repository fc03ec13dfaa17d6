"""The table of domain facts on shown states and rights, cell by cell, in the seed's own words."""

import pytest

from smartclient import locale
from smartclient.domain.document_life import (
    Action,
    CoreAnswer,
    DocumentKind,
    Marks,
    ServerState,
    ShownState,
    Stage,
    Standing,
    permission,
    shown_state,
)
from smartclient.domain.document_looks import APPEARANCE, appearance

N, OPEN, LOCKED = ServerState.NONE, ServerState.OPEN, ServerState.LOCKED
OFFER = DocumentKind.OFFER
ACCEPTED, REJECTED = Marks(core=CoreAnswer.ACCEPTED), Marks(core=CoreAnswer.REJECTED)
BACKED_UP = (
    "dokument je zálohován na serveru aplikace SmartClient, kolem 21. hodiny bude exportován do PČS"
)
EXPORTED = "dokument je exportován do PČS, již nelze editovat"
SENT = "Nabídka byla odeslána do PČS"

TEXTS = {
    ShownState.DRAFT: ("dokument byl rozpracován, nebude odeslán do PČS", ""),
    ShownState.WAITING: (
        "dokument čeká na digitální podpis, nebude odeslán do PČS",
        "Nabídka je rozpracována, čeká na podpis",
    ),
    ShownState.SIGNED_HERE: (
        "dokument byl úspěšně digitálně podepsán",
        "Nabídka podepsána, čeká na synchronizaci SmartClienta – již ji nelze editovat",
    ),
    ShownState.COMPLETE_BACKED_UP: (BACKED_UP, ""),
    ShownState.SIGNED_BACKED_UP: (BACKED_UP, SENT),
    ShownState.EXPORTED: (EXPORTED, SENT),
    ShownState.ACCEPTED: (
        "PČS přijala nabídku do zpracování",
        "PČS přijala nabídku do zpracování",
    ),
}

ROWS = (
    # standing, shown, then edit, cancel, discard, show, copy; the paper way prints again
    (Standing(OFFER, Stage.DRAFT, N, False), ShownState.DRAFT, "y n y n y"),
    (Standing(OFFER, Stage.DRAFT, OPEN, True), ShownState.DRAFT, "y n y n y"),
    (Standing(OFFER, Stage.WAITING, OPEN, True, True), ShownState.WAITING, "y n n y y"),
    (Standing(OFFER, Stage.COMPLETE, N, False), ShownState.COMPLETE_HERE, "y y n y y"),
    (Standing(OFFER, Stage.COMPLETE, OPEN, True), ShownState.COMPLETE_BACKED_UP, "y y n y y"),
    (Standing(OFFER, Stage.SIGNED, OPEN, False, True, True), ShownState.SIGNED_HERE, "n n n y y"),
    (
        Standing(OFFER, Stage.SIGNED, OPEN, True, True, True),
        ShownState.SIGNED_BACKED_UP,
        "n n n y y",
    ),
    (Standing(OFFER, Stage.COMPLETE, LOCKED, True), ShownState.EXPORTED, "n n n y y"),
    (Standing(OFFER, Stage.SIGNED, LOCKED, True, True, True), ShownState.EXPORTED, "n n n y y"),
    (
        Standing(OFFER, Stage.SIGNED, LOCKED, True, True, True, ACCEPTED),
        ShownState.ACCEPTED,
        "n n n y y",
    ),
    (
        Standing(OFFER, Stage.COMPLETE, LOCKED, True, marks=REJECTED),
        ShownState.REJECTED,
        "n n n y y",
    ),
    (Standing(OFFER, Stage.CANCELLED, OPEN, True), ShownState.CANCELLED, "n n n n y"),
    (Standing(DocumentKind.OTHER, Stage.COMPLETE, LOCKED, True), ShownState.EXPORTED, "y n n y y"),
)
ASKED = (Action.EDIT, Action.CANCEL, Action.DISCARD, Action.SHOW, Action.COPY)


@pytest.mark.parametrize(("standing", "shown", "rights"), ROWS)
def test_that_state_and_rights_are_those_of_the_table(
    standing: Standing, shown: ShownState, rights: str
) -> None:
    assert shown_state(standing) is shown
    found = " ".join("y" if permission(standing, each).allowed else "n" for each in ASKED)
    assert found == rights


@pytest.mark.parametrize("state", TEXTS)
def test_that_the_tooltip_has_the_words_of_the_seed(state: ShownState) -> None:
    czech = locale.load("cs").gettext
    look = APPEARANCE[state]
    first, second = TEXTS[state]
    assert czech(look.first_line).replace("\u00a0", " ") == first
    assert (czech(look.second_line).replace("\u00a0", " ") if look.second_line else "") == second


def test_that_only_an_offer_is_spoken_of_as_an_offer() -> None:
    czech = locale.load("cs").gettext
    for kind in DocumentKind:
        for state in ShownState:
            look = appearance(Standing(kind, Stage.COMPLETE, OPEN, True), state)
            lines = (
                f"{czech(look.first_line)} {czech(look.second_line) if look.second_line else ''}"
            )
            assert look.icon == APPEARANCE[state].icon
            assert kind is DocumentKind.OFFER or "abíd" not in lines


def test_that_paper_is_expected_beside_the_tick_and_beside_the_lock() -> None:
    expected = Marks(paper_expected=True)
    here = Standing(OFFER, Stage.COMPLETE, OPEN, True, marks=expected)
    there = Standing(OFFER, Stage.COMPLETE, LOCKED, True, marks=expected)
    assert shown_state(here) is shown_state(there) is ShownState.PAPER_EXPECTED
    assert (appearance(here).icon, appearance(there).icon) == ("tick-sheet", "lock-sheet")
    assert permission(here, Action.EDIT).allowed
    assert not permission(there, Action.EDIT).allowed


def test_that_every_refusal_gives_its_reason_in_czech() -> None:
    czech = locale.load("cs").gettext
    for standing, _shown, _rights in ROWS:
        for action in Action:
            answer = permission(standing, action)
            assert answer.allowed or czech(answer.reason) != answer.reason


def test_that_every_shown_state_has_icon_and_text() -> None:
    assert set(APPEARANCE) == set(ShownState)
    assert all(look.icon and look.first_line for look in APPEARANCE.values())
    assert len({look.icon for look in APPEARANCE.values()}) == len(ShownState)
