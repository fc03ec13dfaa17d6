"""Texts by version: everybody reads them, nobody but the back office writes them."""

from datetime import date

import pytest

from smartclient.backoffice.operations.registers.texts import TextVersion, publish
from smartclient.domain.errors import BadInput, NotAllowed
from smartclient.wire.messages import Answer, JsonObject, RecordKind
from tests.unit.backoffice.registers.conftest import Town

FIRST = TextVersion("consent.sms", 1, "cs", "SMS", "Souhlasím se zasíláním SMS.", date(2026, 11, 1))


def _publish(town: Town, *texts: TextVersion) -> int:
    with town.server.office.writing() as desk:
        return publish(desk, list(texts))


def test_that_every_install_reads_a_published_text(town: Town) -> None:
    assert _publish(town, FIRST) == 1
    for laptop in (town.jana, town.stranger):
        rows, left = laptop.pull()
        assert left == []
        (told,) = [row for row in rows if row.kind is RecordKind.TEXT_VERSION]
        assert laptop.bodies(told.id) == {told.id: FIRST.to_json()}
        etag = laptop.ask().headers["etag"]
        assert laptop.ask(etag).status == 304


def test_that_a_text_is_published_once(memory_town: Town) -> None:
    assert _publish(memory_town, FIRST) == 1
    assert _publish(memory_town, FIRST) == 0
    newer = TextVersion("consent.sms", 2, "cs", "SMS", "Jiný text.", date(2026, 12, 1))
    assert _publish(memory_town, FIRST, newer) == 1


def test_that_a_published_text_is_never_changed(memory_town: Town) -> None:
    _publish(memory_town, FIRST)
    changed = TextVersion("consent.sms", 1, "cs", "SMS", "Jiný text.", date(2026, 11, 1))
    new = TextVersion("consent.sms", 2, "cs", "SMS", "Jiný text.", date(2026, 12, 1))
    with pytest.raises(NotAllowed, match="SC-SERV-084"):
        _publish(memory_town, new, changed)
    rows, _ = memory_town.jana.pull()
    texts = [row.id for row in rows if row.kind is RecordKind.TEXT_VERSION]
    assert texts == [FIRST.id], "all of a list or nothing"


def test_that_no_install_writes_a_text(memory_town: Town) -> None:
    _publish(memory_town, FIRST)
    jana = memory_town.jana
    for scope, code in (("", "SC-SERV-020"), ("portal", "SC-SERV-070")):
        line = jana.line(RecordKind.TEXT_VERSION, FIRST.to_json(), scope)
        result = jana.adviser.push_one(line)
        assert (result.answer, result.code) == (Answer.INVALID, code)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("code", ""),
        ("version", 0),
        ("language", "czech"),
        ("text", " "),
        ("valid_from", "yesterday"),
        ("title", None),
    ],
)
def test_that_a_strange_text_is_refused_by_its_field(name: str, value: str | int | None) -> None:
    source: JsonObject = {**FIRST.to_json(), name: value}
    with pytest.raises(BadInput, match="SC-SYNC-010") as refused:
        TextVersion.from_json(source)
    assert refused.value.values["field"] == name
