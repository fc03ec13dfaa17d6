"""Activation by an HR number: known, unknown, blocked; limits; certificates; the contact told."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AttributeOID, ExtendedKeyUsageOID
from sqlalchemy import func, select, update

from smartclient.backoffice.operations.activation import PER_ADDRESS, PER_NUMBER
from smartclient.backoffice.operations.partners import Partner, save_partners
from smartclient.backoffice.tables import schema
from smartclient.documents.certificates import is_seal_profile
from smartclient.domain.ids import HrNumber, IdSource
from smartclient.wire import encoding
from smartclient.wire.admission import ActivateReply, AdviserUser, activation_challenge
from smartclient.wire.messages import JsonObject, Problem, RecordKind, mapping
from smartclient.wire.transport import Reply
from tests.simulators.adviser import Adviser
from tests.simulators.inprocess import (
    ADVISER,
    BLOCKED_HR,
    KNOWN_HR,
    InProcessServer,
    certificate_request,
    json_request,
)
from tests.simulators.time_and_ids import SetClock

OTHER_HR = HrNumber("91111111")


def _check(server: InProcessServer, hr: str) -> Reply:
    return server.send(json_request("/v1/activate/check", {"hr": hr}))


def _refusal(reply: Reply) -> tuple[int, str]:
    return reply.status, Problem.from_json(encoding.parse(reply.body)).code


def _keys() -> tuple[ec.EllipticCurvePrivateKey, ec.EllipticCurvePrivateKey]:
    return ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())


def _reply(reply: Reply) -> ActivateReply:
    assert reply.status == 200, reply
    return ActivateReply.from_json(encoding.parse(reply.body))


def test_that_a_known_number_tells_the_partners_name(memory_server: InProcessServer) -> None:
    said = mapping(encoding.parse(_check(memory_server, KNOWN_HR).body))
    assert said == {"partner_name": "Partner & syn"}


@pytest.mark.parametrize(
    ("hr", "refusal"),
    [
        ("80012345", (400, "SC-SERV-013")),
        ("9001234x", (400, "SC-SERV-013")),
        ("", (400, "SC-SERV-013")),
        ("९००१", (400, "SC-SERV-013")),
        ("9" * 21, (400, "SC-SERV-013")),
        ("90000000", (404, "SC-SERV-014")),
        (BLOCKED_HR, (403, "SC-SERV-015")),
    ],
)
def test_that_wrong_unknown_and_blocked_numbers_each_have_their_code(
    memory_server: InProcessServer, hr: str, refusal: tuple[int, str]
) -> None:
    assert _refusal(_check(memory_server, hr)) == refusal
    reply = memory_server.send(memory_server.activation_request(*_keys(), hr))
    assert _refusal(reply) == refusal


def test_that_tries_are_limited_per_address_and_come_back_with_time(
    server: InProcessServer, clock: SetClock
) -> None:
    for number in range(PER_ADDRESS.tries):
        assert _check(server, f"9{number:07}").status == 404
    refused = _check(server, KNOWN_HR)
    assert _refusal(refused) == (429, "SC-SERV-012")
    clock.pass_time(seconds=int(refused.headers["retry-after"]))
    assert _check(server, KNOWN_HR).status == 200
    assert _check(server, KNOWN_HR).status == 429


def test_that_a_refused_activation_counts_as_a_try(memory_server: InProcessServer) -> None:
    for _ in range(PER_ADDRESS.tries):
        memory_server.send(memory_server.activation_request(*_keys(), "90000000"))
    assert _check(memory_server, KNOWN_HR).status == 429


def test_that_a_number_is_limited_whatever_address_asks(
    memory_server: InProcessServer,
) -> None:
    for number in range(PER_NUMBER.tries):
        memory_server.address = f"10.0.0.{number}"
        assert _check(memory_server, "90000000").status == 404
    memory_server.address = "10.0.1.1"
    assert _check(memory_server, "90000000").status == 429
    assert _check(memory_server, KNOWN_HR).status == 200


def test_that_no_address_is_kept_in_clear(memory_server: InProcessServer) -> None:
    _check(memory_server, KNOWN_HR)
    with memory_server.office.reading() as desk:
        names = desk.connection.execute(select(schema.bucket.c.name)).scalars().all()
    assert not any("127.0.0.1" in name for name in names)


def test_that_both_certificates_chain_to_the_root_and_have_one_use_each(
    memory_server: InProcessServer, clock: SetClock
) -> None:
    installed = memory_server.activate()
    chain = x509.load_pem_x509_certificates(installed.reply.chain.encode())
    install_ca, document_ca, root = chain
    install = x509.load_pem_x509_certificate(installed.reply.certificate_install.encode())
    seal = x509.load_pem_x509_certificate(installed.reply.certificate_seal.encode())
    install_ca.verify_directly_issued_by(root)
    document_ca.verify_directly_issued_by(root)
    install.verify_directly_issued_by(install_ca)
    seal.verify_directly_issued_by(document_ca)
    usage = install.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert install.not_valid_after_utc - clock.now() == timedelta(days=90)
    assert is_seal_profile(seal)
    assert not is_seal_profile(install)
    assert installed.id in install.subject.rfc4514_string()
    assert KNOWN_HR in install.subject.rfc4514_string()


def test_that_the_same_key_is_the_same_install(server: InProcessServer) -> None:
    """The reply to the first activation was lost: the laptop sends the same keys again."""
    install_key, seal_key = _keys()
    first, second = (
        _reply(server.send(server.activation_request(install_key, seal_key))) for _ in "12"
    )
    assert (first.install, first.person, first.scope) == (
        second.install,
        second.person,
        second.scope,
    )
    with server.office.reading() as desk:
        leases = select(func.count()).select_from(schema.number_lease)
        assert desk.connection.execute(leases).scalar_one() == 1


def test_that_two_installs_of_one_adviser_are_two_scopes(memory_server: InProcessServer) -> None:
    first, second = memory_server.activate(), memory_server.activate()
    assert first.scope != second.scope


def test_that_moving_to_another_partner_keeps_install_and_records(
    server: InProcessServer, clock: SetClock
) -> None:
    with server.office.writing() as desk:
        save_partners(desk, [Partner(OTHER_HR, "Other", "o@other.example", language="en")])
    install_key, seal_key = _keys()
    before = _reply(server.send(server.activation_request(install_key, seal_key)))
    clock.pass_time(days=30)
    moved = _reply(server.send(server.activation_request(install_key, seal_key, OTHER_HR)))
    assert (moved.install, moved.scope) == (before.install, before.scope)
    with server.office.reading() as desk:
        table = schema.affiliation
        query = select(table.c.hr, table.c.until).order_by(table.c.since)
        affiliations = [tuple(row) for row in desk.connection.execute(query)]
    assert affiliations == [(KNOWN_HR, clock.now()), (OTHER_HR, None)]


def test_that_a_new_install_has_numbers_to_give(server: InProcessServer, ids: IdSource) -> None:
    adviser, other = Adviser(server, ids), Adviser(server, ids)
    leases = []
    for each in (adviser, other):
        (row,) = each.pull()
        assert row.kind is RecordKind.NUMBER_LEASE
        leases.append(each.body_of(row.id))
    firsts = [int(str(lease["first"])) for lease in leases]
    lasts = [int(str(lease["last"])) for lease in leases]
    assert all(str(first).startswith("7") for first in firsts)
    assert [last - first + 1 for first, last in zip(firsts, lasts, strict=True)] == [500, 500]
    assert firsts[1] == lasts[0] + 1


def test_that_a_new_lease_comes_when_fewer_than_a_hundred_numbers_are_left(
    adviser: Adviser,
) -> None:
    (row,) = adviser.pull()
    first = int(str(adviser.body_of(row.id)["first"]))
    adviser.push_ok(adviser.offer(number=str(first + 399)))
    kinds = [row.kind for row in adviser.pull()]
    assert RecordKind.NUMBER_LEASE not in kinds
    adviser.push_ok(adviser.offer(number=str(first + 400)))
    kinds = [row.kind for row in adviser.pull()]
    assert kinds.count(RecordKind.NUMBER_LEASE) == 1
    adviser.push_ok(adviser.offer(number=str(first + 401)))
    assert RecordKind.NUMBER_LEASE not in [row.kind for row in adviser.pull()]


def test_that_a_doubled_number_is_accepted_marked_and_reported(
    adviser: Adviser, server: InProcessServer, ids: IdSource
) -> None:
    other = Adviser(server, ids)
    adviser.push_ok(adviser.offer(number="7200000123"))
    other.push_ok(other.offer(number="7200000123"))
    status = next(row for row in other.pull() if row.kind is RecordKind.DOCUMENT_STATUS)
    assert other.body_of(status.id)["number_doubled"] is True
    with server.office.reading() as desk:
        kinds = desk.connection.execute(select(schema.alarm.c.kind)).scalars().all()
    assert kinds == ["number_doubled"]


def test_that_the_partners_contact_is_told_once_of_each_activation(
    server: InProcessServer,
) -> None:
    install_key, seal_key = _keys()
    for _ in range(2):
        server.send(server.activation_request(install_key, seal_key))
    with server.office.reading() as desk:
        table = schema.outbox
        mails = list(desk.connection.execute(select(table.c.recipient, table.c.body)))
    assert [mail.recipient for mail in mails] == ["contact@partner.example"]
    assert "Jana Nováková" in mails[0].body
    assert KNOWN_HR in mails[0].body


def test_that_a_revoked_key_is_not_activated_again(server: InProcessServer) -> None:
    install_key, seal_key = _keys()
    server.send(server.activation_request(install_key, seal_key))
    with server.office.writing() as desk:
        desk.connection.execute(update(schema.install).values(revoked_at=desk.now))
    reply = server.send(server.activation_request(install_key, seal_key))
    assert _refusal(reply) == (403, "SC-SERV-006")


def _tampered(server: InProcessServer, **changes: str) -> Reply:
    body = mapping(encoding.parse(server.activation_request(*_keys()).body))
    other: JsonObject = {**body, **changes}
    return server.send(json_request("/v1/activate", other))


def _rule(reply: Reply) -> str:
    assert _refusal(reply) == (400, "SC-SERV-016")
    return Problem.from_json(encoding.parse(reply.body)).values["rule"]


def test_that_a_request_for_certificates_cannot_be_sent_with_other_words(
    memory_server: InProcessServer,
) -> None:
    with memory_server.office.writing() as desk:
        save_partners(desk, [Partner(OTHER_HR, "Other", "", language="en")])
    assert _rule(_tampered(memory_server, hr=OTHER_HR)) == "challenge"


def test_that_only_keys_on_p256_are_certified(memory_server: InProcessServer) -> None:
    nonce = b"n" * 32
    challenge = activation_challenge(nonce, KNOWN_HR, ADVISER)
    rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    builder = builder.add_attribute(AttributeOID.CHALLENGE_PASSWORD, challenge)
    rsa_request = builder.sign(rsa_key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()
    other_curve = certificate_request(ec.generate_private_key(ec.SECP384R1()), challenge)
    assert _rule(_tampered(memory_server, csr_install=rsa_request)) == "P-256"
    assert _rule(_tampered(memory_server, csr_seal=other_curve)) == "P-256"


def test_that_one_key_does_not_serve_both_purposes(memory_server: InProcessServer) -> None:
    key, _ = _keys()
    reply = memory_server.send(memory_server.activation_request(key, key))
    assert _rule(reply) == "two keys"


def test_that_a_broken_request_for_certificates_is_refused(memory_server: InProcessServer) -> None:
    assert _rule(_tampered(memory_server, csr_install="nonsense")) == "request"


def test_that_the_users_name_must_be_there(memory_server: InProcessServer) -> None:
    nameless = AdviserUser(" ", "1", "2")
    reply = memory_server.send(memory_server.activation_request(*_keys(), KNOWN_HR, nameless))
    assert _refusal(reply) == (400, "SC-SYNC-010")
