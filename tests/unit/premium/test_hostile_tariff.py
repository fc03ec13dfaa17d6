"""A tariff that was made to harm is refused like one with a mistake: by file, field and rule."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartclient.domain.errors import BadInput
from smartclient.domain.sentences import text_for
from smartclient.premium import Tariff
from tests.unit.premium.flexi import files

Fields = dict[str, Any]
MAIN = "tariff.json"


def refused(changed: dict[str, bytes]) -> BadInput:
    with pytest.raises(BadInput) as refusal:
        Tariff.from_files({**files(2), **changed})
    assert refusal.value.code == "SC-PREM-001"
    assert refusal.value.values["file"] in {MAIN, *changed}
    assert len(text_for(refusal.value)) < 1_500
    return refusal.value


def outcome(changed: dict[str, bytes]) -> BadInput | None:
    """How a tariff was refused; None for one that was read."""
    try:
        Tariff.from_files({**files(2), **changed})
    except BadInput as refusal:
        return refusal
    return None


def faulty(change: Callable[[Fields], object]) -> BadInput:
    fields: Fields = json.loads(files(2)[MAIN])
    change(fields)
    return refused({MAIN: json.dumps(fields).encode()})


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        (
            lambda f: f["covers"]["DTH"].update(end_age=70),
            "covers.DTH.end_age",
            "from 71",
        ),
        (
            lambda f: f["covers"]["CI"].update(end_age=80),
            "covers.CI.variants.basic.benefit",
            "must reach from the age of 18 to the age of 79",
        ),
        (
            lambda f: f["covers"]["PN"].update(entry_age_from=15),
            "covers.PN.rates",
            "no price at the age of 15",
        ),
        (
            lambda f: f["covers"]["DTHN"].update(end_age=120),
            "covers.DTHN.table",
            "must reach",
        ),
        (
            lambda f: f["covers"]["WOP"]["variants"]["premium"].update(payments=12),
            "covers.WOP.amount_is",
            "once a year",
        ),
        (
            lambda f: f["covers"]["PN"]["income"].update(months="1"),
            "covers.PN.income.months",
            "Either months or days",
        ),
        (lambda f: f.update(valid_to="2026-11-14"), "valid_to", "before valid_from"),
        (lambda f: f.pop("investment"), "investment", "need its parameters"),
        (
            lambda f: f["investment"]["allocation"].reverse(),
            "investment.allocation",
            "The last entry",
        ),
        (
            lambda f: f["investment"]["allocation"][0].update(fraction="0.90"),
            "investment.allocation",
            "no less may be invested",
        ),
        (
            lambda f: f["investment"]["surrender_fee"][1].update(to_year=2),
            "investment.surrender_fee",
            "The years must rise",
        ),
        (
            lambda f: f["investment"]["single_fee"][1].update(up_to="2000000"),
            "investment.single_fee",
            "bounds must rise",
        ),
        (
            lambda f: f["investment"]["scenarios"][2].update(rate="0.01"),
            "investment.scenarios",
            "rates rise",
        ),
        (
            lambda f: f["investment"]["scenarios"][2].update(rate="-0.9"),
            "investment.scenarios.2.rate",
            "from -0.5",
        ),
        (lambda f: f.update(label="two\nlines"), "label", "one line"),
        (lambda f: f.update(label="x" * 201), "label", "200 characters"),
        (
            lambda f: f["tables"].update({"a.b": f["tables"]["death"]}),
            "tables.a.b",
            "letters, digits",
        ),
        (
            lambda f: f["tables"].update({f"t{n}": f["tables"]["death"] for n in range(600)}),
            "tables",
            "at most 500",
        ),
        (
            lambda f: f["covers"]["INV1"].update(excluded_classes=[4] * 501),
            "covers.INV1.excluded_classes",
            "at most 500",
        ),
    ],
)
def test_that_a_fault_between_fields_is_named(
    change: Callable[[Fields], object], field: str, rule: str
) -> None:
    fault = faulty(change)
    assert fault.values["field"] == field
    assert rule in fault.values["rule"]


def test_that_a_table_outside_the_folder_is_not_read() -> None:
    fields: Fields = json.loads(files(2)[MAIN])
    fields["tables"]["death"]["file"] = "../../../etc/passwd"
    with pytest.raises(BadInput) as refusal:
        Tariff.from_files({**files(2), MAIN: json.dumps(fields).encode()})
    assert "folder of the tariff" in refusal.value.values["rule"]


def test_that_a_field_given_twice_is_refused_because_readers_differ_about_it() -> None:
    text = files(2)[MAIN].replace(
        b'"monthly_fee": "35"', b'"monthly_fee": "35", "monthly_fee": "0"'
    )
    fault = refused({MAIN: text})
    assert fault.values["field"] == "monthly_fee"
    assert "twice" in fault.values["rule"]


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        (MAIN, b" " * 1_000_001, "too large"),
        ("death.csv", b"age,q\n" + b"1,0.1\n" * 200_000, "too large"),
        ("death.csv", b"age,q\n" + b"0,0.1\n" * 5_001, "at most 5000"),
        ("death.csv", b"age,q,q\n0,0.1,0.9\n", "twice"),
        ("death.csv", b'age,q\n0,"' + b"1" * 200_000 + b'"\n', "commas"),
        ("death.csv", b"age,q\n0,0." + b"1" * 200_000 + b"\n", "commas"),
        ("death.csv", "age,q\n0,٠.١\n".encode(), "from 0 to 1"),
        ("death.csv", "age,q\n٠,0.1\n".encode(), "an age"),
        ("death.csv", b"age,q\n0,0.1\x00\n", "from 0 to 1"),
        ("death.csv", b"age,q\n0,NaN\n", "from 0 to 1"),
        ("death.csv", b"", "column is missing"),
    ],
)
def test_that_a_hostile_file_is_refused(name: str, content: bytes, rule: str) -> None:
    assert rule in refused({name: content}).values["rule"]


@pytest.mark.parametrize(
    "content",
    [
        b'{"schema": ' + b"9" * 10_000 + b"}",
        b'{"schema": NaN}',
        b'{"schema": 1e999}',
        b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
        b"\xff\xfe{\x00}\x00",
        b'{"\\ud800": 1}',
    ],
)
def test_that_strange_json_is_refused(content: bytes) -> None:
    assert refused({MAIN: content}).values["file"] == MAIN


def test_that_a_name_with_control_characters_cannot_reach_the_terminal() -> None:
    fault = faulty(lambda f: f.update({"\x1b[2J" + "x" * 10_000: 1}))
    assert fault.values["field"].isprintable()
    assert len(fault.values["field"]) <= 200


values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["", "0", "-1", "1e5", "Infinity", "9" * 30, "../x", "death", "LEVEL"]),
    st.just([]),
    st.just({}),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=4), st.integers(), max_size=3),
)


@settings(max_examples=200, deadline=None)
@given(data=st.data(), value=values)
def test_that_whatever_stands_in_a_field_is_read_or_refused_by_name(
    data: st.DataObject, value: object
) -> None:
    fields: Fields = deepcopy(json.loads(files(2)[MAIN]))
    part: Any = fields
    while True:
        keys = sorted(part) if isinstance(part, dict) else range(len(part))
        key = data.draw(st.sampled_from(list(keys)))
        inner = part[key]
        if isinstance(inner, dict | list) and inner and data.draw(st.booleans()):
            part = inner
            continue
        part[key] = value
        break
    fault = outcome({MAIN: json.dumps(fields).encode()})
    if fault is not None:
        assert fault.code == "SC-PREM-001"
        assert fault.values["field"]
        assert text_for(fault).endswith(".")
