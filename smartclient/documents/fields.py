"""Empty signature fields, put into a frozen document so that it stays PDF/A and PDF/UA.

pyHanko knows fields but not tagging. A widget belongs to a `Form` element of the structure tree
(OBJR), is found from there and back (ParentTree, StructParent), and has a name for a reader that
cannot see (TU). The `Form` element stands below the heading of its signature block, so that it is
read where it is seen.
"""

from collections.abc import Iterable, Sequence
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
from smartclient.documents.rendering import FieldPlace
from smartclient.domain.language import _

_PRINT_AND_LOCKED = 0b10000100
_APPEND_ONLY = 3
_HEADINGS = frozenset(f"/H{level}" for level in range(1, 7))


@dataclass(frozen=True, slots=True)
class _Widget:
    """A field to be made; an invisible one has no extent."""

    name: str
    spoken: str
    heading: str
    page: int
    """From 0."""
    left: float = 0.0
    top: float = 0.0
    width: float = 0.0
    height: float = 0.0


def lock_of(field: str) -> FieldMDPSpec:
    """What signing the field locks: the seal everything, any other field itself."""
    if field == SEAL_FIELD:
        return FieldMDPSpec(FieldMDPAction.ALL)
    return FieldMDPSpec(FieldMDPAction.INCLUDE, [field])


def add_fields(writer: IncrementalPdfFileWriter, places: Sequence[FieldPlace]) -> None:
    """Put the field of the issue, one per place and the field of the seal into the document."""
    pages = _Pages(writer)
    structure = _Structure(writer)
    last = places[-1].page - 1 if places else 0
    widgets = [
        _Widget(ISSUE_FIELD, _("Issue of the document by the insurer"), "", last),
        *(
            _Widget(
                place.name,
                f"{place.role}: {place.signer}",
                place.role,
                place.page - 1,
                place.x,
                place.y,
                place.width,
                place.height,
            )
            for place in places
        ),
        _Widget(SEAL_FIELD, _("Seal of the signed document"), "", last),
    ]
    empty = writer.add_object(empty_form())
    fields = ArrayObject()
    for widget in widgets:
        field = _field(widget, pages, empty)
        field["/SV"] = writer.add_object(_seed_values().as_pdf_object())
        field["/Lock"] = writer.add_object(_lock_dictionary(widget.name))
        reference = writer.add_object(field)
        fields.append(reference)
        pages.annotate(widget.page, reference)
        field["/StructParent"] = NumberObject(
            structure.add(reference, pages.reference(widget.page), widget.heading)
        )
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
            pdf_name("/F"): NumberObject(_PRINT_AND_LOCKED),
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


class _Structure:
    """The structure tree, as typst writes it: one Document element, one flat parent tree."""

    def __init__(self, writer: IncrementalPdfFileWriter) -> None:
        self._writer = writer
        self._root = writer.root["/StructTreeRoot"]
        self._document = self._root["/K"].raw_get(0)
        self._headings = self._find_headings()

    def add(self, widget: IndirectObject, page: IndirectObject, heading: str) -> int:
        """Tag a widget; returns its key in the parent tree."""
        parent, index = self._place_below(heading)
        element = self._writer.add_object(
            DictionaryObject(
                {
                    pdf_name("/Type"): pdf_name("/StructElem"),
                    pdf_name("/S"): pdf_name("/Form"),
                    pdf_name("/P"): parent,
                    pdf_name("/Pg"): page,
                    pdf_name("/K"): DictionaryObject(
                        {
                            pdf_name("/Type"): pdf_name("/OBJR"),
                            pdf_name("/Obj"): widget,
                            pdf_name("/Pg"): page,
                        }
                    ),
                }
            )
        )
        children = parent.get_object()["/K"]
        children.insert(index, element)
        self._writer.update_container(children)
        return self._register(element)

    def _register(self, element: IndirectObject) -> int:
        key = int(self._root["/ParentTreeNextKey"])
        numbers = self._root["/ParentTree"]["/Nums"]
        numbers.extend([NumberObject(key), element])
        self._root["/ParentTreeNextKey"] = NumberObject(key + 1)
        self._writer.update_container(numbers)
        self._writer.update_container(self._root)
        return key

    def _place_below(self, heading: str) -> tuple[IndirectObject, int]:
        """The parent and the position just before the heading after this one, or the end."""
        parent = self._headings.get(heading, self._document)
        children = parent.get_object()["/K"]
        if heading not in self._headings:
            return parent, len(children)
        titles = [_title(child) for child in children]
        start = titles.index(heading) + 1
        for index in range(start, len(titles)):
            if titles[index]:
                return parent, index
        return parent, len(titles)

    def _find_headings(self) -> dict[str, IndirectObject]:
        """Title of a heading → the element that it stands in."""
        return dict.fromkeys(_titles(self._document.get_object()["/K"]), self._document)


def _titles(children: Iterable[IndirectObject]) -> Iterable[str]:
    return filter(None, map(_title, children))


def _title(child: IndirectObject) -> str:
    element = child.get_object()
    if not isinstance(element, DictionaryObject) or element.get("/S") not in _HEADINGS:
        return ""
    title = element.get("/T", "")
    return str(title) if isinstance(title, str) else ""
