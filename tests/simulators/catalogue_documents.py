"""Documents of every form of the catalogue, made from the trials that the forms bring along.

A trial says what is typed; the body that comes of it is the one that a laptop would push.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import cast

from smartclient.domain.clock import to_text
from smartclient.domain.lock_time import PRAGUE
from smartclient.dossier.judgement import changes_json, premium_json
from smartclient.forms.package import FormPackage
from smartclient.forms.reading import Typed
from smartclient.forms.session import FormSession
from smartclient.forms.trials import Trial, read_trials
from smartclient.premium.tariff import Tariff
from smartclient.wire.catalogue import ComponentKind
from smartclient.wire.messages import Json, JsonObject
from tests.simulators.catalogue_sources import CATALOGUE, component_files

FORMS = tuple(
    (path.parent.name, int(path.name)) for path in sorted((CATALOGUE / "forms").glob("*/*"))
)
"""Every form with its version."""


@dataclass(frozen=True, slots=True)
class MadeDocument:
    """What came of a trial."""

    trial: Trial
    session: FormSession
    body: JsonObject


@cache
def package_of(form_id: str, version: int) -> FormPackage:
    """The form as it is published."""
    return FormPackage.from_files(component_files(ComponentKind.FORM, form_id, version))


@cache
def tariff_of(tariff_id: str, version: int) -> Tariff:
    """The tariff as it is published."""
    return Tariff.from_files(component_files(ComponentKind.TARIFF, tariff_id, version))


def documents_of(form_id: str, version: int, *, whole: bool) -> Iterator[MadeDocument]:
    """A document of each trial of the form that ends complete, or of each that does not."""
    files = component_files(ComponentKind.FORM, form_id, version)
    package = package_of(form_id, version)
    for trial in read_trials(files):
        if trial.expected.get("complete") is whole:
            yield made(package, trial)


def made(package: FormPackage, trial: Trial, tariff_version: int = 0) -> MadeDocument:
    """The document of a trial, by the newest tariff of the form unless another is asked for."""
    newest = package.manifest.tariff_to
    tariff = tariff_of(package.tariff_id, tariff_version or newest) if package.tariff_id else None
    body = _begun(package, tariff, trial.today)
    body |= {name: value for name, value in trial.header.items() if name in body}
    session = FormSession.begun_with(
        package,
        trial.answers,
        today=trial.today,
        tariff=tariff,
        header={**body, "signing_installed": True, **trial.header},
        baseline=trial.baseline,
    )
    for step in trial.steps:
        match step:
            case ["set", str(path), value]:
                session.set(path, cast("Typed", value))
            case ["add", str(path)]:
                session.add_row(path)
            case ["remove", str(path), int(index)]:
                session.remove_row(path, index)
    return MadeDocument(trial, session, pushed(body, session, trial.baseline))


def on_paper(document: MadeDocument) -> JsonObject:
    """The same document, to be signed on paper where there is a choice."""
    session = document.session
    path = session.package.path_of("signing.digital")
    if path is not None and session.is_digital:
        session.set(path, False)
    return pushed(document.body, session, document.trial.baseline)


def pushed(begun: JsonObject, session: FormSession, baseline: JsonObject | None) -> JsonObject:
    """The body as it is pushed once the document is complete."""
    body: JsonObject = {
        **begun,
        "answers": session.answers_in_force,
        "premium": premium_json(session.premium),
        "digital": session.is_digital,
    }
    if baseline is not None:
        contract = baseline.get("contract")
        number = contract["number"] if isinstance(contract, dict) else ""
        reference: JsonObject = {
            "number": number,
            "revision": 1,
            "tariff_version": body["tariff_version"],
        }
        body |= {
            "contract": reference,
            "baseline": baseline,
            "changes": changes_json(session),
        }
    return body


def _begun(package: FormPackage, tariff: Tariff | None, today: date) -> JsonObject:
    at = to_text(datetime.combine(today, time(12), PRAGUE))
    adviser: Json = {"name": "Jana Nová", "identification": "1", "cnb_number": "2"}
    return {
        "schema": 1,
        "document_kind": package.document_kind.value,
        "number": "7200000001",
        "form_id": package.id,
        "form_version": package.version,
        "set_id": "2026-11",
        "tariff_id": package.tariff_id,
        "tariff_version": tariff.version if tariff else 0,
        "template_id": package.template_id,
        "template_version": 1,
        "client_id": None,
        "client_name": "Petr Novák",
        "hr": "90012345",
        "adviser": adviser,
        "created_at": at,
        "changed_at": at,
    }
