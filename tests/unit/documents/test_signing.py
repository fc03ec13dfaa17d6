"""Issue, sign and seal append one signature each and nothing else."""

import re
from datetime import timedelta
from io import BytesIO
from itertools import pairwise
from math import dist

import pytest
from pyhanko.pdf_utils.generic import DictionaryObject
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields

from smartclient.documents.biometrics import BIOMETRIC_OID, envelopes_in
from smartclient.documents.revisions import SignedFile
from smartclient.documents.signing import issue, seal, sign
from smartclient.domain.errors import Damaged, NotAllowed
from smartclient.ink.shape import shape_of
from tests.unit.documents.workshop import (
    NOW,
    rendered,
    seal_key,
    sealing_of,
    sign_place,
    signed,
)
from tests.unit.ink.pens import recorded


def test_that_every_revision_begins_with_the_one_before() -> None:
    for earlier, later in pairwise((rendered().pdf, *signed().revisions)):
        assert later.startswith(earlier)


def test_that_a_signature_appends_its_field_its_value_and_its_ink() -> None:
    file = SignedFile(signed().pdf)
    assert [len(revision.objects) for revision in file.revisions[1:]] == [3, 3, 3, 2]


def test_that_the_issue_brings_every_field_and_certifies_the_document() -> None:
    reader = PdfFileReader(BytesIO(signed().revisions[0]))
    found = {name: value is None for name, value, _ in enumerate_sig_fields(reader)}
    assert found == {
        "issue": False,
        "policyholder": True,
        "insured_2": True,
        "adviser": True,
        "seal": True,
    }
    certified = reader.root["/Perms"]["/DocMDP"]
    assert certified["/Reference"][0]["/TransformParams"]["/P"] == 2


def test_that_the_envelope_is_made_for_the_digest_that_the_signature_covers() -> None:
    asked: list[bytes] = []

    def sealed(digest: bytes) -> bytes:
        asked.append(digest)
        return b"envelope" + digest

    issued = signed().revisions[0]
    pdf = sign_place(issued, rendered().places[0], seal_key(), NOW, sealed)
    digest = SignedFile(pdf).revisions[-1].digest
    assert asked == [bytes(32), digest]
    embedded = PdfFileReader(BytesIO(pdf)).embedded_signatures[-1]
    assert envelopes_in(embedded.signer_info) == (b"envelope" + digest,)
    assert BIOMETRIC_OID.startswith("2.25.")


def test_that_an_envelope_that_grows_after_the_rehearsal_is_refused() -> None:
    def growing(digest: bytes) -> bytes:
        return b"x" * (100 if digest == bytes(32) else 5_000)

    with pytest.raises(Damaged, match="SC-DOC-023"):
        sign_place(signed().revisions[0], rendered().places[0], seal_key(), NOW, growing)


def test_that_a_field_is_signed_once() -> None:
    with pytest.raises(NotAllowed, match="SC-DOC-020"):
        sign_place(signed().revisions[1], rendered().places[0], seal_key(), NOW, None)


def test_that_a_field_that_is_not_there_is_named() -> None:
    with pytest.raises(NotAllowed) as refusal:
        sign(
            signed().revisions[0],
            field="nobody",
            key=seal_key(),
            ink=None,
            sealed=None,
            at=NOW,
            reason="",
        )
    assert (refusal.value.code, refusal.value.values["field"]) == ("SC-DOC-020", "nobody")


def test_that_nothing_is_signed_after_the_seal() -> None:
    sealed = seal(signed().revisions[1], seal_key(), NOW + timedelta(minutes=9))
    with pytest.raises(NotAllowed, match="SC-DOC-021"):
        sign_place(sealed, rendered().places[1], seal_key(), NOW, None)
    with pytest.raises(NotAllowed, match="SC-DOC-021"):
        seal(sealed, seal_key(), NOW)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"no pdf at all", b"\x00" * 5_000])
def test_that_a_broken_file_is_refused_with_its_code(content: bytes) -> None:
    with pytest.raises(Damaged, match="SC-DOC-022"):
        seal(content, seal_key(), NOW)


def test_that_a_cut_file_is_refused_with_its_code() -> None:
    with pytest.raises(Damaged, match="SC-DOC-022"):
        seal(signed().revisions[0][:-200], seal_key(), NOW)


def test_that_the_frozen_document_is_not_touched_by_the_issue() -> None:
    frozen = rendered()
    assert issue(frozen, seal_key(), NOW)[: len(frozen.pdf)] == frozen.pdf


def test_that_every_field_is_tagged_and_has_a_name_to_be_read_aloud() -> None:
    reader = PdfFileReader(BytesIO(signed().pdf))
    numbers = reader.root["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    parents = {int(numbers[i]): numbers[i + 1] for i in range(0, len(numbers), 2)}
    for _name, _value, reference in enumerate_sig_fields(reader):
        field = reference.get_object()
        element = parents[int(field["/StructParent"])]
        assert isinstance(element, DictionaryObject)
        assert element["/S"] == "/Form"
        assert element["/K"].raw_get("/Obj") == reference
        assert field["/TU"]
        assert field["/P"]["/Tabs"] == "/S"


def test_that_a_field_is_read_aloud_below_the_heading_of_its_signature() -> None:
    reader = PdfFileReader(BytesIO(signed().pdf))
    elements = [each.get_object() for each in reader.root["/StructTreeRoot"]["/K"][0]["/K"]]
    read = [
        str(each["/K"]["/Obj"]["/T"]) if each["/S"] == "/Form" else str(each.get("/T", ""))
        for each in elements
        if each["/S"] in ("/H3", "/Form")
    ]
    signatures = read[read.index("Pojistník") :]
    assert signatures[:6] == [
        "Pojistník",
        "policyholder",
        "2. pojištěná",
        "insured_2",
        "Poradce",
        "adviser",
    ]


def ink_of(pdf: bytes, field: str) -> str:
    reader = PdfFileReader(BytesIO(pdf))
    found = {name: reference for name, _, reference in enumerate_sig_fields(reader)}
    content: bytes = found[field].get_object()["/AP"]["/N"].data
    return content.decode("ascii")


def test_that_the_ink_on_the_page_is_the_shape_and_nothing_of_the_movement() -> None:
    """Points stand at even distances, so neither speed nor pressure can be measured on the page."""
    drawn = ink_of(signed().pdf, "policyholder")
    points = [
        (float(x), float(y)) for x, y in re.findall(r"^([\d.-]+) ([\d.-]+) l$", drawn, re.MULTILINE)
    ]
    steps = [dist(a, b) for a, b in pairwise(points)]
    even = sorted(steps)[len(steps) // 2]
    within_strokes = [step for step in steps if step < 3 * even]
    # Coordinates are rounded to 0.1 pt, which moves a point by at most 0.07 pt.
    assert all(abs(step - even) < 0.2 for step in within_strokes)
    assert len(set(re.findall(r"([\d.]+) w", drawn))) <= 4


def test_that_the_ink_stays_inside_its_field_and_keeps_its_proportions() -> None:
    place = rendered().places[0]
    drawn = ink_of(signed().pdf, place.name)
    points = [(float(x), float(y)) for x, y in re.findall(r"([\d.-]+) ([\d.-]+) [ml]\b", drawn)]
    across, down = zip(*points, strict=True)
    assert 0 < min(across) < max(across) < place.width
    assert 0 < min(down) < max(down) < place.height
    shape = shape_of(recorded("petr"))
    on_page = (max(across) - min(across)) / (max(down) - min(down))
    assert on_page == pytest.approx(shape.width_mm / shape.height_mm, rel=0.03)


def test_that_a_field_without_ink_stays_empty_on_the_page() -> None:
    pdf = sign(
        signed().revisions[0],
        field="policyholder",
        key=seal_key(),
        ink=None,
        sealed=sealing_of("policyholder"),
        at=NOW,
        reason="",
    )
    assert ink_of(pdf, "policyholder") == ""
