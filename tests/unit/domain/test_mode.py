"""Practice or production."""

import pytest

from smartclient.domain.mode import Mode, mode_of


@pytest.mark.parametrize(
    ("environment", "bundled", "mode"),
    [
        ({}, True, Mode.PRODUCTION),
        ({}, False, Mode.PRACTICE),
        ({"SMARTCLIENT_MODE": "practice"}, True, Mode.PRACTICE),
        ({"SMARTCLIENT_MODE": "production"}, False, Mode.PRODUCTION),
        ({"SMARTCLIENT_MODE": "Practise"}, False, Mode.PRODUCTION),
    ],
)
def test_that_only_a_source_tree_or_the_word_itself_means_practice(
    environment: dict[str, str], bundled: bool, mode: Mode
) -> None:
    assert mode_of(environment, bundled=bundled) is mode
