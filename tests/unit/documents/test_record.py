"""The record of what must stand in a signed file."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartclient.documents.reading import Reading, ShownPage
from smartclient.documents.record import ExpectedField, FieldBox, SigningRecord, TemplateIdentity
from smartclient.domain.errors import BadInput
from smartclient.domain.ids import DocumentId, DocumentNumber, Sha256
from smartclient.wire.messages import Json
from tests.unit.documents.workshop import NOW, record_for, rendered, seal_key, signed

digests = st.text("0123456789abcdef", min_size=64, max_size=64).map(Sha256)
names = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40)
sides = st.integers(0, 100_000)
boxes = st.builds(FieldBox, st.integers(1, 500), st.tuples(sides, sides, sides, sides))
moments = st.integers(0, 10**9).map(lambda s: NOW + timedelta(milliseconds=s))
readings = st.builds(
    Reading,
    names,
    st.lists(st.builds(ShownPage, st.integers(1, 500), moments), max_size=9).map(tuple),
    st.none() | moments,
    names,
)
records = st.builds(
    SigningRecord,
    st.uuids().map(lambda found: DocumentId(str(found))),
    st.from_regex(r"7[0-9]{9}", fullmatch=True).map(DocumentNumber),
    st.lists(st.builds(ExpectedField, names, st.booleans(), st.none() | boxes), max_size=9).map(
        tuple
    ),
    digests,
    digests,
    st.builds(TemplateIdentity, names, st.integers(0, 999), digests),
    st.lists(digests, max_size=9).map(tuple),
    st.lists(readings, max_size=4).map(tuple),
)


@given(records)
def test_that_a_record_is_the_same_after_storing(record: SigningRecord) -> None:
    stored = json.loads(json.dumps(record.to_json()))
    assert SigningRecord.from_json(stored) == record


def test_that_a_record_from_before_readings_were_kept_is_still_read() -> None:
    told = record_for(rendered(), seal_key()).to_json()
    del told["readings"]
    assert SigningRecord.from_json(told).readings == ()


@pytest.mark.parametrize("at", ["", "yesterday", "2026-11-21T10:00:00", "9999-99-99T00:00:00Z", 7])
def test_that_a_reading_without_an_instant_is_refused(at: Json) -> None:
    told = record_for(rendered(), seal_key()).to_json()
    pages: Json = [{"page": 1, "at": at}]
    told["readings"] = [{"field": "a", "pages": pages, "read_at": "", "read_on": ""}]
    with pytest.raises(BadInput):
        SigningRecord.from_json(told)


def test_that_a_field_signed_out_of_turn_moves_to_its_turn() -> None:
    record = record_for(rendered(), seal_key()).with_revision(signed().revisions[0])
    moved = record.with_next("adviser")
    assert [field.name for field in moved.fields] == [
        *("issue", "adviser", "policyholder", "insured_2", "seal")
    ]
    assert record.with_next("policyholder") == record
    for name in ("issue", "seal", "nobody"):
        with pytest.raises(BadInput):
            record.with_next(name)


def test_that_a_record_begins_with_the_issue_and_ends_with_the_seal() -> None:
    record = record_for(rendered(), seal_key())
    assert [field.name for field in record.fields] == [
        "issue",
        "policyholder",
        "insured_2",
        "adviser",
        "seal",
    ]
    assert [field.biometric for field in record.fields] == [False, True, True, True, False]


def test_that_the_next_field_follows_the_revisions() -> None:
    record = record_for(rendered(), seal_key())
    turns = []
    for revision in signed().revisions:
        turns.append(record.next_field.name if record.next_field else "")
        record = record.with_revision(revision)
    assert turns == ["issue", "policyholder", "insured_2", "adviser", "seal"]
    assert record.is_sealed
    assert record.next_field is None


@pytest.mark.parametrize("source", [None, [], {}, {"schema": 2}, {"schema": 1}])
def test_that_what_is_no_record_is_refused(source: Json) -> None:
    with pytest.raises(BadInput):
        SigningRecord.from_json(source)


def test_that_a_record_from_before_places_were_kept_is_read() -> None:
    told = record_for(rendered(), seal_key()).to_json()
    old: list[Json] = [
        {"name": "issue", "biometric": False},
        {"name": "adviser", "biometric": True},
    ]
    fields = SigningRecord.from_json({**told, "fields": old}).fields
    assert fields == (ExpectedField("issue"), ExpectedField("adviser", True))


@pytest.mark.parametrize(
    "place", [{}, {"page": 0, "box": [0, 0, 1, 1]}, {"page": 1, "box": [1, 2, 3]}, "here"]
)
def test_that_a_place_that_is_none_is_refused(place: Json) -> None:
    told = record_for(rendered(), seal_key()).to_json()
    field: Json = {"name": "adviser", "biometric": True, "place": place}
    with pytest.raises(BadInput):
        SigningRecord.from_json({**told, "fields": [field]})
