"""`smartclient identifier`."""

import json

import pytest

from smartclient.cli import main


@pytest.mark.parametrize(
    ("arguments", "code", "verdict"),
    [
        (["cz_rc", "710319/2745"], 0, "ok"),
        (["pl_pesel", "44051401358"], 0, "warning"),
        (["cz_ico", "25123890"], 1, "error"),
        (["postcode", "00950", "--country", "pl"], 0, "ok"),
    ],
)
def test_that_the_verdict_decides_the_exit_code(
    arguments: list[str], code: int, verdict: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["identifier", *arguments]) == code
    printed = json.loads(capsys.readouterr().out)
    assert printed["verdict"] == verdict
    assert list(printed) == ["verdict", "normalised", "message", "birth_date", "sex"]


def test_that_birth_date_and_sex_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    main(["identifier", "cz_rc", "8456121234"])
    printed = json.loads(capsys.readouterr().out)
    assert (printed["birth_date"], printed["sex"]) == ("1984-06-12", "F")


def test_that_an_unknown_kind_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["identifier", "shoe_size", "43"]) == 2
    assert capsys.readouterr().err.startswith("SC-CMD-001")
