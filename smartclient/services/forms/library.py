"""Published components as the program uses them, each read and found sound once.

Reading a package takes tens of milliseconds; components never change under their version, so what
was read is kept.
"""

from collections.abc import Callable
from datetime import date
from threading import Lock
from typing import TypeVar

from smartclient.documents.template import Template
from smartclient.domain.errors import NotAllowed
from smartclient.forms.manifest import Manifest, read_manifest
from smartclient.forms.package import FormPackage
from smartclient.forms.source import Faults
from smartclient.premium.tariff import Tariff
from smartclient.sync.updates.store import CatalogueStore
from smartclient.wire.catalogue import Component, ComponentKind

T = TypeVar("T")
Made = FormPackage | Tariff | Template


class Library:
    """Forms, tariffs and templates of the verified catalogue. May be used from any thread."""

    def __init__(self, catalogue: CatalogueStore) -> None:
        self._catalogue = catalogue
        self._made: dict[tuple[ComponentKind, str, int], Made] = {}
        self._manifests: dict[tuple[str, int], Manifest] = {}
        self._lock = Lock()

    @property
    def set_id(self) -> str:
        """The id of the signed set in use; empty before the first synchronisation."""
        current = self._catalogue.current
        return "" if current is None else current.id

    def newest(self, kind: ComponentKind, component_id: str, day: date) -> Component:
        """The version for something new on that day; NotAllowed SC-CAT-020 when there is none."""
        return self._catalogue.newest(kind, component_id, day)

    def newest_tariff(self, manifest: Manifest, day: date) -> int:
        """The version of the form's tariff for something new, of those the form can work with.

        NotAllowed SC-CAT-020 when there is none.
        """
        current = self._catalogue.current
        usable = [
            each.version
            for each in (current.components if current is not None else ())
            if (each.kind, each.id) == (ComponentKind.TARIFF, manifest.tariff_id)
            and manifest.tariff_from <= each.version <= manifest.tariff_to
            and each.is_valid_on(day)
        ]
        if not usable:
            tariff_id, version = manifest.tariff_id, day.isoformat()
            raise NotAllowed("SC-CAT-020", component=tariff_id, version=version)
        return max(usable)

    def forms_in_force(self, day: date) -> tuple[Component, ...]:
        """The newest version of each form for something new on that day, as the set has them."""
        current = self._catalogue.current
        forms = current.components if current is not None else ()
        usable: dict[str, Component] = {}
        for form in forms:
            known = usable.get(form.id)
            if form.kind is ComponentKind.FORM and form.is_valid_on(day):
                newer = known is None or known.version < form.version
                usable[form.id] = form if newer or known is None else known
        return tuple(usable.values())

    def manifest(self, form_id: str, version: int) -> Manifest:
        """What a form package says of itself, without reading the rest of it."""
        made = self._manifests.get((form_id, version))
        if made is None:
            made = read_manifest(self._catalogue.package(form_id, version), Faults())
            self._manifests[form_id, version] = made
        return made

    def package(self, form_id: str, version: int) -> FormPackage:
        """A form package; raises as the catalogue and as `FormPackage.from_files`."""
        return self._read(
            (ComponentKind.FORM, form_id, version),
            FormPackage,
            lambda: FormPackage.from_files(self._catalogue.package(form_id, version)),
        )

    def tariff(self, tariff_id: str, version: int) -> Tariff:
        """A tariff; raises as the catalogue and as `Tariff.from_files`."""
        return self._read(
            (ComponentKind.TARIFF, tariff_id, version),
            Tariff,
            lambda: Tariff.from_files(self._catalogue.tariff(tariff_id, version)),
        )

    def template(self, template_id: str, version: int) -> Template:
        """A template; raises as the catalogue and as `Template.from_files`."""
        return self._read(
            (ComponentKind.TEMPLATE, template_id, version),
            Template,
            lambda: Template.from_files(self._catalogue.template(template_id, version)),
        )

    def has_signing(self, day: date) -> bool:
        """Whether the signing component is installed, so that digital signing can be chosen."""
        current = self._catalogue.current
        if current is None:
            return False
        return any(
            component.kind is ComponentKind.SIGNER and component.valid_from <= day
            for component in current.components
        )

    def _read(self, key: tuple[ComponentKind, str, int], kind: type[T], make: Callable[[], T]) -> T:
        with self._lock:
            made = self._made.get(key)
            if isinstance(made, kind):
                return made
            fresh = make()
            if isinstance(fresh, FormPackage | Tariff | Template):
                self._made[key] = fresh
            return fresh
