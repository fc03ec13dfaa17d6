"""The sources of the catalogue: what belongs to the set, found sound and packed.

`set.json` names the components; a component's files lie in `<folder of its kind>/<id>/<version>/`.
Each is loaded by the code that will use it on the laptop, so that nothing broken is ever signed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from smartclient.documents.template import Template, assembled
from smartclient.domain.errors import BadInput
from smartclient.forms.package import FormPackage
from smartclient.premium.tariff import Tariff
from smartclient.wire.archive import pack_files
from smartclient.wire.catalogue import (
    PLACE_OF,
    CatalogueSet,
    Component,
    ComponentKind,
    app_from,
    target_path,
)
from smartclient.wire.encoding import parse, sha256
from smartclient.wire.messages import JsonObject, chosen, listed, mapping, text, whole
from smartclient.wire.published_text import PublishedText

SET_FILE = "set.json"
AUTHORITY = "authority.pem"
"""Given at signing: the certificate of the independent authority, part of the signing component."""
MIN_AUTHORITY_BITS = 3072
SHARED_FONTS = Path(__file__).resolve().parents[1] / "ui" / "fonts"
"""The one copy of the fonts; each template takes along those that it names."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The set, and the archive of each of its components by the path of its target."""

    signed_set: CatalogueSet
    archives: Mapping[str, bytes]


def read_catalogue(folder: Path, authority: bytes) -> Catalogue:
    """Read, check and pack the sources; `authority` is the authority's certificate (PEM).

    Raises BadInput SC-CAT-060 for `set.json`, SC-CAT-061 for a component without files, SC-CAT-062
    for a form whose tariff or template is not in the set, SC-CAT-063 for the certificate, and what
    the loader of a component says of its files.
    """
    try:
        plan = mapping(parse(_read(folder / SET_FILE)), SET_FILE)
        entries = listed(plan, "components", mapping, 1_000)
        sources = [_source(folder, entry, authority) for entry in entries]
        components = tuple(source.component for source in sources)
        label = text(plan, "id", 30)
        app = app_from(plan)
    except BadInput as wrong:
        if not wrong.code.startswith("SC-SYNC"):
            raise
        raise _unreadable(wrong) from wrong
    for source in sources:
        _CHECKS[source.component.kind](source)
    _require_fitting(sources)
    digest = sha256(CatalogueSet(label, app, components).to_bytes())
    return Catalogue(
        CatalogueSet(f"{label}-{digest[:8]}", app, components),
        {source.component.path: source.archive for source in sources},
    )


@dataclass(frozen=True, slots=True)
class _Source:
    component: Component
    files: Mapping[str, bytes]
    archive: bytes


def _source(folder: Path, entry: JsonObject, authority: bytes) -> _Source:
    kind = ComponentKind(chosen(entry, "kind", ComponentKind))
    component_id, version = text(entry, "id", 60), whole(entry, "version", 1, 99_999)
    place = folder / PLACE_OF[kind].sources / component_id / str(version)
    files = {
        path.relative_to(place).as_posix(): _read(path)
        for path in sorted(place.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }
    if not files:
        where = place.relative_to(folder).as_posix()
        raise BadInput("SC-CAT-061", component=component_id, folder=where)
    if kind is ComponentKind.SIGNER:
        files[AUTHORITY] = authority
    if kind is ComponentKind.TEMPLATE:
        files = assembled(files, {font.name: _read(font) for font in SHARED_FONTS.glob("*.otf")})
    archive = pack_files(files)
    described = {
        **entry,
        "path": target_path(kind, component_id, version),
        "sha256": sha256(archive),
        "length": len(archive),
    }
    return _Source(Component.from_json(described), files, archive)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as missing:
        raise BadInput("SC-CAT-061", component=path.name, folder=path.parent.name) from missing


def _unreadable(wrong: BadInput) -> BadInput:
    found = {"field": SET_FILE, "value": "…", "rule": "readable JSON"} | wrong.values
    return BadInput("SC-CAT-060", **found)


def _check_text(source: _Source) -> None:
    published = PublishedText.from_files(source.files)
    if published.id != source.component.id:
        raise BadInput("SC-CAT-042", file="text.json", rule=f"id {source.component.id}")


def _check_signer(source: _Source) -> None:
    try:
        mapping(parse(source.files.get("component.json", b"")))
        key = x509.load_pem_x509_certificate(source.files[AUTHORITY]).public_key()
    except (ValueError, BadInput) as broken:
        raise BadInput("SC-CAT-063") from broken
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < MIN_AUTHORITY_BITS:
        raise BadInput("SC-CAT-063")


_CHECKS: Mapping[ComponentKind, Callable[[_Source], object]] = {
    ComponentKind.FORM: lambda source: FormPackage.from_files(source.files),
    ComponentKind.TARIFF: lambda source: Tariff.from_files(source.files),
    ComponentKind.TEMPLATE: lambda source: Template.from_files(source.files),
    ComponentKind.PRODUCT_DOCUMENT: _check_text,
    ComponentKind.CONSENT_TEXT: _check_text,
    ComponentKind.SIGNER: _check_signer,
}


def _require_fitting(sources: Sequence[_Source]) -> None:
    there = {(source.component.kind, source.component.id) for source in sources}
    for source in sources:
        if source.component.kind is not ComponentKind.FORM:
            continue
        form = FormPackage.from_files(source.files)
        needed = {
            (ComponentKind.TARIFF, form.tariff_id),
            (ComponentKind.TEMPLATE, form.template_id),
        }
        missing = sorted(name for kind, name in needed if name and (kind, name) not in there)
        if missing:
            raise BadInput("SC-CAT-062", form=form.id, missing=", ".join(missing))
