"""Published attacks on signed PDFs, tried on ours: each is refused with a reason, none breaks.

Universal signature forgery, incremental saving and signature wrapping (Mladenov et al., 2019),
shadow attacks (2021), and what only an insider with the right key could do.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    NumberObject,
    StreamObject,
    pdf_name,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from smartclient.documents.acceptance import judge
from smartclient.documents.appending import AppendingWriter, appending_to
from smartclient.documents.rendering import render
from smartclient.documents.revisions import SignedFile
from smartclient.documents.signing import issue, seal
from smartclient.documents.verification import Trust
from tests.unit.documents.stamping import STAMPED_AT, asked_of, authority, stamp_root, stamped
from tests.unit.documents.workshop import (
    BODY,
    NOW,
    house,
    printed_offer,
    rendered,
    seal_key,
    sealing_of,
    sign_all,
    sign_place,
    signed,
    template,
)

LATER = NOW + timedelta(hours=1)
FIELDS = signed().record.fields


def reasons(pdf: bytes) -> list[str]:
    """Why a file is refused, without a record, so that the structure alone must show it."""
    trust = Trust(house().root, (), LATER, stamp_roots=(stamp_root().certificate,))
    checks = judge(pdf, FIELDS, None, trust).checks
    return [f"{check.name}: {check.detail}" for check in checks if not check.ok]


SOURCES = pytest.mark.parametrize(
    "source", [lambda: signed().pdf, stamped], ids=["sealed", "stamped"]
)
Source = Callable[[], bytes]


@SOURCES
def test_that_the_files_that_are_attacked_are_good(source: Source) -> None:
    assert reasons(source()) == []


def last_signature(pdf: bytes) -> tuple[int, int]:
    """Where the dictionary of the last signature begins, and where its object ends."""
    end = pdf.rindex(b"/ByteRange")
    start = pdf.rindex(b" 0 obj\n", 0, end)
    return start, pdf.index(b"endobj", pdf.index(b"/Contents", start))


# Universal signature forgery: parts of the signature are missing or make no sense

RANGES: dict[str, Callable[[bytes], bytes]] = {
    "missing": lambda _found: b"",
    "null": lambda _found: b"/ByteRange null",
    "empty": lambda _found: b"/ByteRange []",
    "zeros": lambda _found: b"/ByteRange [0 0 0 0]",
    "negative": lambda _found: b"/ByteRange [0 -1 -1 -1]",
    "overlong": lambda _found: b"/ByteRange [0 99999999999 99999999999 99999999999]",
    "huge": lambda _found: b"/ByteRange [0 " + b"9" * 400 + b" 1 1]",
    "three numbers": lambda found: re.sub(rb" \d+\]", b"]", found),
    "whole file": lambda found: re.sub(rb"\[0 \d+ \d+", b"[0 9 9", found),
}


@SOURCES
@pytest.mark.parametrize("kind", RANGES)
def test_that_a_byte_range_that_makes_no_sense_is_refused(source: Source, kind: str) -> None:
    pdf = source()
    start, end = last_signature(pdf)
    found = re.search(rb"/ByteRange \[[^\]]*\]", pdf[start:end])
    assert found is not None
    other = RANGES[kind](found[0])
    padded = other.ljust(len(found[0]))
    for written in (padded, other):
        assert reasons(pdf[:start] + pdf[start:end].replace(found[0], written) + pdf[end:])


@SOURCES
@pytest.mark.parametrize(
    "contents", [b"", b"<>", b"<00>", b"null", b"<" + b"00" * 3_000 + b">", b"<30", b"(text)"]
)
def test_that_contents_that_are_no_signature_are_refused(source: Source, contents: bytes) -> None:
    pdf = source()
    start, end = last_signature(pdf)
    found = re.search(rb"<[0-9A-F]{200,}>", pdf[start:end])
    assert found is not None
    for written in (contents, contents.ljust(len(found[0]))):
        assert reasons(pdf[:start] + pdf[start:end].replace(found[0], written) + pdf[end:])


# Incremental saving


@SOURCES
@pytest.mark.parametrize(
    "more",
    [
        b"5 0 obj\n<< /Type /Page >>\nendobj\n",
        b"5 0 obj\n<< >>\nendobj\nxref\n0 0\ntrailer\n<< >>\n",
        b"5 0 obj\n<< >>\nendobj\nstartxref\n0\n%%EOF\n",
        b"5 0 obj\n<< >>\nendobj\ntrailer\n<< /Root 5 0 R >>\n",
    ],
    ids=["object alone", "empty table", "end mark", "trailer alone"],
)
def test_that_saving_on_without_a_table_is_refused(source: Source, more: bytes) -> None:
    pdf = source()
    tail = pdf[pdf.rindex(b"startxref") :]
    for appended in (pdf + more, pdf + more + tail):
        assert reasons(appended)
    copied = pdf + b"5 0 obj\n<< >>\nendobj\n" + pdf[pdf.rindex(b"/ByteRange") :]
    assert reasons(copied)


# Shadow attacks: what was signed is covered, exchanged, or hidden and exchanged


def _hide(writer: IncrementalPdfFileWriter) -> None:
    cover = StreamObject(stream_data=b"1 1 1 rg 0 0 600 900 re f")
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = ArrayObject([page.raw_get("/Contents"), writer.add_object(cover)])
    writer.update_container(page)


def _replace(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    font = next(iter(page["/Resources"]["/Font"].values())).get_object()
    font["/BaseFont"] = pdf_name("/Other")
    writer.update_container(font)


def _hide_and_replace(writer: IncrementalPdfFileWriter) -> None:
    pages = DictionaryObject(writer.root["/Pages"])
    pages["/Kids"] = ArrayObject(list(reversed(pages["/Kids"])))
    writer.root["/Pages"] = writer.add_object(pages)
    writer.update_container(writer.root)


def _change_the_dictionary(writer: IncrementalPdfFileWriter) -> None:
    signature = writer.root["/AcroForm"]["/Fields"][1]["/V"]
    signature["/Reason"] = pdf_name("/Other")
    writer.update_container(signature)


def _swap_the_appearance(writer: IncrementalPdfFileWriter) -> None:
    fields = writer.root["/AcroForm"]["/Fields"]
    fields[1]["/AP"] = fields[2]["/AP"]
    writer.update_container(fields[1])


def _move_the_field(writer: IncrementalPdfFileWriter) -> None:
    field = writer.root["/AcroForm"]["/Fields"][1]
    field["/Rect"] = ArrayObject([NumberObject(n) for n in (10, 10, 300, 90)])
    writer.update_container(field)


Change = Callable[[IncrementalPdfFileWriter], None]
CHANGES = pytest.mark.parametrize(
    "change",
    [
        _hide,
        _replace,
        _hide_and_replace,
        _change_the_dictionary,
        _swap_the_appearance,
        _move_the_field,
    ],
)


@SOURCES
@CHANGES
def test_that_a_shadow_behind_the_seal_is_refused(source: Source, change: Change) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(source()))
    change(writer)
    changed = BytesIO()
    writer.write(changed)
    assert reasons(changed.getvalue())


@CHANGES
def test_that_a_shadow_inside_the_seals_own_revision_is_refused(
    monkeypatch: pytest.MonkeyPatch, change: Change
) -> None:
    """As an insider with the right key would make it: every signature of the file is valid."""

    def prepared(pdf: bytes) -> AppendingWriter:
        writer = appending_to(pdf)
        change(writer)
        return writer

    monkeypatch.setattr("smartclient.documents.signature_writing.appending_to", prepared)
    pdf = seal(signed().revisions[-2], seal_key(), NOW + timedelta(minutes=4))
    assert any(reason.startswith("signatures only") for reason in reasons(pdf))


def test_that_a_shadow_put_in_with_the_issue_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def prepared(pdf: bytes) -> AppendingWriter:
        writer = appending_to(pdf)
        _hide(writer)
        return writer

    with monkeypatch.context() as patched:
        patched.setattr("smartclient.documents.signature_writing.appending_to", prepared)
        pdf = issue(rendered(), seal_key(), NOW)
    for minute, place in enumerate(rendered().places, start=1):
        at = NOW + timedelta(minutes=minute)
        pdf = sign_place(pdf, place, seal_key(), at, sealing_of(place.name))
    assert reasons(seal(pdf, seal_key(), NOW + timedelta(minutes=9)))


# Signature wrapping and transplanting


@SOURCES
def test_that_a_signed_part_moved_behind_other_bytes_is_refused(source: Source) -> None:
    """The second part of the ByteRange is carried further back, and something put before it."""
    pdf = source()
    start, end = last_signature(pdf)
    revision = SignedFile(pdf).revisions[-1]
    gap = 2 * len(revision.contents) + 2
    after = pdf.rindex(b"/Contents <") + len(b"/Contents ") + gap
    wrapped = pdf[:after] + b"\n>>\nendobj\n5 0 obj\n<< >>\nendobj\n" + pdf[after:]
    shifted = re.sub(
        rb"(/ByteRange \[0 \d+) \d+ (\d+\])",
        lambda found: b"%s %d %s" % (found[1], after + len(wrapped) - len(pdf), found[2]),
        wrapped[start:end],
    )
    for attack in (wrapped, wrapped[:start] + shifted + wrapped[end:]):
        assert reasons(attack)


def test_that_a_signature_of_another_document_of_the_same_install_is_refused() -> None:
    """Contents of the same length, by the same key, valid in the document they come from."""
    body = BODY | {"answers": {"policyholder": {"surname": "Jiná"}}}
    other = sign_all(render(template(), body, printed_offer(), at=NOW), seal_key())
    ours, theirs = SignedFile(signed().pdf), SignedFile(other.pdf)
    tried = []
    for index, name in enumerate(field.name for field in FIELDS):
        mine = ours.revisions[index].contents.hex().upper().encode()
        foreign = theirs.revisions[index].contents.hex().upper().encode()
        if len(mine) == len(foreign):
            found = reasons(signed().pdf.replace(mine, foreign))
            assert any(each.startswith(f"signature {name}") for each in found)
            tried.append(name)
    assert {"issue", "seal"} <= set(tried)


def test_that_a_stamp_of_another_file_is_refused() -> None:
    elsewhere = authority(STAMPED_AT)
    token = asked_of(elsewhere)(bytes(32)).hex().upper().encode()
    found = re.search(rb"<([0-9A-F]{20000,})>\n?", stamped()[len(signed().pdf) :])
    assert found is not None
    swapped = stamped().replace(found[1], token.ljust(len(found[1]), b"0"))
    assert swapped != stamped()
    assert reasons(swapped)
