"""Change requests and letters are issued, signed by everybody and sealed as offers are."""

from collections.abc import Callable
from io import BytesIO

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from smartclient.documents.rendering import Rendered
from smartclient.documents.verification import verify
from smartclient.forms.session import FormSession
from tests.unit.documents.workshop import NOW, Signed, house, seal_key, sign_all
from tests.unit.forms.household import TODAY
from tests.unit.forms.published import answers, form, on_paper
from tests.unit.premium.flexi import flexi

AUTHORITY = "0123456789abcdef" * 4


def change_request() -> Rendered:
    contract = answers("flexi-change", "contract")
    session = FormSession.begun_with(
        form("flexi-change"),
        answers("flexi-change", "scope"),
        today=TODAY,
        tariff=flexi(2),
        header={"signing_installed": True},
        baseline=contract,
    )
    return on_paper(session, {"baseline": contract}, authority_sha256=AUTHORITY)


def letter() -> Rendered:
    session = FormSession.begun_with(
        form("other-payer"),
        answers("other-payer", "father"),
        today=TODAY,
        header={"signing_installed": True},
    )
    return on_paper(session, authority_sha256=AUTHORITY)


def signed(frozen: Rendered) -> Signed:
    return sign_all(frozen, seal_key())


@pytest.mark.parametrize("frozen", [change_request, letter], ids=["change request", "letter"])
def test_that_it_is_verified_when_everybody_has_signed(frozen: Callable[[], Rendered]) -> None:
    done = signed(frozen())
    verdict = verify(done.pdf, done.record, house().root, at=NOW)
    assert [check for check in verdict.checks if not check.ok] == []
    assert verdict.ok


@pytest.mark.parametrize("frozen", [change_request, letter], ids=["change request", "letter"])
def test_that_every_signature_is_read_below_the_role_it_belongs_to(
    frozen: Callable[[], Rendered],
) -> None:
    drawn = frozen()
    tree = PdfFileReader(BytesIO(signed(drawn).pdf)).root["/StructTreeRoot"]["/K"][0]["/K"]
    read = [(each.get_object()["/S"], each.get_object().get("/T")) for each in tree]
    for place in drawn.places:
        heading = max(at for at, each in enumerate(read) if each == ("/H3", place.role))
        below = [kind for kind, _title in read[heading + 1 :]]
        assert "/Form" in below
        assert "/H3" not in below[: below.index("/Form")]
