"""PAdES for the long term: one revision more, in which the server keeps what proves the seal.

It holds the document security store (the certificates and revocation lists by which the seal can
be judged when its authorities are gone) and one time stamp of the whole file by RFC 3161, in a
field that is on no page: no page and no tag changes, so that the file stays PDF/A and PDF/UA.
Decision 0132.
"""

from collections.abc import Callable, Iterable

from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    NumberObject,
    StreamObject,
    TextStringObject,
    pdf_name,
)
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp

from smartclient.documents.appending import AppendingWriter, appending_to
from smartclient.documents.cms import DIGEST
from smartclient.documents.fields import PRINT_AND_LOCKED
from smartclient.documents.record import SEAL_FIELD, STAMP_FIELD
from smartclient.documents.revocation import Proof
from smartclient.domain.errors import Damaged, NotAllowed

Stamp = Callable[[bytes], bytes]
"""From the SHA-256 digest of the file to the DER of an authority's token (RFC 3161)."""

_TOKEN_BYTES = 12 * 1024
"""Room for a token; those of public authorities take 3 to 8 KiB."""


def kept_for_long(pdf: bytes, proof: Proof, stamp: Stamp) -> bytes:
    """The sealed file with its proof and its time stamp.

    Raises NotAllowed SC-DOC-053 for a file that is not sealed or stamped already, Damaged
    SC-DOC-022 for one that cannot be read and SC-DOC-052 when the token finds no room; whatever
    `stamp` raises goes on to the caller.
    """
    writer = appending_to(pdf)
    filled = {name: value is not None for name, value, _ in enumerate_sig_fields(writer)}
    if not filled.get(SEAL_FIELD, False) or STAMP_FIELD in filled:
        raise NotAllowed("SC-DOC-053")
    _add_proof(writer, proof)
    _add_field(writer)
    steps = PdfCMSEmbedder().write_cms(STAMP_FIELD, writer, existing_fields_only=True)
    next(steps)
    steps.send(SigObjSetup(sig_placeholder=DocumentTimestamp(bytes_reserved=2 * _TOKEN_BYTES)))
    prepared, output = steps.send(SigIOSetup(md_algorithm=DIGEST))
    token = stamp(prepared.document_digest)
    try:
        steps.send(token)
    except SigningError as too_long:
        raise Damaged("SC-DOC-052") from too_long
    whole: bytes = output.getvalue()
    return whole


def _add_proof(writer: AppendingWriter, proof: Proof) -> None:
    store = DictionaryObject({pdf_name("/Type"): pdf_name("/DSS")})
    certificates = (each.public_bytes(Encoding.DER) for each in proof.certificates)
    store["/Certs"] = _streams(writer, certificates)
    if proof.lists:
        lists = (each.public_bytes(Encoding.DER) for each in proof.lists)
        store["/CRLs"] = _streams(writer, lists)
    writer.root["/DSS"] = writer.add_object(store)
    writer.update_container(writer.root)


def _streams(writer: AppendingWriter, contents: Iterable[bytes]) -> ArrayObject:
    return ArrayObject(
        writer.add_object(StreamObject(stream_data=content)) for content in dict.fromkeys(contents)
    )


def _add_field(writer: AppendingWriter) -> None:
    """A field whose widget is on no page: nothing to see, nothing to tag.

    It has a widget because poppler makes one up where there is none, and complains.
    """
    field = DictionaryObject(
        {
            pdf_name("/FT"): pdf_name("/Sig"),
            pdf_name("/T"): TextStringObject(STAMP_FIELD),
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Widget"),
            pdf_name("/F"): NumberObject(PRINT_AND_LOCKED),
            pdf_name("/Rect"): ArrayObject([NumberObject(0)] * 4),
        }
    )
    form = writer.root["/AcroForm"]
    form["/Fields"].append(writer.add_object(field))
    writer.update_container(form)
