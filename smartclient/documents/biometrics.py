"""Where the sealed biometrics stand in a signature: one CMS signed attribute of our own.

The attribute holds an OCTET STRING with the DER of the sealed envelope. Being signed, it cannot be
taken away or exchanged without breaking the signature; that it belongs to this signature and no
other is shown by the ByteRange digest inside the envelope, which only the authority can read.
"""

from asn1crypto import core
from pyhanko.sign.ades.asn1_util import register_cms_attribute

from smartclient.domain.asn1 import cms

BIOMETRIC_OID = "2.25.96198119453097199342033609687644549353"
"""Of the attribute (the arc of UUIDs, registered by nobody and taken by nobody else)."""

# asn1crypto knows the types of attributes from one table; this is pyHanko's public way into it.
register_cms_attribute(BIOMETRIC_OID, "smartclient_sealed_biometrics", core.OctetString)


def envelopes_in(signer: cms.SignerInfo) -> tuple[bytes, ...]:
    """Every sealed envelope among the signed attributes; a good signature has one or none."""
    return tuple(
        value.native
        for attribute in signer["signed_attrs"]
        if attribute["type"].dotted == BIOMETRIC_OID
        for value in attribute["values"]
    )
