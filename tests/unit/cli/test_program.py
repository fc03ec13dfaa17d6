"""How the commands are found and how their refusals reach a person."""

import pytest

from smartclient.cli import main


def test_that_an_unknown_command_is_refused_with_its_code_and_the_way_to_call_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["identifier"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("SC-CMD-001: The command was not understood")
    assert "usage: smartclient identifier" in printed.err
