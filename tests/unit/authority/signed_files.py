"""Small PDFs, signed by the product's own signer with biometrics sealed for a test authority."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NumberObject, StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from smartclient.documents.keys import SealKey
from smartclient.documents.signing import sign
from smartclient.ink.envelope import seal
from smartclient.ink.shape import shape_of
from smartclient.ink.trace import Trace
from tests.unit.ink.pens import recorded

AT = datetime(2026, 11, 21, 17, 21, tzinfo=UTC)
FIELDS = ("policyholder", "insured", "adviser")
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
Sealing = Callable[[bytes], bytes]


@cache
def authority_key() -> rsa.RSAPrivateKey:
    """The private key of the test authority."""
    return rsa.generate_private_key(public_exponent=65537, key_size=3072)


@cache
def seal_key() -> SealKey:
    """The key of the test install."""
    key = ec.generate_private_key(ec.SECP256R1())
    return SealKey(key, certificate_of(key), ())


def certificate_of(key: Key) -> x509.Certificate:
    """A certificate of the key by itself."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(AT - timedelta(days=1))
        .not_valid_after(AT + timedelta(days=1))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


@cache
def empty_file() -> bytes:
    """One empty page with the empty fields."""
    writer = PdfFileWriter()
    box = ArrayObject(NumberObject(edge) for edge in (0, 0, 595, 842))
    contents = writer.add_object(StreamObject(stream_data=b"q Q"))
    page = PageObject(contents=contents, media_box=box, resources=DictionaryObject())
    writer.insert_page(page)
    plain = BytesIO()
    writer.write(plain)
    appending = IncrementalPdfFileWriter(plain)
    for at, name in enumerate(FIELDS):
        box_of_field = (50, 600 - 150 * at, 250, 680 - 150 * at)
        append_signature_field(appending, SigFieldSpec(name, box=box_of_field))
    output = BytesIO()
    appending.write(output)
    return output.getvalue()


def sealing(name: str, field: str, *, for_key: rsa.RSAPrivateKey | None = None) -> Sealing:
    """From the digest of a signature to the sealed envelope with the recorded pen."""
    return sealing_of(recorded(name), field, for_key=for_key)


def sealing_of(trace: Trace, field: str, *, for_key: rsa.RSAPrivateKey | None = None) -> Sealing:
    """From the digest of a signature to the sealed envelope of this trace."""
    recipient = certificate_of(for_key or authority_key())

    def sealed(digest: bytes) -> bytes:
        return seal(
            trace,
            field=field,
            digest_algorithm="sha256",
            byte_range_digest=digest,
            recipient=recipient,
            captured_at=AT,
        )

    return sealed


def signed(pdf: bytes, field: str, pen: str, sealed: Sealing | None) -> bytes:
    """The file with one field more signed."""
    return signed_with(pdf, field, recorded(pen), sealed)


def signed_with(pdf: bytes, field: str, pen: Trace, sealed: Sealing | None) -> bytes:
    """The file with one field more signed by this pen."""
    return sign(
        pdf,
        field=field,
        key=seal_key(),
        ink=shape_of(pen),
        sealed=sealed,
        at=AT,
        reason="",
    )


@cache
def signed_file() -> bytes:
    """Policyholder and insured with biometrics, the adviser without."""
    pdf = signed(empty_file(), "policyholder", "petr", sealing("petr", "policyholder"))
    pdf = signed(pdf, "insured", "lenka", sealing("lenka", "insured"))
    return signed(pdf, "adviser", "jana", None)
