"""What the ledger of the soak lets go, and what it calls lost."""

from collections.abc import Mapping

import pytest

from development.soak.ledger import Ledger, Whereabouts

NOWHERE = Whereabouts(frozenset(), frozenset(), {})


def _found(
    server: str = "", laptops: Mapping[str, str] | None = None, beside: str = ""
) -> Whereabouts:
    """Words named by single letters."""
    held = {name: frozenset(words) for name, words in (laptops or {}).items()}
    return Whereabouts(frozenset(server), frozenset(), held, frozenset(beside))


@pytest.fixture
def ledger() -> Ledger:
    """An adviser typed x on laptop A."""
    made = Ledger()
    made.hear("A", {"typed": "x"})
    return made


def test_that_an_edit_that_is_nowhere_is_lost_acknowledged_or_not(ledger: Ledger) -> None:
    assert ledger.lost(NOWHERE) == ["typed on A and nowhere: x"]
    ledger.hear("A", {"acknowledged": ["x"]})
    assert ledger.lost(NOWHERE) == ["acknowledged and lost: x"]


def test_that_an_edit_at_the_server_or_beside_what_won_is_not_lost(ledger: Ledger) -> None:
    assert ledger.lost(_found(server="x")) == []
    assert ledger.lost(_found(beside="x")) == []
    assert ledger.lost(_found(laptops={"A": "x"})) != []  # at rest it must have been sent


def test_that_what_a_lost_disk_alone_held_may_go_unless_it_was_acknowledged(
    ledger: Ledger,
) -> None:
    ledger.disk_lost("A", "x", _found(laptops={"A": ""}))
    assert ledger.lost(NOWHERE) == []
    ledger.hear("A", {"typed": "y"})
    ledger.hear("A", {"acknowledged": ["y"]})
    ledger.disk_lost("A", "y", _found(laptops={"A": ""}))
    assert ledger.lost(NOWHERE) == ["acknowledged and lost: y"]


def test_that_what_a_server_and_an_old_disk_held_is_gone_with_both(ledger: Ledger) -> None:
    """Whether or not the laptop ever heard the answer to it."""
    ledger.disk_lost("A", "x", _found(server="x", laptops={"A": ""}))
    ledger.server_restored(_found(server="x", laptops={"A": ""}), _found(laptops={"A": ""}))
    assert ledger.lost(NOWHERE) == []


def test_that_a_restored_server_excuses_nothing_that_a_laptop_held(ledger: Ledger) -> None:
    ledger.hear("A", {"acknowledged": ["x"]})
    here = {"A": "x"}
    ledger.server_restored(_found(server="x", laptops=here), _found(laptops=here))
    assert ledger.at_risk == {"x"}
    assert ledger.lost(NOWHERE) == ["acknowledged and lost: x"]
    ledger.disk_lost("A", "x", _found(laptops={"A": ""}))
    assert ledger.lost(NOWHERE) == []


def test_that_a_restored_server_excuses_nothing_that_was_lost_before(ledger: Ledger) -> None:
    ledger.server_restored(NOWHERE, NOWHERE)
    assert ledger.lost(NOWHERE) == ["typed on A and nowhere: x"]


def test_that_a_restored_server_excuses_nothing_while_every_disk_is_its_own(
    ledger: Ledger,
) -> None:
    """Then the laptop let go of it by itself."""
    ledger.server_restored(_found(server="x"), NOWHERE)
    assert ledger.lost(NOWHERE) == ["typed on A and nowhere: x"]


def test_that_who_saw_a_value_may_type_over_it(ledger: Ledger) -> None:
    ledger.hear("B", {"over": "x"})
    assert ledger.lost(NOWHERE) == []


def test_that_what_hung_on_an_erased_client_goes_with_it(ledger: Ledger) -> None:
    ledger.hear("B", {"typed": "z", "about": ["client"]})
    ledger.client_erased(["client"], "x")
    assert ledger.lost(NOWHERE) == []
