"""The components of the application: version and date of each, and what the last update brought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from smartclient.domain import presentation
from smartclient.domain.clock import from_text, to_text
from smartclient.domain.language import N_, _
from smartclient.wire.values import Json

if TYPE_CHECKING:
    from smartclient.wire.catalogue import CatalogueSet, Component

KEPT_AS = "components_brought"
"""The name of the setting that remembers the last update."""
_NAMED = 6
"""More are told by their number; the table has them all."""
COMPONENT_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "form": N_("Form"),
        "tariff": N_("Calculation library"),
        "template": N_("Print template"),
        "product_document": N_("Product document"),
        "consent_text": N_("Text for the client"),
        "signer": N_("Signing"),
    }
)
"""By the kind of a component."""


@dataclass(frozen=True, slots=True)
class ComponentItem:
    """One component of the application, in words."""

    name: str
    kind: str
    version: str
    date: str
    valid_from: str


def component_item(component: "Component") -> ComponentItem:
    """One component, in words."""
    return ComponentItem(
        name=component.name,
        kind=_(COMPONENT_KINDS[component.kind]),
        version=str(component.version),
        date=presentation.day(component.date),
        valid_from=presentation.day(component.valid_from),
    )


def brought(before: "CatalogueSet | None", changed: "Sequence[Component]", now: datetime) -> Json:
    """What an update brought, to be remembered; the first set of all is no news."""
    if before is None or not changed:
        return None
    earlier: dict[tuple[str, str], int] = {}
    for each in before.components:
        key = (each.kind.value, each.id)
        earlier[key] = max(each.version, earlier.get(key, 0))
    lines: list[Json] = [
        {
            "name": each.name,
            "before": earlier.get((each.kind.value, each.id), 0),
            "after": each.version,
        }
        for each in changed
    ]
    return {"at": to_text(now), "components": lines}


def brought_words(kept: Json, now: datetime) -> str:
    """The last update in a sentence; empty when none is remembered."""
    if not isinstance(kept, dict):
        return ""
    at, lines = kept.get("at"), kept.get("components")
    if not isinstance(at, str) or not isinstance(lines, list) or not lines:
        return ""
    named = [_change(line) for line in lines[:_NAMED] if isinstance(line, dict)]
    if len(lines) > _NAMED:
        named.append(_("{count} more").format(count=len(lines) - _NAMED))
    return _("Last update {when}: {components}.").format(
        when=presentation.moment(from_text(at), now), components=", ".join(named)
    )


def _change(line: Mapping[str, Json]) -> str:
    name, before, after = line.get("name"), line.get("before"), line.get("after")
    if before:
        return _("{name} (version {before} → {after})").format(
            name=name, before=before, after=after
        )
    return _("{name} (new, version {after})").format(name=name, after=after)
