"""The laptop's copy of the catalogue: whole sets, damage found and named."""

import os
from datetime import date
from pathlib import Path

import pytest

from smartclient.domain.errors import Damaged, NotAllowed
from smartclient.publisher.components import Catalogue
from smartclient.sync.updates.store import CatalogueStore
from smartclient.wire.catalogue import ComponentKind
from tests.simulators.publishing import catalogue_of

FIRST = catalogue_of({"forms/flexi-offer-1": b"form", "calc/flexi-1": b"tariff"})
SECOND = catalogue_of({"forms/flexi-offer-2": b"newer", "calc/flexi-1": b"tariff"})
TODAY = date(2026, 11, 21)


def _install(store: CatalogueStore, catalogue: Catalogue) -> None:
    for component in catalogue.signed_set.components:
        store.put(component, catalogue.archives[component.path])
    store.switch(catalogue.signed_set.to_bytes())


@pytest.fixture
def store(tmp_path: Path) -> CatalogueStore:
    store = CatalogueStore(tmp_path)
    _install(store, FIRST)
    return store


def _file(tmp_path: Path, catalogue: Catalogue, path: str) -> Path:
    found = next(each for each in catalogue.signed_set.components if each.path == path)
    return tmp_path / "files" / f"{found.sha256}.zip"


def test_that_before_the_first_synchronisation_there_is_no_set(tmp_path: Path) -> None:
    store = CatalogueStore(tmp_path / "nothing yet")
    assert store.current is None
    assert not store.is_whole
    with pytest.raises(NotAllowed) as refusal:
        store.newest(ComponentKind.FORM, "flexi-offer", TODAY)
    assert refusal.value.code == "SC-CAT-020"


def test_that_each_component_opens_as_it_was_published(store: CatalogueStore) -> None:
    assert store.current == FIRST.signed_set
    assert store.is_whole
    assert store.package("flexi-offer", 1) == {"content": b"form"}
    assert store.tariff("flexi", 1) == {"content": b"tariff"}


def test_that_an_older_form_opens_while_its_set_is_kept(store: CatalogueStore) -> None:
    _install(store, SECOND)
    assert store.newest(ComponentKind.FORM, "flexi-offer", TODAY).version == 2
    assert store.package("flexi-offer", 1) == {"content": b"form"}
    store.forget_unused({FIRST.signed_set.id})
    assert store.package("flexi-offer", 1) == {"content": b"form"}
    store.forget_unused(set())
    with pytest.raises(NotAllowed):
        store.package("flexi-offer", 1)
    assert store.package("flexi-offer", 2) == {"content": b"newer"}
    assert store.tariff("flexi", 1) == {"content": b"tariff"}


def test_that_a_set_with_a_missing_component_is_never_used(
    store: CatalogueStore, tmp_path: Path
) -> None:
    with pytest.raises(Damaged):
        store.switch(SECOND.signed_set.to_bytes())
    assert CatalogueStore(tmp_path).current == FIRST.signed_set


@pytest.mark.parametrize("content", [b"", b"torn", None])
def test_that_a_damaged_component_is_named(
    store: CatalogueStore, tmp_path: Path, content: bytes | None
) -> None:
    path = _file(tmp_path, FIRST, "calc/flexi-1.zip")
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Damaged) as damage:
        store.tariff("flexi", 1)
    assert damage.value.code == "SC-CAT-021"
    assert damage.value.values == {"component": "Test flexi"}
    assert [each.id for each in store.faulty(FIRST.signed_set)] == ["flexi"]
    assert not store.is_whole
    assert store.package("flexi-offer", 1) == {"content": b"form"}


def test_that_a_set_that_was_found_whole_is_not_read_again_until_a_file_changes(
    store: CatalogueStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store.is_whole
    reads: list[Path] = []
    monkeypatch.setattr(Path, "read_bytes", reads.append)
    assert store.is_whole
    monkeypatch.undo()
    assert reads == []
    _file(tmp_path, FIRST, "calc/flexi-1.zip").write_bytes(b"torn")
    assert not store.is_whole


def test_that_damage_that_shows_only_when_a_component_is_opened_is_mended_by_the_next_update(
    store: CatalogueStore, tmp_path: Path
) -> None:
    assert store.is_whole
    path = _file(tmp_path, FIRST, "calc/flexi-1.zip")
    before, content = path.stat(), path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(Damaged, match="SC-CAT-021"):
        store.tariff("flexi", 1)
    assert not store.is_whole


def test_that_a_damaged_list_of_components_is_told(store: CatalogueStore, tmp_path: Path) -> None:
    next((tmp_path / "sets").iterdir()).write_bytes(b"{}")
    with pytest.raises(Damaged) as damage:
        assert CatalogueStore(tmp_path).current
    assert damage.value.code == "SC-CAT-023"
    assert not CatalogueStore(tmp_path).is_whole


def test_that_a_pointer_into_nothing_is_told(store: CatalogueStore, tmp_path: Path) -> None:
    (tmp_path / "current").write_bytes(b"\xff/../../etc")
    with pytest.raises(Damaged):
        assert CatalogueStore(tmp_path).current


def test_that_only_what_the_set_names_is_kept_under_its_name(store: CatalogueStore) -> None:
    with pytest.raises(Damaged):
        store.put(FIRST.signed_set.components[0], b"arbitrary")
