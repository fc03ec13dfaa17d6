"""Signing what is published: thresholds, roles, versions that never change their content."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tuf.api.metadata import Metadata, Root, Targets

from smartclient.domain.errors import BadInput, Damaged, NotAllowed
from smartclient.publisher.components import Catalogue
from smartclient.publisher.keys import KeyFolder
from smartclient.publisher.repository import SignedRepository
from smartclient.publisher.roles import ROOT, TARGETS
from smartclient.publisher.rotation import rotate_keys
from smartclient.publisher.signing import sign_catalogue
from smartclient.wire.catalogue import CURRENT_SET, CatalogueSet
from tests.simulators.publishing import catalogue_of, key_folder

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def keys(tmp_path: Path) -> KeyFolder:
    return key_folder(tmp_path / "keys", NOON)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def _sign(
    catalogue: Catalogue, keys: KeyFolder, out: Path, now: datetime = NOON, replace: bool = False
) -> Mapping[str, int]:
    repository = SignedRepository(out, keys.root_history)
    return sign_catalogue(catalogue, repository, keys, now, replace=replace).roles


def _role(out: Path, version: int, role: str) -> Targets:
    content = (out / "metadata" / f"{version}.{role}.json").read_bytes()
    return Metadata[Targets].from_bytes(content).signed


def _root(keys: KeyFolder, version: int) -> Metadata[Root]:
    return Metadata[Root].from_bytes((keys.root_history / f"{version}.root.json").read_bytes())


def test_that_root_needs_two_of_three_keys_and_targets_both(keys: KeyFolder) -> None:
    root = _root(keys, 1).signed
    assert (root.roles[ROOT].threshold, len(root.roles[ROOT].keyids)) == (2, 3)
    assert (root.roles[TARGETS].threshold, len(root.roles[TARGETS].keyids)) == (2, 2)
    assert root.consistent_snapshot
    every = [keyid for role in root.roles.values() for keyid in role.keyids]
    assert len(every) == len(set(every))


def test_that_each_delegation_has_its_own_key_and_ends_the_search(
    keys: KeyFolder, out: Path
) -> None:
    _sign(catalogue_of({"forms/flexi-offer-1": b"form"}), keys, out)
    delegations = _role(out, 1, TARGETS).delegations
    assert delegations is not None
    assert delegations.roles is not None
    assert {name: role.paths for name, role in delegations.roles.items()} == {
        "app": ["app/*"],
        "forms": ["forms/*"],
        "calc": ["calc/*"],
        "signer": ["signer/*"],
    }
    assert all(role.terminating for role in delegations.roles.values())
    keyids = [role.keyids[0] for role in delegations.roles.values()]
    assert len(set(keyids)) == len(keyids)


def test_that_a_component_is_signed_by_the_role_of_its_path_and_the_set_by_targets(
    keys: KeyFolder, out: Path
) -> None:
    catalogue = catalogue_of({"forms/flexi-offer-1": b"form", "calc/flexi-1": b"tariff"})
    _sign(catalogue, keys, out)
    assert list(_role(out, 1, "forms").targets) == ["forms/flexi-offer-1.zip"]
    assert list(_role(out, 1, "calc").targets) == ["calc/flexi-1.zip"]
    assert set(_role(out, 1, TARGETS).targets) == {
        CURRENT_SET,
        f"sets/{catalogue.signed_set.id}.json",
    }


def test_that_the_published_set_is_the_one_that_was_signed(keys: KeyFolder, out: Path) -> None:
    catalogue = catalogue_of({"calc/flexi-1": b"tariff"})
    _sign(catalogue, keys, out)
    target = _role(out, 1, TARGETS).targets[CURRENT_SET]
    content = (out / "targets" / target.get_prefixed_paths()[0]).read_bytes()
    assert CatalogueSet.from_bytes(content) == catalogue.signed_set


def test_that_only_the_roles_that_changed_are_signed_again(keys: KeyFolder, out: Path) -> None:
    first = {"forms/flexi-offer-1": b"form", "calc/flexi-1": b"tariff"}
    _sign(catalogue_of(first), keys, out)
    assert _sign(catalogue_of(first), keys, out) == {}
    assert _sign(catalogue_of({**first, "calc/flexi-2": b"next"}), keys, out) == {
        TARGETS: 2,
        "calc": 2,
    }


def test_that_old_versions_stay_published(keys: KeyFolder, out: Path) -> None:
    _sign(catalogue_of({"calc/flexi-1": b"tariff"}), keys, out)
    _sign(catalogue_of({"calc/flexi-2": b"next"}), keys, out)
    assert set(_role(out, 2, "calc").targets) == {"calc/flexi-1.zip", "calc/flexi-2.zip"}
    assert len([path for path in _role(out, 2, TARGETS).targets if path.startswith("sets/")]) == 3


def test_that_content_cannot_change_under_a_published_version(keys: KeyFolder, out: Path) -> None:
    _sign(catalogue_of({"calc/flexi-1": b"tariff"}), keys, out)
    with pytest.raises(BadInput) as refusal:
        _sign(catalogue_of({"calc/flexi-1": b"other"}), keys, out)
    assert refusal.value.code == "SC-CAT-056"
    assert refusal.value.values == {"files": "calc/flexi-1.zip"}
    assert not (out / "metadata" / "2.targets.json").exists()


def test_that_practice_may_replace_content_under_a_version(keys: KeyFolder, out: Path) -> None:
    _sign(catalogue_of({"calc/flexi-1": b"tariff"}), keys, out)
    signed = _sign(catalogue_of({"calc/flexi-1": b"other"}), keys, out, replace=True)
    assert signed == {TARGETS: 2, "calc": 2}


def test_that_what_nears_its_end_is_signed_again_unchanged(keys: KeyFolder, out: Path) -> None:
    catalogue = catalogue_of({"calc/flexi-1": b"tariff"})
    _sign(catalogue, keys, out)
    later = NOON + timedelta(days=300)
    assert set(_sign(catalogue, keys, out, later)) == {TARGETS, "app", "forms", "calc", "signer"}
    assert _role(out, 2, "calc").expires == later + timedelta(days=365)


def test_that_signing_names_the_key_that_is_missing(keys: KeyFolder, out: Path) -> None:
    (keys.folder / "offline" / "targets-2.pem").unlink()
    with pytest.raises(BadInput) as refusal:
        _sign(catalogue_of({}), KeyFolder(keys.folder, lambda _name: None), out)
    assert (refusal.value.code, refusal.value.values) == ("SC-CAT-051", {"key": "targets-2"})


def test_that_keys_of_another_ceremony_cannot_sign(
    keys: KeyFolder, out: Path, tmp_path: Path
) -> None:
    others = key_folder(tmp_path / "others", NOON)
    with pytest.raises(BadInput) as refusal:
        sign_catalogue(catalogue_of({}), SignedRepository(out, keys.root_history), others, NOON)
    assert (refusal.value.code, refusal.value.values) == ("SC-CAT-053", {"role": TARGETS})


def test_that_a_key_opens_only_with_its_passphrase(tmp_path: Path) -> None:
    made = KeyFolder(tmp_path, lambda name: f"secret of {name}".encode()).make("forms")
    assert b"ENCRYPTED" in (tmp_path / "offline" / "forms.pem").read_bytes()
    opened = KeyFolder(tmp_path, lambda name: f"secret of {name}".encode()).signer("forms")
    assert opened.public_key == made.public_key
    with pytest.raises(BadInput) as refusal:
        KeyFolder(tmp_path, lambda _name: b"wrong").signer("forms")
    assert refusal.value.code == "SC-CAT-052"


def test_that_a_key_is_never_overwritten(keys: KeyFolder) -> None:
    with pytest.raises(NotAllowed) as refusal:
        keys.make("forms")
    assert refusal.value.code == "SC-CAT-050"


def test_that_a_lost_root_key_is_replaced_by_the_two_others(keys: KeyFolder, out: Path) -> None:
    (keys.folder / "offline" / "root-2.pem").unlink()
    fresh = KeyFolder(keys.folder, lambda _name: None)
    rotated = rotate_keys(["root-2"], SignedRepository(out, keys.root_history), fresh, NOON)
    assert rotated == {ROOT: 2}
    old, new = _root(keys, 1), _root(keys, 2)
    for delegator in (old.signed, new.signed):
        delegator.verify_delegate(ROOT, new.signed_bytes, new.signatures)
    assert len(set(old.signed.roles[ROOT].keyids) & set(new.signed.roles[ROOT].keyids)) == 2
    assert (out / "metadata" / "1.root.json").exists()
    assert (out / "metadata" / "2.root.json").exists()


def test_that_one_root_key_alone_replaces_nothing(keys: KeyFolder, out: Path) -> None:
    for name in ("root-2", "root-3"):
        (keys.folder / "offline" / f"{name}.pem").unlink()
    fresh = KeyFolder(keys.folder, lambda _name: None)
    before = sorted(path.name for path in keys.folder.rglob("*"))
    with pytest.raises(BadInput) as refusal:
        rotate_keys(["timestamp"], SignedRepository(out, keys.root_history), fresh, NOON)
    assert refusal.value.code == "SC-CAT-057"
    assert sorted(path.name for path in keys.folder.rglob("*")) == before


def test_that_a_replaced_targets_key_signs_targets_anew(keys: KeyFolder, out: Path) -> None:
    _sign(catalogue_of({"calc/flexi-1": b"tariff"}), keys, out)
    rotated = rotate_keys(["targets-1"], SignedRepository(out, keys.root_history), keys, NOON)
    assert rotated == {ROOT: 2, TARGETS: 2}
    content = Metadata[Targets].from_bytes((out / "metadata" / "2.targets.json").read_bytes())
    _root(keys, 2).signed.verify_delegate(TARGETS, content.signed_bytes, content.signatures)


def test_that_a_replaced_delegated_key_is_named_by_targets(keys: KeyFolder, out: Path) -> None:
    _sign(catalogue_of({"calc/flexi-1": b"tariff"}), keys, out)
    rotated = rotate_keys(["calc"], SignedRepository(out, keys.root_history), keys, NOON)
    assert rotated == {TARGETS: 2, "calc": 2}
    assert list(_role(out, 2, "calc").targets) == ["calc/flexi-1.zip"]
    assert _sign(catalogue_of({"calc/flexi-2": b"next"}), keys, out) == {TARGETS: 3, "calc": 3}


def test_that_the_id_of_a_set_tells_its_content() -> None:
    first = catalogue_of({"calc/flexi-1": b"tariff"}).signed_set
    other = catalogue_of({"calc/flexi-1": b"other"}).signed_set
    assert first.id != other.id
    assert first.components[0].date == date(2026, 11, 1)


def test_that_both_lost_keys_of_targets_are_replaced_at_once(keys: KeyFolder, out: Path) -> None:
    first = {"calc/flexi-1": b"tariff"}
    _sign(catalogue_of(first), keys, out)
    for name in ("targets-1", "targets-2"):
        (keys.folder / "offline" / f"{name}.pem").unlink()
    fresh = KeyFolder(keys.folder, lambda _name: None)
    names = ["targets-1", "targets-2", "calc"]
    signed = rotate_keys(names, SignedRepository(out, keys.root_history), fresh, NOON)
    assert signed == {ROOT: 2, TARGETS: 2, "calc": 2}
    assert _sign(catalogue_of(first), fresh, out) == {}


def test_that_one_lost_key_of_targets_cannot_leave_the_other_behind(
    keys: KeyFolder, out: Path
) -> None:
    _sign(catalogue_of({"calc/flexi-1": b"tariff"}), keys, out)
    (keys.folder / "offline" / "targets-2.pem").unlink()
    fresh = KeyFolder(keys.folder, lambda _name: None)
    with pytest.raises(BadInput) as refusal:
        rotate_keys(["targets-1"], SignedRepository(out, keys.root_history), fresh, NOON)
    assert refusal.value.values == {"key": "targets-2"}
    assert not (keys.root_history / "2.root.json").exists()


@pytest.mark.parametrize("role", [TARGETS, "calc"])
def test_that_nothing_a_stranger_wrote_is_signed_along(
    keys: KeyFolder, out: Path, role: str
) -> None:
    """The folder travels on media that others may touch."""
    _sign(catalogue_of({"calc/flexi-1": b"tariff"}), keys, out)
    path = out / "metadata" / f"1.{role}.json"
    content = json.loads(path.read_bytes())
    content["signed"]["targets"]["calc/flexi-9.zip"] = {"length": 1, "hashes": {"sha256": "0" * 64}}
    path.write_text(json.dumps(content))
    with pytest.raises(Damaged) as refusal:
        _sign(catalogue_of({"calc/flexi-2": b"next"}), keys, out)
    assert refusal.value.values == {"file": f"1.{role}.json"}
    assert not (out / "metadata" / f"2.{role}.json").exists()
