"""Whether a certificate comes from an authority that is trusted and was valid when it was used."""

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    PolicyBuilder,
    Store,
    VerificationError,
)

_LONGEST_CHAIN = 1
"""Authorities between the root and the certificate."""


def chain_of(
    certificate: x509.Certificate,
    roots: Sequence[x509.Certificate],
    further: Sequence[x509.Certificate],
    moment: datetime,
) -> tuple[x509.Certificate, ...]:
    """The certificate, the authorities above it and its root; empty when there is no such chain."""
    for root in roots:
        try:
            return tuple(_verified(certificate, root, further, moment))
        except VerificationError:
            continue
    return ()


def problem_with(
    certificate: x509.Certificate,
    root: x509.Certificate,
    brought: Sequence[x509.Certificate],
    further: Sequence[x509.Certificate],
    moment: datetime,
) -> str:
    """Why the certificate does not chain to the root at this moment; empty when it does.

    `brought` came with the signature and must be of the chain; `further` may be.
    """
    try:
        chain = _verified(certificate, root, [*brought, *further], moment)
    except VerificationError as refusal:
        # The text goes on with the subject of the certificate, which is not for a log.
        return str(refusal).partition(" (encountered")[0]
    if not set(brought) <= set(chain):
        return "it brings certificates that are not of its chain"
    return ""


def _verified(
    certificate: x509.Certificate,
    root: x509.Certificate,
    further: Sequence[x509.Certificate],
    moment: datetime,
) -> list[x509.Certificate]:
    authority = (
        ExtensionPolicy.permit_all()
        .require_present(x509.BasicConstraints, Criticality.CRITICAL, None)
        .require_present(x509.KeyUsage, Criticality.CRITICAL, None)
    )
    leaf = ExtensionPolicy.permit_all().require_present(x509.KeyUsage, Criticality.CRITICAL, None)
    verifier = (
        PolicyBuilder()
        .store(Store([root]))
        .time(moment)
        .max_chain_depth(_LONGEST_CHAIN)
        .extension_policies(ca_policy=authority, ee_policy=leaf)
        .build_client_verifier()
    )
    return verifier.verify(certificate, list(further)).chain
