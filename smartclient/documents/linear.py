"""What an appended revision may hold: a signature, its field, its ink; the issue also the fields.

pyHanko's difference analysis walks the whole object graph of every revision, which takes seconds on
a tagged document. Our own writer appends so little that each object can be named. An object that
was there before may only grow by what signing adds; a new object must be one of the known kinds.
"""

import re
from collections.abc import Iterable, Set

from pyhanko.pdf_utils.generic import (
    DictionaryObject,
    PdfObject,
    StreamObject,
)

from smartclient.documents.appearance import COLOUR, LINE_WIDTHS
from smartclient.documents.object_text import dictionary, raw, text
from smartclient.documents.record import ISSUE_FIELD, SEAL_FIELD
from smartclient.documents.revisions import SignedFile, SignedRevision, number_of, unfit
from smartclient.documents.revocation import Proof
from smartclient.documents.stamp_check import is_stamp, require_stamp_only

_SIGNATURE_KEYS = frozenset(
    {"/Type", "/Filter", "/SubFilter", "/M", "/Reason", "/Reference", "/ByteRange", "/Contents"}
)
_FORM_KEYS = frozenset({"/Type", "/Subtype", "/BBox", "/Resources", "/Length", "/Filter"})
_WIDTHS = "|".join(re.escape(str(width)) for width in LINE_WIDTHS.values())
_INK = re.compile(
    rf"(?:q|Q|S|1 J 1 j|{re.escape(COLOUR)}|(?:{_WIDTHS}) w [-\d.]{{1,8}} [-\d.]{{1,8}} m"
    r"(?: [-\d.]{1,8} [-\d.]{1,8} l S)?|[-\d.]{1,8} [-\d.]{1,8} l)"
)
"""A line of a drawing that strokes lines in our colour and widths, and does nothing else."""
_FIELD_KEYS = frozenset(
    {"/FT", "/T", "/TU", "/Type", "/Subtype", "/F", "/P", "/Rect", "/AP", "/SV", "/Lock"}
    | {"/StructParent", "/V"}
)
_NEW_IN_ISSUE = frozenset({"/SV", "/SigFieldLock", "/XObject", "/StructElem", "/Sig"})


def field_of(file: SignedFile, index: int) -> str:
    """The name of the field that the revision `index` (from 0) signs."""
    revision = file.revisions[index]
    for found in revision.objects.values():
        if not isinstance(found, DictionaryObject) or found.get("/FT") != "/Sig":
            continue
        if "/V" in found and number_of(found.raw_get("/V")) == revision.signature:
            return str(found["/T"])
    raise unfit("a signature belongs to no field")


def require_signatures_only(file: SignedFile) -> None:
    """Raise Damaged SC-DOC-041 unless every revision holds what it may hold."""
    for index, revision in enumerate(signatures_of(file)):
        name = field_of(file, index)
        _check_signature(revision, name)
        if index == 0:
            _check_issue(file, revision)
        else:
            _check_filling(file, index)


def signatures_of(file: SignedFile) -> tuple[SignedRevision, ...]:
    """The revisions that people and the install signed: all but the server's behind the seal."""
    return file.revisions[:-1] if proof_of(file) else file.revisions


def proof_of(file: SignedFile) -> Proof | None:
    """What the server put behind the seal, as far as it looks like that; None when nothing is.

    Raises Damaged SC-DOC-041 for a revision with a time stamp that holds anything else, too.
    """
    last = len(file.revisions) - 1
    if not is_stamp(file.revisions[last]):
        return None
    if last == 0 or field_of(file, last - 1) != SEAL_FIELD:
        raise unfit("a time stamp stands before the seal")
    return require_stamp_only(file, last)


def _check_signature(revision: SignedRevision, name: str) -> None:
    signature = dictionary(revision.objects[revision.signature])
    if not set(signature) <= _SIGNATURE_KEYS or signature.get("/Contents") != "":
        raise unfit("a signature holds other entries than ours")
    if (signature.get("/Type"), signature.get("/SubFilter")) != ("/Sig", "/ETSI.CAdES.detached"):
        raise unfit("a signature is of another kind")
    rights = [_right(dictionary(each)) for each in signature["/Reference"]]
    lock: tuple[str, ...] = ("/FieldMDP", "/Include", name)
    wanted = {
        ISSUE_FIELD: [("/DocMDP", "2"), (*lock, "2")],
        SEAL_FIELD: [("/FieldMDP", "/All", "1")],
    }.get(name, [lock])
    if rights != wanted:
        raise unfit("a signature locks something else than its field")


def _right(reference: DictionaryObject) -> tuple[str, ...]:
    """What a signature reference locks, in short."""
    parameters = dictionary(reference["/TransformParams"])
    fields = [str(field) for field in parameters.get("/Fields", ())]
    action = [str(parameters[key]) for key in ("/Action",) if key in parameters]
    allowed = [str(parameters[key]) for key in ("/P",) if key in parameters]
    return (str(reference["/TransformMethod"]), *action, *fields, *allowed)


def _check_filling(file: SignedFile, index: int) -> None:
    """A revision that fills one field: the field grown by its value, the signature, the ink."""
    revision = file.revisions[index]
    known = {number for number in revision.objects if file.exists(number, index)}
    if len(known) != 1:
        raise unfit("a signature changes something else than its field")
    (field_number,) = known
    field = dictionary(revision.objects[field_number])
    before = dictionary(file.value(field_number, index))
    if "/V" in before or text(field, {"/V", "/AP"}) != text(before, {"/AP"}):
        raise unfit("a signature changes its field")
    drawn = set(revision.objects) - known - {revision.signature}
    if "/AP" not in field and not drawn:
        return
    shown = field["/AP"].raw_get("/N")
    if not drawn and text(field["/AP"]) == text(before["/AP"]):
        return
    if drawn != {number_of(shown)} or set(field["/AP"]) != {"/N"}:
        raise unfit("a signature brings something else than its ink")
    _check_ink(revision.objects[number_of(shown)])


def _check_ink(form: PdfObject) -> None:
    if not isinstance(form, StreamObject) or not set(form) <= _FORM_KEYS or form["/Resources"]:
        raise unfit("the ink of a signature is not a plain drawing")
    lines = form.data.decode("ascii").split("\n")
    if not all(_INK.fullmatch(line) for line in lines):
        raise unfit("the ink of a signature draws more than lines")


def _check_issue(file: SignedFile, revision: SignedRevision) -> None:
    """The revision that puts in the fields: old objects only grow, new ones are of known kinds."""
    names = []
    for number, found in revision.objects.items():
        value = dictionary(found)
        if file.exists(number, 0):
            _check_growth(dictionary(file.value(number, 0)), value, is_root=number == file.root)
        elif value.get("/FT") == "/Sig" and set(value) <= _FIELD_KEYS:
            names.append(str(value["/T"]))
        elif value.get("/Type") not in _NEW_IN_ISSUE and "/Fields" not in value:
            raise unfit("the issue brings an object of another kind")
        elif value.get("/Type") == "/StructElem" and value.get("/S") != "/Form":
            raise unfit("the issue tags something else than a field")
        elif isinstance(value, StreamObject) and value.data:
            raise unfit("an empty field shows something")
    catalogue = dictionary(file.value(file.root, 1))
    form = dictionary(revision.objects[number_of(catalogue.raw_get("/AcroForm"))])
    listed = [dictionary(revision.objects[number_of(each)])["/T"] for each in form["/Fields"]]
    if sorted(names) != sorted(str(name) for name in listed) or len(set(names)) != len(names):
        raise unfit("the issue brings fields that are not in the form")
    if number_of(dictionary(catalogue["/Perms"]).raw_get("/DocMDP")) != revision.signature:
        raise unfit("the issue does not certify the document")


def _check_growth(before: DictionaryObject, after: DictionaryObject, *, is_root: bool) -> None:
    kind = before.get("/Type")
    if is_root:
        if {"/AcroForm", "/Perms"} & set(before) or text(after, {"/AcroForm", "/Perms"}) != text(
            before
        ):
            raise unfit("the issue changes the document's root")
    elif kind == "/Page":
        _require_same(before, after, {"/Annots", "/Tabs"})
        _require_subsequence(before.get("/Annots", ()), after["/Annots"])
    elif kind == "/StructTreeRoot":
        _require_same(before, after, {"/ParentTree", "/ParentTreeNextKey"})
        _require_subsequence(before["/ParentTree"]["/Nums"], after["/ParentTree"]["/Nums"])
    elif kind == "/StructElem":
        _require_same(before, after, {"/K"})
        _require_subsequence(before["/K"], after["/K"])
    else:
        raise unfit("the issue changes an object of the frozen document")


def _require_same(before: DictionaryObject, after: DictionaryObject, without: Set[str]) -> None:
    if text(before, without) != text(after, without):
        raise unfit("the issue changes an object of the frozen document")


def _require_subsequence(before: Iterable[PdfObject], after: Iterable[PdfObject]) -> None:
    """Everything of `before` stands in `after` in the same order."""
    rest = iter([text(each) for each in raw(after)])
    if not all(text(each) in rest for each in raw(before)):
        raise unfit("the issue takes something away")
