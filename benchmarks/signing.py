"""Signing: a signature, the check of a sealed file, and the pad, each beside its floor.

The offer and the keys are those of the tests; the pad is the emulated one at the boundary of
hidapi, with nothing to wait for. All of it is processor time: a busy machine tells the same.
"""

import hashlib
import os
import struct
import time
import zlib
from collections.abc import Iterator, Sequence
from datetime import timedelta
from io import BytesIO
from random import Random
from typing import Any

import pypdfium2
from asn1crypto import cms, core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
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

from benchmarks.measure import Row, in_turn, middle, p95, seconds
from smartclient.documents.appearance import ink_form
from smartclient.documents.biometrics import BIOMETRIC_OID
from smartclient.documents.cms_check import check_signature
from smartclient.documents.keys import SealKey
from smartclient.documents.rendering import Rendered, render
from smartclient.documents.revisions import SignedFile
from smartclient.documents.signing import issue
from smartclient.documents.verification import verify
from smartclient.ink.capture import CaptureBuffer
from smartclient.ink.port import Sample
from smartclient.ink.shape import shape_of
from smartclient.signpad.stu.encryption import BLOCK, CableCipher
from smartclient.signpad.stu.reports import OptionMode, ReportId
from smartclient.signpad.stu.stream import PenStream
from smartclient.wire.messages import Json, JsonObject
from tests.simulators.stu.kinds import STU_430
from tests.unit.documents.offers import body_of, offer, print_data
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
from tests.unit.signpad.desk import Desk

_FINGERPRINT = "0123456789abcdef" * 4
_RUNS = 15
_REPORTS_A_SECOND = 200


def rows() -> Iterator[Row]:
    """One row a figure."""
    yield from _one_signature()
    yield from _six_signatures()
    yield from _checks()
    yield from _pad()


def _one_signature() -> Iterator[Row]:
    """One signature with ink and sealed biometrics."""
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

    taken, floors = in_turn(ours, bare, _RUNS, clock=time.process_time)
    yield Row(
        "signature with ink and biometrics",
        middle(taken) * 1e3,
        "ms",
        middle(floors) * 1e3,
        budget_ratio=1.15,
    )


def _six_signatures() -> Iterator[Row]:
    """All signatures of a document."""
    six = _rendered_for(6)

    def all_of_six() -> None:
        sign_all(six, seal_key(), minutes=tuple(range(8)))

    yield Row(
        "six signatures, issue and seal",
        middle(seconds(all_of_six, 9, clock=time.process_time)) * 1e3,
        "ms",
        budget=400,
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

    taken, floors = in_turn(ours, bare, _RUNS, clock=time.process_time)
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

    taken, floors = in_turn(at_the_server, drawn_twice, 9, clock=time.process_time)
    yield Row(
        "the same at the server, pages compared",
        middle(taken) * 1e3,
        "ms",
        middle(floors) * 1e3,
        budget_ratio=1.3,
    )


def _pad() -> Iterator[Row]:
    """The pad: its reports taken in, the mirror of its ink, and a picture for its screen."""
    key, session = Random(5).randbytes(BLOCK), 0x5EED0001
    reports = _encrypted_reports(key, session, 4 * _REPORTS_A_SECOND)
    description = Desk(STU_430).opened().description

    def taken_in() -> None:
        stream = PenStream(
            _REPORTS_A_SECOND, (21, 16), OptionMode.TIME_AND_SEQUENCE, CableCipher(key, session)
        )
        buffer = CaptureBuffer(description)
        for report in reports:
            for event in stream.feed(report):
                if isinstance(event, Sample):
                    buffer.add(event)
        buffer.wipe()

    def decrypted() -> None:
        cipher = Cipher(algorithms.AES(key), modes.ECB())
        for report in reports:
            opener = cipher.decryptor()
            opener.update(report[1:])
            opener.finalize()

    taken, floors = in_turn(taken_in, decrypted, _RUNS, clock=time.process_time)
    of_a_second = 100 * _REPORTS_A_SECOND / len(reports)
    yield Row(
        "200 encrypted reports a second, of one core",
        middle(taken) * of_a_second,
        "%",
        middle(floors) * of_a_second,
        budget=2,
    )
    yield _mirror(reports, CableCipher(key, session))
    yield _picture()


def _encrypted_reports(key: bytes, session: int, count: int) -> list[bytes]:
    """What a 430 sends while somebody writes: report 33, one AES block each."""
    cipher = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    reports = []
    for number in range(count):
        x, y = 2_000 + 5 * number, 3_000 + (number * 37) % 800
        pen = struct.pack(">BBHH", 0x90 | 2, 100, x, y)
        plain = pen + struct.pack(">HHHI", 5 * number % 65_536, number + 1, 0, session)
        reports.append(bytes((ReportId.PEN_TIMED_ENCRYPTED,)) + cipher.update(plain))
    return reports


def _mirror(reports: Sequence[bytes], cipher: CableCipher) -> Row:
    """From a report of the pad to the ink painted in the adviser's window, off screen."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from smartclient.ui.ceremony.pad_display import PadDisplay
    from smartclient.ui.theme import dress, styled_application

    application = styled_application(["bench"])
    dress(application)
    display = PadDisplay()
    display.resize(760, 272)
    display.mirror(Desk(STU_430).opened().description)
    display.show()
    application.processEvents()
    stream = PenStream(_REPORTS_A_SECOND, (21, 16), OptionMode.TIME_AND_SEQUENCE, cipher)
    waiting = iter(reports)
    wide, high = STU_430.size

    def shown() -> None:
        for event in stream.feed(next(waiting)):
            if isinstance(event, Sample):
                display.draw(event.x / wide, event.y / high, event.contact)
        display.repaint()

    taken = seconds(shown, len(reports) - 1, clock=time.process_time)
    display.close()
    return Row("from a report to its finished repaint, p95", p95(taken) * 1e3, "ms", budget=16)


def _picture() -> Row:
    """A full screen for a 430: words painted, made black and white, packed, sent in blocks."""
    from smartclient.ui.ceremony.pad_picture import PadWords, picture_of

    pad = Desk(STU_430).opened()
    words = [
        PadWords(f"Pojistník · Petr Novák {number}", "Souhlasím se zpracováním.", "21. 11. 2026")
        for number in range(_RUNS + 1)
    ]

    def shown() -> None:
        pad.clear()
        pad.show(*picture_of(words.pop(), *STU_430.screen))

    bits = bytes(STU_430.screen[0] * STU_430.screen[1] // 8)

    def packed() -> None:
        zlib.compress(bits, 9)

    taken, floors = in_turn(shown, packed, _RUNS, clock=time.process_time)
    name = "full screen of 1 bit for a 430, our own time"
    return Row(name, middle(taken) * 1e3, "ms", middle(floors) * 1e3, budget=100)
