"""Whether the CMS of one signature is what our signer makes, and nothing more.

pyHanko checks the mathematics: message digest, signing-certificate attribute, signature. Around it
stands our profile: one signer, SHA-256 with ECDSA, each signed attribute once, nothing unsigned,
nothing behind the end but the zeros of the place that was kept.
"""

from dataclasses import dataclass

from asn1crypto import cms, parser
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from smartclient.documents.biometrics import BIOMETRIC_OID, envelopes_in
from smartclient.documents.cms import DIGEST
from smartclient.domain.errors import Damaged

_MOST_PADDING = 16
"""The length of an ECDSA signature varies by a few bytes; the place is kept for the longest."""
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
_SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.47"
_ATTRIBUTES = [_CONTENT_TYPE, _MESSAGE_DIGEST, _SIGNING_CERTIFICATE]


@dataclass(frozen=True, slots=True)
class SignatureFacts:
    """What a valid CMS says."""

    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...]
    """The further certificates that came with it."""
    envelopes: tuple[bytes, ...]


def check_signature(contents: bytes, digest: bytes) -> SignatureFacts:
    """The facts of a CMS that is valid for the digest; Damaged SC-DOC-042 with the problem."""
    *_, header, body, _trailer = parser.parse(contents)
    length = len(header) + len(body)
    if len(contents) - length > _MOST_PADDING or any(contents[length:]):
        raise _invalid("something stands behind the signature")
    message = cms.ContentInfo.load(contents[:length], strict=True)
    if message["content_type"].native != "signed_data":
        raise _invalid("it is not a signature")
    signed: cms.SignedData = message["content"]
    encoded = [choice.chosen.dump() for choice in signed["certificates"]]
    signer = _only_signer(signed)
    envelopes = envelopes_in(signer)
    _check_attributes(signer)
    of_signer, others = _certificates(encoded, signer)
    certificate = asn1_x509.Certificate.load(of_signer.public_bytes(Encoding.DER))
    intact, valid = validate_sig_integrity(signer, certificate, "data", digest)
    if not intact:
        raise _invalid("it was made for other bytes")
    if not valid:
        raise _invalid("the key of its certificate did not make it")
    return SignatureFacts(of_signer, others, envelopes)


def _only_signer(signed: cms.SignedData) -> cms.SignerInfo:
    if len(signed["signer_infos"]) != 1:
        raise _invalid("it has not exactly one signer")
    signer = signed["signer_infos"][0]
    algorithms = (
        signer["digest_algorithm"]["algorithm"].native,
        signer["signature_algorithm"]["algorithm"].native,
    )
    if algorithms != (DIGEST, f"{DIGEST}_ecdsa"):
        raise _invalid("it uses other algorithms")
    content = signed["encap_content_info"]
    if content["content_type"].native != "data" or content["content"].native is not None:
        raise _invalid("it carries content of its own")
    if signer["unsigned_attrs"] or signed["crls"]:
        raise _invalid("it carries parts that are not signed")
    return signer


def _check_attributes(signer: cms.SignerInfo) -> None:
    """Each attribute once with one value; the biometric one at most once."""
    kinds = [attribute["type"].dotted for attribute in signer["signed_attrs"]]
    if any(len(attribute["values"]) != 1 for attribute in signer["signed_attrs"]):
        raise _invalid("a signed attribute has not exactly one value")
    wanted = sorted(_ATTRIBUTES)
    if sorted(kinds) not in (wanted, sorted([*wanted, BIOMETRIC_OID])):
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
