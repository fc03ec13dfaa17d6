"""The sources of the catalogue: what belongs to the set, found sound and packed.

`set.json` names the components; a component's files lie in `<folder of its kind>/<id>/<version>/`.
Each is loaded by the code that will use it on the laptop, so that nothing broken is ever signed,
and what needs another component must find it in the same set.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from smartclient.documents.template import Template, assembled
from smartclient.domain.errors import BadInput
from smartclient.dossier.signing_rules import SigningRules
from smartclient.forms import assembly
from smartclient.forms.package import FormPackage
from smartclient.premium.tariff import Tariff
from smartclient.wire.archive import pack_files
from smartclient.wire.catalogue import (
    PLACE_OF,
    AppRelease,
    CatalogueSet,
    Component,
    ComponentKind,
    app_from,
    target_path,
    version_order,
)
from smartclient.wire.encoding import parse, sha256
from smartclient.wire.messages import JsonObject, chosen, listed, mapping, text, whole
from smartclient.wire.published_text import PublishedText

SET_FILE = "set.json"
PARTS = "parts"
"""The folder of the shared parts of forms; they are published inside the forms alone."""
AUTHORITY = "authority.pem"
"""The name in the signing component of the independent authority's certificate."""
MIN_AUTHORITY_BITS = 3072
LOOKS = "looks"
"""The folder of what several templates draw alike: <id>/<version>/."""


@dataclass(frozen=True, slots=True)
class Given:
    """What comes from outside the catalogue at signing."""

    authority: bytes
    """The certificate (PEM) of the independent authority, for the signing component."""
    fonts: Mapping[str, bytes]
    """The shared fonts by file name; a template gets those it names."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The set, and the archive of each of its components by the path of its target."""

    signed_set: CatalogueSet
    archives: Mapping[str, bytes]


def read_catalogue(folder: Path, given: Given) -> Catalogue:
    """Read, check and pack the sources.

    Raises BadInput SC-CAT-060 for `set.json`, SC-CAT-061 for a component without files or with
    files of another one, SC-CAT-062 for a form that needs what is not in the set, SC-CAT-063 for
    the certificate of the authority, and what the loader of a component says of its files.
    """
    try:
        plan = mapping(parse(_read(folder / SET_FILE)), SET_FILE)
        entries = listed(plan, "components", mapping, 1_000)
        label, app = text(plan, "id", 30), app_from(plan)
        sources = [_source(folder, entry, given) for entry in entries]
    except BadInput as wrong:
        if not wrong.code.startswith("SC-SYNC"):
            raise
        raise _unreadable(wrong) from wrong
    _require_fitting(sources, app)
    components = tuple(source.component for source in sources)
    digest = sha256(CatalogueSet(label, app, components).to_bytes())
    return Catalogue(
        CatalogueSet(f"{label}-{digest[:8]}", app, components),
        {source.component.path: source.archive for source in sources},
    )


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What a component says of itself; days only where it knows them."""

    id: str
    version: int
    valid_from: date | None = None
    valid_to: date | None = None
    form: FormPackage | None = None


@dataclass(frozen=True, slots=True)
class _Source:
    component: Component
    archive: bytes
    form: FormPackage | None


def _source(folder: Path, entry: JsonObject, given: Given) -> _Source:
    kind = ComponentKind(chosen(entry, "kind", ComponentKind))
    component_id, version = text(entry, "id", 60), whole(entry, "version", 1, 99_999)
    place = folder / PLACE_OF[kind].sources / component_id / str(version)
    files = _completed(kind, _files(place), given, folder)
    where = place.relative_to(folder).as_posix()
    if not files:
        raise BadInput("SC-CAT-061", component=component_id, folder=where)
    loaded = _LOADERS[kind](files, version)
    if (loaded.id, loaded.version) != (component_id, version):
        raise BadInput("SC-CAT-061", component=f"{component_id} {version}", folder=where)
    archive = pack_files(files)
    first, last = loaded.valid_from, loaded.valid_to
    described: JsonObject = {
        **entry,
        "path": target_path(kind, component_id, version),
        "valid_from": first.isoformat() if first else entry.get("date"),
        "valid_to": last.isoformat() if last else None,
        "sha256": sha256(archive),
        "length": len(archive),
    }
    return _Source(Component.from_json(described), archive, loaded.form)


def _files(place: Path) -> dict[str, bytes]:
    found = (path for path in sorted(place.rglob("*")) if path.is_file())
    return {
        path.relative_to(place).as_posix(): _read(path)
        for path in found
        if not path.name.startswith(".")
    }


def _parts(
    folder: Path, named: Sequence[assembly.PartName]
) -> dict[assembly.PartName, dict[str, bytes]]:
    """The shared parts a form names, from the catalogue's folder of parts."""
    return {name: _files(folder / PARTS / name.id / str(name.version)) for name in named}


def _completed(
    kind: ComponentKind, files: dict[str, bytes], given: Given, folder: Path
) -> dict[str, bytes]:
    """The files as they are published: with what the sources leave out."""
    if kind is ComponentKind.FORM and files:
        return assembly.assembled(files, _parts(folder, assembly.parts_named(files)))
    if kind is ComponentKind.SIGNER and files:
        return {**files, AUTHORITY: given.authority}
    if kind is ComponentKind.TEMPLATE and files:
        looks = folder / LOOKS
        return assembled(
            files, given.fonts, lambda look, version: _files(looks / look / str(version))
        )
    return files


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as missing:
        raise BadInput("SC-CAT-061", component=path.name, folder=path.parent.name) from missing


def _unreadable(wrong: BadInput) -> BadInput:
    found = {"field": SET_FILE, "value": "…", "rule": "readable JSON"} | wrong.values
    return BadInput("SC-CAT-060", **found)


def _form(files: Mapping[str, bytes], _version: int) -> _Loaded:
    form = FormPackage.from_files(files)
    manifest = form.manifest
    return _Loaded(form.id, form.version, manifest.valid_from, manifest.valid_to, form)


def _tariff(files: Mapping[str, bytes], _version: int) -> _Loaded:
    tariff = Tariff.from_files(files)
    return _Loaded(tariff.id, tariff.version, tariff.valid_from, tariff.valid_to)


def _template(files: Mapping[str, bytes], _version: int) -> _Loaded:
    identity = Template.from_files(files).identity
    return _Loaded(identity.id, identity.version)


def _text(files: Mapping[str, bytes], version: int) -> _Loaded:
    """A text does not carry its version: the same words may stand under two."""
    return _Loaded(PublishedText.from_files(files).id, version)


def _signer(files: Mapping[str, bytes], _version: int) -> _Loaded:
    described = SigningRules.from_files(files)
    try:
        key = x509.load_pem_x509_certificate(files[AUTHORITY]).public_key()
    except ValueError as broken:
        raise BadInput("SC-CAT-063") from broken
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < MIN_AUTHORITY_BITS:
        raise BadInput("SC-CAT-063")
    return _Loaded(described.id, described.version)


_LOADERS: Mapping[ComponentKind, Callable[[Mapping[str, bytes], int], _Loaded]] = {
    ComponentKind.FORM: _form,
    ComponentKind.TARIFF: _tariff,
    ComponentKind.TEMPLATE: _template,
    ComponentKind.PRODUCT_DOCUMENT: _text,
    ComponentKind.CONSENT_TEXT: _text,
    ComponentKind.SIGNER: _signer,
}


def _require_fitting(sources: Sequence[_Source], app: AppRelease) -> None:
    """Every form must find its tariff, template and documents, and an application that knows it."""
    there: dict[tuple[ComponentKind, str], set[int]] = {}
    for source in sources:
        key = (source.component.kind, source.component.id)
        there.setdefault(key, set()).add(source.component.version)
    for source in sources:
        if source.form is None:
            continue
        missing = sorted(_missing(source.form, there))
        if version_order(source.form.manifest.min_app or "0.0") > version_order(app.min_app):
            missing.append(f"min_app {source.form.manifest.min_app}")
        if missing:
            raise BadInput("SC-CAT-062", form=source.form.id, missing=", ".join(missing))


def _missing(
    form: FormPackage, there: Mapping[tuple[ComponentKind, str], set[int]]
) -> Sequence[str]:
    manifest = form.manifest
    tariffs = there.get((ComponentKind.TARIFF, manifest.tariff_id), set())
    fitting = {each for each in tariffs if manifest.tariff_from <= each <= manifest.tariff_to}
    missing = [f"tariff {manifest.tariff_id}"] if manifest.tariff_id and not fitting else []
    if (ComponentKind.TEMPLATE, manifest.template_id) not in there:
        missing.append(f"template {manifest.template_id}")
    documents = manifest.product_documents
    missing += [
        f"document {name}"
        for name in documents
        if (ComponentKind.PRODUCT_DOCUMENT, name) not in there
    ]
    return missing
