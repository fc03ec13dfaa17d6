"""Every fault of a tariff folder is named by file, field and rule."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from smartclient.domain.errors import BadInput
from smartclient.premium import Tariff
from tests.unit.premium.flexi import files, flexi

Fields = dict[str, Any]


def faulty(change: Callable[[Fields], object]) -> BadInput:
    fields: Fields = json.loads(files()["tariff.json"])
    change(fields)
    with pytest.raises(BadInput) as refusal:
        Tariff.from_files({**files(), "tariff.json": json.dumps(fields).encode()})
    assert refusal.value.code == "SC-PREM-001"
    return refusal.value


def faulty_table(name: str, text: str) -> BadInput:
    with pytest.raises(BadInput) as refusal:
        Tariff.from_files({**files(), name: text.encode()})
    assert refusal.value.values["file"] == name
    return refusal.value


def test_that_the_flexi_tariff_has_the_covers_of_the_offer() -> None:
    tariff = flexi()
    assert (tariff.id, tariff.version, tariff.label) == ("flexi", 1, "2026-11")
    assert {"DTH", "DTHF", "ADTH", "INV3", "TNU", "DNL", "HOSP", "CI"} <= tariff.covers.keys()
    assert list(tariff.frequencies) == [1, 2, 4, 12]


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        (lambda f: f.pop("interest"), "interest", "missing"),
        (lambda f: f.update(interest=0.0125), "interest", "written as a text"),
        (lambda f: f.update(interest="1.5"), "interest", "from 0 to 1"),
        (lambda f: f.update(interest="NaN"), "interest", "from 0 to 1"),
        (lambda f: f.update(version=True), "version", "whole number"),
        (lambda f: f.update(valid_from="1. 11. 2026"), "valid_from", "2026-11-01"),
        (lambda f: f.update(age_rule="guess"), "age_rule", "completed, calendar, nearest"),
        (lambda f: f.update(monthly_feee="35"), "monthly_feee", "not known"),
        (lambda f: f.update(covers={}), "covers", "empty"),
        (lambda f: f.update(tables=[]), "tables", "object"),
        (lambda f: f["frequencies"].update({"3": {}}), "frequencies", "1, 2, 4 and 12"),
        (lambda f: f["loadings"]["standard"].pop("beta"), "loadings.standard.beta", "missing"),
        (lambda f: f["loadings"]["standard"].update(delta="1"), "loadings.standard.delta", "known"),
        (lambda f: f["covers"]["DTH"].update(method="MAGIC"), "covers.DTH.method", "LEVEL, RATE"),
        (lambda f: f["covers"]["DTH"].update(decrement="x"), "covers.DTH.decrement", "one of"),
        (lambda f: f["covers"]["DNL"].update(usual_variant="x"), "covers.DNL.usual_variant", "one"),
        (lambda f: f["covers"]["DNL"].update(survival=True), "covers.DNL.survival", "not known"),
        (
            lambda f: f["covers"]["DNL"]["class_factors"].update({"5": "2"}),
            "covers.DNL.class_factors",
            "1 to 4",
        ),
        (
            lambda f: f["covers"]["DTH"].update(entry_age_to=5),
            "covers.DTH.entry_age_to",
            "from 18 to 120",
        ),
        (
            lambda f: f["covers"]["DTHF"]["variants"]["annuity"].update(shape_interest="0"),
            "covers.DTHF.variants.annuity.shape_interest",
            "0.0001",
        ),
    ],
)
def test_that_a_fault_of_the_main_file_is_named(
    change: Callable[[Fields], object], field: str, rule: str
) -> None:
    fault = faulty(change)
    assert fault.values["file"] == "tariff.json"
    assert fault.values["field"] == field
    assert rule in fault.values["rule"]


@pytest.mark.parametrize(
    ("name", "text", "field", "rule"),
    [
        ("death.csv", "age,q\n", "-", "at least one line"),
        ("death.csv", "age,w\n0,0.1\n", "q", "column is missing"),
        ("death.csv", "age,q\n0,0.1\n2,0.1\n", "3:age", "without gaps"),
        ("death.csv", "age,q\n0,1.1\n", "2:q", "from 0 to 1"),
        ("death.csv", "age,q\n0,1e-3\n", "2:q", "from 0 to 1"),
        ("death.csv", "age,q\nx,0.1\n", "2:age", "an age"),
        ("death.csv", "age,q\n1\n", "2:-", "every column"),
        ("daily_benefit.csv", "variant,age_from,age_to,rate\na,9,8,1\n", "2:age_from", "overlap"),
        (
            "daily_benefit.csv",
            "variant,age_from,age_to,rate\na,0,8,1\na,8,9,1\n",
            "3:age_from",
            "overlap",
        ),
        ("daily_benefit.csv", "variant,age_from,age_to,rate\na,0,8,-1\n", "2:rate", "negative"),
    ],
)
def test_that_a_fault_of_a_table_is_named_by_line_and_column(
    name: str, text: str, field: str, rule: str
) -> None:
    fault = faulty_table(name, text)
    assert fault.values["field"] == field
    assert rule in fault.values["rule"]


def test_that_a_missing_table_is_named() -> None:
    without = {name: content for name, content in files().items() if name != "death.csv"}
    with pytest.raises(BadInput) as refusal:
        Tariff.from_files(without)
    assert refusal.value.values["file"] == "death.csv"


def test_that_a_table_in_another_encoding_is_named() -> None:
    with pytest.raises(BadInput) as refusal:
        Tariff.from_files({**files(), "death.csv": "vek,úmrtnost".encode("cp1250")})
    assert "UTF-8" in refusal.value.values["rule"]


@pytest.mark.parametrize("content", [b"{", b"[1]", b'"x"', b"[" * 100_000])
def test_that_a_main_file_that_is_no_object_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput) as refusal:
        Tariff.from_files({**files(), "tariff.json": content})
    assert refusal.value.values["file"] == "tariff.json"
