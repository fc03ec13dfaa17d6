"""A signed file taken apart: the frozen document, then one appended revision per signature.

Only what our own writer appends is understood, byte for byte: objects one after another, a table of
exactly these objects, a trailer, the end mark. Anything else (bytes between objects, an object
outside the table, a second table, a cut or continued file) raises Damaged SC-DOC-041 with the
reason, before any object is believed. One pass over the file gives every digest.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from typing import Final

from pyhanko.pdf_utils.generic import (
    DictionaryObject,
    IndirectObject,
    PdfObject,
    Reference,
    read_object,
)
from pyhanko.pdf_utils.reader import PdfFileReader

from smartclient.domain.errors import Damaged
from smartclient.domain.ids import Sha256

MAX_REVISIONS = 100
_TABLE = re.compile(
    rb"xref\n((?:\d{1,10} \d{1,6}\n(?:\d{10} \d{5} [nf] \n)+)+)"
    rb"trailer\n(<<\n.*?\n>>)\nstartxref\n(\d{1,12})\n%%EOF\n",
    re.DOTALL,
)
_FROZEN_END = re.compile(rb"startxref\n(\d{1,12})\n%%EOF\n")
_SUBSECTION = re.compile(rb"(\d{1,10}) (\d{1,6})\n")
_ENTRY = re.compile(rb"(\d{10}) (\d{5}) ([nf]) \n")
_ENTRY_LENGTH = 20
_BYTE_RANGE = re.compile(rb"/ByteRange \[0 (\d{1,12}) (\d{1,12}) (\d{1,12})\] *\n")
_TRAILER_KEYS = frozenset({"/Size", "/Root", "/Info", "/ID", "/Prev"})
_HEXADECIMAL = re.compile(rb"[0-9A-F]*")


def unfit(problem: str) -> Damaged:
    """The refusal of a file; `problem` is for the log and the expert."""
    return Damaged("SC-DOC-041", problem=problem)


@dataclass(frozen=True, slots=True)
class SignedRevision:
    """One appended revision and the signature that ends it."""

    start: int
    end: int
    objects: Mapping[int, PdfObject]
    """Number → object; a signature without its contents."""
    signature: int
    """The number of the signature's object."""
    contents: bytes
    """What stands in the gap of the ByteRange, unpacked from hexadecimal."""
    digest: bytes
    """SHA-256 of what the signature covers: the file up to `end` without the gap."""
    sha256: Sha256
    """SHA-256 of the file up to `end`."""


class SignedFile:
    """A file that is laid out as our own writer lays it out."""

    def __init__(self, pdf: bytes) -> None:
        """Take the file apart; raises Damaged SC-DOC-041."""
        self._pdf: Final = pdf
        tables = _tables(pdf)
        self.frozen_end: Final = tables[0].end
        self.frozen: Final = PdfFileReader(BytesIO(pdf[: self.frozen_end]))
        self.root: Final = number_of(self.frozen.trailer.raw_get("/Root"))
        self.revisions: Final = tuple(self._read(tables))

    def value(self, number: int, upto: int) -> PdfObject:
        """The object as it stands after the revision `upto` (0 is the frozen document)."""
        for revision in reversed(self.revisions[:upto]):
            if number in revision.objects:
                return revision.objects[number]
        frozen: PdfObject = self.frozen.get_object(Reference(number, 0, self.frozen))
        return frozen

    def exists(self, number: int, upto: int) -> bool:
        """Whether an object of this number stands in the file after the revision `upto`."""
        if any(number in revision.objects for revision in self.revisions[:upto]):
            return True
        return self.frozen.xrefs[Reference(number, 0, self.frozen)] is not None

    def _read(self, tables: "list[_Table]") -> Iterator[SignedRevision]:
        view = memoryview(self._pdf)
        running = hashlib.sha256(view[: self.frozen_end])
        for before, table in pairwise(tables):
            start = before.end
            self._check_trailer(table, before)
            gap_start, gap_end = _gap(self._pdf, start, table.end)
            running.update(view[start:gap_start])
            covered = running.copy()
            covered.update(view[gap_end : table.end])
            running.update(view[gap_start : table.end])
            slices = dict(_slices(table, start))
            signature = _holder(slices, gap_start, gap_end)
            yield SignedRevision(
                start,
                table.end,
                {
                    number: self._object(number, part, (gap_start, gap_end))
                    for number, part in slices.items()
                },
                signature,
                _contents(self._pdf[gap_start:gap_end]),
                covered.digest(),
                Sha256(running.hexdigest()),
            )

    def _check_trailer(self, table: "_Table", before: "_Table") -> None:
        stream = BytesIO(table.trailer)
        trailer = DictionaryObject.read_from_stream(stream, Reference(0, 0, self.frozen))
        if set(trailer) != _TRAILER_KEYS:
            raise unfit("a trailer holds other entries than ours")
        if int(trailer["/Prev"]) != before.position:
            raise unfit("a trailer names another table as the one before it")
        for key in ("/Root", "/Info"):
            if number_of(trailer.raw_get(key)) != number_of(self.frozen.trailer.raw_get(key)):
                raise unfit(f"a trailer exchanges {key}")

    def _object(self, number: int, part: slice, gap: tuple[int, int]) -> PdfObject:
        """The one object that fills this part of the file; the gap is left out of it."""
        if part.start < gap[0] < part.stop:
            source = self._pdf[part.start : gap[0]] + b"<>" + self._pdf[gap[1] : part.stop]
        else:
            source = self._pdf[part]
        header = b"%d 0 obj\n" % number
        if not source.startswith(header):
            raise unfit("an object does not stand where the table says")
        stream = BytesIO(source)
        stream.seek(len(header))
        found: PdfObject = read_object(stream, Reference(number, 0, self.frozen))
        if stream.read().strip(b"\n") != b"endobj":
            raise unfit("something stands between two objects")
        return found


@dataclass(frozen=True, slots=True)
class _Table:
    """A cross-reference table and the trailer below it."""

    position: int
    end: int
    offsets: Mapping[int, int]
    trailer: bytes


def _tables(pdf: bytes) -> list[_Table]:
    """All tables from the frozen document's on, found from the end of the file backwards."""
    found: list[_Table] = []
    position = pdf.rfind(b"\nxref\n") + 1
    expected_end = len(pdf)
    while len(found) <= MAX_REVISIONS:
        match = _TABLE.match(pdf, position)
        if match is None or b"/Prev " not in match[2]:
            break
        if int(match[3]) != position:
            raise unfit("a revision names another table than its own")
        if match.end() > expected_end or (not found and match.end() != expected_end):
            raise unfit("bytes follow the last revision")
        found.append(_Table(position, match.end(), _offsets(match[1]), match[2]))
        expected_end = position
        position = _previous(match[2], position)
    if not found:
        raise unfit("the file does not end in a revision of ours")
    end = _FROZEN_END.search(pdf, position, expected_end)
    if end is None or int(end[1]) != position or pdf[position : position + 4] != b"xref":
        raise unfit("the frozen document is not whole")
    return [_Table(position, end.end(), {}, b""), *reversed(found)]


def _previous(trailer: bytes, position: int) -> int:
    named = re.findall(rb"/Prev (\d{1,12})\n", trailer)
    if len(named) != 1 or int(named[0]) >= position:
        raise unfit("a trailer does not name the table before it")
    return int(named[0])


def _offsets(entries: bytes) -> Mapping[int, int]:
    """Number → offset of the objects of a table; nothing may be freed or have a generation."""
    offsets: dict[int, int] = {}
    position = 0
    while position < len(entries):
        head = _SUBSECTION.match(entries, position)
        if head is None:
            raise unfit("a table cannot be read")
        first, count, position = int(head[1]), int(head[2]), head.end()
        for number in range(first, first + count):
            entry = _ENTRY.match(entries, position)
            if entry is None or number in offsets:
                raise unfit("a table cannot be read")
            position += _ENTRY_LENGTH
            if number == 0:
                continue
            if entry[3] != b"n" or entry[2] != b"00000":
                raise unfit("a table frees an object")
            offsets[number] = int(entry[1])
    return offsets


def _slices(table: _Table, start: int) -> Iterator[tuple[int, slice]]:
    """Number → its part of the file; together the parts fill the revision without a gap."""
    ordered = sorted(table.offsets.items(), key=lambda entry: entry[1])
    if not ordered or ordered[0][1] != start:
        raise unfit("something stands before the first object of a revision")
    ends = [offset for _, offset in ordered[1:]] + [table.position]
    for (number, offset), end in zip(ordered, ends, strict=True):
        if offset >= end:
            raise unfit("two objects stand in the same place")
        yield number, slice(offset, end)


def _gap(pdf: bytes, start: int, end: int) -> tuple[int, int]:
    """Where the contents of the revision's one signature stand, checked against its ByteRange."""
    ranges = list(_BYTE_RANGE.finditer(pdf, start, end))
    if len(ranges) != 1:
        raise unfit("a revision holds no signature, or more than one")
    before, after, rest = (int(ranges[0][part]) for part in (1, 2, 3))
    if not start < before < after < end or after + rest != end:
        raise unfit("a signature does not cover its whole revision")
    if pdf[before : before + 1] != b"<" or pdf[after - 1 : after] != b">":
        raise unfit("a signature leaves out more than its contents")
    return before, after


def _holder(slices: Mapping[int, slice], gap_start: int, gap_end: int) -> int:
    for number, part in slices.items():
        if part.start < gap_start and gap_end < part.stop:
            return number
    raise unfit("the gap of a signature is not inside an object")


def _contents(gap: bytes) -> bytes:
    digits = gap[1:-1]
    if len(digits) % 2 or not _HEXADECIMAL.fullmatch(digits):
        raise unfit("the contents of a signature are not hexadecimal")
    return bytes.fromhex(digits.decode("ascii"))


def number_of(reference: PdfObject) -> int:
    """The number of the object that a reference names."""
    if not isinstance(reference, IndirectObject) or reference.generation != 0:
        raise unfit("a reference is not one of ours")
    return int(reference.idnum)
