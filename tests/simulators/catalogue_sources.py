"""The components of this repository's catalogue, completed as the publisher completes them."""

from collections.abc import Mapping
from pathlib import Path

from smartclient.backoffice.operations.catalogue_files import ServedCatalogue
from smartclient.documents import template
from smartclient.domain.errors import NotAllowed
from smartclient.forms import assembly
from smartclient.wire.catalogue import PLACE_OF, ComponentKind

HOUSE = Path(__file__).resolve().parents[2]
CATALOGUE = HOUSE / "catalogue"
FONTS = HOUSE / "smartclient" / "ui" / "fonts"


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder by its name relative to it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def component_files(kind: ComponentKind, component_id: str, version: int) -> dict[str, bytes]:
    """What a laptop would have of the component; empty when the catalogue has no such version."""
    files = files_of(CATALOGUE / PLACE_OF[kind].sources / component_id / str(version))
    if kind is ComponentKind.FORM and files:
        parts = {
            name: files_of(CATALOGUE / "parts" / name.id / str(name.version))
            for name in assembly.parts_named(files)
        }
        return assembly.assembled(files, parts)
    if kind is ComponentKind.TEMPLATE and files:
        fonts = {font.name: font.read_bytes() for font in FONTS.glob("*.otf")}
        return template.assembled(
            files, fonts, lambda look, of: files_of(CATALOGUE / "looks" / look / str(of))
        )
    return files


class PublishedSources(ServedCatalogue):
    """The catalogue of this repository, as if it had been published."""

    def component(
        self, kind: ComponentKind, component_id: str, version: int
    ) -> Mapping[str, bytes]:
        """The component's files; NotAllowed SC-CAT-020 as for one that never was."""
        files = component_files(kind, component_id, version)
        if not files:
            raise NotAllowed("SC-CAT-020", component=component_id, version=version)
        return files
