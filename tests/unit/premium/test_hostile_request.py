"""Whatever a request holds, it is priced or refused by file, field and rule."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartclient.domain.errors import BadInput
from smartclient.domain.sentences import text_for
from smartclient.premium import price, price_line, project
from smartclient.premium.request_reading import read_projection, read_request
from smartclient.premium.single_reading import read_charge, read_single
from tests.unit.premium.flexi import flexi

Fields = dict[str, Any]

LINE: Fields = {"cover": "DTH", "age": 35, "term": 25, "amount": "1000000", "income": "30000"}
CONTRACT: Fields = {"frequency": 12, "payment_way": "postal", "lines": [LINE]}
PROJECTION: Fields = {
    "start_age": 35,
    "months": 13,
    "regular": "1000",
    "charges": [{"cover": "DTHN", "age": 35, "sum_insured": "1000", "loading": "0", "term": 3}],
}
LEVEL: Fields = {
    "method": "LEVEL",
    "table": {"first_age": 35, "rates": ["0.1", "0.2"]},
    "loadings": {"alpha": "0", "beta": "0", "gamma1": "0", "gamma2": "0"},
    "shape": "pension",
    "shape_interest": "0",
    "payments": 12,
    "age": 35,
    "term": 2,
    "amount": "1000",
}
NATURAL: Fields = {"method": "NATURAL", "table": "death", "age": 35, "amount": "1", "value": "2"}
RATE: Fields = {"method": "RATE", "rate": "1", "unit": "1", "class_factor": "1", "amount": "1"}

values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=8),
    st.sampled_from([10**400, -1, 0, 121, "0", "-1", "1e9", "NaN", "9" * 18, "death", "DTHN"]),
    st.just([]),
    st.just({}),
    st.lists(st.integers(), max_size=3),
)


def outcome(fields: Fields) -> BadInput | None:
    """How it was refused; None when it came to a result."""
    try:
        if "lines" in fields:
            price(flexi(2), read_request(fields, "it").request)
        elif "start_age" in fields:
            project(flexi(2), read_projection(fields, "it"))
        elif read_charge(flexi(2), fields, "it") is None:
            tariff, request = read_single(flexi(2), fields, "it")
            price_line(tariff, request.lines[0], request.frequency)
    except BadInput as refusal:
        return refusal
    return None


@pytest.mark.parametrize("fields", [CONTRACT, PROJECTION, LEVEL, NATURAL, RATE, LINE])
def test_that_what_is_right_comes_to_a_result(fields: Fields) -> None:
    assert outcome(fields) is None


@settings(max_examples=400, deadline=None)
@given(
    start=st.sampled_from([CONTRACT, PROJECTION, LEVEL, NATURAL, RATE, LINE]),
    data=st.data(),
    value=values,
)
def test_that_whatever_stands_in_a_field_is_priced_or_refused_with_a_sentence(
    start: Fields, data: st.DataObject, value: object
) -> None:
    fields: Fields = json.loads(json.dumps(start))
    part: Any = fields
    while True:
        key = data.draw(st.sampled_from(list(part) if isinstance(part, dict) else [0]))
        inner = part[key]
        if isinstance(inner, dict | list) and inner and data.draw(st.booleans()):
            part = inner
            continue
        part[key] = value
        break
    refusal = outcome(fields)
    if refusal is not None:
        assert refusal.code.startswith("SC-PREM-0")
        assert "{" not in text_for(refusal).replace("{}", "")
