"""Whether the CMS of one signature is what our signer makes, and nothing more.

The message is read, then put together again from what was read: certificates, signed attributes and
the signature itself. Only if both are the same byte for byte can nothing be hidden in a part that
no signature covers. The mathematics (message digest, signing-certificate attribute, signature) is
pyHanko's.
"""

from dataclasses import dataclass

from asn1crypto import parser
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from smartclient.documents.biometrics import BIOMETRIC_OID, envelopes_in
from smartclient.documents.cms import assembled
from smartclient.domain.asn1 import cms
from smartclient.domain.errors import Damaged

_MOST_PADDING = 16
"""The length of an ECDSA signature varies by a few bytes; the place is kept for the longest."""
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
_SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.47"
_ATTRIBUTES = frozenset({_CONTENT_TYPE, _MESSAGE_DIGEST, _SIGNING_CERTIFICATE})


@dataclass(frozen=True, slots=True)
class SignatureFacts:
    """What a valid CMS says."""

    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...]
    """The further certificates that came with it."""
    envelopes: tuple[bytes, ...]


def check_signature(contents: bytes, digest: bytes) -> SignatureFacts:
    """The facts of a CMS that is valid for the digest; Damaged SC-DOC-042 with the problem."""
    message = _without_padding(contents)
    signed: cms.SignedData = cms.ContentInfo.load(message, strict=True)["content"]
    if len(signed["signer_infos"]) != 1:
        raise _invalid("it has not exactly one signer")
    encoded = [choice.chosen.dump() for choice in signed["certificates"]]
    signer: cms.SignerInfo = signed["signer_infos"][0]
    attributes = [attribute.dump() for attribute in signer["signed_attrs"]]
    certificate, others = _certificates(encoded, signer)
    if assembled(certificate, others, attributes, signer["signature"].native) != message:
        raise _invalid("it is not written as ours are")
    _check_attributes(signer)
    read = asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
    intact, valid = validate_sig_integrity(signer, read, "data", digest)
    if not intact:
        raise _invalid("it was made for other bytes")
    if not valid:
        raise _invalid("the key of its certificate did not make it")
    return SignatureFacts(certificate, others, envelopes_in(signer))


def _without_padding(contents: bytes) -> bytes:
    """The message without the zeros behind it."""
    _class, _method, _tag, header, body, _end_mark = parser.parse(contents)
    length = len(header) + len(body)
    behind = contents[length:]
    if len(behind) > _MOST_PADDING or any(behind):
        raise _invalid("something stands behind the signature")
    return contents[:length]


def _check_attributes(signer: cms.SignerInfo) -> None:
    """Each attribute once with one value; the biometric one at most once."""
    kinds = [attribute["type"].dotted for attribute in signer["signed_attrs"]]
    if any(len(attribute["values"]) != 1 for attribute in signer["signed_attrs"]):
        raise _invalid("a signed attribute has not exactly one value")
    if len(set(kinds)) != len(kinds) or set(kinds) - {BIOMETRIC_OID} != _ATTRIBUTES:
        raise _invalid("its signed attributes are not ours")


def _certificates(
    encoded: list[bytes], signer: cms.SignerInfo
) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
    """The signer's certificate and the rest."""
    found = [x509.load_der_x509_certificate(each) for each in encoded]
    named = signer["sid"].chosen
    issuer, serial = named["issuer"].dump(), named["serial_number"].native
    of_signer = [
        each
        for each in found
        if each.serial_number == serial and each.issuer.public_bytes() == issuer
    ]
    if len(of_signer) != 1:
        raise _invalid("the certificate of its signer is missing")
    return of_signer[0], tuple(each for each in found if each is not of_signer[0])


def _invalid(problem: str) -> Damaged:
    return Damaged("SC-DOC-042", problem=problem)
