"""`smartclient premium` on the real tariff folder."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from smartclient.cli import main
from tests.unit.premium.flexi import FOLDER

LINES = [
    {"id": "a", "cover": "DTH", "age": 35, "term": 25, "amount": "2000000"},
    {"cover": "DTHF", "age": 35, "term": 20, "amount": 1500000, "loading_percent": 25.0},
    {"cover": "ADTH", "age": 35, "term": 25, "amount": "1000000", "occupation_class": 2},
    {"cover": "DNL", "age": 35, "term": 25, "amount": "300", "occupation_class": 2},
]


def run(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(["premium", "--tariff", str(FOLDER), *arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_that_a_contract_is_priced_to_the_unit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "contract.json"
    source.write_text(json.dumps({"frequency": 12, "lines": LINES}))
    code, out, _err = run(["--input", str(source)], capsys)
    priced = json.loads(out)
    assert code == 0
    assert [line["instalment"] for line in priced["lines"]] == ["672", "247", "119", "213"]
    assert [line["id"] for line in priced["lines"]] == ["a", "2", "3", "4"]
    assert priced["lines"][0]["gross"].startswith("7674.942910461529")
    assert [priced[name] for name in ("total", "discount", "fee", "payable")] == [
        "1251",
        "63",
        "35",
        "1223",
    ]


def test_that_a_contract_below_the_least_premium_is_a_negative_verdict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "contract.json"
    line = {"cover": "HOSP", "age": 35, "term": 5, "amount": "100"}
    source.write_text(json.dumps({"frequency": 12, "lines": [line]}))
    code, out, _err = run(["--input", str(source)], capsys)
    assert code == 1
    assert json.loads(out)["below_minimum"] is True


def test_that_a_refused_line_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "contract.json"
    source.write_text(json.dumps({"frequency": 12, "lines": [LINES[0] | {"age": 5}]}))
    code, out, err = run(["--input", str(source)], capsys)
    assert (code, out) == (2, "")
    assert err.startswith("SC-PREM-012: Line a, cover DTH: This cover can be agreed")


@pytest.mark.parametrize(
    ("line", "gross"),
    [
        (
            {"method": "LEVEL", "table": "death", "loadings": "standard", "age": 35, "term": 25}
            | {"amount": "2000000"},
            "7674.942910461529",
        ),
        (
            {"method": "LEVEL", "table": "death", "shape": "linear", "age": 35, "term": 20}
            | {"amount": 1500000},
            "2253.894516674348",
        ),
        (
            {"method": "RATE", "rate": "1.05", "unit": 1000, "class_factor": 1.3}
            | {"amount": 1000000},
            "1365.0",
        ),
    ],
)
def test_that_one_line_is_priced_on_tables_and_loadings_of_the_folder(
    line: dict[str, object], gross: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _err = run(["--line", json.dumps(line)], capsys)
    assert code == 0
    assert json.loads(out)["gross"].startswith(gross)


def test_that_a_natural_line_is_a_month_s_deduction(capsys: pytest.CaptureFixture[str]) -> None:
    line = {"method": "NATURAL", "table": "death", "age": 40, "amount": 1200, "value": "200.0"}
    code, out, _err = run(["--line", json.dumps(line)], capsys)
    assert code == 0
    monthly = Decimal(json.loads(out)["monthly_charge"])
    assert monthly == 1000 * Decimal("0.001509") / 12


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"method":"GUESS"}', "SC-PREM-002"),
        ('{"method":"LEVEL","table":"nothing","age":1,"term":1,"amount":1}', "SC-PREM-002"),
        ('{"method":"LEVEL","table":"death","age":1,"term":1,"amount":1,"x":1}', "field x"),
        ('{"method":"LEVEL","table":"death","age":100,"term":20,"amount":1}', "SC-PREM-018"),
        ('{"method":', "SC-CMD-003"),
    ],
)
def test_that_a_line_with_a_fault_is_refused(
    line: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(["--line", line], capsys)
    assert (code, out) == (2, "")
    assert expected in err
