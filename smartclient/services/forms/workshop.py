"""What every verb of a document stands on: published components, sessions, who makes it, and today.

A document keeps to the form, the rates and the template that it was begun with, so each session is
opened from what its body names.
"""

from collections.abc import Callable, Mapping
from datetime import date

from smartclient.domain.clock import Clock
from smartclient.domain.errors import NotAllowed
from smartclient.domain.lock_time import PRAGUE
from smartclient.forms.package import FormPackage
from smartclient.forms.session import FormSession
from smartclient.services.forms.body import (
    Adviser,
    Origin,
    answers_of,
    baseline_of,
    day_of,
    header_of,
    versions_of,
)
from smartclient.services.forms.freezing import DOCUMENT_LANGUAGE
from smartclient.services.forms.kinds import FormKind, kinds_of
from smartclient.services.forms.library import Library
from smartclient.wire.catalogue import ComponentKind
from smartclient.wire.messages import Json, JsonObject


class Workshop:
    """May be used from any thread."""

    def __init__(
        self,
        library: Library,
        clock: Clock,
        adviser: Callable[[], Adviser],
        language: Callable[[], str],
    ) -> None:
        """`language` is that of the windows; documents are always made in Czech."""
        self.library = library
        self.clock = clock
        self.adviser = adviser
        self.language = language

    def today(self) -> date:
        """The day in Prague."""
        return self.clock.now().astimezone(PRAGUE).date()

    def kinds(self) -> tuple[FormKind, ...]:
        """The forms in force today, offers first."""
        return kinds_of(self.library, self.today(), self.language())

    def form_for_new(self, form_id: str) -> FormPackage:
        """The version for something new today; NotAllowed SC-CAT-020 when there is none."""
        component = self.library.newest(ComponentKind.FORM, form_id, self.today())
        return self.library.package(form_id, component.version)

    def origin(self, package: FormPackage, tariff_version: int = 0) -> Origin:
        """The rates and the template for something new today; other rates only where named.

        NotAllowed SC-CONTRACT-004 when the form cannot work with the rates that are named.
        """
        today, manifest = self.today(), package.manifest
        tariff = tariff_version
        if tariff and not manifest.tariff_from <= tariff <= manifest.tariff_to:
            raise NotAllowed("SC-CONTRACT-004")
        if package.tariff_id and not tariff:
            tariff = self.library.newest_tariff(manifest, today)
        template = self.library.newest(ComponentKind.TEMPLATE, package.template_id, today)
        return Origin(self.library.set_id, tariff, template.version)

    def session(self, body: JsonObject, language: str = DOCUMENT_LANGUAGE) -> FormSession:
        """The form of a document with its answers, as of the day it was begun."""
        form_id, form_version, tariff_id, tariff_version = versions_of(body)
        today = self.today()
        return FormSession(
            self.library.package(form_id, form_version),
            answers_of(body),
            today=day_of(body, today),
            language=language,
            tariff=self.library.tariff(tariff_id, tariff_version) if tariff_id else None,
            header=header_of(body, signing_installed=self.library.has_signing(today)),
            baseline=baseline_of(body),
        )

    def begun(self, body: JsonObject, answers: Mapping[str, Json]) -> FormSession:
        """A new document of that body: the defaults of its form with the answers laid over them."""
        form_id, form_version, _tariff, _version = versions_of(body)
        new = FormSession.begun_with(
            self.library.package(form_id, form_version),
            answers,
            today=self.today(),
            header=header_of(body, signing_installed=self.library.has_signing(self.today())),
            baseline=baseline_of(body),
        )
        return self.session({**body, "answers": new.answers})

    def unchanged(self, body: JsonObject) -> FormSession | None:
        """The settings that a change request was opened on, as a form; None for other kinds."""
        if baseline_of(body) is None:
            return None
        return self.session({**body, "answers": {}})

    def package_of(self, body: JsonObject) -> FormPackage:
        """The form of a document."""
        form_id, form_version, _tariff, _version = versions_of(body)
        return self.library.package(form_id, form_version)
