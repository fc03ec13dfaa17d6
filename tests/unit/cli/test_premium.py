"""`smartclient premium` on the real tariff folders."""

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


SECOND = FOLDER.parent / "2"


def run(
    arguments: list[str], capsys: pytest.CaptureFixture[str], tariff: Path = FOLDER
) -> tuple[int, str, str]:
    code = main(["premium", "--tariff", str(tariff), *arguments])
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


def test_that_a_line_brings_its_own_table_loadings_and_interest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Two years by hand: v = 0.8, p = 1, 0.5; ä = 1.4, A = 0.5·0.8 + 0.5·1·0.64, E = 0."""
    line = {
        "method": "LEVEL",
        "table": {"first_age": 40, "rates": ["0.5", "1"]},
        "loadings": {"alpha": "0.1", "beta": "0", "gamma1": "0", "gamma2": "0"},
        "interest": "0.25",
        "age": 40,
        "term": 2,
        "amount": "1000",
    }
    code, out, _err = run(["--line", json.dumps(line)], capsys)
    found = json.loads(out)
    assert code == 0
    assert [Decimal(found[name]) for name in ("annuity", "assurance", "endowment")] == [
        Decimal("1.4"),
        Decimal("0.72"),
        0,
    ]
    assert Decimal(found["gross"]) == 600  # 1000 · 0.72 / (1.4 - 0.1·2)


def test_that_a_line_may_be_a_cover_of_the_tariff(capsys: pytest.CaptureFixture[str]) -> None:
    line = {"cover": "WOP", "age": 35, "term": 25, "amount": "14676", "frequency": 12}
    code, out, _err = run(["--line", json.dumps(line)], capsys, SECOND)
    assert code == 0
    assert json.loads(out)["instalment"] == "32"


def test_that_a_cover_outside_its_limits_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    line = {"cover": "PN", "age": 35, "term": 25, "amount": "2000", "income": "30000"}
    code, out, err = run(["--line", json.dumps(line)], capsys, SECOND)
    assert (code, out) == (2, "")
    assert err.startswith("SC-PREM-021: With the stated net income")
    assert err.rstrip().endswith("check the income.")


PROJECTION = {"start_age": 35, "months": 30, "regular": "1000", "single": "50000"}


def test_that_a_projection_is_printed_year_by_year(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "projection.json"
    charge = {"cover": "DTHN", "age": 35, "sum_insured": "500000", "loading": "0.25"}
    source.write_text(json.dumps(PROJECTION | {"frequency": 4, "charges": [charge]}))
    code, out, _err = run(["--projection", str(source)], capsys, SECOND)
    found = json.loads(out)
    assert code == 0
    assert found["tariff"] == {"id": "flexi", "version": 2, "label": "2026-11b"}
    assert [(each["name"], each["rate"]) for each in found["scenarios"]] == [
        ("low", "0"),
        ("middle", "0.025"),
        ("high", "0.05"),
    ]
    before = Decimal(0)
    for year in found["scenarios"][1]["years"]:
        amounts = {name: Decimal(value) for name, value in year.items()}
        before += amounts["paid"] - amounts["costs"] - amounts["fees"] - amounts["charges"]
        before += amounts["gain"]
        assert before == amounts["value"]
    assert found["scenarios"][1]["years"][-1]["paid_in_all"] == "60000.00"


def test_that_a_contract_may_ask_for_its_projection(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [*LINES, {"cover": "INVEST", "age": 35, "term": 25, "amount": "1000"}]
    source = tmp_path / "contract.json"
    contract = {"frequency": 12, "payment_way": "postal", "lines": lines, "projection": PROJECTION}
    source.write_text(json.dumps(contract))
    code, out, _err = run(["--input", str(source)], capsys, SECOND)
    found = json.loads(out)
    assert code == 0
    assert (found["payable"], found["collection"]) == ("2233", "10")
    assert len(found["projection"]["scenarios"][0]["years"]) == 3


@pytest.mark.parametrize(
    ("change", "tariff", "expected"),
    [
        ({"months": 0}, SECOND, "SC-PREM-002"),
        ({"regular": "-1"}, SECOND, "SC-PREM-002"),
        ({"yield": "0.09"}, SECOND, "field yield"),
        ({"frequency": 3}, SECOND, "SC-PREM-016"),
        (
            {"charges": [{"cover": "DTH", "age": 35, "sum_insured": "1"}]},
            SECOND,
            "SC-PREM-027",
        ),
        ({}, FOLDER, "SC-PREM-024"),
    ],
)
def test_that_a_projection_with_a_fault_is_refused(
    change: dict[str, object],
    tariff: Path,
    expected: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    source = tmp_path / "projection.json"
    source.write_text(json.dumps(PROJECTION | change))
    code, out, err = run(["--projection", str(source)], capsys, tariff)
    assert (code, out) == (2, "")
    assert expected in err


def test_that_what_changed_since_an_earlier_contract_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, now = tmp_path / "before.json", tmp_path / "now.json"
    before.write_text(json.dumps({"frequency": 12, "lines": LINES[:1]}))
    raised = LINES[0] | {"amount": "3000000"}
    now.write_text(json.dumps({"frequency": 12, "lines": [raised, LINES[2]]}))
    code, out, _err = run(["--input", str(now), "--before", str(before)], capsys, SECOND)
    found = json.loads(out)
    assert code == 0
    assert [(each["causes"], each["cover"]) for each in found["changes"]] == [
        (["amount"], "DTH"),
        (["added"], "ADTH"),
        (["discount"], None),
    ]
    assert sum(int(each["difference"]) for each in found["changes"]) == int(found["payable"]) - 673


@pytest.mark.parametrize(
    "asked",
    [[], ["--line", "{}", "--input", "x.json"], ["--line", "{}", "--before", "x.json"]],
)
def test_that_exactly_one_thing_is_asked_for(
    asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(asked, capsys)
    assert (code, out) == (2, "")
    assert err.startswith("SC-CMD-001")
