"""What must not be torn apart at the end of a line."""

import pytest

from smartclient.documents.typography import bound


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("K tomu a v domě", "K\u00a0tomu a\u00a0v\u00a0domě"),
        ("v k s", "v\u00a0k\u00a0s"),
        ("2 000 000 Kč", "2\u00a0000\u00a0000\u00a0Kč"),
        ("po 5 let", "po 5\u00a0let"),
        ("č. p. 12 a čl. 3", "č.\u00a0p.\u00a012 a\u00a0čl.\u00a03"),
        ("os k ose", "os k\u00a0ose"),
        ("Petr Novák", "Petr Novák"),
        ("", ""),
    ],
)
def test_that_short_words_and_numbers_hold_on_to_what_follows(written: str, shown: str) -> None:
    assert bound(written) == shown
