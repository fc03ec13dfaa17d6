"""The pages of a signed file show what was frozen, outside the signature fields (rule 5)."""

from datetime import timedelta
from io import BytesIO

import pytest
from pyhanko.pdf_utils.generic import ArrayObject, NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from smartclient.documents.comparison import require_same_pages
from smartclient.documents.revisions import SignedFile
from smartclient.documents.signing import seal
from smartclient.documents.verification import verify
from smartclient.domain.errors import Damaged
from tests.unit.documents.workshop import NOW, house, rendered, seal_key, sign_all, signed


def test_that_ink_in_its_field_changes_no_page() -> None:
    verdict = verify(
        signed().pdf, signed().record, house().root, at=NOW + timedelta(hours=1), compare_pages=True
    )
    assert verdict.ok
    assert verdict.checks[-1].name == "pages"


def test_that_a_page_that_shows_something_else_is_named() -> None:
    """As if a flaw of the linear check had let it through."""
    writer = IncrementalPdfFileWriter(BytesIO(signed().revisions[-2]))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = ArrayObject()
    writer.update_container(page)
    changed = BytesIO()
    writer.write(changed)
    pdf = seal(changed.getvalue(), seal_key(), NOW + timedelta(minutes=9))
    with pytest.raises(Damaged, match="SC-DOC-041"):
        require_same_pages(pdf, SignedFile(signed().pdf))


def test_that_a_turned_page_is_found() -> None:
    writer = IncrementalPdfFileWriter(BytesIO(signed().pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = NumberObject(180)
    writer.update_container(page)
    turned = BytesIO()
    writer.write(turned)
    with pytest.raises(Damaged) as refusal:
        require_same_pages(turned.getvalue(), SignedFile(signed().pdf))
    assert "page 1" in refusal.value.values["problem"]


def test_that_fields_on_several_pages_are_left_out() -> None:
    document = sign_all(rendered(), seal_key())
    require_same_pages(document.pdf, SignedFile(document.pdf))
