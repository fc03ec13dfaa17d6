"""What the server still lets an install do."""

import pytest

from smartclient.domain.admission import REVOKED, Admission
from smartclient.domain.document_life import Action, Permission

YES = Permission(True)


def test_that_everything_may_be_done_while_the_server_says_nothing() -> None:
    assert all(Admission().limits(action, YES) == YES for action in Action)
    assert Admission().documents == Admission().changes == YES


def test_that_a_revoked_install_only_shows() -> None:
    revoked = Admission(REVOKED)
    assert revoked.is_revoked
    assert [action for action in Action if revoked.limits(action, YES).allowed] == [Action.SHOW]
    assert revoked.changes.reason == "The activation of this computer was revoked."


@pytest.mark.parametrize("notice", ["SC-SERV-015", "SC-SERV-999"])
def test_that_any_other_notice_holds_only_documents_back(notice: str) -> None:
    told = Admission(notice)
    held = {action for action in Action if not told.limits(action, YES).allowed}
    assert held == {Action.EDIT, Action.COPY, Action.PREFILL}
    assert told.changes == YES
    assert told.documents.reason


def test_that_the_table_of_rights_gives_the_nearer_reason() -> None:
    locked = Permission(False, "locked")
    assert Admission(REVOKED).limits(Action.EDIT, locked) == locked
