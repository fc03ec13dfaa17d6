"""The commands of the archive, of the periods and of the help desk, on a home of their own."""

import json
import logging
from collections.abc import Callable, Iterator
from gettext import NullTranslations
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from certs.practice import make
from smartclient.backoffice.commands.program import main
from smartclient.backoffice.home import HAND_IN_KEY, Home
from smartclient.domain.ids import InstallId
from smartclient.domain.language import speak
from smartclient.domain.mode import VARIABLE, Mode
from smartclient.domain.retention import PERIODS
from smartclient.wire import handed_in
from smartclient.wire.messages import JsonObject
from tests.simulators.time_and_ids import SetClock

Run = Callable[..., JsonObject]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home as `init` makes it."""
    folder: Path = tmp_path_factory.mktemp("office")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, "practice")
        make(folder / "certificates", mode=Mode.PRACTICE, clock=SetClock())
        handlers = logging.getLogger().handlers[:]
        asked = ["--home", str(folder), "init", "--certificates", str(folder / "certificates")]
        assert main(asked) == 0
        logging.getLogger().handlers[:] = handlers
        logging.getLogger("smartclient").setLevel(logging.NOTSET)
    return Home(folder)


@pytest.fixture(autouse=True)
def _practice(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(VARIABLE, "practice")
    monkeypatch.setenv("SMARTCLIENT_LANGUAGE", "en")
    before = logging.getLogger().handlers[:]
    yield
    logging.getLogger().handlers[:] = before
    logging.getLogger("smartclient").setLevel(logging.NOTSET)
    speak(NullTranslations())


@pytest.fixture
def run(home: Home, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command of the home, expects its exit code, gives its JSON or its refusal."""

    def running(*arguments: object, code: int = 0) -> JsonObject:
        assert main(["--home", str(home.folder), *map(str, arguments)]) == code
        captured = capsys.readouterr()
        if code == 2:
            return {"refusal": captured.err.strip().splitlines()[-1].partition(":")[0]}
        found: JsonObject = json.loads(captured.out.splitlines()[-1])
        return found

    return running


def test_that_the_periods_are_printed_as_the_worker_uses_them(run: Run) -> None:
    said = run("retention", "show")
    rows = said["periods"]
    assert isinstance(rows, list)
    assert [row["what"] for row in rows if isinstance(row, dict)] == [each.name for each in PERIODS]
    kept = {row["what"]: row["kept"] for row in rows if isinstance(row, dict)}
    assert kept["tokens"] == "1 hour"
    assert kept["archive: handed over or signed"] == "10 years"
    assert kept["synchronisations"] == "1000"  # the laptop's comes last
    assert said["warned_days_before"] == 14
    done = run("retention", "run")
    assert (done["announced"], done["archived"], done["held_back"]) == (0, 0, 0)


def test_that_an_empty_archive_is_listed_and_opens_nothing(run: Run) -> None:
    assert run("archive", "list", "--number", "7200000001", "--most", "5") == {"documents": []}
    asked = ("archive", "show", "7200000001", "--reason", "a client asked")
    assert run(*asked, code=2) == {"refusal": "SC-HELP-001"}
    assert run("archive", "show", "x", "--reason", " ", code=2) == {"refusal": "SC-HELP-002"}


def test_that_the_help_desk_is_told_what_does_not_exist(run: Run) -> None:
    nobody = "00000000-0000-4000-8000-999999999999"
    assert run("helpdesk", "find", "Nobody", code=1) == {"installs": []}
    for asked, code in (
        (("sync", "7K3F-9QXM"), "SC-HELP-004"),
        (("install", nobody), "SC-HELP-003"),
        (("install", "not an id"), "SC-SYNC-010"),
        (("revoke", nobody, "--reason", "stolen"), "SC-HELP-003"),
        (("reactivate", nobody, "--reason", "found"), "SC-HELP-003"),
        (("join", nobody, "--person", nobody, "--reason", "proven"), "SC-SERV-077"),
        (("adopt", nobody, "--scope", nobody, "--reason", "restored"), "SC-SERV-078"),
        (("adopt", nobody, "--scope", "office:brno", "--reason", "restored"), "SC-SYNC-010"),
        (("revoke", nobody, "--reason", ""), "SC-HELP-002"),
    ):
        assert run("helpdesk", *asked, code=2) == {"refusal": code}


def test_that_only_a_package_of_an_install_of_ours_is_taken_in(
    run: Run, home: Home, tmp_path: Path
) -> None:
    stranger, path = ec.generate_private_key(ec.SECP256R1()), tmp_path / "x.schandin"
    content = handed_in.sealed(
        InstallId("00000000-0000-4000-8000-999999999999"),
        SetClock().now(),
        "0.1.0",
        (),
        {},
        lambda message: stranger.sign(message, ec.ECDSA(SHA256())),
        bytes.fromhex(home.hand_in_public()),
    )
    why = ("--reason", "the laptop was revoked")
    for given, code in ((content, "SC-HELP-003"), (content[:-3], "SC-HELP-007")):
        path.write_bytes(given)
        assert run("helpdesk", "take-in", path, *why, code=2) == {"refusal": code}
    assert run("helpdesk", "take-in", tmp_path / "no", *why, code=2) == {"refusal": "SC-CMD-002"}
    assert (home.keys / HAND_IN_KEY).stat().st_mode & 0o077 == 0
