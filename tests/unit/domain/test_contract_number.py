"""Which numbers are taken for contracts, before anybody is asked."""

import pytest

from smartclient.domain.contract_number import contract_number
from smartclient.domain.errors import BadInput


@pytest.mark.parametrize("typed", ["7200000017", " 7200 000 017 ", "7200\u00a0000\u00a0017"])
def test_that_ten_digits_beginning_with_seven_are_a_number(typed: str) -> None:
    assert contract_number(typed) == "7200000017"


@pytest.mark.parametrize(
    "typed",
    ["", "8200000017", "720000001", "72000000170", "7200-00001", "٧٢٠٠٠٠٠٠١٧", "7200000o17"],
)
def test_that_every_other_number_is_refused_with_the_reason(typed: str) -> None:
    with pytest.raises(BadInput, match="SC-CONTRACT-001"):
        contract_number(typed)
