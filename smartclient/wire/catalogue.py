"""The signed set: which components belong together, and what each of them must be, byte for byte.

The update repository proves that a file comes from the publisher. It does not prove that a form, a
tariff and an application fit together: the set does, so a laptop switches from one whole set to the
next and a document names the set it was computed with. Publisher, back office and laptop read it
here.
"""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from smartclient.domain.errors import BadInput
from smartclient.domain.ids import Sha256
from smartclient.domain.language import spoken
from smartclient.wire.encoding import canonical, parse
from smartclient.wire.messages import (
    Json,
    JsonObject,
    chosen,
    listed,
    mapping,
    sha256_text,
    text,
    whole,
)

CURRENT_SET = "sets/current.json"
"""The one target that a laptop asks for; a client of TUF cannot list targets."""
MAX_COMPONENT_BYTES = 64_000_000

_NAME = re.compile(r"[a-z][a-z0-9-]{0,60}")
_SET_ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,60}")
_VERSION = re.compile(r"\d{1,4}(\.\d{1,5}){1,3}")


class ComponentKind(StrEnum):
    """What a component is; the kind decides where it lies and whose key signs it."""

    FORM = "form"
    TARIFF = "tariff"
    TEMPLATE = "template"
    PRODUCT_DOCUMENT = "product_document"
    CONSENT_TEXT = "consent_text"
    SIGNER = "signer"


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of the sources and the beginning of the target's path."""

    sources: str
    target: str


PLACE_OF: Mapping[ComponentKind, Place] = {
    ComponentKind.FORM: Place("forms", "forms/"),
    ComponentKind.TEMPLATE: Place("templates", "forms/template-"),
    ComponentKind.TARIFF: Place("tariffs", "calc/"),
    ComponentKind.PRODUCT_DOCUMENT: Place("documents", "texts/"),
    ComponentKind.CONSENT_TEXT: Place("consents", "texts/consent-"),
    ComponentKind.SIGNER: Place("signer", "signer/"),
}


TARGETS_ROLE = "targets"
DELEGATED_ROLES = ("app", "forms", "calc", "signer")
"""The roles of the update repository that sign what lies in the folder of their name."""


def role_of_path(path: str) -> str:
    """The role of the update repository that signs the target of this path."""
    return next((role for role in DELEGATED_ROLES if path.startswith(f"{role}/")), TARGETS_ROLE)


def target_path(kind: ComponentKind, component_id: str, version: int) -> str:
    """The path under which a component is published."""
    return f"{PLACE_OF[kind].target}{component_id}-{version}.zip"


def _bad(field: str, value: Json, rule: str) -> BadInput:
    return BadInput("SC-SYNC-010", field=field, value=repr(value)[:60], rule=rule)


def _named(source: Mapping[str, Json], field: str, pattern: re.Pattern[str]) -> str:
    value = source.get(field)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise _bad(field, value, f"text like {pattern.pattern}")
    return value


def _day(source: Mapping[str, Json], field: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text(source, field, 10))
    except ValueError as wrong:
        raise _bad(field, source.get(field), "a date like 2026-11-01") from wrong


def version_order(version: str) -> tuple[int, ...]:
    """What orders versions of the application: 0.10.0 is newer than 0.9.2."""
    if not _VERSION.fullmatch(version):
        raise _bad("version", version, "a version like 1.4.0")
    return tuple(int(part) for part in version.split("."))


@dataclass(frozen=True, slots=True)
class Component:
    """One form package, tariff, template, text or signing part, in one version."""

    kind: ComponentKind
    id: str
    version: int
    names: Mapping[str, str]
    """For people, by language code; Czech is always there."""
    date: datetime.date
    valid_from: datetime.date
    valid_to: datetime.date | None
    sha256: Sha256
    length: int

    @property
    def name(self) -> str:
        """What it is called in the language that is spoken; in Czech where it has no such name."""
        return self.names.get(spoken()) or self.names["cs"]

    @property
    def path(self) -> str:
        """The path of its target."""
        return target_path(self.kind, self.id, self.version)

    def is_valid_on(self, day: datetime.date) -> bool:
        """It may be used for something new on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def to_json(self) -> JsonObject:
        """The component as JSON."""
        return {
            "kind": self.kind.value,
            "id": self.id,
            "version": self.version,
            "names": dict(self.names),
            "date": self.date.isoformat(),
            "valid_from": self.valid_from.isoformat(),
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
            "path": self.path,
            "sha256": self.sha256,
            "length": self.length,
        }

    @classmethod
    def from_json(cls, source: Json) -> "Component":
        """The component of `to_json`; a path that does not fit its kind is refused."""
        fields = mapping(source, "component")
        component = cls(
            ComponentKind(chosen(fields, "kind", ComponentKind)),
            _named(fields, "id", _NAME),
            whole(fields, "version", 1, 99_999),
            names_from(fields),
            _day(fields, "date"),
            _day(fields, "valid_from"),
            None if fields.get("valid_to") is None else _day(fields, "valid_to"),
            sha256_text(fields.get("sha256")),
            whole(fields, "length", 1, MAX_COMPONENT_BYTES),
        )
        if fields.get("path") != component.path:
            raise _bad("path", fields.get("path"), component.path)
        return component


def names_from(source: Mapping[str, Json]) -> dict[str, str]:
    """The names for people of a component; refused without Czech."""
    names = mapping(source.get("names"), "names")
    if "cs" not in names:
        raise _bad("names", list(names), "a name in each language, Czech among them")
    return {language: text(names, language, 120) for language in names}


@dataclass(frozen=True, slots=True)
class AppRelease:
    """The newest version of the application, and the oldest that understands this set."""

    version: str
    date: datetime.date
    min_app: str

    def is_newer_than(self, version: str) -> bool:
        """Whether there is an update for an application of that version."""
        return version_order(self.version) > version_order(version)

    def is_understood_by(self, version: str) -> bool:
        """Whether an application of that version may use this set."""
        return version_order(version) >= version_order(self.min_app)


def app_from(source: Mapping[str, Json]) -> AppRelease:
    """The release of the application that a set speaks of."""
    app = mapping(source.get("app"), "app")
    return AppRelease(
        _named(app, "version", _VERSION), _day(app, "date"), _named(source, "min_app", _VERSION)
    )


@dataclass(frozen=True, slots=True)
class CatalogueSet:
    """What belongs together. The id carries the beginning of a digest over all components."""

    id: str
    app: AppRelease
    components: tuple[Component, ...]

    def find(self, kind: ComponentKind, component_id: str, version: int) -> Component | None:
        """The component of that kind, id and version, if it belongs to the set."""
        for component in self.components:
            if (component.kind, component.id, component.version) == (kind, component_id, version):
                return component
        return None

    def newest(
        self, kind: ComponentKind, component_id: str, day: datetime.date
    ) -> Component | None:
        """The highest version that may be used for something new on that day."""
        usable = [
            component
            for component in self.components
            if (component.kind, component.id) == (kind, component_id) and component.is_valid_on(day)
        ]
        return max(usable, key=lambda component: component.version, default=None)

    def to_bytes(self) -> bytes:
        """The one byte string of the set, as signed."""
        return canonical(
            {
                "schema": 1,
                "id": self.id,
                "app": {"version": self.app.version, "date": self.app.date.isoformat()},
                "min_app": self.app.min_app,
                "components": [component.to_json() for component in self.components],
            }
        )

    @classmethod
    def from_bytes(cls, content: bytes) -> "CatalogueSet":
        """The set of `to_bytes`; BadInput SC-SYNC-010 or -011 naming what breaks a rule."""
        fields = mapping(parse(content), "set")
        whole(fields, "schema", 1, 1)
        catalogue_set = cls(
            _named(fields, "id", _SET_ID),
            app_from(fields),
            listed(fields, "components", Component.from_json, 1_000),
        )
        paths = {component.path for component in catalogue_set.components}
        if len(paths) != len(catalogue_set.components):
            raise _bad("components", len(paths), "each component once")
        return catalogue_set
