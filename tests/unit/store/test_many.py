"""Statements for many lines, and letters folded by a table: the same as one by one."""

import unicodedata

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as some
from sqlalchemy import insert, select

from smartclient.store.database import Database
from smartclient.store.folding import digits, fold
from smartclient.store.many import Line, Many, among, given
from smartclient.store.schema import feed_mark, kept_body

ODD = ("plain", 'with "quotes"', "back\\slash", "Žluťoučký", "a,b", "['x']", "", "\N{OCTOPUS}")


def test_that_lines_are_written_and_found_by_ids_of_any_letters(database: Database) -> None:
    write = Many(insert(kept_body))
    with database.write() as tx:
        lines: list[Line] = [
            {"id": name, "kind": "case", "parent": "", "content": name.encode()} for name in ODD
        ]
        assert write.run(tx.unit, lines) == len(ODD)
        assert write.run(tx.unit, []) == 0
    asked = select(kept_body).where(among(kept_body.c.id))
    with database.read() as tx:
        wanted = [*ODD[1:5], "unknown"]
        found = tx.unit.connection.execute(asked, given(wanted)).all()
        assert {line.id: line.content for line in found} == {
            name: name.encode() for name in ODD[1:5]
        }
        assert tx.unit.connection.execute(asked, given([])).all() == []


def test_that_a_statement_of_one_parameter_is_refused(database: Database) -> None:
    one = Many(select(feed_mark).where(among(feed_mark.c.name)))
    with database.write() as tx, pytest.raises(ValueError, match="two parameters"):
        one.run(tx.unit, [given(["etag"])])


@drawn(some.text())
def test_that_a_text_is_folded_letter_by_letter(text: str) -> None:
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    plain = {"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
    assert fold(text) == "".join(plain.get(letter, letter) for letter in bare)
    assert digits(text) == "".join(letter for letter in text if letter in "0123456789")
