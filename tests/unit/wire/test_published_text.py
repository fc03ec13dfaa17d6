"""Published texts: complete, in plain text, bound by their digest."""

import json

import pytest

from smartclient.domain.errors import BadInput
from smartclient.wire.published_text import PublishedText

TEXT = {
    "text.json": json.dumps(
        {"id": "proc", "purpose": "consent", "option": "PROC", "titles": {"cs": "Údaje"}}
    ).encode(),
    "cs.txt": b"Informace\n",
}


def test_that_a_text_without_the_language_is_read_in_czech() -> None:
    text = PublishedText.from_files(TEXT)
    assert text.title("da") == "Údaje"
    assert text.body("da") == "Informace\n"


def test_that_the_digest_follows_the_words() -> None:
    other = PublishedText.from_files({**TEXT, "cs.txt": b"Jinak\n"})
    assert PublishedText.from_files(TEXT).digest("cs") != other.digest("cs")


@pytest.mark.parametrize(
    ("change", "file"),
    [
        ({"text.json": b"{"}, "text.json"),
        ({"text.json": b"{}"}, "text.json"),
        ({"cs.txt": b" \n"}, "cs.txt"),
        ({"cs.txt": b"\xff"}, "cs.txt"),
        ({"cs.txt": b"a\r\nb"}, "cs.txt"),
        ({"pl.txt": b"Informacja"}, "pl.txt"),
    ],
)
def test_that_a_text_that_breaks_a_rule_names_the_file(change: dict[str, bytes], file: str) -> None:
    with pytest.raises(BadInput) as refusal:
        PublishedText.from_files({**TEXT, **change})
    assert refusal.value.code == "SC-CAT-042"
    assert refusal.value.values["file"] == file
