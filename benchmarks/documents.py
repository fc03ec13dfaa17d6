"""Documents: an offer as PDF, a signature, and the check of a sealed file, each beside its floor.

The offer and the keys are those of the tests. Each run draws an offer of its own, because typst
remembers what it has drawn.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from itertools import count
from typing import Any

import pypdfium2
from asn1crypto import cms, core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import simple_cms_attribute
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from benchmarks.measure import Row, in_turn, middle, seconds
from smartclient.documents import rendering
from smartclient.documents.appearance import ink_form
from smartclient.documents.biometrics import BIOMETRIC_OID
from smartclient.documents.cms_check import check_signature
from smartclient.documents.keys import SealKey
from smartclient.documents.rendering import Rendered, render
from smartclient.documents.revisions import SignedFile
from smartclient.documents.signing import issue
from smartclient.documents.values import values_json
from smartclient.documents.verification import verify
from smartclient.forms.session import FormSession
from smartclient.ink.shape import shape_of
from smartclient.wire.messages import Json, JsonObject
from tests.unit.documents.offers import add_cover, body_of, fill, offer, print_data
from tests.unit.documents.workshop import (
    BODY,
    NOW,
    house,
    printed_offer,
    seal_key,
    sealing_of,
    sign_all,
    sign_place,
    signature,
    template,
)
from tests.unit.ink.pens import recorded

_FINGERPRINT = "0123456789abcdef" * 4
_RUNS = 15


def rows() -> Iterator[Row]:
    """One row a figure."""
    yield from _offer_as_pdf()
    yield from _signatures()
    yield from _checks()


def _offer_as_pdf() -> Iterator[Row]:
    """From print data to the issued PDF with its fields, beside typst alone on the same data."""
    session = _long_offer()
    numbers = count(7200000001)
    press = rendering._press_of(template())  # noqa: SLF001 - the floor uses the same compiler

    def frozen_input() -> tuple[JsonObject, JsonObject]:
        number = str(next(numbers))
        body = body_of(session) | {"number": number, "client_name": f"Petr Novák {number}"}
        return body, print_data(session) | {"number": number, "client": body["client_name"]}

    pages = render(template(), *frozen_input(), at=NOW).pages
    ready = [_typst_inputs(*frozen_input()) for _ in range(_RUNS + 1)]

    def bare() -> None:
        press._compiler.compile(  # noqa: SLF001
            format="pdf", sys_inputs=ready.pop(), pdf_standards=["a-3b", "ua-1"], timestamp=NOW
        )

    to_draw = [frozen_input() for _ in range(_RUNS + 1)]

    def ours() -> None:
        body, printed = to_draw.pop()
        rendered = render(template(), body, printed, at=NOW, authority_sha256=_FINGERPRINT)
        issue(rendered, seal_key(), NOW)

    taken, floors = in_turn(ours, bare, _RUNS)
    yield Row(
        f"offer of {pages} pages as PDF, issued with its fields",
        middle(taken) * 1e3,
        "ms",
        middle(floors) * 1e3,
        budget_ratio=1.25,
    )
    printing = seconds(lambda: print_data(session), _RUNS)
    yield Row("print data of a filled form", middle(printing) * 1e3, "ms")


def _long_offer() -> FormSession:
    """Two adults with many covers and two children: six pages."""
    session = offer()
    for cover in (("ADTH", "1 000 000", "60", ""), ("TNU", "500 000", "60", "progression_4")):
        add_cover(session, 0, cover)
        add_cover(session, 1, cover)
    for name in ("Adam", "Eliška"):
        path = f"insured.{session.add_row('insured')}"
        fill(session, path, {"role": "child", "relation": "child", "given_name": name})
        fill(session, path, {"surname": "Novák", "foreigner": True, "sex": "M"})
        session.set(f"{path}.birth_date", "4. 4. 2018")
        add_cover(session, int(path[-1]), ("TNU", "400 000", "18", "progression_4"))
    session.set("insured.1.beneficiary_way", "named")
    people = session.rows("insured.1.beneficiaries")
    for row in range(people) if people else [session.add_row("insured.1.beneficiaries")]:
        who = {"given_name": "Adam", "surname": "Novák", "relation": "child", "share": "100"}
        fill(session, f"insured.1.beneficiaries.{row}", who)
    return session


def _typst_inputs(body: JsonObject, printed: JsonObject) -> dict[str, str]:
    values = values_json(body, template().identity.sha256)
    stamp = rendering._stamp(template(), body, values, _FINGERPRINT)  # noqa: SLF001
    document = json.dumps({**printed, "stamp": stamp}, ensure_ascii=False)
    return {"document": document, "values": values.decode()}


def _signatures() -> Iterator[Row]:
    """One signature with ink and sealed biometrics, and all of a document."""
    session = offer()
    rendered = render(template(), body_of(session), print_data(session), at=NOW)
    issued = issue(rendered, seal_key(), NOW)
    place = rendered.places[0]
    opaque = bytes(len(sealing_of(place.name)(bytes(32))))
    signer = _OpenKeySigner(seal_key(), opaque)
    shape = shape_of(recorded("petr"))
    drawing = RawContent(
        ink_form(shape, place.width, place.height).data,
        box=BoxConstraints(width=place.width, height=place.height),
    )
    meta = PdfSignatureMetadata(
        field_name=place.name,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        reason=place.meaning,
    )
    style = StaticStampStyle(background=drawing, border_width=0)

    def bare() -> None:
        pdf_signer = PdfSigner(meta, signer, stamp_style=style)
        pdf_signer.sign_pdf(IncrementalPdfFileWriter(BytesIO(issued)), existing_fields_only=True)

    def ours() -> None:
        sign_place(issued, place, seal_key(), NOW, sealing_of(place.name))

    taken, floors = in_turn(ours, bare, _RUNS)
    yield Row(
        "signature with ink and biometrics",
        middle(taken) * 1e3,
        "ms",
        middle(floors) * 1e3,
        budget_ratio=1.15,
    )
    six = _rendered_for(6)

    def all_of_six() -> None:
        sign_all(six, seal_key(), minutes=tuple(range(8)))

    yield Row(
        "six signatures, issue and seal", middle(seconds(all_of_six, 5)) * 1e3, "ms", budget=400
    )


class _OpenKeySigner(Signer):
    """pyHanko as it is, with a key that stays open and one opaque signed attribute."""

    def __init__(self, key: SealKey, opaque: bytes) -> None:
        chain = SimpleCertificateStore()
        chain.register_multiple(_to_asn1(each) for each in key.chain)
        super().__init__(
            signing_cert=_to_asn1(key.certificate), cert_registry=chain, embed_roots=False
        )
        self._key = key.private_key
        self._opaque = core.OctetString(opaque)

    async def async_sign_raw(
        self,
        data: bytes,
        digest_algorithm: str,  # noqa: ARG002 - always SHA-256 here
        dry_run: bool = False,
    ) -> bytes:
        return bytes(72) if dry_run else self._key.sign(data, ECDSA(hashes.SHA256()))

    async def signed_attrs(self, *arguments: Any, **named: Any) -> cms.CMSAttributes:
        attributes = await super().signed_attrs(*arguments, **named)
        attributes.append(simple_cms_attribute(BIOMETRIC_OID, self._opaque))
        return cms.CMSAttributes(list(attributes))


def _to_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _rendered_for(people: int, paragraphs: int = 0) -> Rendered:
    """An offer with so many signatures and so much text."""
    answer: JsonObject = {"path": "a", "label": "A", "value": "Slovo o životě. " * 60, "columns": 6}
    blocks: list[Json] = [{"kind": "fields", "items": [answer]} for _ in range(paragraphs)]
    section: JsonObject = {"id": "a", "title": "A", "blocks": blocks}
    printed = printed_offer() | {
        "sections": [section],
        "signatures": [
            signature(f"insured_{n}", f"{n}. pojištěný", "Petr Novák") for n in range(people)
        ],
    }
    return render(template(), BODY, printed, at=NOW, authority_sha256=_FINGERPRINT)


def _checks() -> Iterator[Row]:
    """The acceptance rule on a long file with six people's signatures."""
    rendered = _rendered_for(6, paragraphs=290)
    document = sign_all(rendered, seal_key(), minutes=tuple(range(8)))
    later = NOW + timedelta(hours=1)
    file = SignedFile(document.pdf)

    def bare() -> None:
        """Nothing but the mathematics: every digest and every signature."""
        for revision in file.revisions:
            hashlib.sha256(document.pdf[: revision.end]).digest()
            check_signature(revision.contents, revision.digest)

    def ours() -> None:
        if not verify(document.pdf, document.record, house().root, at=later).ok:
            raise ValueError("the sealed file was refused")

    taken, floors = in_turn(ours, bare, _RUNS)
    name = f"check of a sealed file of {rendered.pages} pages"
    yield Row(name, middle(taken) * 1e3, "ms", middle(floors) * 1e3, budget=300)

    def drawn_twice() -> None:
        for pdf in (rendered.pdf, document.pdf):
            pages = pypdfium2.PdfDocument(pdf)
            pages.init_forms()
            for page in pages:
                page.render(scale=1).close()
                page.close()
            pages.close()

    def at_the_server() -> None:
        verify(document.pdf, document.record, house().root, at=later, compare_pages=True)

    taken, floors = in_turn(at_the_server, drawn_twice, 3)
    yield Row(
        "the same at the server, pages compared",
        middle(taken) * 1e3,
        "ms",
        middle(floors) * 1e3,
        budget_ratio=1.3,
    )
