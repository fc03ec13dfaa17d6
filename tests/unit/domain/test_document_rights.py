"""Every cell of the table of rights (domain facts 3.2), for every way a document can stand."""

import csv
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

import pytest

from smartclient.domain.document_life import (
    HANDED_OVER,
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

TABLE = Path(__file__).with_name("document_rights.csv")
ALWAYS_EDITED = frozenset(ShownState) - {
    ShownState.CANCELLED,
    ShownState.CONFLICT,
    ShownState.ARCHIVED,
}


def rows() -> Mapping[ShownState, Mapping[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return {ShownState(row.pop("state")): row for row in csv.DictReader(lines)}


CELLS = rows()


def standings() -> Iterator[Standing]:
    """Every combination of what decides, those that cannot arise included."""
    marks = [
        Marks(),
        Marks(core=CoreAnswer.ACCEPTED),
        Marks(core=CoreAnswer.REJECTED),
        Marks(email_undeliverable=True),
        Marks(late_signed=True),
        Marks(paper_expected=True),
    ]
    flags = (False, True)
    for kind, stage, server, backed_up, digital, has_pdf, mark in product(
        DocumentKind, Stage, ServerState, flags, flags, flags, marks
    ):
        yield Standing(kind, stage, server, backed_up, digital, has_pdf, mark)


def wanted(standing: Standing, state: ShownState, action: Action) -> bool:
    """What the cell says; Ostatní is edited always, and its signed version stays in sight."""
    if standing.server is ServerState.ARCHIVED:
        return False  # whatever is shown of it, only its stub is here
    cell = CELLS[state][action.value]
    if cell == "as its state":
        locked = standing.server in HANDED_OVER
        own = ShownState.EXPORTED if locked else ShownState.COMPLETE_BACKED_UP
        return wanted(standing, own, action)
    if action is Action.EDIT and standing.kind is DocumentKind.OTHER:
        return state in ALWAYS_EDITED
    if state is ShownState.DRAFT and action is Action.SHOW:
        return standing.has_pdf and standing.kind is DocumentKind.OTHER
    match cell:
        case "if PDF":
            return standing.has_pdf or standing.stage is Stage.COMPLETE
        case "modelling":
            return standing.kind is DocumentKind.MODELLING
        case _:
            return cell == "yes"


def test_that_the_table_has_a_row_for_every_state_and_a_column_for_every_action() -> None:
    assert list(CELLS) == list(ShownState)
    columns = {action.value for action in Action} - {Action.SIGN.value}
    assert all(set(row) == columns for row in CELLS.values())


@pytest.mark.parametrize("action", [each for each in Action if each is not Action.SIGN])
def test_that_every_standing_has_the_rights_of_its_row(action: Action) -> None:
    met: set[ShownState] = set()
    for standing in standings():
        state = shown_state(standing)
        met.add(state)
        given = permission(standing, action)
        assert given.allowed is wanted(standing, state, action), (standing, state)
        assert given.allowed or given.reason
    assert met == set(ShownState) - {ShownState.CONFLICT}


@pytest.mark.parametrize("action", [each for each in Action if each is not Action.SIGN])
def test_that_a_document_in_conflict_has_the_rights_of_its_row(action: Action) -> None:
    for standing in standings():
        given = permission(standing, action, ShownState.CONFLICT)
        assert given.allowed is wanted(standing, ShownState.CONFLICT, action)


def test_that_only_a_waiting_document_on_the_digital_way_can_be_signed() -> None:
    for standing in standings():
        may = permission(standing, Action.SIGN).allowed
        assert may is (standing.digital and shown_state(standing) is ShownState.WAITING)
