"""A time stamp authority for practice: answers as RFC 3161 wants, by a key made on the spot.

What it stamps proves nothing: its certificate says PRACTICE, and production mode refuses it.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import algos, core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.general import as_signing_certificate_v2

from smartclient.documents.time_stamp import Answer
from smartclient.domain.asn1 import cms, tsp
from smartclient.domain.clock import Clock

POLICY = "2.25.96198119453097199342033609687644549354"
"""Of the arc of UUIDs: nobody else's."""


@dataclass(frozen=True, slots=True)
class PracticeTsa:
    """Answers requests, one after another."""

    private_key: EllipticCurvePrivateKey
    certificate: x509.Certificate
    clock: Clock

    def answer(self, request: bytes) -> bytes:
        """The DER of the answer to the DER of a request; a refusal for what is none."""
        try:
            asked = tsp.TimeStampReq.load(request, strict=True)
            imprint = asked["message_imprint"]
            known = imprint["hash_algorithm"]["algorithm"].native == "sha256"
            nonce = asked["nonce"].native
            asks_for_certificate = asked["cert_req"].native
        except (ValueError, TypeError, KeyError):
            known = False
        if not known:
            refused: bytes = Answer({"status": {"status": "rejection"}}).dump()
            return refused
        now = self.clock.now()
        info = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": POLICY,
                "message_imprint": imprint,
                "serial_number": x509.random_serial_number(),
                "gen_time": now,
                **({} if nonce is None else {"nonce": nonce}),
            }
        )
        token = self._token(info.dump(), now, with_certificate=asks_for_certificate)
        granted: bytes = Answer({"status": {"status": "granted"}, "time_stamp_token": token}).dump()
        return granted

    def _token(self, info: bytes, now: datetime, *, with_certificate: bool) -> cms.ContentInfo:
        own = asn1_x509.Certificate.load(self.certificate.public_bytes(Encoding.DER))
        digest_algorithm = algos.DigestAlgorithm({"algorithm": "sha256"})
        attributes = cms.CMSAttributes(
            [
                _attribute("content_type", "tst_info"),
                _attribute("signing_time", cms.Time({"utc_time": now})),
                _attribute("message_digest", hashlib.sha256(info).digest()),
                _attribute("signing_certificate_v2", as_signing_certificate_v2(own)),
            ]
        )
        made = self.private_key.sign(attributes.dump(), ECDSA(hashes.SHA256()))
        signer = {
            "version": "v1",
            "sid": {
                "issuer_and_serial_number": {
                    "issuer": own.issuer,
                    "serial_number": own.serial_number,
                }
            },
            "digest_algorithm": digest_algorithm,
            "signature_algorithm": {"algorithm": "sha256_ecdsa"},
            "signed_attrs": attributes,
            "signature": made,
        }
        signed = {
            "version": "v3",
            "digest_algorithms": [digest_algorithm],
            "encap_content_info": {
                "content_type": "tst_info",
                "content": core.ParsableOctetString(info),
            },
            "signer_infos": [signer],
            **({"certificates": [own]} if with_certificate else {}),
        }
        return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)})


def _attribute(kind: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": [value]})
