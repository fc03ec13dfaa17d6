"""Publishing: judged before it is served, signed on-line for freshness only."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tuf.api.metadata import Metadata, Snapshot, Timestamp

from smartclient.backoffice.operations.catalogue import OnlineKeys, publish, refresh
from smartclient.backoffice.operations.catalogue_files import ServedCatalogue
from smartclient.domain.errors import BadInput, Damaged, NotAllowed
from smartclient.publisher.keys import KeyFolder
from smartclient.publisher.repository import SignedRepository, next_root
from smartclient.publisher.rotation import rotate_keys
from smartclient.publisher.signing import sign_catalogue
from smartclient.wire.catalogue import ComponentKind
from tests.simulators.publishing import catalogue_of, key_folder

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CONTENTS = {"forms/flexi-offer-1": b"form", "calc/flexi-1": b"tariff"}


class Office:
    """A publisher's folder and the server's folder."""

    def __init__(self, folder: Path) -> None:
        self.keys = key_folder(folder / "keys", NOON)
        self.signed = folder / "signed"
        self.served = ServedCatalogue(folder / "served")
        self.sign(CONTENTS)

    def sign(self, contents: dict[str, bytes], now: datetime = NOON) -> None:
        repository = SignedRepository(self.signed, self.keys.root_history)
        sign_catalogue(catalogue_of(contents), repository, self.keys, now)

    def publish(self, now: datetime = NOON) -> str:
        online = OnlineKeys.read(self.keys.folder / "online")
        return publish(self.signed, self.served, online, now)

    def timestamp(self) -> Timestamp:
        content = self.served.metadata("timestamp.json")
        assert content is not None
        return Metadata[Timestamp].from_bytes(content).signed


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_that_what_was_signed_is_served(office: Office) -> None:
    assert office.publish() == catalogue_of(CONTENTS).signed_set.id
    files = office.served.component(ComponentKind.TARIFF, "flexi", 1)
    assert files == {"content": b"tariff"}


def test_that_the_snapshot_names_every_role(office: Office) -> None:
    office.publish()
    version = office.timestamp().snapshot_meta.version
    content = office.served.metadata(f"{version}.snapshot.json")
    assert content is not None
    snapshot = Metadata[Snapshot].from_bytes(content).signed
    assert set(snapshot.meta) == {
        f"{role}.json" for role in ("targets", "app", "forms", "calc", "signer")
    }


def test_that_the_tag_changes_only_when_there_is_something_new(office: Office) -> None:
    assert office.served.tag() == ""
    office.publish()
    first = office.served.tag()
    office.publish(NOON + timedelta(hours=1))
    assert office.served.tag() == first
    office.sign({**CONTENTS, "calc/flexi-2": b"next"})
    office.publish(NOON + timedelta(hours=2))
    assert office.served.tag() not in ("", first)


def test_that_a_component_of_an_older_set_is_still_served(office: Office) -> None:
    office.publish()
    office.sign({"calc/flexi-2": b"next"})
    office.publish(NOON + timedelta(hours=2))
    assert office.served.component(ComponentKind.FORM, "flexi-offer", 1) == {"content": b"form"}


def test_that_freshness_is_signed_again_when_half_of_it_is_over(office: Office) -> None:
    online = OnlineKeys.read(office.keys.folder / "online")
    assert not refresh(office.served, online, NOON)
    office.publish()
    before = office.timestamp()
    assert not refresh(office.served, online, NOON + timedelta(hours=11))
    assert refresh(office.served, online, NOON + timedelta(hours=13))
    after = office.timestamp()
    assert after.version > before.version
    assert after.snapshot_meta == before.snapshot_meta
    assert refresh(office.served, online, NOON + timedelta(days=5))
    assert office.timestamp().snapshot_meta.version > after.snapshot_meta.version


def test_that_versions_do_not_go_back_when_an_older_copy_is_restored(office: Office) -> None:
    office.publish()
    path = office.served.folder / "metadata" / "timestamp.json"
    older = path.read_bytes()
    online = OnlineKeys.read(office.keys.folder / "online")
    refresh(office.served, online, NOON + timedelta(hours=13))
    lost = office.timestamp().version
    path.write_bytes(older)
    refresh(office.served, online, NOON + timedelta(hours=14))
    assert office.timestamp().version > lost


def _refused(office: Office, now: datetime = NOON) -> tuple[str, dict[str, str]]:
    before = {path: path.read_bytes() for path in office.served.folder.rglob("*.json")}
    with pytest.raises(BadInput) as refusal:
        office.publish(now)
    assert before == {path: path.read_bytes() for path in office.served.folder.rglob("*.json")}
    return refusal.value.code, refusal.value.values


def test_that_a_missing_file_is_named(office: Office) -> None:
    path = next((office.signed / "targets" / "calc").iterdir())
    path.unlink()
    assert _refused(office) == ("SC-CAT-072", {"file": f"calc/{path.name}"})


def test_that_a_changed_file_is_named(office: Office) -> None:
    path = next((office.signed / "targets" / "calc").iterdir())
    path.write_bytes(b"cheaper")
    assert _refused(office) == ("SC-CAT-072", {"file": f"calc/{path.name}"})


def _edit(office: Office, name: str, change: dict[str, object], signatures: int = 9) -> None:
    path = office.signed / "metadata" / name
    content = json.loads(path.read_bytes())
    content["signed"].update(change)
    content["signatures"] = content["signatures"][:signatures]
    path.write_text(json.dumps(content))


def test_that_a_change_after_signing_is_refused(office: Office) -> None:
    _edit(office, "1.calc.json", {"targets": {}})
    assert _refused(office) == ("SC-CAT-073", {"role": "calc"})


def test_that_one_signature_of_two_is_too_few(office: Office) -> None:
    _edit(office, "1.targets.json", {}, signatures=1)
    assert _refused(office) == ("SC-CAT-073", {"role": "targets"})


def test_that_another_root_of_the_same_number_is_refused(office: Office, tmp_path: Path) -> None:
    office.publish()
    other = Office(tmp_path / "other")
    office.signed = other.signed
    assert _refused(office) == ("SC-CAT-073", {"role": "root"})


def test_that_a_root_that_the_one_before_did_not_approve_is_refused(
    office: Office, tmp_path: Path
) -> None:
    """A stranger's keys name themselves in a second root and sign it well."""
    office.publish()
    stranger = Office(tmp_path / "stranger")
    repository = SignedRepository(stranger.signed, stranger.keys.root_history)
    second = Metadata(next_root(repository.root, NOON))
    for name in ("root-1", "root-2"):
        second.sign(stranger.keys.signer(name), append=True)
    (office.signed / "metadata" / "2.root.json").write_bytes(second.to_bytes())
    assert _refused(office) == ("SC-CAT-073", {"role": "root"})


def test_that_an_older_delivery_is_refused(office: Office, tmp_path: Path) -> None:
    older = tmp_path / "older"
    older.mkdir()
    for path in office.signed.rglob("*.*"):
        if path.is_file():
            copy = older / path.relative_to(office.signed)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    office.sign({**CONTENTS, "calc/flexi-2": b"next"})
    office.publish()
    office.signed = older
    assert _refused(office) == ("SC-CAT-074", {"role": "targets"})


def test_that_a_signature_whose_time_is_over_is_refused(office: Office) -> None:
    assert _refused(office, NOON + timedelta(days=366)) == ("SC-CAT-075", {"role": "targets"})


def test_that_old_on_line_keys_are_refused_after_rotation(office: Office) -> None:
    office.publish()
    online = OnlineKeys.read(office.keys.folder / "online")
    repository = SignedRepository(office.signed, office.keys.root_history)
    rotate_keys(["timestamp"], repository, office.keys, NOON)
    with pytest.raises(BadInput) as refusal:
        publish(office.signed, office.served, online, NOON)
    assert (refusal.value.code, refusal.value.values) == ("SC-CAT-071", {"key": "timestamp"})
    assert office.publish(NOON + timedelta(minutes=5))


def test_that_a_damaged_published_file_is_named_and_mended_by_publishing(office: Office) -> None:
    office.publish()
    path = next((office.served.folder / "targets" / "calc").iterdir())
    path.write_bytes(b"torn")
    with pytest.raises(Damaged) as damage:
        office.served.component(ComponentKind.TARIFF, "flexi", 1)
    assert damage.value.values == {"file": "calc/flexi-1.zip"}
    office.publish(NOON + timedelta(minutes=5))
    assert office.served.component(ComponentKind.TARIFF, "flexi", 1)


def test_that_a_component_never_published_is_not_known(office: Office) -> None:
    office.publish()
    with pytest.raises(NotAllowed) as refusal:
        office.served.component(ComponentKind.TARIFF, "flexi", 9)
    assert refusal.value.code == "SC-CAT-020"


@pytest.mark.parametrize(
    "name",
    ["../tag", "tag", "1.root.json/../../tag", "", ".", "metadata", "x.json\n", "1.ROOT.json"],
)
def test_that_no_name_reaches_out_of_the_repository(office: Office, name: str) -> None:
    office.publish()
    assert office.served.metadata(name) is None
    assert office.served.target(name) is None
    assert office.served.target(f"calc/{name}") is None


def test_that_damaged_on_line_keys_are_named(office: Office) -> None:
    (office.keys.folder / "online" / "snapshot.pem").write_bytes(b"")
    with pytest.raises(BadInput) as refusal:
        OnlineKeys.read(office.keys.folder / "online")
    assert (refusal.value.code, refusal.value.values) == ("SC-CAT-070", {"key": "snapshot"})


def test_that_a_key_folder_without_root_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refusal:
        SignedRepository(tmp_path / "out", KeyFolder(tmp_path, lambda _key: None).root_history)
    assert refusal.value.code == "SC-CAT-054"
