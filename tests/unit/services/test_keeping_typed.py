"""What is typed is kept in the order in which it was typed, whichever thread keeps it when."""

import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartclient.domain.document_life import Stage
from smartclient.domain.errors import NoSpace, NotAllowed
from smartclient.domain.ids import DocumentId
from smartclient.forms.session import FormSession
from smartclient.services.forms import Snapshot
from smartclient.services.forms.keeping import Keeping
from smartclient.store.changes import Changed
from smartclient.store.conflicts import Conflicts, Reason
from smartclient.store.documents import Documents
from smartclient.wire.messages import JsonObject
from smartclient.wire.values import mapping
from tests.simulators.laptop import Laptop, lock
from tests.unit.services.test_kinds_of_documents import modelling

WORK = "insured.0.occupation"


@pytest.fixture
def document_id(laptop: Laptop) -> DocumentId:
    return laptop.filled_offer()


@pytest.fixture
def session(laptop: Laptop, document_id: DocumentId) -> FormSession:
    """The offer as it is open in the window."""
    return laptop.forms.open(document_id).session


def typed(session: FormSession, text: str) -> Snapshot:
    session.set(WORK, text)
    return Snapshot.of(session, "Petr Novák")


def work_of(body: JsonObject) -> object:
    insured = mapping(body["answers"])["insured"]
    assert isinstance(insured, list)
    return mapping(insured[0])["occupation"]


def kept_work(laptop: Laptop, document_id: DocumentId) -> object:
    with laptop.db.read() as tx:
        return work_of(tx.documents.get(document_id).body)


def another_device(laptop: Laptop, document_id: DocumentId, **more: object) -> None:
    """A synchronisation brought its version."""
    with laptop.db.write() as tx:
        body = {**tx.documents.get(document_id).body, "answers": {}, **more}
        tx.documents.save(document_id, body, Stage.DRAFT)  # type: ignore[arg-type]


def test_that_a_save_that_waited_never_writes_over_a_later_one(
    laptop: Laptop, document_id: DocumentId, session: FormSession
) -> None:
    waits, newest = typed(session, "učitel"), typed(session, "učitel na gymnáziu")
    laptop.forms.keep(document_id, newest)
    laptop.forms.keep(document_id, waits)
    assert kept_work(laptop, document_id) == "učitel na gymnáziu"
    with laptop.db.read() as tx:
        assert tx.conflicts.open() == ()


def test_that_a_save_that_waited_does_not_bring_back_what_was_taken_back(
    laptop: Laptop, document_id: DocumentId, session: FormSession
) -> None:
    before = str(session.field(WORK).typed)
    waits, newest = typed(session, "učitel na gymnáziu"), typed(session, before)
    laptop.forms.keep(document_id, newest)  # nothing differs from what is kept
    laptop.forms.keep(document_id, waits)
    assert kept_work(laptop, document_id) == before


def test_that_an_older_save_is_kept_while_the_later_one_could_not_be(
    laptop: Laptop, document_id: DocumentId, session: FormSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, newest = typed(session, "učitel"), typed(session, "učitel na gymnáziu")

    def full(*_args: object) -> None:
        raise NoSpace("SC-STORE-010")

    monkeypatch.setattr(Documents, "save", full)
    with pytest.raises(NoSpace):
        laptop.forms.keep(document_id, newest)
    monkeypatch.undo()
    laptop.forms.keep(document_id, waits)
    assert kept_work(laptop, document_id) == "učitel"
    laptop.forms.keep(document_id, newest)
    assert kept_work(laptop, document_id) == "učitel na gymnáziu"


def test_that_two_saves_of_one_form_are_no_conflict(
    laptop: Laptop, document_id: DocumentId, session: FormSession
) -> None:
    """The second comes in the moment between the commit of the first and its return."""
    first, second = typed(session, "učitel"), typed(session, "učitel na gymnáziu")
    heard: list[str] = []

    def keep_again(changed: Changed) -> None:
        heard.append(changed.kind)
        if len(heard) == 1:
            laptop.forms.keep(document_id, second)

    end = laptop.db.subscribe(keep_again)
    laptop.forms.keep(document_id, first)
    end()
    assert heard
    assert kept_work(laptop, document_id) == "učitel na gymnáziu"
    third = typed(session, "učitel v důchodu")
    laptop.forms.keep(document_id, third)
    assert kept_work(laptop, document_id) == "učitel v důchodu"
    with laptop.db.read() as tx:
        assert tx.conflicts.open() == ()


def test_that_a_save_of_the_window_waits_for_one_that_is_just_committed(
    laptop: Laptop, document_id: DocumentId, session: FormSession
) -> None:
    first, second = typed(session, "učitel"), typed(session, "učitel na gymnáziu")
    of_the_window = threading.Thread(target=laptop.forms.keep, args=(document_id, second))
    begun: list[threading.Thread] = []

    def window(_changed: Changed) -> None:
        if not begun:
            begun.append(of_the_window)
            of_the_window.start()

    end = laptop.db.subscribe(window)
    laptop.forms.keep(document_id, first)
    of_the_window.join(30)
    end()
    assert begun
    assert not of_the_window.is_alive()
    assert kept_work(laptop, document_id) == "učitel na gymnáziu"
    with laptop.db.read() as tx:
        assert tx.conflicts.open() == ()


@pytest.mark.parametrize("reason", list(Reason))
def test_that_two_saves_that_lost_are_one_conflict_with_what_was_typed_last(
    laptop: Laptop, document_id: DocumentId, session: FormSession, reason: Reason
) -> None:
    if reason is Reason.LOCKED:
        lock(laptop, document_id)
    else:
        another_device(laptop, document_id)
    for text in ("učitel", "učitel na gymnáziu"):
        with pytest.raises(NotAllowed, match=r"SC-OFFER-00[39]"):
            laptop.forms.keep(document_id, typed(session, text))
    with laptop.db.read() as tx:
        (conflict,) = tx.conflicts.open()
    assert conflict.reason is reason
    assert work_of(conflict.body) == "učitel na gymnáziu"


def test_that_a_conflict_somebody_has_dealt_with_is_not_taken_away_by_a_later_save(
    laptop: Laptop, document_id: DocumentId, session: FormSession
) -> None:
    lock(laptop, document_id)
    with pytest.raises(NotAllowed):
        laptop.forms.keep(document_id, typed(session, "učitel"))
    with laptop.db.write() as tx:
        (first,) = tx.conflicts.open()
        tx.conflicts.close(first.id)
    with pytest.raises(NotAllowed):
        laptop.forms.keep(document_id, typed(session, "učitel na gymnáziu"))
    with laptop.db.read() as tx:
        assert [work_of(each.body) for each in tx.conflicts.open()] == ["učitel na gymnáziu"]
        assert [work_of(each.body) for each in tx.conflicts.settled()] == ["učitel"]


def test_that_the_conflict_of_an_earlier_form_stays_when_the_next_one_loses(
    laptop: Laptop, document_id: DocumentId
) -> None:
    for text in ("učitel", "učitel na gymnáziu"):
        session = laptop.forms.open(document_id).session
        theirs = {"insured": [{"occupation": f"{text} v důchodu"}]}
        another_device(laptop, document_id, answers=theirs)
        with pytest.raises(NotAllowed, match="SC-OFFER-009"):
            laptop.forms.keep(document_id, typed(session, text))
    with laptop.db.read() as tx:
        found = {work_of(each.body) for each in tx.conflicts.open()}
    assert found == {"učitel", "učitel na gymnáziu"}


def test_that_what_is_completed_is_what_was_in_the_form_and_not_another_devices_version(
    laptop: Laptop, document_id: DocumentId, session: FormSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, other = laptop.forms.keep, laptop.forms.open(document_id).session

    def keep_and_synchronise(document: DocumentId, snapshot: Snapshot) -> None:
        keep(document, snapshot)  # nothing differs, so a synchronisation may bring another version
        with laptop.db.write() as tx:
            theirs = typed(other, "řidič").draft(tx.documents.get(document).body)
            tx.documents.save(document, theirs, Stage.DRAFT)

    monkeypatch.setattr(laptop.forms, "keep", keep_and_synchronise)
    with pytest.raises(NotAllowed, match="SC-OFFER-005"):
        laptop.forms.complete(document_id, Snapshot.of(session, "Petr Novák"))
    with laptop.db.read() as tx:
        assert tx.documents.get(document_id).row.stage is Stage.DRAFT


def test_that_a_draft_keeps_what_was_typed_and_is_not_asked_any_more(
    laptop: Laptop, document_id: DocumentId, session: FormSession
) -> None:
    """Asked, answered and no more asked between two saves: what is in force is the same."""
    session.set("needs.existing", True)
    path = "needs.existing_detail"
    session.set(path, "Kooperativa, 2019")
    session.set("needs.existing", False)
    laptop.forms.keep(document_id, Snapshot.of(session, "Petr Novák"))
    again = laptop.forms.open(document_id).session
    again.set("needs.existing", True)
    assert again.field(path).typed == "Kooperativa, 2019"


def test_that_a_form_moved_to_a_newer_version_elsewhere_is_not_written_over(
    laptop: Laptop, document_id: DocumentId
) -> None:
    with laptop.db.write() as tx:
        body = {**tx.documents.get(document_id).body, "form_version": 1, "tariff_version": 1}
        tx.documents.save(document_id, body, Stage.DRAFT)
    session = laptop.forms.open(document_id).session
    with laptop.db.write() as tx:
        body = {**tx.documents.get(document_id).body, "form_version": 2, "tariff_version": 2}
        tx.documents.save(document_id, body, Stage.DRAFT)
    with pytest.raises(NotAllowed, match="SC-OFFER-009"):
        laptop.forms.keep(document_id, typed(session, "učitel"))


@pytest.mark.parametrize("turn", ["add", "take", "drop"])
def test_that_turning_variants_writes_over_no_version_that_came_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, turn: str
) -> None:
    laptop = Laptop(tmp_path, every_kind=True)
    document_id = modelling(laptop)
    laptop.forms.variants.add(document_id)
    workshop = laptop.forms._workshop
    session = workshop.session

    def synchronised(body: JsonObject, *more: str) -> FormSession:
        another_device(laptop, document_id)
        return session(body, *more)

    monkeypatch.setattr(workshop, "session", synchronised)
    ways: dict[str, Callable[[], object]] = {
        "add": lambda: laptop.forms.variants.add(document_id),
        "take": lambda: laptop.forms.variants.take(document_id, "A"),
        "drop": lambda: laptop.forms.variants.drop(document_id, "A"),
    }
    with pytest.raises(NotAllowed, match="SC-OFFER-010"):
        ways[turn]()
    with laptop.db.read() as tx:
        assert tx.documents.get(document_id).body["answers"] == {}
    laptop.close()


@dataclass(slots=True)
class Order:
    """One order of typing, saving, refusing and synchronising, and what must come of it."""

    laptop: Laptop
    keeping: Keeping
    document: DocumentId
    taken: list[Snapshot] = field(default_factory=list)
    newest: int = 0
    """When what is kept had been taken."""
    holds: JsonObject = field(default_factory=dict)
    foreign: bool = False
    """Another device's version stands there."""
    lost: list[JsonObject] = field(default_factory=list)

    def type(self, text: int) -> None:
        answers: JsonObject = {"typed": str(text)}
        self.taken.append(Snapshot(answers, answers, None, False, "Petr Novák"))

    def synchronise(self, text: int) -> None:
        self.holds, self.foreign = {"theirs": str(text)}, True
        another_device(self.laptop, self.document, answers=self.holds)

    def save(self, place: int, *, full: bool) -> None:
        if not self.taken:
            return
        snapshot = self.taken[place % len(self.taken)]
        before = self.holds
        if snapshot.taken >= self.newest and not full:
            self.newest = snapshot.taken
            if self.foreign:
                self.lost = [snapshot.answers]
            else:
                self.holds = snapshot.answers
        refused = NoSpace if full else NotAllowed
        with ExitStack() as around, suppress(refused):
            if full:
                patch = around.enter_context(pytest.MonkeyPatch.context())
                patch.setattr(Documents, "save", _full)
                patch.setattr(Conflicts, "keep", _full)
            self.keeping.keep(self.document, snapshot)
            if full and snapshot.taken >= self.newest and snapshot.answers == before:
                self.newest = snapshot.taken  # nothing differed, so nothing was written

    def check(self) -> None:
        with self.laptop.db.read() as tx:
            assert tx.documents.get(self.document).body["answers"] == self.holds
            found = [each for each in tx.conflicts.open() if each.document_id == self.document]
        assert [each.body["answers"] for each in found] == self.lost


def _full(*_args: object) -> None:
    raise NoSpace("SC-STORE-010")


STEPS = st.one_of(
    st.tuples(st.just("type"), st.integers(0, 3)),
    st.tuples(st.just("save"), st.integers(0, 5)),
    st.tuples(st.just("save"), st.integers(0, 5)),
    st.tuples(st.just("refuse"), st.integers(0, 5)),
    st.tuples(st.just("synchronise"), st.integers(0, 3)),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEPS, max_size=14))
def test_that_no_order_of_saves_loses_what_was_typed_last_or_another_devices_version(
    laptop: Laptop, steps: list[tuple[str, int]]
) -> None:
    body: JsonObject = {"document_kind": "offer", "form_id": "flexi-offer", "form_version": 2}
    body |= {"tariff_id": "flexi", "tariff_version": 2, "answers": {}, "premium": None}
    body |= {"digital": False, "client_name": "Petr Novák", "number": "7200040001"}
    keeping = Keeping(laptop.db)
    with laptop.db.write() as tx:
        document = tx.documents.create(body).id
        keeping.opened(tx.documents.get(document))
    order = Order(laptop, keeping, document)
    for step, number in steps:
        match step:
            case "type":
                order.type(number)
            case "synchronise":
                order.synchronise(number)
            case _:
                order.save(number, full=step == "refuse")
        order.check()
