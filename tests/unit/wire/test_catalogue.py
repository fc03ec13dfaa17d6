"""The signed set: read as written, refused when it breaks a rule."""

import json
from dataclasses import replace
from datetime import date

import pytest

from smartclient import locale
from smartclient.domain.errors import BadInput
from smartclient.domain.language import speaking
from smartclient.wire.catalogue import CatalogueSet, ComponentKind, version_order
from tests.simulators.publishing import catalogue_of

SET = catalogue_of({"forms/flexi-offer-1": b"f", "forms/flexi-offer-2": b"g"}).signed_set


def _with(path: list[str | int], value: object) -> bytes:
    changed = json.loads(SET.to_bytes())
    place = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return json.dumps(changed).encode()


def test_that_a_set_is_read_as_it_was_written() -> None:
    assert CatalogueSet.from_bytes(SET.to_bytes()) == SET


def test_that_a_component_is_called_in_the_language_that_is_spoken_and_otherwise_in_czech() -> None:
    both = replace(SET.components[0], names={"cs": "Nabídka", "en": "Offer"})
    assert both.name == "Offer"
    with speaking(locale.load("cs")):
        assert both.name == "Nabídka"
    assert replace(both, names={"cs": "Nabídka"}).name == "Nabídka"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["schema"], 2),
        (["id"], "../other"),
        (["min_app"], "new"),
        (["app", "version"], "1"),
        (["app", "date"], "1. 11. 2026"),
        (["components", 0, "kind"], "virus"),
        (["components", 0, "id"], "../flexi"),
        (["components", 0, "version"], 0),
        (["components", 0, "names"], {"en": "only English"}),
        (["components", 0, "sha256"], "00"),
        (["components", 0, "length"], 10**10),
        (["components", 0, "path"], "calc/flexi-offer-1.zip"),
        (["components", 0, "valid_from"], None),
    ],
)
def test_that_a_set_that_breaks_a_rule_is_refused(path: list[str | int], value: object) -> None:
    with pytest.raises(BadInput):
        CatalogueSet.from_bytes(_with(path, value))


def test_that_a_component_stands_in_a_set_once() -> None:
    doubled = json.loads(SET.to_bytes())
    doubled["components"].append(doubled["components"][0])
    with pytest.raises(BadInput):
        CatalogueSet.from_bytes(json.dumps(doubled).encode())


def test_that_the_newest_version_that_is_valid_on_the_day_is_chosen() -> None:
    chosen = SET.newest(ComponentKind.FORM, "flexi-offer", date(2026, 11, 21))
    assert chosen is not None
    assert chosen.version == 2
    assert SET.newest(ComponentKind.FORM, "flexi-offer", date(2026, 10, 31)) is None


def test_that_version_ten_is_newer_than_version_nine() -> None:
    assert version_order("0.10.0") > version_order("0.9.2")
