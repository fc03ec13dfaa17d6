"""`smartclient trace check`."""

import json
from pathlib import Path

import pytest

from smartclient.cli import main
from tests.unit.ink.pens import TRACES


def test_that_good_signatures_are_listed_as_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(TRACES / name) for name in ("petr.csv", "jana.csv")]
    assert main(["trace", "check", *files]) == 0
    judged = json.loads(capsys.readouterr().out)
    assert [line["file"] for line in judged] == files
    assert all(line["accepted"] for line in judged)
    assert list(judged[0]) == ["file", "accepted", "limit", "width_mm", "points", "seconds"]


def test_that_one_refused_trace_is_a_negative_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(TRACES / name) for name in ("petr.csv", "dot.csv")]
    assert main(["trace", "check", *files]) == 1
    judged = json.loads(capsys.readouterr().out)
    assert [line["limit"] for line in judged] == [None, "width"]


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"t_ms,x\n", "SC-SIGN-020"), (b"\xff\xfe\x00", "SC-CMD-005"), (None, "SC-CMD-002")],
)
def test_that_a_file_that_is_no_trace_is_bad_input(
    content: bytes | None, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "pen.csv"
    if content is not None:
        file.write_bytes(content)
    assert main(["trace", "check", str(file)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(code)
    assert "pen.csv" in printed.err
