"""From an offer to its frozen pages, and to the sheet by which it will be signed."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from gettext import NullTranslations

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from smartclient import locale
from smartclient.documents.keys import SealKey
from smartclient.documents.printing import printed
from smartclient.documents.record import SigningRecord
from smartclient.documents.rendering import Rendered, render
from smartclient.documents.signing import issue
from smartclient.domain.ids import DocumentId, DocumentNumber
from smartclient.domain.language import speaking
from smartclient.dossier.signing_sheet import SigningSheet
from smartclient.forms.session import FormSession
from smartclient.forms.signing_roles import GUARDIAN
from smartclient.services.forms.library import Library
from smartclient.services.forms.summary import about_signature
from smartclient.wire.messages import JsonObject, text, whole

DOCUMENT_LANGUAGE = "cs"


@dataclass(frozen=True, slots=True)
class Frozen:
    """Pages that are issued: certified, with an empty field for every person who signs."""

    pdf: bytes
    values: bytes
    """The exact bytes attached to the PDF."""
    sheet: SigningSheet

    @classmethod
    def issued(
        cls,
        rendered: Rendered,
        document_id: DocumentId,
        body: JsonObject,
        session: FormSession,
        seal: SealKey,
        at: datetime,
    ) -> "Frozen":
        """Certify frozen pages with the install's seal."""
        pdf = issue(rendered, seal, at)
        record = SigningRecord.begin(
            document_id,
            DocumentNumber(text(body, "number", 20)),
            rendered.template,
            rendered.values,
            signers=rendered.expected_fields,
            seal_certificate=seal.certificate.public_bytes(Encoding.DER),
        ).with_revision(pdf)
        premium = session.premium
        with speaking(_document_words()):
            signers = {place.signer for place in rendered.places if place.name != GUARDIAN}
            summaries = {
                place.name: about_signature(
                    session, premium, place.signer, signers, for_children=place.name == GUARDIAN
                )
                for place in rendered.places
            }
        sheet = SigningSheet.begin(
            record, rendered, session.package.title(), summaries, session.package.signing_order
        )
        return cls(pdf, rendered.values, sheet)


def freeze(
    library: Library,
    body: JsonObject,
    session: FormSession,
    at: datetime,
    authority: x509.Certificate | None = None,
) -> Rendered:
    """Draw the pages once; with `authority` for the digital way, its fingerprint stands on them."""
    template = library.template(text(body, "template_id", 80), whole(body, "template_version", 1))
    title = session.package.title(DOCUMENT_LANGUAGE)
    fingerprint = "" if authority is None else authority.fingerprint(hashes.SHA256()).hex()
    with speaking(_document_words()):
        data = printed(
            session, body, session.premium, title=title, at=at, language=DOCUMENT_LANGUAGE
        )
    return render(template, body, data, at=at, authority_sha256=fingerprint)


@cache
def _document_words() -> NullTranslations:
    """Documents speak Czech whatever the windows speak."""
    return locale.load(DOCUMENT_LANGUAGE)
