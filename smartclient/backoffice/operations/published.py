"""Form packages and tariffs of every set that was ever published, loaded once."""

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from smartclient.backoffice.operations.catalogue_files import ServedCatalogue
from smartclient.domain.errors import NotAllowed
from smartclient.forms.package import FormPackage
from smartclient.premium.tariff import Tariff
from smartclient.wire.catalogue import ComponentKind
from smartclient.wire.messages import Json

T = TypeVar("T")


class Published:
    """What documents were made with. A published version never changes, so it is loaded once."""

    def __init__(self, catalogue: ServedCatalogue) -> None:
        self._package = _Shelf(catalogue, ComponentKind.FORM, FormPackage.from_files)
        self._tariff = _Shelf(catalogue, ComponentKind.TARIFF, Tariff.from_files)

    def package(self, form_id: Json, version: Json) -> FormPackage | None:
        """The form package that a body names; None when there was never such a one."""
        return self._package.find(form_id, version)

    def tariff(self, tariff_id: Json, version: Json) -> Tariff | None:
        """The tariff that a body names; None when there was never such a one."""
        return self._tariff.find(tariff_id, version)


class _Shelf(Generic[T]):
    """Components of one kind by id and version."""

    def __init__(
        self,
        catalogue: ServedCatalogue,
        kind: ComponentKind,
        load: Callable[[Mapping[str, bytes]], T],
    ) -> None:
        self._catalogue = catalogue
        self._kind = kind
        self._load = load
        self._loaded: dict[tuple[str, int], T] = {}

    def find(self, component_id: Json, version: Json) -> T | None:
        # True is an int, and equal to 1.
        if not isinstance(component_id, str) or type(version) is not int:
            return None
        key = (component_id, version)
        if key not in self._loaded:
            try:
                files = self._catalogue.component(self._kind, component_id, version)
            except NotAllowed:
                return None
            self._loaded[key] = self._load(files)
        return self._loaded[key]
