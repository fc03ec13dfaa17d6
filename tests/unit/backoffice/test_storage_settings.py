"""Where a back office keeps its rows and blobs, as `init` is told and the settings say it."""

from pathlib import Path

import pytest

from smartclient.backoffice.home import Home, Settings
from smartclient.backoffice.mail_settings import MailSettings, MailWay
from smartclient.backoffice.operations.blob_store import BucketPlace
from smartclient.backoffice.storage_settings import (
    SERVED,
    blobs_typed,
    connections_from_json,
    database_address,
    unhurried,
)
from smartclient.backoffice.tables.engine import Connections
from smartclient.domain.errors import BadInput, Damaged
from smartclient.domain.mode import Mode

FIRST = Settings(Mode.PRACTICE, "localhost", "", "", "", MailSettings(MailWay.FILE, "a@b.example"))


def test_that_settings_of_before_get_what_they_do_not_name() -> None:
    old = FIRST.to_json()
    for name in ("connections", "partitions", "blobs", "direct_database"):
        del old[name]
    assert Settings.from_json(old) == FIRST


def test_that_settings_come_back_as_they_were_written() -> None:
    place = BucketPlace("policies", "office/", "https://store.example", "eu-central-1")
    told = Settings(
        *(
            FIRST.mode,
            "office.example",
            "",
            "postgresql+psycopg://office@db/office",
            "",
            FIRST.mail,
        ),
        connections=Connections(most=5, statement=20, prepares=True),
        partitions=32,
        blobs=place,
        direct_database="postgresql+psycopg://office@db:5433/office",
    )
    assert Settings.from_json(told.to_json()) == told


def test_that_some_connection_settings_may_be_left_out() -> None:
    assert connections_from_json({"most": 7}).most == 7
    assert connections_from_json({"most": 7}).statement == SERVED.statement
    assert unhurried(SERVED).statement == unhurried(SERVED).idle == 0


@pytest.mark.parametrize("wrong", [{"most": 0}, {"lock": -1}, {"wait": "soon"}, {"statement": 1e9}])
def test_that_senseless_connection_settings_are_named(wrong: dict[str, int]) -> None:
    with pytest.raises(BadInput, match="SC-SYNC-010"):
        connections_from_json(dict(wrong))


def test_that_a_postgresql_address_gets_the_driver_we_use() -> None:
    assert database_address("postgresql://office@db.example/office") == (
        "postgresql+psycopg://office@db.example/office"
    )
    assert database_address("") == ""


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("postgresql://office:secret@db/office", "SC-SERV-054"),
        ("mysql://office@db/office", "SC-SERV-053"),
        ("an address", "SC-SERV-053"),
    ],
)
def test_that_an_address_that_cannot_be_used_is_refused(typed: str, code: str) -> None:
    with pytest.raises(BadInput, match=code):
        database_address(typed)


def test_that_a_place_of_blobs_is_a_folder_or_a_bucket(tmp_path: Path) -> None:
    assert blobs_typed(str(tmp_path), "", "") == str(tmp_path.resolve())
    assert blobs_typed("s3://policies/office", "https://store", "eu") == BucketPlace(
        "policies", "office/", "https://store", "eu"
    )
    with pytest.raises(BadInput, match="SC-SERV-055"):
        blobs_typed("https://store/policies", "", "")


@pytest.mark.parametrize(
    ("written", "problem"),
    [('"most": "many"', "most is 'many', "), ('"most" 5', "no JSON")],
)
def test_that_settings_mistyped_by_hand_are_named_with_their_file(
    tmp_path: Path, written: str, problem: str
) -> None:
    home = Home(tmp_path)
    home.write_settings(FIRST)
    typed = (tmp_path / "settings.json").read_text(encoding="utf-8")
    changed = typed.replace(f'"most": {SERVED.most}', written)
    (tmp_path / "settings.json").write_text(changed, encoding="utf-8")
    with pytest.raises(Damaged, match="SC-SERV-092") as refused:
        home.settings(Mode.PRACTICE)
    assert refused.value.values["file"] == "settings.json"
    assert refused.value.values["problem"].startswith(problem)
