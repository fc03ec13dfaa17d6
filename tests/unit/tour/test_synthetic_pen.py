"""The synthetic pen: what lies in the repository is what the program draws, and is labelled so."""

import pytest

from tour.synthetic_pen import LABEL, SIGNATURES, TRACES, labelled_csv


@pytest.mark.parametrize("name", sorted(SIGNATURES))
def test_that_each_trace_is_drawn_by_the_program_and_says_so(name: str) -> None:
    text = (TRACES / f"{name}.csv").read_text(encoding="utf-8")
    assert text == labelled_csv(SIGNATURES[name]())
    assert text.splitlines()[1] == LABEL
