"""Empty signature fields, put into a frozen document so that it stays PDF/A and PDF/UA.

A widget belongs to the structure tree (`tagging`), has a name for a reader that cannot see (TU), an
appearance even while it is empty, and says by itself what may sign it and what that locks.
"""

from dataclasses import dataclass

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NumberObject,
    TextStringObject,
    pdf_name,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import (
    FieldMDPAction,
    FieldMDPSpec,
    MDPPerm,
    SigSeedSubFilter,
    SigSeedValFlags,
    SigSeedValueSpec,
)

from smartclient.documents.appearance import empty_form
from smartclient.documents.record import ISSUE_FIELD, SEAL_FIELD
from smartclient.documents.rendering import Rendered
from smartclient.documents.tagging import FormTags

PRINT_AND_LOCKED = 0b10000100
_APPEND_ONLY = 3


@dataclass(frozen=True, slots=True)
class _Widget:
    """A field to be made; an invisible one has no extent."""

    name: str
    spoken: str
    page: int
    """From 0."""
    block: int | None = None
    """The number of its signature block from 0."""
    left: float = 0.0
    top: float = 0.0
    width: float = 0.0
    height: float = 0.0


def lock_of(field: str) -> FieldMDPSpec:
    """What signing the field locks: the seal everything, any other field itself."""
    if field == SEAL_FIELD:
        return FieldMDPSpec(FieldMDPAction.ALL)
    return FieldMDPSpec(FieldMDPAction.INCLUDE, [field])


def add_fields(writer: IncrementalPdfFileWriter, rendered: Rendered) -> None:
    """Put the field of the issue, one per place and the field of the seal into the document."""
    places = rendered.places
    pages = _Pages(writer)
    tags = FormTags(writer, [place.role for place in places])
    last = places[-1].page - 1 if places else 0
    widgets = [
        _Widget(ISSUE_FIELD, rendered.issue_name, last),
        *(
            _Widget(
                place.name,
                f"{place.role}: {place.signer}",
                place.page - 1,
                block,
                place.x,
                place.y,
                place.width,
                place.height,
            )
            for block, place in enumerate(places)
        ),
        _Widget(SEAL_FIELD, rendered.seal_name, last),
    ]
    empty = writer.add_object(empty_form())
    seed_values = writer.add_object(_seed_values().as_pdf_object())
    fields = ArrayObject()
    for widget in widgets:
        field = _field(widget, pages, empty)
        field["/SV"] = seed_values
        field["/Lock"] = writer.add_object(_lock_dictionary(widget.name))
        reference = writer.add_object(field)
        fields.append(reference)
        pages.annotate(widget.page, reference)
        key = tags.add(reference, pages.reference(widget.page), widget.block)
        field["/StructParent"] = NumberObject(key)
    tags.write()
    writer.root["/AcroForm"] = writer.add_object(
        DictionaryObject(
            {pdf_name("/Fields"): fields, pdf_name("/SigFlags"): NumberObject(_APPEND_ONLY)}
        )
    )
    writer.update_root()


def _field(widget: _Widget, pages: "_Pages", empty: IndirectObject) -> DictionaryObject:
    """Field and widget in one dictionary."""
    field = DictionaryObject(
        {
            pdf_name("/FT"): pdf_name("/Sig"),
            pdf_name("/T"): TextStringObject(widget.name),
            pdf_name("/TU"): TextStringObject(widget.spoken),
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Widget"),
            pdf_name("/F"): NumberObject(PRINT_AND_LOCKED),
            pdf_name("/P"): pages.reference(widget.page),
            pdf_name("/Rect"): pages.rectangle(widget),
        }
    )
    if widget.width:
        field["/AP"] = DictionaryObject({pdf_name("/N"): empty})
    return field


def _seed_values() -> SigSeedValueSpec:
    return SigSeedValueSpec(
        flags=SigSeedValFlags.SUBFILTER | SigSeedValFlags.DIGEST_METHOD,
        subfilters=[SigSeedSubFilter.PADES],
        digest_methods=["sha256", "sha384", "sha512"],
    )


def _lock_dictionary(field: str) -> DictionaryObject:
    lock = lock_of(field).as_sig_field_lock()
    if field == SEAL_FIELD:
        lock["/P"] = NumberObject(MDPPerm.NO_CHANGES.value)
    return lock


class _Pages:
    """The pages that get fields."""

    def __init__(self, writer: IncrementalPdfFileWriter) -> None:
        self._writer = writer
        self._found: dict[int, IndirectObject] = {}

    def reference(self, index: int) -> IndirectObject:
        if index not in self._found:
            reference, _resources = self._writer.find_page_for_modification(index)
            self._found[index] = reference
        return self._found[index]

    def rectangle(self, widget: _Widget) -> ArrayObject:
        """The rectangle of a widget, counted from below as PDF does."""
        if not widget.width:
            return ArrayObject([NumberObject(0)] * 4)
        page_height = float(self.reference(widget.page).get_object()["/MediaBox"][3])
        top = page_height - widget.top
        corners = (widget.left, top - widget.height, widget.left + widget.width, top)
        return ArrayObject([FloatObject(f"{corner:.2f}") for corner in corners])

    def annotate(self, index: int, reference: IndirectObject) -> None:
        page = self.reference(index).get_object()
        if "/Annots" not in page:
            page["/Annots"] = ArrayObject()
        page["/Annots"].append(reference)
        page["/Tabs"] = pdf_name("/S")
        self._writer.update_container(page["/Annots"])
        self._writer.mark_update(self.reference(index))
