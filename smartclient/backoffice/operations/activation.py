"""Activation by an HR number: whoever has it gets an install that reads nothing older.

An HR number is an identifier, not a secret: it lets somebody work and send. So each key becomes an
install with an unproven person and a scope of its own, and the partner's contact is told.
"""

from dataclasses import dataclass
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import insert, select, update

from smartclient.backoffice.operations import certificates, number_leases, outbox
from smartclient.backoffice.operations.certificates import Issuers
from smartclient.backoffice.operations.limits import Limit, take_one
from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.operations.partners import Partner, require_hr, require_partner
from smartclient.backoffice.operations.scope_records import hold_one
from smartclient.backoffice.tables import schema
from smartclient.backoffice.tables.engine import insert_one
from smartclient.domain.errors import BadInput, Refused, Unreachable
from smartclient.domain.ids import HrNumber, InstallId, PersonId
from smartclient.domain.language import _, speaking
from smartclient.locale import translations_of
from smartclient.wire import encoding
from smartclient.wire.admission import (
    ActivateReply,
    ActivateRequest,
    AdviserUser,
    activation_challenge,
)

PER_ADDRESS = Limit(20, timedelta(minutes=10))
PER_NUMBER = Limit(30, timedelta(minutes=10))
GLOBAL = Limit(600, timedelta(minutes=10))


def count_try(desk: Desk, hr: str, address: str) -> HrNumber:
    """Count one try against the limits; the number when it can be one.

    BadInput SC-SERV-013 costs nothing, NotAllowed SC-SERV-012 says how long to wait. The caller
    commits before it looks the number up, so that a refused try counts as well.
    """
    number = require_hr(hr)
    take_one(
        desk,
        {
            "activation": GLOBAL,
            f"activation address {encoding.sha256(address.encode())}": PER_ADDRESS,
            f"activation hr {number}": PER_NUMBER,
        },
    )
    return number


@dataclass(frozen=True, slots=True)
class _Keys:
    """The two checked requests of an activation."""

    install: x509.CertificateSigningRequest
    seal: x509.CertificateSigningRequest

    @property
    def install_digest(self) -> str:
        """By which the same key is known again."""
        return encoding.sha256(certificates.public_key_bytes(self.install))


@dataclass(frozen=True, slots=True)
class _Install:
    id: InstallId
    person: PersonId
    scope: str
    is_new: bool
    hr_before: str


def activate(
    desk: Desk, request: ActivateRequest, issuers: Issuers, server_name: str
) -> ActivateReply:
    """Make, or know again by its key, the install and issue both certificates.

    Raises Refused SC-SERV-014 (unknown HR), SC-SERV-015 (blocked), SC-SERV-006 (this key was
    revoked), BadInput SC-SERV-016 (a certificate request breaks a rule).
    """
    partner = require_partner(desk, require_hr(request.hr))
    keys = _require_keys(request)
    install = _known(desk, keys) or _created(desk, keys, request)
    issued_install = certificates.install_certificate(
        desk, keys.install, install.id, partner.hr, issuers.install
    )
    issued_seal = certificates.issue_seal_certificate(desk, keys.seal, install.id, issuers)
    _keep_certificates(desk, install, issued_install, issued_seal)
    _keep_person(desk, install, request)
    if install.is_new:
        records = hold_one(desk, install.scope)
        number_leases.give_lease(records, install.id, partner.hr)
        records.flush()
    if install.is_new or install.hr_before != partner.hr:
        _tell_contact(desk, partner, request.user)
    return ActivateReply(
        install=install.id,
        person=install.person,
        scope=install.scope,
        certificate_install=certificates.pem(issued_install),
        certificate_seal=certificates.pem(issued_seal),
        chain=issuers.chain,
        server_name=server_name,
        partner_name=partner.name,
    )


def _require_keys(request: ActivateRequest) -> _Keys:
    challenge = activation_challenge(request.nonce, request.hr, request.user)
    keys = _Keys(
        certificates.require_request(request.csr_install, challenge),
        certificates.require_request(request.csr_seal, challenge),
    )
    if keys.install_digest == encoding.sha256(certificates.public_key_bytes(keys.seal)):
        raise BadInput("SC-SERV-016", rule="two keys")
    return keys


def _known(desk: Desk, keys: _Keys) -> _Install | None:
    table = schema.install
    query = select(table).where(table.c.key_sha256 == keys.install_digest).with_for_update()
    row = desk.connection.execute(query).one_or_none()
    if row is None:
        return None
    if row.revoked_at is not None:
        raise Refused("SC-SERV-006")
    return _Install(row.id, row.person, row.scope, False, row.hr)


def _created(desk: Desk, keys: _Keys, request: ActivateRequest) -> _Install:
    person = PersonId(desk.ids.new())
    install = _Install(InstallId(desk.ids.new()), person, f"person:{person}", True, "")
    row = {
        "id": install.id,
        "person": person,
        "scope": install.scope,
        "hr": request.hr,
        "key_sha256": keys.install_digest,
        "public_key": certificates.public_key_bytes(keys.install),
        "certificate": b"",
        "activated_at": desk.now,
    }
    if not insert_one(desk.connection, schema.install, row):
        # The same key is being activated by another request right now: it answers the next try.
        raise Unreachable("SC-SERV-018")
    data_key = desk.keys.new(install.scope, desk.random)
    desk.connection.execute(
        insert(schema.scope).values(scope=install.scope, head=0, retained_from=0, data_key=data_key)
    )
    return install


def _keep_certificates(
    desk: Desk, install: _Install, for_tokens: x509.Certificate, for_seals: x509.Certificate
) -> None:
    table = schema.install
    desk.connection.execute(
        update(table)
        .where(table.c.id == install.id)
        .values(certificate=for_tokens.public_bytes(Encoding.DER))
    )
    desk.connection.execute(
        insert(schema.seal_certificate).values(
            sha256=for_seals.fingerprint(SHA256()).hex(),
            install=install.id,
            certificate=for_seals.public_bytes(Encoding.DER),
            issued_at=desk.now,
        )
    )


def _keep_person(desk: Desk, install: _Install, request: ActivateRequest) -> None:
    """Write down who works with the install, and under which partner from now on."""
    user, connection = request.user, desk.connection
    said = {
        "name": user.name,
        "identification": user.identification,
        "cnb_number": user.cnb_number,
        "email": user.email,
        "phone": user.phone,
    }
    person, affiliation = schema.person, schema.affiliation
    if install.is_new:
        row = {"id": install.person, "created_at": desk.now, **said}
        connection.execute(insert(person).values(row))
    else:
        connection.execute(update(person).where(person.c.id == install.person).values(said))
    if install.hr_before == request.hr:
        return
    still_open = (affiliation.c.person == install.person) & affiliation.c.until.is_(None)
    connection.execute(update(affiliation).where(still_open).values(until=desk.now))
    connection.execute(
        insert(affiliation).values(person=install.person, since=desk.now, hr=request.hr)
    )
    of_it = schema.install.c.id == install.id
    connection.execute(update(schema.install).where(of_it).values(hr=request.hr))


def _tell_contact(desk: Desk, partner: Partner, user: AdviserUser) -> None:
    if not partner.contact_email:
        return
    with speaking(translations_of({"LANG": partner.language})):
        subject = _("SmartClient was activated for {partner}").format(partner=partner.name)
        body = _(
            "{name} (identification {identification}) activated SmartClient for {partner}, "
            "HR {hr}.\n\n"
            "If you do not know this adviser, call the help desk: the activation can be revoked "
            "at once.\n"
        ).format(
            name=user.name,
            identification=user.identification,
            partner=partner.name,
            hr=partner.hr,
        )
    outbox.enqueue(desk, outbox.Mail(partner.contact_email, subject, body))
