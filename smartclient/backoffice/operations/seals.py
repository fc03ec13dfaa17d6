"""Whose seals count on a signed package: those of the install that sent it, and of its person.

An install is known by its seal key. A restore may have forgotten certificates, or the install with
them; activated again, the laptop shows the same key and gets a new certificate for it. So a seal of
ours for a key that we know counts, whichever certificate for that key it bears.
"""

import hashlib
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import or_, select

from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.tables import schema
from smartclient.domain.ids import InstallId, Sha256


@dataclass(frozen=True, slots=True)
class Seals:
    """The seals that count on what one install sends."""

    certificates: frozenset[Sha256]
    keys: frozenset[str]
    """Digests of their public keys, as `key_digest`."""


def key_digest(certificate: x509.Certificate) -> str:
    """SHA-256 of the public key (SPKI, DER), by which a seal key is known again."""
    key = certificate.public_key()
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(spki).hexdigest()


def seals_for(desk: Desk, install: InstallId) -> Seals:
    """The seals issued to the install, and to the other installs of its person.

    Those of another install count only while it is not revoked: whoever has a stolen laptop must
    not seal for the other one.
    """
    table, certificate = schema.install, schema.seal_certificate
    person = select(table.c.person).where(table.c.id == install).scalar_subquery()
    query = (
        select(certificate.c.sha256, certificate.c.certificate)
        .join(table, table.c.id == certificate.c.install)
        .where(table.c.person == person)
        .where(or_(table.c.id == install, table.c.revoked_at.is_(None)))
    )
    issued = desk.connection.execute(query).all()
    keys = (key_digest(x509.load_der_x509_certificate(row.certificate)) for row in issued)
    return Seals(frozenset(row.sha256 for row in issued), frozenset(keys))
