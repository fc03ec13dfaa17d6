"""The commands of the archive, of the periods and of the help desk, on a home of their own."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from smartclient.backoffice.home import HAND_IN_KEY, Home
from smartclient.domain.ids import InstallId
from smartclient.domain.retention import PERIODS
from smartclient.wire import handed_in
from tests.simulators.operator_commands import OperatorCommands, refusal_of
from tests.simulators.time_and_ids import SetClock


@pytest.fixture
def run(run: OperatorCommands, certificates: Path) -> OperatorCommands:
    """The operator of a home as `init` makes it."""
    run("init", "--certificates", certificates)
    return run


@pytest.fixture
def home(run: OperatorCommands) -> Home:
    """That home."""
    return Home(run.home)


def test_that_the_periods_are_printed_as_the_worker_uses_them(run: OperatorCommands) -> None:
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


def test_that_an_empty_archive_is_listed_and_opens_nothing(run: OperatorCommands) -> None:
    assert run("archive", "list", "--number", "7200000001", "--most", "5") == {"documents": []}
    asked = ("archive", "show", "7200000001", "--reason", "a client asked")
    assert refusal_of(run(*asked, code=2)) == "SC-HELP-001"
    assert refusal_of(run("archive", "show", "x", "--reason", " ", code=2)) == "SC-HELP-002"


def test_that_the_help_desk_is_told_what_does_not_exist(run: OperatorCommands) -> None:
    nobody = "00000000-0000-4000-8000-999999999999"
    assert run("helpdesk", "find", "Nobody", code=1) == {"installs": []}
    assert run("helpdesk", "client", nobody, code=1) == {"clients": []}
    for asked, code in (
        (("sync", "7K3F-9QXM"), "SC-HELP-004"),
        (("install", nobody), "SC-HELP-003"),
        (("install", "not an id"), "SC-CMD-009"),
        (("revoke", nobody, "--reason", "stolen"), "SC-HELP-003"),
        (("reactivate", nobody, "--reason", "found"), "SC-HELP-003"),
        (("join", nobody, "--person", nobody, "--reason", "proven"), "SC-SERV-077"),
        (("adopt", nobody, "--scope", nobody, "--reason", "restored"), "SC-SERV-078"),
        (("adopt", nobody, "--scope", "office:brno", "--reason", "restored"), "SC-CMD-009"),
        (("revoke", nobody, "--reason", ""), "SC-HELP-002"),
    ):
        assert refusal_of(run("helpdesk", *asked, code=2)) == code


def test_that_only_a_package_of_an_install_of_ours_is_taken_in(
    run: OperatorCommands, home: Home, tmp_path: Path
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
        assert refusal_of(run("helpdesk", "take-in", path, *why, code=2)) == code
    assert refusal_of(run("helpdesk", "take-in", tmp_path / "no", *why, code=2)) == "SC-CMD-002"
    assert (home.keys / HAND_IN_KEY).stat().st_mode & 0o077 == 0
