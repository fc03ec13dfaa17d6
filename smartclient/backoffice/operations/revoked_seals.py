"""Seals that count no more: those of installs that were revoked, listed by who issues the seals.

The list is fetched by whoever checks a document without the insurer (its address stands in each
seal's certificate), and lies in the proof behind the seal of an accepted file.
"""

from datetime import timedelta
from typing import Final

from cryptography import x509
from sqlalchemy import select

from smartclient.backoffice.operations.office import Desk
from smartclient.backoffice.tables import schema
from smartclient.documents.certificates import Issuer
from smartclient.documents.revocation import Revoked, revocation_list

LIST_LIFE: Final = timedelta(days=7)


def revoked_seals(desk: Desk, issuer: Issuer) -> x509.CertificateRevocationList:
    """The list as it stands now, for a week."""
    seal, install = schema.seal_certificate, schema.install
    query = (
        select(seal.c.certificate, install.c.revoked_at)
        .join(install, install.c.id == seal.c.install)
        .where(install.c.revoked_at.is_not(None))
        .order_by(install.c.revoked_at, seal.c.sha256)
    )
    revoked = [
        Revoked(x509.load_der_x509_certificate(row.certificate).serial_number, row.revoked_at)
        for row in desk.connection.execute(query)
    ]
    return revocation_list(issuer, revoked, desk.now, LIST_LIFE)
