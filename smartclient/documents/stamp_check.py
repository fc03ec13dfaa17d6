"""Whether what stands behind the seal is the server's proof and time stamp, and nothing else.

The revision may hold exactly: the catalogue grown by the store, the form grown by one field on no
page, that field, its time stamp, the store, and the certificates and lists that it names. Each
certificate must be of the chain of the seal or of the stamp, each list by one of these; so nothing
can be carried in them.
"""

from collections.abc import Iterable, Iterator

from asn1crypto import parser
from cryptography import x509
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, PdfObject, StreamObject

from smartclient.documents.object_text import dictionary, raw, text
from smartclient.documents.record import STAMP_FIELD
from smartclient.documents.revisions import SignedFile, SignedRevision, number_of, unfit
from smartclient.documents.revocation import Proof, is_list_of

_STAMP_KEYS = {"/Type", "/Filter", "/SubFilter", "/ByteRange", "/Contents"}
_FIELD = b"<</F 132 /FT /Sig /Rect [0 0 0 0] /Subtype /Widget /Type /Annot>>"
_STORE_KEYS = ({"/Type", "/Certs"}, {"/Type", "/Certs", "/CRLs"})


def is_stamp(revision: SignedRevision) -> bool:
    """Whether a revision ends in something that says it is a time stamp."""
    found = revision.objects[revision.signature]
    return isinstance(found, DictionaryObject) and found.get("/Type") == "/DocTimeStamp"


def require_stamp_only(file: SignedFile, index: int) -> Proof:
    """What the revision `index` (from 0) proves with; Damaged SC-DOC-041 if it holds anything else.

    The revision before it must be the seal, which the caller sees to.
    """
    revision = file.revisions[index]
    rest = dict(revision.objects)
    _check_stamp(dictionary(rest.pop(revision.signature)))
    root = dictionary(rest.pop(file.root, None))
    before = dictionary(file.value(file.root, index))
    if "/DSS" in before or text(root, {"/DSS"}) != text(before):
        raise unfit("the time stamp changes the document's root")
    store = dictionary(rest.pop(number_of(root.raw_get("/DSS")), None))
    _check_form(file, index, number_of(root.raw_get("/AcroForm")), rest)
    proof = _proof(store, rest)
    if rest:
        raise unfit("the time stamp brings an object of another kind")
    return proof


def require_in_chains(proof: Proof, *chains: Iterable[x509.Certificate]) -> None:
    """Raise Damaged SC-DOC-041 unless all that the proof holds belongs to one of the chains."""
    known = {certificate for chain in chains for certificate in chain}
    if not set(proof.certificates) <= known:
        raise unfit("the store holds certificates that are of no chain")
    if not all(any(is_list_of(each, issuer) for issuer in known) for each in proof.lists):
        raise unfit("the store holds a list that nobody of the chains made")


def _check_stamp(stamp: DictionaryObject) -> None:
    if set(stamp) != _STAMP_KEYS or stamp["/Contents"] != "":
        raise unfit("the time stamp holds other entries than ours")
    kind = (stamp["/Type"], stamp["/Filter"], stamp["/SubFilter"])
    if kind != ("/DocTimeStamp", "/Adobe.PPKLite", "/ETSI.RFC3161"):
        raise unfit("the time stamp is of another kind")


def _check_form(file: SignedFile, index: int, number: int, rest: dict[int, PdfObject]) -> None:
    """The form grows by the field at its end; both are taken out of the rest."""
    form, before = dictionary(rest.pop(number, None)), dictionary(file.value(number, index))
    fields = [text(each) for each in raw(before["/Fields"])]
    grown = list(raw(form["/Fields"]))
    if text(form, {"/Fields"}) != text(before, {"/Fields"}) or len(grown) != len(fields) + 1:
        raise unfit("the time stamp changes the form")
    if [text(each) for each in grown[:-1]] != fields:
        raise unfit("the time stamp changes the form")
    added = number_of(grown[-1])
    field = dictionary(rest.pop(added, None))
    if file.exists(added, index) or text(field, {"/T", "/V"}) != _FIELD:
        raise unfit("the field of the time stamp is not one of ours")
    if field["/T"] != STAMP_FIELD:
        raise unfit("the field of the time stamp is not one of ours")
    if number_of(field.raw_get("/V")) != file.revisions[index].signature:
        raise unfit("the time stamp belongs to no field")


def _proof(store: DictionaryObject, rest: dict[int, PdfObject]) -> Proof:
    """What the store names; its streams are taken out of the rest."""
    if set(store) not in _STORE_KEYS or store["/Type"] != "/DSS":
        raise unfit("the store holds other entries than ours")
    certificates = [x509.load_der_x509_certificate(each) for each in _taken(store, "/Certs", rest)]
    lists = [x509.load_der_x509_crl(each) for each in _taken(store, "/CRLs", rest)]
    return Proof(tuple(certificates), tuple(lists))


def _taken(store: DictionaryObject, key: str, rest: dict[int, PdfObject]) -> Iterator[bytes]:
    if key not in store:
        return
    named = store.raw_get(key)
    if not isinstance(named, ArrayObject):
        raise unfit("an object is not of its kind")
    for reference in raw(named):
        stream = rest.pop(number_of(reference), None)
        if not isinstance(stream, StreamObject) or set(stream) != {"/Length"}:
            raise unfit("the store names something that is not a plain stream")
        content = bytes(stream.data)
        parser.parse(content, strict=True)  # one value from the first byte to the last
        yield content
