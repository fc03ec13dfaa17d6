"""The identification of a business partner."""

import pytest

from smartclient.domain.hr_number import hr_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("90012345", "90012345"),
        (" 900 123 45 ", "90012345"),
        ("9", "9"),
        ("80012345", None),
        ("9001234x", None),
        ("９００", None),
        ("", None),
        ("9" * 21, None),
    ],
)
def test_that_only_digits_beginning_with_9_are_a_number(typed: str, number: str | None) -> None:
    assert hr_number(typed) == number
