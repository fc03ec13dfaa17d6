"""`smartclient-publisher`: the ceremony, signing and rotation as commands."""

import json
from pathlib import Path

import pytest

from smartclient.publisher.__main__ import main

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def folders(tmp_path: Path, certificates: Path) -> tuple[str, str, str]:
    """Keys, output, and the authority's certificate."""
    authority = certificates / "authority.pem"
    return str(tmp_path / "keys"), str(tmp_path / "out"), str(authority)


def _sign(folders: tuple[str, str, str], *more: str) -> int:
    keys, out, authority = folders
    arguments = ["sign", "--catalogue", str(ROOT / "catalogue"), "--authority", authority]
    return main([*arguments, "--keys", keys, "--out", out, *more])


def test_that_the_catalogue_is_signed_after_the_ceremony(
    folders: tuple[str, str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", folders[0], "--practice"]) == 0
    capsys.readouterr()
    assert _sign(folders, "--practice") == 0
    done = json.loads(capsys.readouterr().out)
    assert done["set"].startswith("2026-11-")
    assert done["signed"] == dict.fromkeys(("targets", "app", "forms", "calc", "signer"), 1)
    assert _sign(folders, "--practice") == 0
    assert json.loads(capsys.readouterr().out)["signed"] == {}


def test_that_every_offline_key_asks_for_its_own_passphrase(
    folders: tuple[str, str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked: list[str] = []

    def typed(prompt: str) -> str:
        asked.append(prompt)
        return "a passphrase"

    monkeypatch.setattr("getpass.getpass", typed)
    assert main(["init", folders[0]]) == 0
    offline = sorted((Path(folders[0]) / "offline").iterdir())
    assert all(b"ENCRYPTED" in path.read_bytes() for path in offline)
    for path in offline:
        assert any(path.stem in prompt for prompt in asked)
    monkeypatch.setattr("getpass.getpass", lambda _prompt: "another")
    assert _sign(folders) == 2
    assert capsys.readouterr().err.startswith("SC-CAT-052: ")


def test_that_a_passphrase_that_nobody_can_type_is_a_refusal(
    folders: tuple[str, str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def ended(_prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("getpass.getpass", ended)
    assert main(["init", folders[0]]) == 2
    assert capsys.readouterr().err.startswith("SC-CAT-065: ")
    assert not list((Path(folders[0]) / "offline").glob("*"))


def test_that_a_second_ceremony_in_the_same_folder_is_refused(
    folders: tuple[str, str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", folders[0], "--practice"]) == 0
    assert main(["init", folders[0], "--practice"]) == 2
    assert capsys.readouterr().err.startswith("SC-CAT-050: ")


def test_that_a_key_is_rotated_by_its_name(
    folders: tuple[str, str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    main(["init", folders[0], "--practice"])
    _sign(folders, "--practice")
    capsys.readouterr()
    keys, out, _authority = folders
    assert main(["rotate", "timestamp", "--keys", keys, "--out", out, "--practice"]) == 0
    assert json.loads(capsys.readouterr().out) == {"keys": ["timestamp"], "signed": {"root": 2}}


def test_that_practice_is_refused_in_production(
    folders: tuple[str, str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SMARTCLIENT_MODE", "production")
    assert main(["init", folders[0], "--practice"]) == 2
    assert capsys.readouterr().err.startswith("SC-ACT-090: ")
    assert not Path(folders[0]).exists()


def test_that_published_content_is_replaced_in_practice_only(
    folders: tuple[str, str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["init", folders[0], "--practice"])
    monkeypatch.setattr("getpass.getpass", lambda _prompt: "a passphrase")
    assert _sign(folders, "--replace") == 2
    assert capsys.readouterr().err.startswith("SC-CAT-059: ")


def test_that_a_medium_that_cannot_be_written_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "medium").write_text("not a folder")
    assert main(["init", str(tmp_path / "medium"), "--practice"]) == 2
    assert capsys.readouterr().err.startswith("SC-CAT-064: ")


def test_that_a_command_that_is_not_understood_is_a_refusal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["sign", "--keys", "keys"]) == 2
    assert capsys.readouterr().err.startswith("SC-CMD-001: ")
