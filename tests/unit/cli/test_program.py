"""How the commands are found and how their refusals reach a person."""

from collections.abc import Iterator
from gettext import NullTranslations

import pytest

from smartclient.cli import main, program
from smartclient.domain.language import speak


def test_that_an_unknown_command_is_refused_with_its_code_and_the_way_to_call_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["identifier"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("SC-CMD-001: The command was not understood")
    assert "usage: smartclient identifier" in printed.err


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    speak(NullTranslations())


def test_that_the_commands_are_listed_with_what_each_does(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    listed = capsys.readouterr().out
    assert all(name in listed for name in program.COMMANDS)


def test_that_a_fault_of_the_program_is_no_verdict_and_tells_no_data(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("Eva Černá 7103192745")

    monkeypatch.setattr("smartclient.cli.identifier.check", broken)
    assert main(["identifier", "cz_rc", "7103192745"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "SC-CMD-007" in printed.err
    assert "RuntimeError" in printed.err
    assert "7103192745" not in printed.err


@pytest.mark.parametrize("language", ["xx_YY.UTF-8", "C", "", "en_GB.UTF-8"])
def test_that_a_language_nobody_translated_falls_back_to_english(
    language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SMARTCLIENT_LANGUAGE", language)
    monkeypatch.setenv("LC_ALL", language)
    assert main(["identifier", "cz_rc", "1"]) == 1
    assert "A birth number has" in capsys.readouterr().out
