"""The one judgement of a document, for laptop and server alike."""

from dataclasses import dataclass
from datetime import date

from smartclient.documents.values import values_json
from smartclient.domain.clock import from_text
from smartclient.domain.errors import BadInput, SmartClientError
from smartclient.domain.ids import Sha256
from smartclient.domain.lock_time import PRAGUE
from smartclient.dossier.verdict import DossierVerdict, SignedFacts
from smartclient.forms.manifest import SignatureWay
from smartclient.forms.package import FormPackage
from smartclient.forms.session import FormSession
from smartclient.forms.signing_roles import SigningOrder
from smartclient.premium.pricing import Premium
from smartclient.premium.tariff import Tariff
from smartclient.wire.encoding import parse
from smartclient.wire.messages import Json, JsonObject, mapping, text

UNKNOWN_FORM = "SC-FORM-301"
INCOMPLETE = "SC-FORM-302"
WRONG_PREMIUM = "SC-FORM-303"
UNSIGNED = "SC-FORM-304"
OTHER_VALUES = "SC-FORM-305"
UNKNOWN_TARIFF = "SC-FORM-306"
UNREADABLE = "SC-FORM-307"
NOT_IN_FORCE = "SC-FORM-308"
OTHER_CHANGES = "SC-FORM-309"
NO_CHANGE = "SC-FORM-310"
OTHER_ORDER = "SC-FORM-311"


def judge(
    body: JsonObject,
    package: FormPackage,
    tariff: Tariff | None,
    *,
    signed: SignedFacts | None,
) -> DossierVerdict:
    """Whether the document is complete, priced as computed, signed as required, exportable.

    The answers are judged as of the day of `created_at` in the body (Prague), as the adviser saw
    them, so that the verdict never depends on when it is asked for. It never refuses an intact
    body: what cannot be judged is not exportable, with a code.
    """
    if (body.get("form_id"), body.get("form_version")) != (package.id, package.version):
        return _refused(UNKNOWN_FORM)
    if not _is_tariff_of(body, package, tariff):
        return _refused(UNKNOWN_TARIFF)
    try:
        session = _opened(body, package, tariff)
        return _Judge(body, session, signed).verdict()
    except SmartClientError:
        return _refused(UNREADABLE)


def day_of(body: JsonObject) -> date:
    """The day as of which a document is judged; BadInput when the body does not tell."""
    try:
        return from_text(text(body, "created_at", 40)).astimezone(PRAGUE).date()
    except ValueError as broken:
        raise BadInput("SC-FORM-204", field="created_at", rule="instant") from broken


def premium_json(premium: Premium | None) -> Json:
    """The premium as it stands in a body: money as text, a line by its row and cover."""
    if premium is None:
        return None
    lines: list[Json] = [
        {
            "person": each.line.person,
            "cover": each.line.cover,
            "instalment": str(each.instalment),
        }
        for each in premium.lines
    ]
    return {
        "payable": str(premium.payable),
        "frequency": premium.frequency,
        "currency": premium.currency,
        "lines": lines,
    }


def changes_json(session: FormSession) -> Json:
    """The changes of a change request as they stand in a body, in the order of the layout."""
    return [{"path": each.path, "old": each.old, "new": each.new} for each in session.differences()]


def _refused(code: str) -> DossierVerdict:
    return DossierVerdict(False, False, (), code)


def _is_tariff_of(body: JsonObject, package: FormPackage, tariff: Tariff | None) -> bool:
    if not package.tariff_id:
        return True
    if tariff is None or tariff.id != package.tariff_id:
        return False
    fits = package.manifest.tariff_from <= tariff.version <= package.manifest.tariff_to
    return fits and (body.get("tariff_id"), body.get("tariff_version")) == (
        tariff.id,
        tariff.version,
    )


def _opened(body: JsonObject, package: FormPackage, tariff: Tariff | None) -> FormSession:
    answers = mapping(body.get("answers"), "answers")
    package.require_shape(answers)
    # Where the form is always signed digitally, only the laptop knows whether it could be.
    always = package.manifest.signature is SignatureWay.ALWAYS
    installed = body.get("digital") is True if always else True
    baseline = None
    if package.manifest.compares:
        baseline = mapping(body.get("baseline"), "baseline")
        package.require_shape(baseline)
    return FormSession(
        package,
        answers,
        today=day_of(body),
        tariff=tariff,
        header={**body, "signing_installed": installed},
        baseline=baseline,
    )


@dataclass(frozen=True, slots=True)
class _Judge:
    """One document with its form open."""

    body: JsonObject
    session: FormSession
    signed: SignedFacts | None

    def verdict(self) -> DossierVerdict:
        """The first rule that is broken gives the code."""
        missing = tuple(item.path for item in (*self.session.missing(), *self.session.wrong()))
        complete = self.session.is_complete
        code = INCOMPLETE if missing else self._change_code()
        code = code or (self._code() if complete else INCOMPLETE)
        if code == UNSIGNED:
            missing = self._unsigned()
        record = {} if code else self.session.record
        return DossierVerdict(code == "", complete, missing, code, record)

    def _code(self) -> str:
        if self.body.get("answers") != self.session.answers_in_force:
            return NOT_IN_FORCE
        if self.body.get("premium") != premium_json(self.session.premium):
            return WRONG_PREMIUM
        if self.body.get("digital") is not self.session.is_digital:
            return NOT_IN_FORCE
        if self._unsigned():
            return UNSIGNED
        if not self._order_fits():
            return OTHER_ORDER
        return "" if self._values_fit() else OTHER_VALUES

    def _change_code(self) -> str:
        """A change request must change something, and say exactly what."""
        if not self.session.package.manifest.compares:
            return ""
        changes = changes_json(self.session)
        if self.session.lost_rows() or self.body.get("changes") != changes:
            return OTHER_CHANGES
        return "" if changes else NO_CHANGE

    def _unsigned(self) -> tuple[str, ...]:
        """Fields that wait for a signature, in order; nobody signs a paper document here.

        A signature without the biometrics that the form asks for is none.
        """
        if self.signed is None and not self.session.is_digital:
            return ()
        given = frozenset(self.signed.fields) if self.signed else frozenset[str]()
        sealed = given & self.signed.biometric if self.signed else given
        return tuple(
            signer.field
            for signer in self.session.signers()
            if signer.field not in (sealed if signer.biometric else given)
        )

    def _order_fits(self) -> bool:
        """Whether people signed in the order of the form, where it gives one."""
        if self.signed is None or self.session.package.signing_order is SigningOrder.FREE:
            return True
        given = [signer.field for signer in self.session.signers()]
        return [name for name in self.signed.fields if name in given] == given

    def _values_fit(self) -> bool:
        """Whether what was signed is, byte for byte, what this body says."""
        if self.signed is None:
            return True
        template = text(mapping(parse(self.signed.values)), "template_sha256", 64)
        return self.signed.values == values_json(self.body, Sha256(template))
