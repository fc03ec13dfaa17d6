"""Time stamps by RFC 3161: what an authority is asked, what it answers, what a token proves.

No signature covers the token of a file's last revision. It must therefore hold by itself in every
byte: it is DER, its parts that its own signature does not cover are as the standard fixes them, and
it brings no certificate that is not of its chain (which the caller checks).
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import algos, core, parser
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from smartclient.domain.asn1 import cms, tsp
from smartclient.domain.errors import Damaged, Refused

_GRANTED = ("granted", "granted_with_mods")
_HASHES = {"sha256": 32, "sha384": 48, "sha512": 64}
_CONSTRUCTED = (16, 17)
"""SEQUENCE and SET: in DER no other universal value has parts."""
_VERSION_1, _VERSION_3 = b"\x02\x01\x01", b"\x02\x01\x03"
_NO_PARAMETERS = (b"", b"\x05\x00")
_CERTIFICATE_NAMED = {"signing_certificate", "signing_certificate_v2"}
_NEEDED = {"content_type", "message_digest"}


class Answer(core.Sequence):  # type: ignore[misc]
    """TimeStampResp of RFC 3161; in asn1crypto's own a refusal cannot be without a token."""

    _fields = [  # noqa: RUF012 - asn1crypto's own way of describing a sequence
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


@dataclass(frozen=True, slots=True)
class StampFacts:
    """What a valid token says."""

    at: datetime
    certificate: x509.Certificate
    """The authority's."""
    others: tuple[x509.Certificate, ...]
    """The further certificates that came with the token."""


def request_for(digest: bytes, nonce: int) -> bytes:
    """The DER of a request to stamp a SHA-256 digest; the certificate is asked for, too."""
    asked: bytes = tsp.TimeStampReq(
        {
            "version": "v1",
            "message_imprint": _imprint(digest),
            "nonce": nonce,
            "cert_req": True,
        }
    ).dump()
    return asked


def token_of(response: bytes, digest: bytes, nonce: int) -> bytes:
    """The token of an authority's answer, valid for the digest and this very request.

    Raises Refused SC-DOC-050 when the authority stamps nothing, Damaged SC-DOC-051 with the problem
    for an answer that is none, or to another question.
    """
    try:
        answer = Answer.load(response, strict=True)
        status = answer["status"]["status"].native
        if status not in _GRANTED:
            raise Refused("SC-DOC-050", status=status)
        token: bytes = answer["time_stamp_token"].dump()
        said = answer["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed
        same_nonce = said["nonce"].native == nonce
    except (ValueError, TypeError, KeyError) as broken:
        raise _invalid("it is no answer by RFC 3161") from broken
    if not same_nonce:
        raise _invalid("it answers another request")
    check_token(token, digest)
    return token


def check_token(contents: bytes, digest: bytes) -> StampFacts:
    """The facts of a token for the SHA-256 digest; zeros may follow it.

    Raises Damaged SC-DOC-051 with the problem; other exceptions for what is no token at all.
    """
    message = _without_padding(contents)
    if not _is_der(message):
        raise _invalid("it is not written in DER")
    content = cms.ContentInfo.load(message, strict=True)
    if content["content_type"].native != "signed_data":
        raise _invalid("it is not signed")
    signed: cms.SignedData = content["content"]
    signer = _signer(signed)
    certificate, others = _certificates(signed, signer)
    stamped: bytes = signed["encap_content_info"]["content"].contents
    info = tsp.TSTInfo.load(stamped, strict=True)
    if info["version"].native != "v1" or info["message_imprint"].dump() not in _imprints(digest):
        raise _invalid("it was made for other bytes")
    read = asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
    algorithm = signer["digest_algorithm"]["algorithm"].native
    of_info = hashlib.new(algorithm, stamped).digest()
    intact, valid = validate_sig_integrity(signer, read, "tst_info", of_info)
    if not (intact and valid):
        raise _invalid("the key of its certificate did not make it")
    return StampFacts(info["gen_time"].native.astimezone(UTC), certificate, others)


def is_stamp_profile(certificate: x509.Certificate) -> bool:
    """Whether a certificate is for stamping times and for nothing else (RFC 3161, 2.3)."""
    try:
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return False
    return purposes.critical and list(purposes.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


def _imprint(digest: bytes) -> tsp.MessageImprint:
    return tsp.MessageImprint({"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest})


def _imprints(digest: bytes) -> tuple[bytes, bytes]:
    """The imprint with and without the NULL that some write as the parameters of SHA-256."""
    bare = algos.DigestAlgorithm({"algorithm": "sha256", "parameters": None})
    del bare["parameters"]
    without = tsp.MessageImprint({"hash_algorithm": bare, "hashed_message": digest})
    return _imprint(digest).dump(), without.dump()


def _without_padding(contents: bytes) -> bytes:
    _class, _method, _tag, header, body, _end_mark = parser.parse(contents)
    length = len(header) + len(body)
    if any(contents[length:]):
        raise _invalid("something stands behind it")
    return contents[:length]


def _is_der(encoded: bytes) -> bool:
    """Whether every length is written in the one way of DER, and nothing is cut into pieces.

    asn1crypto could encode the whole message again, which takes a third of a second.
    """
    while encoded:
        kind, method, tag, header, body, _end_mark = parser.parse(encoded)
        if header + body != parser.emit(kind, method, tag, body):
            return False
        if method and ((kind == 0 and tag not in _CONSTRUCTED) or not _is_der(body)):
            return False
        encoded = encoded[len(header) + len(body) :]
    return True


def _signer(signed: cms.SignedData) -> cms.SignerInfo:
    """The one signer, after all that its signature does not cover was found as it must be."""
    is_info = signed["encap_content_info"]["content_type"].native == "tst_info"
    if len(signed["signer_infos"]) != 1 or not is_info or signed["version"].dump() != _VERSION_3:
        raise _invalid("it is no time stamp")
    signer: cms.SignerInfo = signed["signer_infos"][0]
    if signer["version"].dump() != _VERSION_1 or signer["sid"].name != "issuer_and_serial_number":
        raise _invalid("it does not name its signer as time stamps do")
    if signed["crls"].native or signer["unsigned_attrs"].native:
        raise _invalid("it brings something that it does not sign")
    algorithm = signer["digest_algorithm"]
    known = [each.dump() for each in signed["digest_algorithms"]]
    if known != [algorithm.dump()] or algorithm["algorithm"].native not in _HASHES:
        raise _invalid("its digest algorithms are not one that is known")
    made_with = signer["signature_algorithm"]
    plain = [algorithm] if made_with["algorithm"].native == "rsassa_pss" else [algorithm, made_with]
    if any(each["parameters"].dump() not in _NO_PARAMETERS for each in plain):
        raise _invalid("its algorithms have parameters")
    kinds = [attribute["type"].native for attribute in signer["signed_attrs"]]
    single = all(len(attribute["values"]) == 1 for attribute in signer["signed_attrs"])
    if not single or len(set(kinds)) != len(kinds) or not set(kinds) >= _NEEDED:
        raise _invalid("its signed attributes are not those of a time stamp")
    if not _CERTIFICATE_NAMED & set(kinds):
        raise _invalid("it does not name its certificate")
    return signer


def _certificates(
    signed: cms.SignedData, signer: cms.SignerInfo
) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
    """The authority's certificate and the rest."""
    encoded = [choice.chosen.dump() for choice in signed["certificates"]]
    found = [x509.load_der_x509_certificate(each) for each in encoded]
    named = signer["sid"].chosen
    serial, issuer = named["serial_number"].native, named["issuer"].dump()
    own = [
        each
        for each in found
        if (each.serial_number, each.issuer.public_bytes()) == (serial, issuer)
    ]
    if len(own) != 1 or not is_stamp_profile(own[0]):
        raise _invalid("its certificate is missing or not for time stamps")
    return own[0], tuple(each for each in found if each is not own[0])


def _invalid(problem: str) -> Damaged:
    return Damaged("SC-DOC-051", problem=problem)
