"""`smartclient expression`: a value, or the refusal."""

import json
from pathlib import Path

import pytest

from smartclient.cli import main

VALUES = """{
  "a": 2, "b": 0.1, "nothing": null, "big": 12345678901234567890.123456789,
  "born": "1984-02-29", "word": "Žlutý", "likes": ["red"],
  "group": {"field": 7, "rows": [{"x": 1, "y": 2.5}, {"x": 3}], "none": []}
}"""


def run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], expression: str, values: str = VALUES
) -> tuple[int, str, str]:
    source = tmp_path / "values.json"
    source.write_text(values, encoding="utf-8")
    code = main(["expression", expression, "--values", str(source)])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("a + b", "2.1"),
        ("0.1 + 0.2", "0.3"),
        ("a * group.field", 14),
        ("big + 0", "12345678901234567890.123456789"),
        ("nothing + 1", None),
        ("a / 0", None),
        ("years_between(born, date('2026-11-21'))", 42),
        ("born", "1984-02-29"),
        ("likes", ["red"]),
        ("word == 'Žlutý' and a in (1, 2)", True),
        ("sum(group.rows, x * a)", 8),
        ("sum(group.rows.y)", "2.5"),
        ("count(group.rows)", 2),
        ("count(group.none)", 0),
    ],
)
def test_that_the_value_is_printed_exactly(
    expression: str, value: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(tmp_path, capsys, expression)
    assert (code, err) == (0, "")
    assert json.loads(out) == {"value": value}


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("a ** 99", "SC-FORM-105"),
        ("__import__('os').system('true')", "SC-FORM-105"),
        ("open('x')", "SC-FORM-106"),
        ("zz", "SC-FORM-108"),
        ("group", "SC-FORM-108"),
        ("group.rows", "SC-FORM-110"),
        ("word * 9999999", "SC-FORM-111"),
        ("a.__class__", "SC-FORM-114"),
    ],
)
def test_that_a_refusal_is_named_on_stderr(
    expression: str, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exit_code, out, err = run(tmp_path, capsys, expression)
    assert (exit_code, out) == (2, "")
    assert err.startswith(f"{code}: ")


@pytest.mark.parametrize("values", ["[1]", "{", '{"a": NaN}'])
def test_that_values_must_be_a_json_object(
    values: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, capsys, "1", values)[0] == 2


def test_that_an_expression_without_answers_needs_no_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["expression", "7 / 2"]) == 0
    assert json.loads(capsys.readouterr().out) == {"value": "3.5"}
