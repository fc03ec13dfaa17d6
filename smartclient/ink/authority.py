"""Whom biometrics are sealed for: the independent authority, of several the one of the day.

The signing component brings the certificates of the authority in one PEM file. A new one is put in
before the old one ends; each signature is sealed for the newest that is valid then.
"""

from datetime import datetime

from cryptography import x509

from smartclient.domain.errors import Damaged, NotAllowed
from smartclient.domain.mode import Mode

PRACTICE_MARK = "PRACTICE"


def authority_of(pem: bytes, at: datetime, mode: Mode) -> x509.Certificate:
    """The newest certificate that is valid at this moment.

    Raises Damaged SC-SIGN-053 for a file without certificates, NotAllowed SC-SIGN-052 in production
    mode for one that has practice certificates only, and SC-SIGN-051 when none is valid now.
    """
    try:
        found = x509.load_pem_x509_certificates(pem)
    except ValueError as broken:
        raise Damaged("SC-SIGN-053") from broken
    if mode is Mode.PRODUCTION:
        found = [each for each in found if not _is_practice(each)]
        if not found:
            raise NotAllowed("SC-SIGN-052")
    valid = [each for each in found if each.not_valid_before_utc <= at <= each.not_valid_after_utc]
    if not valid:
        raise NotAllowed("SC-SIGN-051")
    return max(valid, key=lambda each: each.not_valid_before_utc)


def _is_practice(certificate: x509.Certificate) -> bool:
    return PRACTICE_MARK in certificate.subject.rfc4514_string()
