"""A field is no larger than a signature, where its record has it, and shows our ink alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from smartclient.documents import appearance
from smartclient.documents.record import ExpectedField
from smartclient.documents.rendering import FieldPlace, Rendered
from smartclient.documents.verification import Verdict, verify, verify_fields
from tests.unit.documents.workshop import (
    NOW,
    Signed,
    house,
    rendered,
    seal_key,
    sign_all,
    signed,
)

LATER = NOW + timedelta(hours=1)


def moved(**changes: float) -> Rendered:
    """The small offer with the policyholder's place changed by the laptop that issues it."""
    first, *others = rendered().places
    elsewhere: FieldPlace = replace(first, **changes)  # type: ignore[arg-type]
    return replace(rendered(), places=(elsewhere, *others))


def judged(document: Signed) -> Verdict:
    """By the record that was made from the pages that were shown."""
    record = replace(signed().record, revisions=document.record.revisions)
    return verify(document.pdf, record, house().root, at=LATER, compare_pages=True)


def reasons(verdict: Verdict) -> dict[str, str]:
    return {check.name: check.detail for check in verdict.checks if not check.ok}


def test_that_the_record_has_the_place_of_every_person_s_field() -> None:
    places = {field.name: field.place for field in signed().record.fields}
    assert places.pop("issue") is None
    assert places.pop("seal") is None
    first = rendered().places[0]
    assert places["policyholder"] is not None
    assert places["policyholder"].box == (round(first.x * 100), round(first.y * 100), 24_000, 6_200)


@pytest.mark.parametrize(
    "changes", [{"x": 200.0}, {"y": 400.0}, {"width": 250.0}, {"height": 70.0}]
)
def test_that_a_field_in_another_place_than_recorded_is_refused(
    changes: dict[str, float],
) -> None:
    document = sign_all(moved(**changes), seal_key())
    assert reasons(judged(document)) == {"fields": "the field policyholder is not in its place"}


def test_that_a_field_over_the_whole_page_is_refused_with_and_without_a_place() -> None:
    document = sign_all(moved(x=0.0, y=0.0, width=595.0, height=842.0), seal_key())
    too_large = {"fields": "the field policyholder is larger than a signature"}
    assert reasons(judged(document)) == too_large
    own = verify(document.pdf, document.record, house().root, at=LATER, compare_pages=True)
    assert reasons(own) == too_large
    names = [ExpectedField(field.name, field.biometric) for field in document.record.fields]
    assert reasons(verify_fields(document.pdf, names, house().root, at=LATER)) == too_large


def test_that_a_document_recorded_before_places_were_kept_is_accepted() -> None:
    fields = tuple(replace(field, place=None) for field in signed().record.fields)
    record = replace(signed().record, fields=fields)
    assert verify(signed().pdf, record, house().root, at=LATER).ok


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("COLOUR", "1.000 1.000 1.000 RG"),
        ("LINE_WIDTHS", dict.fromkeys(range(1, 5), 99.9)),
        ("LINE_WIDTHS", dict.fromkeys(range(1, 5), 1.2)),
    ],
)
def test_that_ink_in_another_colour_or_width_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, other: object
) -> None:
    """As an insider's program would draw it: white, or so broad that it covers the text."""
    with monkeypatch.context() as patched:
        patched.setattr(appearance, name, other)
        document = sign_all(rendered(), seal_key())
    assert reasons(judged(document)) == {
        "signatures only": "the ink of a signature draws more than lines"
    }
