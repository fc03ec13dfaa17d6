"""Catalogues and key folders for tests, made by the publisher's own code."""

import datetime
from collections.abc import Mapping
from pathlib import Path

from smartclient.publisher.components import Catalogue
from smartclient.publisher.keys import KeyFolder
from smartclient.publisher.repository import first_root, write_root
from smartclient.publisher.roles import KEYS_OF
from smartclient.wire.archive import pack_files
from smartclient.wire.catalogue import (
    PLACE_OF,
    AppRelease,
    CatalogueSet,
    Component,
    ComponentKind,
)
from smartclient.wire.encoding import sha256

DAY = datetime.date(2026, 11, 1)


def key_folder(folder: Path, now: datetime.datetime) -> KeyFolder:
    """Keys without passphrases after a ceremony at that time."""
    keys = KeyFolder(folder, lambda _name: None)
    for role in KEYS_OF.values():
        for name in role:
            keys.make(name)
    write_root(keys.root_history, first_root(keys, now))
    return keys


def component_of(name: str, archive: bytes) -> Component:
    """A component from its target's path without the ending: `calc/flexi-1`."""
    kind = next(
        kind
        for kind in (ComponentKind.TEMPLATE, ComponentKind.CONSENT_TEXT, *ComponentKind)
        if name.startswith(PLACE_OF[kind].target)
    )
    component_id, _hyphen, version = name.removeprefix(PLACE_OF[kind].target).rpartition("-")
    return Component(
        kind,
        component_id,
        int(version),
        {"cs": f"Zkušební {component_id}", "en": f"Test {component_id}"},
        DAY,
        DAY,
        None,
        sha256(archive),
        len(archive),
    )


def catalogue_of(
    contents: Mapping[str, bytes], *, app: str = "0.1.0", min_app: str = "0.1.0"
) -> Catalogue:
    """A catalogue whose components each hold one file with the content given."""
    archives = {name: pack_files({"content": content}) for name, content in contents.items()}
    components = tuple(component_of(name, archive) for name, archive in archives.items())
    release = AppRelease(app, DAY, min_app)
    digest = sha256(CatalogueSet("test", release, components).to_bytes())
    return Catalogue(
        CatalogueSet(f"test-{digest[:8]}", release, components),
        {f"{name}.zip": archive for name, archive in archives.items()},
    )
