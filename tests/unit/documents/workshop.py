"""What the tests of documents work with: keys, a template, a small offer, and it signed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from smartclient.documents.certificates import (
    Issuer,
    document_ca_certificate,
    root_certificate,
    seal_certificate,
)
from smartclient.documents.keys import SealKey
from smartclient.documents.record import SigningRecord
from smartclient.documents.rendering import FieldPlace, Rendered, render
from smartclient.documents.signing import Sealing, issue, seal, sign
from smartclient.documents.template import Template, assembled
from smartclient.domain.ids import DocumentId, DocumentNumber
from smartclient.ink import envelope
from smartclient.ink.shape import shape_of
from smartclient.wire.messages import JsonObject
from tests.simulators.authority_certificate import authority_certificate
from tests.unit.ink.pens import recorded

REPOSITORY = Path(__file__).parents[3]
NOW = datetime(2026, 11, 21, 17, 20, tzinfo=UTC)
NUMBER = "7200041873"
PENS = {"policyholder": "petr", "insured_2": "lenka", "adviser": "jana"}

BODY: JsonObject = {
    "schema": 1,
    "document_kind": "offer",
    "number": NUMBER,
    "form_id": "flexi-offer",
    "form_version": 1,
    "set_id": "practice",
    "tariff_id": "flexi",
    "tariff_version": 1,
    "template_id": "flexi-offer",
    "client_id": "11111111-1111-4111-8111-111111111111",
    "client_name": "Petr Novák",
    "answers": {"policyholder": {"surname": "Novák"}},
    "hr": "90012345",
    "adviser": {"name": "Jana Dvořáková", "identification": "90012345", "cnb_number": "123456PPZ"},
}


def signature(field: str, role: str, person: str) -> JsonObject:
    """A place for a signature in print data."""
    return {
        "field": field,
        "role": role,
        "person": person,
        "meaning": f"Prohlašuji jako {role}, že jsem na všechny dotazy odpověděl(a) pravdivě.",
        "biometric": True,
    }


def printed_offer() -> JsonObject:
    """Print data of a small offer with three signatures."""
    return {
        "language": "cs",
        "title": "Nabídka FLEXI životní pojištění",
        "number": NUMBER,
        "made_on": "21. 11. 2026",
        "client": "Petr Novák",
        "adviser": {
            "name": "Jana Dvořáková",
            "identification": "90012345",
            "cnb_number": "123456PPZ",
        },
        "form": "flexi-offer 1",
        "tariff": "flexi 1",
        "premium": None,
        "sections": [
            {
                "id": "policyholder",
                "title": "Pojistník",
                "blocks": [
                    {
                        "kind": "fields",
                        "items": [
                            {
                                "path": "policyholder.surname",
                                "label": "Příjmení",
                                "value": "Novák",
                                "columns": 2,
                            }
                        ],
                    }
                ],
            }
        ],
        "signatures": [
            signature("policyholder", "Pojistník", "Petr Novák"),
            signature("insured_2", "2. pojištěná", "Lenka Nováková"),
            signature("adviser", "Poradce", "Jana Dvořáková"),
        ],
    }


def template_source() -> dict[str, bytes]:
    """The files of the offer's template as they stand in the repository."""
    folder = REPOSITORY / "catalogue" / "templates" / "flexi-offer" / "1"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def fonts() -> dict[str, bytes]:
    """The shared fonts."""
    folder = REPOSITORY / "smartclient" / "ui" / "fonts"
    return {path.name: path.read_bytes() for path in folder.glob("*.otf")}


@cache
def template() -> Template:
    """The offer's template as it is published."""
    return Template.from_files(assembled(template_source(), fonts()))


@cache
def authority_key() -> rsa.RSAPrivateKey:
    """The key of the independent authority; only tests hold it together with the seal."""
    return rsa.generate_private_key(public_exponent=65537, key_size=3072)


@cache
def authority() -> x509.Certificate:
    """The certificate that biometrics are sealed for."""
    until = NOW + timedelta(days=3650)
    return authority_certificate(authority_key(), "authority", NOW - timedelta(days=1), until)


@dataclass(frozen=True)
class House:
    """An insurer's root with one document CA."""

    root: x509.Certificate
    issuer: Issuer

    @classmethod
    def new(cls, now: datetime = NOW) -> "House":
        root_key, ca_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        root = root_certificate(root_key, "root", now)
        ca = document_ca_certificate(ca_key.public_key(), "CA", Issuer(root_key, root), now)
        return cls(root, Issuer(ca_key, ca))

    def seal_key(
        self,
        install: str = "install 1",
        now: datetime = NOW,
        private: ec.EllipticCurvePrivateKey | None = None,
    ) -> SealKey:
        """A seal key with its certificate; `private` is one that is kept elsewhere."""
        key = private or ec.generate_private_key(ec.SECP256R1())
        request = x509.CertificateSigningRequestBuilder(x509.Name([])).sign(key, hashes.SHA256())
        certificate = seal_certificate(request, install, self.issuer, now, "http://localhost/crl")
        return SealKey(key, certificate, (self.issuer.certificate,))


@cache
def house() -> House:
    return House.new()


@cache
def seal_key() -> SealKey:
    return house().seal_key()


@cache
def rendered() -> Rendered:
    """The small offer, frozen."""
    return render(
        template(), BODY, printed_offer(), at=NOW, authority_sha256="0123456789abcdef" * 4
    )


def record_for(frozen: Rendered, key: SealKey) -> SigningRecord:
    """The record with which the signing of a frozen document begins."""
    return SigningRecord.begin(
        DocumentId("22222222-2222-4222-8222-222222222222"),
        DocumentNumber(NUMBER),
        frozen.template,
        frozen.values,
        signers=frozen.expected_fields,
        seal_certificate=key.certificate.public_bytes(Encoding.DER),
    )


def sealing_of(field: str) -> Sealing:
    """What seals the biometrics of a field's signer for the authority."""
    trace = recorded(PENS.get(field, "petr"))
    return lambda digest: envelope.seal(
        trace,
        field=field,
        digest_algorithm="sha256",
        byte_range_digest=digest,
        recipient=authority(),
        captured_at=NOW,
    )


def sign_place(
    pdf: bytes, place: FieldPlace, key: SealKey, at: datetime, sealed: Sealing | None
) -> bytes:
    """One signature with ink."""
    return sign(
        pdf,
        field=place.name,
        key=key,
        ink=shape_of(recorded(PENS.get(place.name, "petr"))),
        sealed=sealed,
        at=at,
        reason=place.meaning,
    )


@dataclass(frozen=True)
class Signed:
    """A signed document: its revisions from the issue to the seal, and its record."""

    revisions: tuple[bytes, ...]
    record: SigningRecord

    @property
    def pdf(self) -> bytes:
        return self.revisions[-1]


def sign_all(
    frozen: Rendered,
    key: SealKey,
    *,
    order: Callable[[tuple[FieldPlace, ...]], tuple[FieldPlace, ...]] = tuple,
    sealed: Callable[[str], Sealing | None] = sealing_of,
    minutes: tuple[int, ...] = (0, 1, 2, 3, 4),
) -> Signed:
    """Issue, sign and seal; the arguments allow what a good program never does."""
    moments = [NOW + timedelta(minutes=minute) for minute in minutes]
    record = record_for(frozen, key)
    pdf = issue(frozen, key, moments[0])
    revisions = [pdf]
    for place, at in zip(order(frozen.places), moments[1:], strict=False):
        pdf = sign_place(pdf, place, key, at, sealed(place.name))
        revisions.append(pdf)
    revisions.append(seal(pdf, key, moments[len(frozen.places) + 1]))
    for revision in revisions:
        record = record.with_revision(revision)
    return Signed(tuple(revisions), record)


def without_room(contents: bytes) -> bytes:
    """A CMS without the zeros behind it; it may itself end in one."""
    message: bytes = cms.ContentInfo.load(contents).dump()
    return message


@cache
def signed() -> Signed:
    """The small offer, signed by three people and sealed."""
    return sign_all(rendered(), seal_key())
