"""Activation by HR number against the real back office, in the test's own process."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import Certificate

from smartclient.backoffice.operations.partners import Partner, save_partners
from smartclient.domain.errors import (
    BadInput,
    Damaged,
    Refused,
    SmartClientError,
    Unreachable,
)
from smartclient.domain.ids import HrNumber, RandomIds
from smartclient.domain.mode import Mode
from smartclient.domain.sentences import text_for
from smartclient.store.keys import KeyRing
from smartclient.store.os_secret import PracticeSecret
from smartclient.sync.activation.activation import PENDING, Activation
from smartclient.wire.admission import AdviserUser
from smartclient.wire.transport import Reply, Request
from tests.simulators.inprocess import BLOCKED_HR, KNOWN_HR, InProcessServer, practice_issuers

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
USER = AdviserUser(" Jana Nováková ", "12345", "045678PPZ")
DEVICE = "notebook"


class _Clock:
    def __init__(self) -> None:
        self.instant = NOON

    def now(self) -> datetime:
        return self.instant

    def monotonic(self) -> float:
        return self.instant.timestamp()


class Wire:
    """The way to the server; it can be cut before or after the server did its work."""

    def __init__(self, server: InProcessServer) -> None:
        self.server = server
        self.asked: list[str] = []
        self.fault: SmartClientError | None = None
        self.lose_answer = False
        self.answer: Reply | None = None

    def send(self, request: Request) -> Reply:
        self.asked.append(request.path)
        if self.fault is not None and not self.lose_answer:
            raise self.fault
        reply = self.server.send(request)
        if self.fault is not None:
            raise self.fault
        return self.answer or reply


class Laptop:
    """A key ring and an activation over a wire."""

    def __init__(self, folder: Path, wire: Wire, clock: _Clock, root: Certificate) -> None:
        secret = PracticeSecret(folder / "secret", Mode.PRACTICE)
        self.keys = KeyRing.open(folder / "ring", secret)
        self.wire = wire
        self.activation = Activation(wire, self.keys, root, clock, random=Random(1).randbytes)


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def server(clock: _Clock, tmp_path: Path) -> Iterator[InProcessServer]:
    with InProcessServer(clock, RandomIds(), folder=tmp_path / "server") as server:
        yield server


@pytest.fixture
def laptop(server: InProcessServer, clock: _Clock, tmp_path: Path) -> Laptop:
    return Laptop(tmp_path / "laptop", Wire(server), clock, server.issuers.root)


def _code(error: SmartClientError) -> str:
    assert text_for(error)
    return error.code


@pytest.mark.parametrize(
    "typed", ["", "8001", "9a", "HR 9001", "９００１", "-9001", "9" * 21, "abc"]
)
def test_that_a_number_that_cannot_be_one_is_refused_before_any_call(
    laptop: Laptop, typed: str
) -> None:
    for call in (
        lambda: laptop.activation.check_hr(typed),
        lambda: laptop.activation.activate(typed, USER, DEVICE),
    ):
        with pytest.raises(BadInput) as refusal:
            call()
        assert _code(refusal.value) == "SC-ACT-001"
    assert laptop.wire.asked == []


def test_that_a_known_number_tells_the_partner(laptop: Laptop) -> None:
    assert laptop.activation.check_hr(" 9001 2345 ") == "Partner & syn"


def test_that_wrong_unknown_and_blocked_numbers_get_three_different_sentences(
    laptop: Laptop,
) -> None:
    sentences = set()
    for number, kind in (("8001", BadInput), ("90000000", Refused), (BLOCKED_HR, Refused)):
        with pytest.raises(kind) as refusal:
            laptop.activation.check_hr(number)
        assert isinstance(refusal.value, SmartClientError)
        sentences.add(text_for(refusal.value))
    laptop.wire.fault = Unreachable("SC-SYNC-020")
    with pytest.raises(Unreachable) as unreachable:
        laptop.activation.check_hr(KNOWN_HR)
    sentences.add(text_for(unreachable.value))
    assert len(sentences) == 4


def test_that_too_many_tries_say_how_long_to_wait(laptop: Laptop) -> None:
    def try_on() -> None:
        for number in range(90_100_000, 90_100_100):
            try:
                laptop.activation.check_hr(str(number))
            except Refused as unknown:
                if unknown.code != "SC-SERV-014":
                    raise

    with pytest.raises(Refused) as refusal:
        try_on()
    assert _code(refusal.value) == "SC-SERV-012"
    assert refusal.value.values["seconds"] in text_for(refusal.value)


def test_that_an_activated_install_has_two_keys_with_certificates(laptop: Laptop) -> None:
    installed = laptop.activation.activate(KNOWN_HR, USER, DEVICE)
    assert laptop.activation.installed is not None
    assert laptop.activation.installed.to_bytes() == installed.to_bytes()
    assert installed.partner_name == "Partner & syn"
    assert installed.user.name == "Jana Nováková"
    assert installed.device == DEVICE
    assert installed.keys.install.public_key() != installed.keys.seal.public_key()
    seal = installed.seal_key()
    assert seal.certificate.public_key() == installed.keys.seal.public_key()
    assert [each.subject for each in seal.chain] == [seal.certificate.issuer]


def test_that_the_install_key_proves_the_install(laptop: Laptop) -> None:
    identity = laptop.activation.activate(KNOWN_HR, USER, DEVICE).identity()
    installed = laptop.activation.installed
    assert installed is not None
    assert identity.install == installed.reply.install
    signature = identity.sign(b"message")
    installed.keys.install.public_key().verify(signature, b"message", ECDSA(SHA256()))


def test_that_no_key_lies_readable_in_the_folder(laptop: Laptop, tmp_path: Path) -> None:
    laptop.activation.activate(KNOWN_HR, USER, DEVICE)
    for path in (tmp_path / "laptop" / "ring").rglob("*"):
        assert b"PRIVATE KEY" not in path.read_bytes()


@pytest.mark.parametrize(
    ("user", "code"),
    [
        (AdviserUser(" ", "12345", "045678PPZ"), "SC-ACT-010"),
        (AdviserUser("Jana Nováková", "", "045678PPZ"), "SC-ACT-011"),
        (AdviserUser("Jana Nováková", "12345", "\t"), "SC-ACT-012"),
    ],
)
def test_that_each_mandatory_field_has_its_own_sentence(
    laptop: Laptop, user: AdviserUser, code: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        laptop.activation.activate(KNOWN_HR, user, DEVICE)
    assert _code(refusal.value) == code
    assert laptop.wire.asked == []


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Unreachable("SC-SYNC-020"), "SC-ACT-002"),
        (Unreachable("SC-SYNC-021"), "SC-ACT-003"),
        (Unreachable("SC-SYNC-022"), "SC-ACT-003"),
        (Damaged("SC-SYNC-014"), "SC-ACT-003"),
        (Unreachable("SC-SYNC-023"), "SC-SYNC-023"),
    ],
)
def test_that_a_broken_line_activates_nothing_and_says_so(
    laptop: Laptop, fault: SmartClientError, code: str
) -> None:
    laptop.wire.fault = fault
    with pytest.raises(Unreachable) as refusal:
        laptop.activation.activate(KNOWN_HR, USER, DEVICE)
    assert _code(refusal.value) == code
    assert laptop.activation.installed is None


def test_that_a_lost_answer_does_not_activate_twice(laptop: Laptop) -> None:
    """The server did its work, the answer was lost: the next try is the same install."""
    laptop.wire.fault, laptop.wire.lose_answer = Unreachable("SC-SYNC-021"), True
    with pytest.raises(Unreachable):
        laptop.activation.activate(KNOWN_HR, USER, DEVICE)
    pending = laptop.keys.get(PENDING)
    assert pending is not None
    laptop.wire.fault = None
    installed = laptop.activation.activate(KNOWN_HR, USER, DEVICE)
    assert laptop.keys.get(PENDING) is None
    assert laptop.activation.activate(KNOWN_HR, USER, DEVICE).reply.install == (
        installed.reply.install
    )


@pytest.mark.parametrize("body", [b"", b"{}", b"<html>hotel</html>"])
def test_that_an_answer_that_is_none_is_a_broken_line(laptop: Laptop, body: bytes) -> None:
    laptop.wire.answer = Reply(200, {}, body)
    with pytest.raises(Unreachable) as refusal:
        laptop.activation.check_hr(KNOWN_HR)
    assert _code(refusal.value) == "SC-ACT-003"


def test_that_certificates_of_another_root_are_refused(
    server: InProcessServer, clock: _Clock, tmp_path: Path
) -> None:
    other_root = practice_issuers(NOON - timedelta(days=1)).root
    laptop = Laptop(tmp_path / "laptop", Wire(server), clock, other_root)
    with pytest.raises(Damaged) as refusal:
        laptop.activation.activate(KNOWN_HR, USER, DEVICE)
    assert _code(refusal.value) == "SC-ACT-005"
    assert laptop.activation.installed is None


def test_that_changing_the_partner_keeps_the_install_and_its_keys(
    laptop: Laptop, server: InProcessServer, clock: _Clock
) -> None:
    with server.office.writing() as desk:
        save_partners(desk, [Partner(HrNumber("90077777"), "Another company", "")])
    before = laptop.activation.activate(KNOWN_HR, USER, DEVICE)
    clock.instant += timedelta(days=1)
    after = laptop.activation.activate("90077777", USER, DEVICE)
    assert after.partner_name == "Another company"
    assert after.reply.install == before.reply.install
    assert after.keys.seal.public_key() == before.keys.seal.public_key()


def test_that_a_failed_change_keeps_the_activation(laptop: Laptop) -> None:
    before = laptop.activation.activate(KNOWN_HR, USER, DEVICE)
    with pytest.raises(Refused):
        laptop.activation.activate(BLOCKED_HR, USER, DEVICE)
    assert laptop.activation.installed is not None
    assert laptop.activation.installed.to_bytes() == before.to_bytes()


def test_that_certificates_are_renewed_after_two_thirds_of_their_life(
    laptop: Laptop, clock: _Clock
) -> None:
    assert laptop.activation.renew() is None
    first = laptop.activation.activate(KNOWN_HR, USER, DEVICE)
    clock.instant = NOON + timedelta(days=59)
    same = laptop.activation.renew()
    assert same is not None
    assert same.to_bytes() == first.to_bytes()
    clock.instant = NOON + timedelta(days=61)
    renewed = laptop.activation.renew()
    assert renewed is not None
    assert renewed.reply.install == first.reply.install
    assert renewed.reply.certificate_install != first.reply.certificate_install
    assert not renewed.is_due_for_renewal(clock.now())


def test_that_a_damaged_activation_is_told_and_kept(laptop: Laptop) -> None:
    laptop.keys.put("activation", b"{}")
    with pytest.raises(Damaged) as damage:
        assert laptop.activation.installed
    assert _code(damage.value) == "SC-ACT-006"
    assert laptop.keys.get("activation") == b"{}"
