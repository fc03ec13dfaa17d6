"""Tags for signature fields, which pyHanko does not make and PDF/UA cannot be without.

A widget belongs to a `Form` element of the structure tree (OBJR) and is found from there and back
(ParentTree, StructParent). The element stands at the end of its signature block, below the heading
that names the role, so that a field is read aloud where it is seen.
"""

from collections.abc import Mapping, Sequence
from operator import itemgetter

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NumberObject,
    pdf_name,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

_HEADINGS = frozenset(f"/H{level}" for level in range(1, 7))


class FormTags:
    """The structure tree as typst writes it, one Document element and one flat parent tree."""

    def __init__(self, writer: IncrementalPdfFileWriter, headings: Sequence[str]) -> None:
        """`headings` name the signature blocks in their order; they are the last in the text."""
        self._writer = writer
        self._root = writer.root["/StructTreeRoot"]
        self._document = self._root["/K"].raw_get(0)
        self._children: ArrayObject = self._document.get_object()["/K"]
        self._ends = _ends_of_blocks(self._children, headings)
        self._added: list[tuple[int, IndirectObject]] = []

    def add(self, widget: IndirectObject, page: IndirectObject, block: int | None) -> int:
        """Tag a widget of the signature block `block` (from 0), or of none.

        Returns its key in the parent tree.
        """
        element = self._writer.add_object(
            DictionaryObject(
                {
                    pdf_name("/Type"): pdf_name("/StructElem"),
                    pdf_name("/S"): pdf_name("/Form"),
                    pdf_name("/P"): self._document,
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
        behind_all = len(self._children) + 1
        end = behind_all if block is None else self._ends.get(block, behind_all)
        self._added.append((end, element))
        key = int(self._root["/ParentTreeNextKey"])
        self._root["/ParentTree"]["/Nums"].extend([NumberObject(key), element])
        self._root["/ParentTreeNextKey"] = NumberObject(key + 1)
        return key

    def write(self) -> None:
        """Put the tags where they are read; once, after all were added."""
        in_reading_order = sorted(self._added, key=itemgetter(0))
        for position, element in in_reading_order[::-1]:
            self._children.insert(position, element)
        self._writer.update_container(self._children)
        self._writer.update_container(self._root["/ParentTree"]["/Nums"])
        self._writer.update_container(self._root)


def _ends_of_blocks(children: ArrayObject, headings: Sequence[str]) -> Mapping[int, int]:
    """Number of the block → the position behind it.

    Read from the end: a role may be called like a section that stands before the signatures.
    """
    ends: dict[int, int] = {}
    block = len(headings) - 1
    end = len(children)
    for position in range(len(children) - 1, -1, -1):
        if block < 0:
            break
        if not (title := _title(children[position])):
            continue
        if title == headings[block]:
            ends[block] = end
            block -= 1
        end = position
    return ends


def _title(element: object) -> str:
    """The title of a heading; empty for any other element."""
    if not isinstance(element, DictionaryObject) or element.get("/S") not in _HEADINGS:
        return ""
    title = element.get("/T", "")
    return str(title) if isinstance(title, str) else ""
