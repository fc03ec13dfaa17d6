"""The one judgement of a document, for laptop and server alike."""

from smartclient.dossier.verdict import DossierVerdict, SignedFacts
from smartclient.forms.package import FormPackage
from smartclient.wire.messages import JsonObject


def judge(
    body: JsonObject,
    package: FormPackage,
    tariff: None,
    *,
    signed: SignedFacts | None,
) -> DossierVerdict:
    """Whether the document is complete, priced as computed, signed as required, exportable.

    The answers are judged as of the day of `created_at` in the body, so that the verdict never
    depends on when it is asked for. It never refuses an intact body: what cannot be judged is not
    exportable, with a code.
    """
    raise NotImplementedError
